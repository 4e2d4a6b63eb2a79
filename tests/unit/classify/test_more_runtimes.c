/* Memory of Ruby, Erlang, .NET and the sanitizers' allocator. Addresses and sizes are those that Ruby 3.1, OTP 25 and clang 14
 * have on x86-64; the fields are those of struct heap_page (Ruby, gc.c) and Carrier_t (OTP, erl_alloc_util.h). */
#include "lib/classify/rule.h"

#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

static const struct inq_region *regions;
static size_t region_count;

static void expect(uint64_t address, enum inq_class class_, const char *subclass, enum inq_confidence confidence)
{
	size_t i = 0;
	while (i < region_count && !(regions[i].start <= address && address < regions[i].end))
		i++;
	ck_assert_msg(i < region_count, "no region at %llx", (unsigned long long)address);
	ck_assert_str_eq(inq_class_name(regions[i].class_), inq_class_name(class_));
	ck_assert_pstr_eq(regions[i].subclass, subclass);
	ck_assert_int_eq(regions[i].confidence, confidence);
}

static struct inq_space *classified(struct test_space *test, const char *path)
{
	struct inq_space *space = test_space_seal(test);
	space->machine.bits = 64;
	struct inq_object *object = inq_object_vec_push(&space->objects);
	ck_assert_ptr_nonnull(object);
	*object = (struct inq_object) { .path = path, .kind = INQ_OBJECT_EXE, .load_bias = INQ_UNKNOWN };
	ck_assert_int_eq(inq_classify(space, &regions, &region_count), INQ_OK);
	return space;
}

static void put(uint8_t *to, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* One mapping with memory. */
static struct inq_space *with_memory(struct test_space *test, const char *path, uint64_t start, uint8_t *data,
				     size_t size)
{
	test_space_begin(test, "core", data, size);
	test_space_row(test, start, start + size, "rw-p", NULL);
	test->builder.space->mappings.items[0].data_offset = 0;
	test->builder.space->mappings.items[0].data_size = size;
	return classified(test, path);
}

/* Two pages of 409 slots of 40 bytes, their records in a third; the record of the second is another's when damaged. */
START_TEST(ruby_pages)
{
	enum { PAGE = 16 << 10, SIZE = 3 * PAGE };
	const uint64_t base = 0x7f0000000000;
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	for (uint64_t damaged = 0; damaged < 2; damaged++) {
		for (uint64_t i = 0; i < 2; i++) {
			uint64_t record = 2 * PAGE + i * 256, page = i && damaged ? 0 : i * PAGE;
			put(data + i * PAGE, base + record);
			put(data + record, 40 | 409 << 16);
			put(data + record + 32, base + page + 16);
		}
		struct inq_space *space = with_memory(&test, "/usr/bin/ruby3.1", base, data, SIZE);
		expect(base, INQ_CLASS_ALLOCATOR, "ruby", INQ_CERTAIN);
		expect(base + PAGE, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "ruby",
		       INQ_CERTAIN);
		expect(base + 2 * PAGE, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

/* Carriers of 256 and 512 KiB that are linked; then one link breaks. */
START_TEST(erlang_carriers)
{
	enum { UNIT = 256 << 10, SIZE = 4 * UNIT };
	const uint64_t base = 0x7f0000040000, owner = base + 3 * UNIT + 64;
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	put(data, UNIT | 1);
	put(data + 8, base + UNIT);
	put(data + 24, owner | 1);
	put(data + UNIT, 2 * UNIT | 1);
	put(data + UNIT + 24, owner);
	for (int damaged = 0; damaged < 2; damaged++) {
		put(data + UNIT + 16, damaged ? base + 8 : base);
		struct inq_space *space = with_memory(&test, "/usr/lib/erlang/bin/beam.smp", base, data, SIZE);
		expect(base, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "erlang", INQ_CERTAIN);
		expect(base + 2 * UNIT, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "erlang",
		       INQ_CERTAIN);
		expect(base + 3 * UNIT, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

START_TEST(dotnet_heap)
{
	const uint64_t base = 0x7e0000000000, whole = UINT64_C(256) << 30;
	struct test_space test;
	for (int small = 0; small < 2; small++) {
		test_space_begin(&test, "maps", NULL, 0);
		test_space_row(&test, base, base + (4 << 20), "rw-p", NULL);
		test_space_row(&test, base + (4 << 20), base + whole - (small ? 4096 : 0), "---p", NULL);
		test_space_row(&test, 0x7f0000000000, 0x7f0000010000, "r-xs", "/memfd:doublemapper (deleted)");
		struct inq_space *space = classified(&test, "/usr/share/dotnet/libcoreclr.so");
		expect(base, small ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, small ? NULL : "dotnet",
		       small ? INQ_CERTAIN : INQ_POSSIBLE);
		expect(0x7f0000000000, INQ_CLASS_SHARED_MEMORY, "dotnet", INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

/* Ten regions of 64 GiB, each with blocks and, 8 GiB before its end, a list; one region is not used. */
START_TEST(sanitizer_regions)
{
	const uint64_t base = 0x600000000000, region = UINT64_C(64) << 30, list = UINT64_C(56) << 30, piece = 64 << 10;
	struct test_space test;
	uint64_t at = base;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7fff7000, 0x8fff7000, "rw-p", NULL);
	test_space_row(&test, 0x8fff7000, 0x2008fff7000, "---p", NULL);
	test_space_row(&test, 0x2008fff7000, 0x10007fff8000, "rw-p", NULL);
	for (uint64_t i = 0; i < 10; i++)
		for (uint64_t place = base + i * region; i != 8 && place <= base + i * region + list; place += list) {
			if (at < place)
				test_space_row(&test, at, place, "---p", NULL);
			test_space_row(&test, place, at = place + piece, "rw-p", NULL);
		}
	struct inq_space *space = classified(&test, "/opt/program");
	expect(base, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY);
	expect(base + list, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY);
	expect(base + 9 * region + list, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY);
	expect(base + piece, INQ_CLASS_RESERVED, NULL, INQ_CERTAIN);
	expect(0x7fff7000, INQ_CLASS_ANON, "shadow", INQ_LIKELY);
	expect(0x2008fff7000, INQ_CLASS_ANON, "shadow", INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("more-runtimes");
	TCase *tcase = tcase_create("more-runtimes");
	tcase_add_test(tcase, ruby_pages);
	tcase_add_test(tcase, erlang_carriers);
	tcase_add_test(tcase, dotnet_heap);
	tcase_add_test(tcase, sanitizer_regions);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
