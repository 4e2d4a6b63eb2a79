/* Memory of Go, CPython, V8, SBCL and Google's tcmalloc. Addresses and sizes are those that Go 1.19 and 1.26, CPython 3.11, Node 18,
 * Deno and workerd of 2026 and SBCL 2.2 have on x86-64; the
 * fields of a pool's header are those of struct pool_header (Objects/obmalloc.c). */
#include "tests/support/regions.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 20, POOL = 16 << 10 };

/* Its reserve makes it look like an arena of glibc. */
START_TEST(go_heap)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0xc000000000, 0xc001800000, "rw-p", NULL);
	test_space_row(&test, 0xc001800000, 0xc004000000, "---p", NULL);
	test_space_row(&test, 0x7f0000000000, 0x7f0000100000, "rw-p", NULL);
	struct inq_space *space = test_classified(&test, NULL);
	test_expect_region(0xc000000000, INQ_CLASS_ALLOCATOR, "go", INQ_LIKELY);
	test_expect_region(0xc001800000, INQ_CLASS_ALLOCATOR, "go", INQ_LIKELY);
	test_expect_region(0x7f0000000000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

static void v8_rows(struct test_space *test)
{
	test_space_begin(test, "maps", NULL, 0);
	for (uint64_t i = 1; i <= 4; i++)
		test_space_row(test, i << 32, (i << 32) + (256 << 10), "rw-p", NULL);
	test_space_row(test, UINT64_C(9) << 32, (UINT64_C(9) << 32) + 0x151000, "rw-p", NULL);
	test_space_row(test, 0x7f0000003000, 0x7f0000043000, "rw-p", NULL);
	test_space_row(test, 0x7f1000000000, 0x7f1000001000, "---p", NULL);
	test_space_row(test, 0x7f1000001000, 0x7f1000040000, "rwxp", NULL);
	test_space_row(test, 0x7f10007ff000, 0x7f1000800000, "---p", NULL);
	test_space_row(test, 0x7f1000800000, 0x7f1001000000, "rw-p", NULL);
}

START_TEST(v8_pages)
{
	struct test_space test;
	v8_rows(&test);
	struct inq_space *space = test_classified(&test, "/usr/bin/node");
	test_expect_region(0x100000000, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY);
	test_expect_region(0x900000000, INQ_CLASS_ALLOCATOR, "v8", INQ_POSSIBLE);
	test_expect_region(0x7f0000003000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	test_expect_region(0x7f1000001000, INQ_CLASS_TEXT, "jit", INQ_LIKELY); /* above a guard, and still no stack */
	test_expect_region(0x7f1000800000, INQ_CLASS_THREAD_STACK, NULL, INQ_LIKELY); /* though aligned as pages are */
	inq_space_destroy(space);
	test_space_end(&test);
	v8_rows(&test);
	space = test_classified(&test, "/usr/bin/other");
	test_expect_region(0x100000000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(python_by_size)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7f0000074000, 0x7f0000474000, "rw-p", NULL);
	test_space_row(&test, 0x7f1000000000, 0x7f1000001000, "---p", NULL);
	test_space_row(&test, 0x7f1000001000, 0x7f1000801000, "rw-p", NULL);
	test_space_row(&test, 0x7f2000000000, 0x7f20000c4000, "rw-p", NULL);
	struct inq_space *space = test_classified(&test, "/usr/lib/libpython3.11.so.1.0");
	test_expect_region(0x7f0000074000, INQ_CLASS_ALLOCATOR, "python", INQ_LIKELY);
	test_expect_region(0x7f1000001000, INQ_CLASS_THREAD_STACK, NULL, INQ_LIKELY);
	test_expect_region(0x7f2000000000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* An arena at an address by chance, as since 1.26: believed only beside the index of pages, whose two parts are 512 MiB apart. */
START_TEST(go_anywhere)
{
	struct test_space test;
	for (uint64_t off = 0; off < 2; off++) {
		const uint64_t index = 0x7f76a1882000, next = index + (512 << 20) + off * 4096;
		test_space_begin(&test, "maps", NULL, 0);
		test_space_row(&test, 0x1c413c000000, 0x1c413e000000, "---p", NULL);
		test_space_row(&test, 0x1c413e000000, 0x1c413e800000, "rw-p", NULL);
		test_space_row(&test, 0x1c413e800000, 0x1c4140000000, "---p", NULL);
		test_space_row(&test, index, index + 4096, "rw-p", NULL);
		test_space_row(&test, index + 4096, next, "---p", NULL);
		test_space_row(&test, next, next + 4096, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, NULL);
		test_expect_region(0x1c413e000000, off ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, off ? NULL : "go",
				   off ? INQ_CERTAIN : INQ_LIKELY);
		test_expect_region(index, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

/* In a program of any name, when there are many, far apart. */
START_TEST(v8_without_name)
{
	enum { PAGES = 16 };
	struct test_space test;
	for (int near = 0; near < 2; near++) {
		const uint64_t step = near ? UINT64_C(1) << 30 : UINT64_C(1) << 37, base = 0x5152580000;
		test_space_begin(&test, "maps", NULL, 0);
		for (uint64_t i = 0; i < PAGES; i++)
			test_space_row(&test, base + i * step, base + i * step + (256 << 10), "rw-p", NULL);
		struct inq_space *space = test_classified(&test, "/opt/program");
		test_expect_region(base, near ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, near ? NULL : "v8",
				   near ? INQ_CERTAIN : INQ_LIKELY);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

/* workerd: V8 with compressed pointers, and Google's tcmalloc. */
START_TEST(cage_and_tcmalloc)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x134bc0000000, 0x134bff800000, "---p", NULL);
	test_space_row(&test, 0x134bff800000, 0x134c00000000, "rw-p", NULL);
	test_space_row(&test, 0x2e0440000000, 0x2e047fe00000, "---p", NULL);
	test_space_row(&test, 0x2e047fe00000, 0x2e0480000000, "rw-p", NULL);
	test_space_row(&test, 0x356400000000, 0x356400010000, "r--p", NULL);
	test_space_row(&test, 0x356400010000, 0x356400800000, "---p", NULL);
	test_space_row(&test, 0x356400800000, 0x356400bc0000, "rw-p", NULL);
	test_space_row(&test, 0x356400bc0000, 0x356500000000, "---p", NULL);
	struct inq_space *space = test_classified(&test, "/usr/bin/workerd");
	test_expect_region(0x134bff800000, INQ_CLASS_ALLOCATOR, "tcmalloc", INQ_LIKELY);
	test_expect_region(0x2e047fe00000, INQ_CLASS_ALLOCATOR, "tcmalloc", INQ_LIKELY);
	test_expect_region(0x134bc0000000, INQ_CLASS_RESERVED, NULL, INQ_CERTAIN);
	test_expect_region(0x356400800000, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* All of SBCL's memory may be executed; of another program such memory is code. */
START_TEST(sbcl_spaces)
{
	struct test_space test;
	for (int other = 0; other < 2; other++) {
		test_space_begin(&test, "maps", NULL, 0);
		test_space_row(&test, 0x1000000000, 0x1001330000, "rwxp", "/usr/lib/sbcl/sbcl.core");
		test_space_row(&test, 0x1001330000, 0x1040000000, "rwxp", NULL);
		test_space_row(&test, 0x7fd515838000, 0x7fd515b18000, "rwxp", NULL);
		test_space_row(&test, 0x7fd51632f000, 0x7fd516473000, "rw-p", NULL);
		struct inq_space *space = test_classified(&test, other ? "/usr/bin/other" : "/usr/bin/sbcl");
		test_expect_region(0x1001330000, other ? INQ_CLASS_TEXT : INQ_CLASS_ALLOCATOR, other ? "jit" : "sbcl",
				   INQ_LIKELY);
		test_expect_region(0x7fd515838000, other ? INQ_CLASS_TEXT : INQ_CLASS_ALLOCATOR, other ? "jit" : "sbcl",
				   other ? INQ_LIKELY : INQ_POSSIBLE);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

static void put(uint8_t *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* A pool of blocks of 64 bytes, ten of which were given out. */
static void make_pool(uint8_t *pool)
{
	put(pool, 10);
	put(pool + 36, 64 / 16 - 1);
	put(pool + 40, 48 + 10 * 64);
	put(pool + 44, POOL - 64);
}

/* Two arenas, and 32 KiB of another's that the kernel merged behind them; then one whose pool cannot be. */
START_TEST(python_by_pools)
{
	enum { SIZE = 2 * ARENA + 2 * POOL };
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < 4; i++)
		make_pool(data + i / 2 * ARENA + i % 2 * POOL);
	for (int damaged = 0; damaged < 2; damaged++) {
		put(data + ARENA + 44, damaged ? POOL - 80 : POOL - 64);
		test_space_begin(&test, "core", data, SIZE);
		test_space_row(&test, 0x7f0000000000, 0x7f0000000000 + SIZE, "rw-p", NULL);
		test.builder.space->mappings.items[0].data_offset = 0;
		test.builder.space->mappings.items[0].data_size = SIZE;
		struct inq_space *space = test_classified(&test, "/usr/lib/libpython3.11.so.1.0");
		test_expect_region(0x7f0000000000, INQ_CLASS_ALLOCATOR, "python", INQ_CERTAIN);
		test_expect_region(0x7f0000100000, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR,
				   damaged ? NULL : "python", INQ_CERTAIN);
		test_expect_region(0x7f0000200000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("runtime");
	TCase *tcase = tcase_create("runtime");
	tcase_add_test(tcase, go_heap);
	tcase_add_test(tcase, go_anywhere);
	tcase_add_test(tcase, v8_pages);
	tcase_add_test(tcase, v8_without_name);
	tcase_add_test(tcase, cage_and_tcmalloc);
	tcase_add_test(tcase, sbcl_spaces);
	tcase_add_test(tcase, python_by_size);
	tcase_add_test(tcase, python_by_pools);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
