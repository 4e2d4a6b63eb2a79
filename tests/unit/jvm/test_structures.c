/* Structures of collectors by their size. Sizes are those that HotSpot 17 reserved with -Xmx512m, as
 * `jcmd VM.native_memory detail` told: G1's mark stack 32 MiB; ZGC's mark stacks 8 GiB, of which 32 MiB committed, and two
 * page tables of 16 MiB; Parallel's mark bitmap 16 MiB above a block table of 1 MiB. And the comparison of witnesses. */
#include "lib/jvm/compare.h"
#include "lib/jvm/structures.h"

#include "tests/support/spaces.h"

#include <string.h>

static const uint64_t M = 1 << 20;

static struct inq_jvm jvm_of(const char *collector, unsigned major, uint64_t start, uint64_t size)
{
	return (struct inq_jvm) { .found_by = "vmstructs",
				  .collector = collector,
				  .major = major,
				  .has_heap = true,
				  .heap = { .name = "heap", .start = start, .end = start + size } };
}

static struct inq_space *space_of(struct test_space *test)
{
	test_space_begin(test, "maps", NULL, 0);
	test_space_row(test, 0xe0000000, 0x100000000, "rw-p", NULL);
	test_space_row(test, 0x7f0000000000, 0x7f0000000000 + 17 * M, "rw-p", NULL);
	test_space_row(test, 0x7f1000000000, 0x7f1000000000 + 32 * M, "rw-p", NULL);
	test_space_row(test, 0x7f2000000000, 0x7f2000000000 + 32 * M, "rw-p", NULL);
	test_space_row(test, 0x7f2000000000 + 32 * M, 0x7f2000000000 + 8192 * M, "---p", NULL);
	test_space_row(test, 0x7f3000000000, 0x7f3000000000 + 32 * M + 4096, "rw-p", NULL);
	return test_space_seal(test);
}

static void expect_table(const struct inq_jvm *jvm, size_t index, const char *name, uint64_t start, uint64_t size)
{
	ck_assert_uint_lt(index, jvm->side_table_count);
	const struct inq_jvm_area *table = &jvm->side_tables[index];
	ck_assert_str_eq(table->name, name);
	ck_assert_uint_eq(table->start, start);
	ck_assert_uint_eq(table->end - table->start, size);
	ck_assert_int_ne(table->confidence, INQ_CERTAIN);
	ck_assert_uint_eq(table->evidence.count, 1);
}

START_TEST(of_each_collector)
{
	struct test_space test;
	struct inq_space *space = space_of(&test);
	struct inq_jvm g1 = jvm_of("g1", 17, 0xe0000000, 512 * M), z = jvm_of("z", 17, 0x40000000000, 8192 * M),
		       parallel = jvm_of("parallel", 17, 0xe0000000, 512 * M);
	inq_jvm_add_structures(space, &g1);
	ck_assert_uint_eq(g1.side_table_count, 2);
	expect_table(&g1, 0, "mark stack", 0x7f1000000000, 32 * M);
	inq_jvm_add_structures(space, &z);
	ck_assert_uint_eq(z.side_table_count, 2);
	expect_table(&z, 0, "page table", 0x7f1000000000, 32 * M);
	expect_table(&z, 1, "mark stacks", 0x7f2000000000, 8192 * M);
	ck_assert_uint_eq(z.side_tables[1].committed, 32 * M);
	inq_jvm_add_structures(space, &parallel);
	ck_assert_uint_eq(parallel.side_table_count, 1);
	expect_table(&parallel, 0, "mark bitmap and block table", 0x7f0000000000, 17 * M);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* What the JVM says is elsewhere is not claimed again, nor by a release that has no such structure. */
START_TEST(not_twice)
{
	struct test_space test;
	struct inq_space *space = space_of(&test);
	const struct inq_jvm_area known[] = {
		{ .name = "card table", .start = 0x7f1000000000, .end = 0x7f1000100000 },
		{ .name = "mark bitmap", .start = 0x7f2000000000, .end = 0x7f2000800000 }
	};
	struct inq_jvm jvm = jvm_of("g1", 17, 0xe0000000, 512 * M), later = jvm_of("g1", 25, 0xe0000000, 512 * M);
	jvm.side_tables = known;
	jvm.side_table_count = 2;
	inq_jvm_add_structures(space, &jvm);
	ck_assert_uint_eq(jvm.side_table_count, 2);
	inq_jvm_add_structures(space, &later);
	ck_assert_uint_eq(later.side_table_count, 0);
	struct inq_jvm unknown = { .found_by = "arithmetic" };
	inq_jvm_add_structures(space, &unknown);
	ck_assert_uint_eq(unknown.side_table_count, 0);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

static size_t disagreements(struct inq_space *space, const char *one, const char *two, enum inq_confidence sure,
			    uint64_t heap)
{
	struct inq_jvm first = jvm_of("g1", 17, 0xe0000000, 512 * M), other = jvm_of("g1", 17, heap, 512 * M);
	first.version = one;
	first.heap.confidence = INQ_CERTAIN;
	other.version = two;
	other.found_by = "arithmetic";
	other.heap.confidence = sure;
	inq_jvm_compare(space, &first, &other);
	return first.disagreements.count;
}

/* A shorter version is the same told less exactly; a guess is no witness. */
START_TEST(what_counts_as_a_disagreement)
{
	struct test_space test;
	struct inq_space *space = space_of(&test);
	ck_assert_uint_eq(disagreements(space, "17.0.15+6-Debian", "17", INQ_CERTAIN, 0xe0000000), 0);
	ck_assert_uint_eq(disagreements(space, "1", "17", INQ_CERTAIN, 0xe0000000), 1);
	ck_assert_uint_eq(disagreements(space, "11.0.2", "17.0.2", INQ_CERTAIN, 0xe0000000), 1);
	ck_assert_uint_eq(disagreements(space, "17.0.2", "17.0.21+9", INQ_CERTAIN, 0xe0000000), 1);
	ck_assert_uint_eq(disagreements(space, "17.0.13.0.3+1-1-Debian", "17.0.13+1", INQ_CERTAIN, 0xe0000000), 0);
	ck_assert_uint_eq(disagreements(space, "17-ea+18-1-Debian", "17.0+18", INQ_CERTAIN, 0xe0000000), 0);
	ck_assert_uint_eq(disagreements(space, "unknown", "17", INQ_CERTAIN, 0xe0000000), 1);
	ck_assert_uint_eq(disagreements(space, "17", "17", INQ_LIKELY, 0xd0000000), 0);
	ck_assert_uint_eq(disagreements(space, "17", "17", INQ_CERTAIN, 0xd0000000), 1);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("structures");
	TCase *tcase = tcase_create("structures");
	tcase_add_test(tcase, of_each_collector);
	tcase_add_test(tcase, not_twice);
	tcase_add_test(tcase, what_counts_as_a_disagreement);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
