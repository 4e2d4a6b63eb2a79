/* Building and joining spaces: order, overlaps, half-open borders, and no byte lost or counted twice. */
#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

static void expect_row(const struct inq_space *space, size_t index, uint64_t start, uint64_t end, const char *name)
{
	ck_assert_uint_lt(index, space->mappings.count);
	const struct inq_mapping *row = &space->mappings.items[index];
	ck_assert_uint_eq(row->start, start);
	ck_assert_uint_eq(row->end, end);
	if (name)
		ck_assert_str_eq(row->name, name);
	else
		ck_assert_ptr_null(row->name);
}

START_TEST(borders)
{
	struct test_space test;
	test_space_begin(&test, "map", NULL, 0);
	test_space_row(&test, 0x3000, 0x4000, "rw-p", NULL);
	test_space_row(&test, 0x1000, 0x2000, "r-xp", "/bin/a");
	test_space_row(&test, 0xfffffffffffff000, UINT64_MAX, "---p", NULL);
	struct inq_space *space = test_space_seal(&test);
	expect_row(space, 0, 0x1000, 0x2000, "/bin/a");
	ck_assert_ptr_null(inq_space_mapping_at(space, 0xfff));
	ck_assert_ptr_eq(inq_space_mapping_at(space, 0x1000), &space->mappings.items[0]);
	ck_assert_ptr_eq(inq_space_mapping_at(space, 0x1fff), &space->mappings.items[0]);
	ck_assert_ptr_null(inq_space_mapping_at(space, 0x2000));
	ck_assert_ptr_eq(inq_space_mapping_from(space, 0x2000), &space->mappings.items[1]);
	ck_assert_ptr_eq(inq_space_mapping_at(space, UINT64_MAX - 1), &space->mappings.items[2]);
	ck_assert_ptr_null(inq_space_mapping_from(space, UINT64_MAX));
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(overlaps_are_settled_and_told)
{
	struct test_space test;
	test_space_begin(&test, "map", NULL, 0);
	test_space_row(&test, 0x1000, 0x5000, "r--p", "/a");
	test_space_row(&test, 0x2000, 0x3000, "r--p", "/inside");
	test_space_row(&test, 0x4000, 0x8000, "r--p", "/b");
	test_space_row(&test, 0x9000, 0x9000, "r--p", "/empty");
	struct inq_space *space = test_space_seal(&test);
	ck_assert_uint_eq(space->mappings.count, 2);
	expect_row(space, 0, 0x1000, 0x5000, "/a");
	expect_row(space, 1, 0x5000, 0x8000, "/b");
	ck_assert_uint_eq(test.ctx.warnings.count, 3);
	ck_assert(space->artefacts.items[0].partial);
	ck_assert_ptr_nonnull(strstr(test.ctx.warnings.items[1], "map:2: 0x2000-0x3000 overlaps"));
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(files_are_interned)
{
	struct test_space test;
	test_space_begin(&test, "map", NULL, 0);
	const struct inq_file *one = inq_build_file(&test.builder, "/lib/x.so", 9, 8, 1, 77);
	const struct inq_file *gone = inq_build_file(&test.builder, "/lib/x.so (deleted)", 19, 8, 1, 77);
	const struct inq_file *again = inq_build_file(&test.builder, "/lib/x.so", 9, 8, 1, 77);
	const struct inq_file *other = inq_build_file(&test.builder, "/lib/x.so", 9, 8, 1, 78);
	ck_assert_ptr_eq(one, again);
	ck_assert_ptr_ne(one, gone);
	ck_assert_ptr_ne(one, other);
	ck_assert_str_eq(gone->path, "/lib/x.so");
	ck_assert(gone->deleted && !one->deleted);
	inq_build_abandon(&test.builder);
	test_space_end(&test);
}
END_TEST

/* Memory of two rows in a source of 16 bytes: reads cross their border, and each gap has its own reason. */
START_TEST(reads)
{
	static const uint8_t bytes[16] = "abcdefghijklmno";
	struct test_space test;
	uint8_t got[8];
	test_space_begin(&test, "core", bytes, sizeof bytes);
	struct inq_mapping row = inq_mapping_unknown();
	row.start = 0x1000, row.end = 0x1008, row.data_offset = 0, row.data_size = 8;
	inq_build_mapping(&test.builder, &row);
	row.start = 0x1008, row.end = 0x2000, row.data_offset = 8, row.data_size = 4;
	inq_build_mapping(&test.builder, &row);
	row.start = 0x2000, row.end = 0x3000, row.data_size = 0, row.flags = INQ_MAPPING_CUT;
	inq_build_mapping(&test.builder, &row);
	struct inq_space *space = test_space_seal(&test);
	ck_assert_int_eq(inq_space_read(space, 0x1004, got, 8), INQ_READ_OK);
	ck_assert_mem_eq(got, "efghijkl", 8);
	ck_assert_int_eq(inq_space_read(space, 0x1005, got, 8), INQ_READ_NOT_DUMPED);
	ck_assert_int_eq(inq_space_read(space, 0x2000, got, 1), INQ_READ_CUT_OFF);
	ck_assert_int_eq(inq_space_read(space, 0xfff, got, 1), INQ_READ_UNMAPPED);
	ck_assert_int_eq(inq_space_read(space, UINT64_MAX, got, 8), INQ_READ_UNMAPPED);
	enum inq_read why;
	ck_assert_ptr_eq(inq_space_peek(space, 0x1002, 4, &why), bytes + 2);
	ck_assert_ptr_null(inq_space_peek(space, 0x1004, 8, &why));
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(join_keeps_bytes_and_names)
{
	static const uint8_t bytes[0x2000];
	struct test_space core, map;
	test_space_begin(&core, "core", bytes, sizeof bytes);
	struct inq_mapping row = inq_mapping_unknown();
	row.start = 0x10000, row.end = 0x12000, row.data_offset = 0, row.data_size = 0x2000;
	row.permissions = INQ_PERM_KNOWN | INQ_PERM_READ;
	inq_build_mapping(&core.builder, &row);
	test_space_begin(&map, "map", NULL, 0);
	test_space_row(&map, 0x10000, 0x11000, "rw-p", "[heap]");
	test_space_row(&map, 0x11000, 0x13000, "rw-p", "/a");
	struct inq_space *space = test_space_seal(&core), *more = test_space_seal(&map);
	ck_assert_int_eq(inq_space_join(space, more, NULL, NULL), INQ_OK);
	ck_assert_uint_eq(space->mappings.count, 3);
	expect_row(space, 0, 0x10000, 0x11000, "[heap]");
	expect_row(space, 1, 0x11000, 0x12000, "/a");
	expect_row(space, 2, 0x12000, 0x13000, "/a");
	ck_assert_uint_eq(space->mappings.items[1].data_offset, 0x1000);
	ck_assert_uint_eq(space->mappings.items[1].data_size, 0x1000);
	ck_assert_uint_eq(space->mappings.items[0].permissions, INQ_PERM_KNOWN | INQ_PERM_READ);
	ck_assert_uint_eq(space->mappings.items[2].place.artefact, 1);
	inq_space_destroy(space);
	test_space_end(&core);
	test_space_end(&map);
}
END_TEST

/* Random maps over a small address range, checked byte by byte against two arrays. */
enum { PAGES = 64, PAGE = 0x1000 };

static void random_map(struct test_space *test, const char *path, unsigned char *owner)
{
	test_space_begin(test, path, NULL, 0);
	memset(owner, 0, PAGES);
	for (unsigned at = 0; at < PAGES;) {
		unsigned size = 1 + (unsigned)rand() % 6;
		if (at + size > PAGES)
			size = PAGES - at;
		if (rand() % 3) {
			test_space_row(test, at * PAGE, (at + size) * PAGE, "rw-p", NULL);
			memset(owner + at, 1, size);
		}
		at += size;
	}
}

START_TEST(join_property)
{
	srand((unsigned)_i);
	struct test_space one, two;
	unsigned char ours[PAGES], theirs[PAGES];
	random_map(&one, "one", ours);
	random_map(&two, "two", theirs);
	struct inq_space *space = test_space_seal(&one), *more = test_space_seal(&two);
	ck_assert_int_eq(inq_space_join(space, more, NULL, NULL), INQ_OK);
	for (size_t i = 1; i < space->mappings.count; i++)
		ck_assert_uint_ge(space->mappings.items[i].start, space->mappings.items[i - 1].end);
	for (uint64_t page = 0; page < PAGES; page++) {
		bool mapped = inq_space_mapping_at(space, page * PAGE) != NULL;
		ck_assert_int_eq(mapped, ours[page] || theirs[page]);
		ck_assert_int_eq(inq_space_mapping_at(space, page * PAGE + PAGE - 1) != NULL, mapped);
	}
	inq_space_destroy(space);
	test_space_end(&one);
	test_space_end(&two);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("join");
	TCase *tcase = tcase_create("join");
	tcase_add_test(tcase, borders);
	tcase_add_test(tcase, overlaps_are_settled_and_told);
	tcase_add_test(tcase, files_are_interned);
	tcase_add_test(tcase, reads);
	tcase_add_test(tcase, join_keeps_bytes_and_names);
	tcase_add_loop_test(tcase, join_property, 0, 200);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
