/* The performance counters of a JVM. What is true of the sample, jstat said: `jstat -gccapacity PID`, `jstat -gc PID`. */
#include "lib/jvm/jvm.h"
#include "lib/jvm/perfdata.h"

#include "tests/support/listings.h"
#include "tests/support/spaces.h"

#include <stdio.h>
#include <string.h>

enum { KIB = 1024 };

static char *sample(size_t *size)
{
	char path[4096];
	const char *source = getenv("SOURCE_DIR");
	snprintf(path, sizeof path, "%s/testdata/hsperfdata/jdk-17.0.15-serial.in", source ? source : ".");
	char *bytes = test_file(path, size);
	ck_assert_msg(bytes != NULL, "%s: cannot be read", path);
	return bytes;
}

static void expect_sizes(const struct inq_jvm_area *area, const char *name, uint64_t reserved, uint64_t committed)
{
	ck_assert_str_eq(area->name, name);
	ck_assert_uint_eq(area->reserved, reserved * KIB);
	ck_assert_uint_eq(area->committed, committed * KIB);
	ck_assert_uint_eq(area->start, INQ_UNKNOWN);
	ck_assert_int_eq(area->confidence, INQ_LIKELY);
	ck_assert_uint_eq(area->evidence.count, 1);
}

static void expect_spaces(const struct inq_jvm_area *young)
{
	static const struct {
		const char *name;
		uint64_t capacity, used; /* bytes used, as jstat rounds them to tenths of KiB */
	} spaces[] = { { "eden", 19712, 43397 }, { "s0", 2432, 24308 }, { "s1", 2432, 0 } };
	ck_assert_uint_eq(young->part_count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_str_eq(young->parts[i].name, spaces[i].name);
		ck_assert_uint_eq(young->parts[i].committed, spaces[i].capacity * KIB);
		ck_assert_uint_eq((young->parts[i].used * 10 + KIB / 2) / KIB, spaces[i].used);
	}
}

START_TEST(a_file_by_itself)
{
	size_t size;
	char *bytes = sample(&size);
	struct test_listings test;
	test_listings_read(&test, "case", (const uint8_t *)bytes, size);
	ck_assert_uint_eq(test.count, 1);
	const struct inq_jvm *jvm = inq_jvm_of(test.items[0].space);
	ck_assert_ptr_nonnull(jvm);
	ck_assert_str_eq(jvm->found_by, "perfdata");
	ck_assert_str_eq(jvm->as_of, "the last collection");
	ck_assert_str_eq(jvm->version, "17.0.15+6-Debian-1deb12u1");
	ck_assert_uint_eq(jvm->major, 17);
	ck_assert_str_eq(jvm->collector, "serial");
	ck_assert(jvm->has_heap && jvm->has_metaspace && jvm->has_class_space && !jvm->has_code_cache);
	expect_sizes(&jvm->heap, "heap", 65536, 65536);
	ck_assert_uint_eq(jvm->heap.part_count, 2);
	expect_sizes(&jvm->heap.parts[0], "young", 24576, 24576);
	expect_sizes(&jvm->heap.parts[1], "old", 40960, 40960);
	expect_spaces(&jvm->heap.parts[0]);
	expect_sizes(&jvm->metaspace, "metaspace", 1114112 - 1048576, 320 - 128);
	expect_sizes(&jvm->class_space, "class space", 1048576, 128);
	test_listings_end(&test);
	free(bytes);
}
END_TEST

/* The file in the memory of a process, mapped without a name. */
START_TEST(in_a_core)
{
	enum { START = 0x7f0000000000 };
	size_t size;
	char *bytes = sample(&size);
	struct test_space test;
	test_space_begin(&test, "core", (const uint8_t *)bytes, size);
	test_space_row(&test, 0x10000, 0x20000, "r-xp", "/jdk/lib/server/libjvm.so");
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = START;
	mapping.end = START + size;
	mapping.data_offset = 0;
	mapping.data_size = size;
	mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_WRITE;
	ck_assert_int_eq(inq_build_mapping(&test.builder, &mapping), INQ_OK);
	struct inq_space *space = test_space_seal(&test);
	struct inq_object *object = inq_object_vec_push(&space->objects);
	*object = (struct inq_object) { .path = "/jdk/lib/server/libjvm.so", .load_bias = INQ_UNKNOWN };
	const struct inq_jvm *jvm = inq_jvm_of(space);
	ck_assert_ptr_nonnull(jvm);
	ck_assert(jvm->has_perfdata);
	ck_assert_uint_eq(jvm->perfdata.start, START);
	ck_assert_uint_eq(jvm->perfdata.end, START + size);
	ck_assert_str_eq(jvm->version, "17.0.15+6-Debian-1deb12u1");
	inq_space_destroy(space);
	test_space_end(&test);
	free(bytes);
}
END_TEST

static struct inq_view view_of(const void *bytes, size_t size)
{
	return (struct inq_view) { .data = bytes, .size = size };
}

/* Whatever stands in the header, the walk ends and stays inside. */
START_TEST(damage_is_refused)
{
	size_t size;
	char *bytes = sample(&size);
	struct inq_perfdata perfdata;
	struct inq_view view = view_of(bytes, size);
	ck_assert(inq_perfdata_open(&view, &perfdata));
	uint64_t count = inq_perfdata_count(&perfdata), value;
	ck_assert_uint_eq(count, perfdata.entries);
	ck_assert_uint_gt(count, 100);
	ck_assert(!inq_perfdata_number(&perfdata, "sun.gc.generation.0.name", &value)); /* a string */
	ck_assert(!inq_perfdata_number(&perfdata, "sun.gc.generation.0", &value));

	struct inq_view half = view_of(bytes, size / 8);
	ck_assert(inq_perfdata_open(&half, &perfdata));
	ck_assert_uint_lt(inq_perfdata_count(&perfdata), count);
	memset(bytes + 32, 0xff, 4); /* the first entry's length */
	ck_assert(inq_perfdata_open(&view, &perfdata));
	ck_assert_uint_eq(inq_perfdata_count(&perfdata), 0);
	memset(bytes + 32, 0, 4); /* of no length: would stand still */
	ck_assert_uint_eq(inq_perfdata_count(&perfdata), 0);
	memset(bytes + 24, 0xff, 4); /* entries beyond the end */
	ck_assert(!inq_perfdata_open(&view, &perfdata));
	bytes[5] = 1; /* version 1 */
	ck_assert(inq_perfdata_recognise(&view) && !inq_perfdata_open(&view, &perfdata));
	bytes[0] = 0;
	ck_assert(!inq_perfdata_recognise(&view));
	free(bytes);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("perfdata");
	TCase *tests = tcase_create("all");
	tcase_add_test(tests, a_file_by_itself);
	tcase_add_test(tests, in_a_core);
	tcase_add_test(tests, damage_is_refused);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
