/* Memory of GHC, OCaml 5, Dart, mimalloc, LuaJIT, SpiderMonkey, JavaScriptCore, Chez Scheme and the collector of
 * Boehm, Demers and Weiser. Addresses, sizes and words are those that GHC 9.10, OCaml 5.4, Dart 3, LuaJIT 2.1, GJS
 * 1.74 (mozjs 102), WebKitGTK 2.50, Chez Scheme 9.5.8 and libgc 8.2 had on x86-64, as gdb prints them. */
#include "tests/support/regions.h"

#include <stdlib.h>
#include <string.h>

enum { KIB = 1 << 10, MIB = 1 << 20, PAGE = 4096 };

/* A row with memory: the next `end - start` bytes of the artefact. */
static void memory_row(struct test_space *test, uint64_t start, uint64_t end, const char *permissions, const char *name)
{
	uint64_t at = 0;
	for (size_t i = 0; i < test->builder.space->mappings.count; i++)
		at += test->builder.space->mappings.items[i].data_size;
	test_space_row(test, start, end, permissions, name);
	struct inq_mapping *mapping = &test->builder.space->mappings.items[test->builder.space->mappings.count - 1];
	mapping->data_offset = at;
	mapping->data_size = end - start;
}

static uint8_t *blank(size_t size)
{
	uint8_t *data = calloc(1, size);
	ck_assert_ptr_nonnull(data);
	return data;
}

static void done(struct test_space *test, struct inq_space *space)
{
	inq_space_destroy(space);
	test_space_end(test);
}

/* Memory that is claimed with these certainties, or not at all (0). */
static void expect(uint64_t address, const char *subclass, unsigned confidence)
{
	test_expect_region(address, confidence ? INQ_CLASS_ALLOCATOR : INQ_CLASS_ANON, confidence ? subclass : NULL,
			   confidence ? (enum inq_confidence)confidence : INQ_CERTAIN);
}

START_TEST(ghc_megablocks)
{
	const uint64_t base = 0x4200000000, whole = (UINT64_C(1) << 40) + MIB;
	struct test_space test;
	uint8_t *data = blank(MIB);
	/* With memory: the descriptor of block 4; another word. Without: the whole reservation; less. */
	for (int i = 0; i < 4; i++) {
		test_put(data + 0x100, i == 1 ? base : base + 0x4000);
		test_space_begin(&test, "core", i < 2 ? data : NULL, i < 2 ? MIB : 0);
		if (i < 2)
			memory_row(&test, base, base + MIB, "rw-p", NULL);
		else
			test_space_row(&test, base, base + MIB, "rw-p", NULL);
		test_space_row(&test, base + MIB, base + (i == 2 ? whole : whole - 2 * MIB), "---p", NULL);
		struct inq_space *space = test_classified(&test, "/usr/bin/pandoc");
		expect(base, "ghc", i == 0 ? INQ_CERTAIN : i == 2 ? INQ_LIKELY : 0);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* Two pools and the minor heap of one domain, whose state lies in the brk heap; then a domain whose minor heap is
 * elsewhere. */
START_TEST(ocaml_pools)
{
	enum { POOLS = 64 * KIB, MINOR = 2 * MIB, SIZE = POOLS + MINOR + PAGE };
	const uint64_t minor = 0x7fae13000000, base = minor - POOLS, state = 0x55aa627cf000;
	struct test_space test;
	uint8_t *data = blank(SIZE);
	test_put(data + PAGE, base + PAGE + 32 * KIB - PAGE);
	for (uint64_t i = 0; i < 2; i++) {
		uint8_t *pool = data + PAGE + i * 32 * KIB;
		test_put(pool, i ? 0 : base + 32 * KIB);
		test_put(pool + 8, i ? base + 32 * KIB + 0x100 : 0);
		test_put(pool + 16, state + 0x8b0);
		test_put(pool + 24, 3);
	}
	for (int damaged = 0; damaged < 2; damaged++) {
		const uint64_t from = damaged ? minor - MINOR : minor;
		const uint64_t domain[] = { from + MIB, from + 0xfea88, from, from + MINOR };
		for (size_t i = 0; i < 4; i++)
			test_put(data + 0x8b0 + 8 * i, domain[i]);
		test_space_begin(&test, "core", data, SIZE);
		memory_row(&test, state, state + PAGE, "rw-p", NULL);
		memory_row(&test, base, minor + MINOR, "rw-p", NULL);
		test_space_row(&test, minor + MINOR, minor + 256 * MIB, "---p", NULL);
		struct inq_space *space = test_classified(&test, "/opt/program");
		unsigned confidence = damaged ? 0 : INQ_CERTAIN;
		expect(base, "ocaml", confidence);
		expect(base + 32 * KIB, "ocaml", confidence);
		expect(minor, "ocaml", confidence);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* A small and a large page, and their records in a third piece; then a record of another page. And in a map without
 * memory. */
START_TEST(dart_pages)
{
	enum { SMALL = 512 * KIB, LARGE = SMALL + PAGE, RECORDS = 2 * SMALL + PAGE, SIZE = RECORDS + PAGE };
	const uint64_t base = 0x7f9690400000;
	struct test_space test;
	uint8_t *data = blank(SIZE);
	for (int i = 0; i < 3; i++) {
		for (uint64_t j = 0; j < 2; j++) {
			test_put(data + j * SMALL, j ? 2 : 0);
			test_put(data + j * SMALL + 8, base + RECORDS + j * 64);
			test_put(data + RECORDS + j * 64, 0x565224d1a6e8); /* the address of its functions */
			test_put(data + RECORDS + j * 64 + 8, i == 1 && j ? base : base + j * SMALL);
			test_put(data + RECORDS + j * 64 + 16, j ? LARGE : SMALL);
		}
		test_space_begin(&test, "core", i < 2 ? data : NULL, i < 2 ? SIZE : 0);
		if (i < 2)
			memory_row(&test, base, base + SIZE, "rw-p", NULL);
		else
			test_space_row(&test, base, base + SIZE, "rw-p", NULL);
		test_space_row(&test, base + 4 * MIB - PAGE, base + 4 * MIB, "---p", NULL);
		test_space_row(&test, base + 4 * MIB, base + 5 * MIB, "rw-p", NULL); /* a stack */
		struct inq_space *space = test_classified(&test, "/usr/lib/dart/bin/dart");
		expect(base, "dart", i < 2 ? INQ_CERTAIN : INQ_LIKELY);
		expect(base + SMALL, "dart", i == 0 ? INQ_CERTAIN : i == 1 ? 0 : INQ_LIKELY);
		ck_assert_ptr_null(test_region_at(base + 4 * MIB)->subclass);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* A state in the upper of two segments, a block mapped by itself, and no more; then a list that does not lead to the
 * state. */
START_TEST(luajit_segments)
{
	enum { SEGMENT = 128 * KIB, BLOCK = 64 * KIB, SIZE = 2 * SEGMENT + 2 * BLOCK, LIST = 0x358 };
	const uint64_t base = 0x7f33b074a000;
	struct test_space test;
	for (int damaged = 0; damaged < 2; damaged++) {
		uint8_t *data = blank(SIZE), *state = data + SEGMENT, *block = data + 2 * SEGMENT;
		test_put(state + 8, 0x373);
		test_put(state + LIST, base);
		test_put(state + LIST + 8, SEGMENT);
		test_put(state + LIST + 16, base + 0x1000);
		test_put(data + 0x1000, base + (damaged ? 0 : SEGMENT));
		test_put(data + 0x1008, SEGMENT);
		test_put(block, 1);
		test_put(block + 8, (BLOCK - 32) | 2);
		test_put(block + BLOCK - 24, damaged ? 3 : 0xb);
		test_space_begin(&test, "core", data, SIZE);
		memory_row(&test, base, base + SIZE, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, "/usr/bin/luajit-2.1.0-beta3");
		expect(base, "luajit", damaged ? 0 : INQ_CERTAIN);
		expect(base + SEGMENT, "luajit", damaged ? 0 : INQ_CERTAIN);
		expect(base + 2 * SEGMENT, "luajit", damaged ? 0 : INQ_CERTAIN);
		expect(base + 2 * SEGMENT + BLOCK, "luajit", 0);
		done(&test, space);
		free(data);
	}
}
END_TEST

/* Two chunks in a list and one in none, of one runtime, and 1 MiB of something else. */
START_TEST(spidermonkey_chunks)
{
	const uint64_t at[] = { 0x18adaa00000, 0x283fbd00000, 0x52cd4e00000, 0x5941cf00000 }, runtime = 0x563e18be83c0;
	struct test_space test;
	uint8_t *data = blank(4 * MIB);
	test_put(data + 16, at[2]);
	test_put(data + 2 * MIB + 24, at[0]);
	for (unsigned i = 0; i < 4; i++)
		test_put(data + i * MIB + 8, i < 3 ? runtime : runtime + 8);
	test_space_begin(&test, "core", data, 4 * MIB);
	for (unsigned i = 0; i < 4; i++)
		memory_row(&test, at[i], at[i] + MIB, "rw-p", NULL);
	struct inq_space *space = test_classified(&test, "/usr/lib/libmozjs-102.so.102.15.1");
	for (unsigned i = 0; i < 4; i++)
		expect(at[i], "spidermonkey", i < 3 ? INQ_CERTAIN : 0);
	done(&test, space);
	free(data);
}
END_TEST

/* Without memory: many far apart in any program, few in one that is known; not when they are near each other. */
START_TEST(spidermonkey_map)
{
	static const struct {
		unsigned count;
		uint64_t step;
		const char *path;
		unsigned confidence;
	} cases[] = {
		{ 16, UINT64_C(1) << 37, "/opt/program", INQ_LIKELY },
		{ 15, UINT64_C(1) << 37, "/opt/program", 0 },
		{ 2, UINT64_C(1) << 30, "/usr/lib/firefox/libxul.so", INQ_LIKELY },
		{ 1, UINT64_C(1) << 30, "/usr/lib/firefox/libxul.so", 0 },
		{ 16, 4 * MIB, "/usr/lib/firefox/libxul.so", 0 },
	};
	struct test_space test;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		test_space_begin(&test, "maps", NULL, 0);
		for (uint64_t j = 1; j <= cases[i].count; j++)
			test_space_row(&test, j * cases[i].step, j * cases[i].step + MIB, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, cases[i].path);
		expect(cases[i].step, "spidermonkey", cases[i].confidence);
		done(&test, space);
	}
}
END_TEST

/* A block and its handle, as WebKitGTK has it: VM and block in the words 10 and 11; then the handle of another
 * block. And a cage. */
START_TEST(jsc_blocks)
{
	enum { BLOCK = 16 * KIB, SIZE = 2 * BLOCK };
	const uint64_t base = 0x7fd237458000, vm = 0x7fd237400000, cage = 0x7fc000000000;
	struct test_space test;
	uint8_t *data = blank(SIZE);
	for (int damaged = 0; damaged < 2; damaged++) {
		test_put(data, base + BLOCK + 64);
		test_put(data + 8, vm);
		test_put(data + BLOCK + 64 + 80, vm);
		test_put(data + BLOCK + 64 + 88, base + (damaged ? BLOCK : 0));
		test_space_begin(&test, "core", data, SIZE);
		test_space_row(&test, cage, cage + 0xfe6303000, "rw-p", NULL);
		test_space_row(&test, cage + 0xfe6303000, cage + (UINT64_C(64) << 30) - (damaged ? PAGE : 0), "---p",
			       NULL);
		memory_row(&test, base, base + SIZE, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, "/usr/lib/libjavascriptcoregtk-4.0.so.18");
		expect(cage, "jsc", damaged ? 0 : INQ_LIKELY);
		expect(base, "jsc", damaged ? 0 : INQ_CERTAIN);
		expect(base + BLOCK, "jsc", 0);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* A record of 128 segments of 88 bytes each, in 12 KiB, and its chunk of 0x204000 bytes; then one whose link is not
 * its own. */
START_TEST(chez_chunks)
{
	enum { RECORD = 0x3000, CHUNK = 0x204000, SIZE = RECORD + PAGE + CHUNK };
	const uint64_t record = 0x7f0040076000, link = record + RECORD + 48, chunk = record + RECORD + PAGE;
	const uint64_t first = (chunk + 0x3fff) / 0x4000;
	struct test_space test;
	uint8_t *data = blank(SIZE);
	const uint64_t words[] = { chunk, first, CHUNK, 0x80, 0x80, link };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		test_put(data + 8 * i, words[i]);
	for (uint64_t i = 0; i < 2; i++) {
		test_put(data + 72 + 88 * i, first + i);
		test_put(data + 80 + 88 * i, record);
	}
	for (int damaged = 0; damaged < 2; damaged++) {
		test_put(data + RECORD + 48, damaged ? record + PAGE : record);
		test_space_begin(&test, "core", data, SIZE);
		memory_row(&test, record, record + SIZE, "rw-p", NULL);
		test_space_row(&test, 0x40000000, 0x40200000, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, "/usr/bin/racket");
		expect(record, "chez", damaged ? 0 : INQ_CERTAIN);
		expect(record + RECORD - 1, "chez", damaged ? 0 : INQ_CERTAIN);
		expect(record + RECORD, "chez", 0);
		expect(chunk, "chez", damaged ? 0 : INQ_CERTAIN);
		expect(0x40000000, "chez", INQ_LIKELY);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* A list of two sections, which libgc's data points to, and the size of the heap, which is their sum, or is not. */
START_TEST(boehm_sections)
{
	enum { SIZE = PAGE + 0x40000, LIST = PAGE + 0x30000 };
	const uint64_t libgc = 0x7f85b2812000, base = 0x7f85a9ea7000;
	struct test_space test;
	uint8_t *data = blank(SIZE);
	const uint64_t list[] = { base + 0x10000, 0x10000, base, 0x8000 };
	test_put(data + 0x928, base + 0x30000);
	for (size_t i = 0; i < 4; i++)
		test_put(data + LIST + 8 * i, list[i]);
	for (int damaged = 0; damaged < 2; damaged++) {
		test_put(data + 0x920, damaged ? 0x19000 : 0x18000);
		test_space_begin(&test, "core", data, SIZE);
		memory_row(&test, libgc, libgc + PAGE, "rw-p", "/usr/lib/libgc.so.1.5.1");
		memory_row(&test, base, base + 0x40000, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, NULL);
		expect(base, "boehm", damaged ? 0 : INQ_CERTAIN);
		expect(base + 0x8000, "boehm", 0);
		expect(base + 0x10000, "boehm", damaged ? 0 : INQ_CERTAIN);
		expect(base + 0x20000, "boehm", 0);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* Ruby 3.1's transient heap: each block of 32 KiB links to the one below; one link leaves it; no memory. */
START_TEST(ruby_transient)
{
	enum { SIZE = 32 * MIB, BLOCK = 32 * KIB };
	const uint64_t base = 0x7ff607cf8000;
	struct test_space test;
	uint8_t *data = blank(SIZE);
	for (uint64_t at = 0; at < SIZE; at += BLOCK) {
		test_put(data + at, 0xffff0000);
		test_put(data + at + 8, at ? base + at - BLOCK : 0);
	}
	for (int i = 0; i < 3; i++) {
		if (i == 1)
			test_put(data + BLOCK + 8, base - BLOCK);
		test_space_begin(&test, "core", i < 2 ? data : NULL, i < 2 ? SIZE : 0);
		if (i < 2)
			memory_row(&test, base, base + SIZE, "rw-p", NULL);
		else
			test_space_row(&test, base, base + SIZE, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, "/usr/bin/ruby3.1");
		expect(base, "ruby", i == 0 ? INQ_CERTAIN : i == 1 ? 0 : INQ_LIKELY);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* An arena of 64 MiB, of which a page is there; then one that says another size. */
START_TEST(mimalloc_arena)
{
	const uint64_t base = 0x2bbef400000, size = 64 * MIB;
	struct test_space test;
	uint8_t *data = blank(PAGE);
	for (int damaged = 0; damaged < 2; damaged++) {
		const uint64_t record[] = {
			base, size, 0x1010000000003, 0x69ddc00, 0, base, size / (64 * KIB) - (uint64_t)damaged
		};
		for (size_t i = 0; i < sizeof record / sizeof *record; i++)
			test_put(data + 8 * i, record[i]);
		test_space_begin(&test, "core", data, PAGE);
		test_space_row(&test, base, base + size, "rw-p", NULL);
		test.builder.space->mappings.items[0].data_offset = 0;
		test.builder.space->mappings.items[0].data_size = PAGE;
		struct inq_space *space = test_classified(&test, "/opt/program");
		expect(base, "mimalloc", damaged ? 0 : INQ_LIKELY);
		done(&test, space);
	}
	free(data);
}
END_TEST

/* PHP without memory: one is a multiple of 2 MiB, one begins at such a place. */
START_TEST(php_map)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7fc572400000, 0x7fc573713000, "rw-p", NULL);
	test_space_row(&test, 0x7fc574800000, 0x7fc576400000, "rw-p", NULL);
	test_space_row(&test, 0x7fc578f7f000, 0x7fc579180000, "rw-p", NULL);
	struct inq_space *space = test_classified(&test, "/usr/bin/php8.2");
	expect(0x7fc572400000, "php", INQ_POSSIBLE);
	expect(0x7fc574800000, "php", INQ_LIKELY);
	expect(0x7fc578f7f000, "php", 0);
	done(&test, space);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("language-heaps");
	TCase *tcase = tcase_create("language-heaps");
	tcase_add_test(tcase, ghc_megablocks);
	tcase_add_test(tcase, ocaml_pools);
	tcase_add_test(tcase, dart_pages);
	tcase_add_test(tcase, luajit_segments);
	tcase_add_test(tcase, spidermonkey_chunks);
	tcase_add_test(tcase, spidermonkey_map);
	tcase_add_test(tcase, jsc_blocks);
	tcase_add_test(tcase, chez_chunks);
	tcase_add_test(tcase, boehm_sections);
	tcase_add_test(tcase, ruby_transient);
	tcase_add_test(tcase, mimalloc_arena);
	tcase_add_test(tcase, php_map);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
