/* What a JVM prints of its heap, read as a witness: rows as HotSpot's print_on functions write them, of JDK 6 to 25; the figures
 * are made up. */
#include "lib/jvm/jvm.h"

#include "tests/support/spaces.h"

extern const struct inq_jvm_source inq_jvm_source_heap_text;

static struct inq_jvm jvm;

static bool read_text(const char *text)
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_space space = { .ctx = &ctx, .jvm_heap = text };
	jvm = (struct inq_jvm) { 0 };
	bool told = inq_jvm_source_heap_text.read(&space, &jvm);
	if (told && jvm.heap.part_count) { /* the arena goes */
		static struct inq_jvm_area parts[3];
		memcpy(parts, jvm.heap.parts, jvm.heap.part_count * sizeof *parts);
		jvm.heap.parts = parts;
	}
	inq_arena_destroy(ctx.arena);
	return told;
}

static void expect_part(size_t index, const char *name, uint64_t start, uint64_t committed, uint64_t reserved)
{
	ck_assert_uint_gt(jvm.heap.part_count, index);
	const struct inq_jvm_area *part = &jvm.heap.parts[index];
	ck_assert_str_eq(part->name, name);
	ck_assert_uint_eq(part->start, start);
	ck_assert_uint_eq(part->committed, committed);
	ck_assert_uint_eq(part->reserved, reserved);
}

START_TEST(concurrent_mark_sweep)
{
	ck_assert(read_text(
		" par new generation   total 229376K, used 1000K [0x00000006c0000000, 0x00000006d0000000, "
		"0x00000006d0000000)\n"
		"  eden space 196608K,  73% used [0x00000006c0000000, 0x00000006c8c37e98, 0x00000006cc000000)\n"
		" concurrent mark-sweep generation total 3932160K, used 24K [0x00000006d0000000, 0x00000006e0000000, "
		"0x00000007c0000000)\n"
		" Metaspace       used 672871K, capacity 732767K, committed 732928K, reserved 1687552K\n"));
	ck_assert_str_eq(jvm.collector, "cms");
	ck_assert_uint_eq(jvm.heap.part_count, 2);
	expect_part(0, "young", 0x6c0000000, 0x10000000, 0x10000000);
	expect_part(1, "old", 0x6d0000000, 0x10000000, 0xf0000000);
	ck_assert_uint_eq(jvm.heap.start, 0x6c0000000);
	ck_assert_uint_eq(jvm.heap.end, 0x7c0000000);
	ck_assert_uint_eq(jvm.heap.used, 1024 << 10);
}
END_TEST

/* JDK 6 and 7: the permanent generation is no part of what -Xmx counts. */
START_TEST(parallel_with_perm)
{
	ck_assert(read_text(" PSYoungGen      total 10K, used 8K [0x30000000, 0x30004000, 0x38000000)\r\n"
			    "  eden space 8K, 100% used [0x30000000,0x30002000,0x30002000)\r\n"
			    " PSOldGen        total 64K, used 0K [0x20000000, 0x20010000, 0x30000000)\r\n"
			    "  object space 64K, 0% used [0x20000000,0x20000000,0x20010000)\r\n"
			    " PSPermGen       total 16K, used 4K [0x1c000000, 0x1c004000, 0x20000000)\r\n"));
	ck_assert_str_eq(jvm.collector, "parallel");
	expect_part(0, "perm", 0x1c000000, 0x4000, 0x4000000);
	expect_part(1, "old", 0x20000000, 0x10000, 0x10000000);
	expect_part(2, "young", 0x30000000, 0x4000, 0x8000000);
	ck_assert_uint_eq(jvm.heap.start, 0x20000000);
	ck_assert_uint_eq(jvm.heap.end, 0x38000000);
	ck_assert_uint_eq(jvm.heap.used, 8 << 10);
}
END_TEST

START_TEST(serial)
{
	ck_assert(read_text(" def new generation   total 10K, used 8K [0x30000000, 0x30004000, 0x38000000)\n"
			    " tenured generation   total 64K, used 1K [0x38000000, 0x38010000, 0x40000000)\n"));
	ck_assert_str_eq(jvm.collector, "serial");
	expect_part(0, "young", 0x30000000, 0x4000, 0x8000000);
	expect_part(1, "old", 0x38000000, 0x10000, 0x8000000);
	ck_assert_uint_eq(jvm.heap.committed, 0x14000);
}
END_TEST

START_TEST(heaps_of_regions)
{
	ck_assert(read_text(" garbage-first heap   total 2048K, used 3K [0x0000000744800000, 0x0000000744808000, "
			    "0x0000000800000000)\n"));
	ck_assert_str_eq(jvm.collector, "g1");
	ck_assert_uint_eq(jvm.heap.committed, 0x8000);
	ck_assert_uint_eq(jvm.heap.reserved, 0x800000000 - 0x744800000);
	ck_assert(read_text(" garbage-first heap   total 2048K, used 3K [0x744800000, 0x800000000)\n"));
	ck_assert_uint_eq(jvm.heap.committed, INQ_UNKNOWN);
	ck_assert(read_text("Shenandoah Heap\n 32M total, 32M committed, 6M used\nReserved region:\n"
			    " - [0x00007f88b8000000, 0x00007f90b8000000) \n"));
	ck_assert_str_eq(jvm.collector, "shenandoah");
	ck_assert_uint_eq(jvm.heap.end, 0x7f90b8000000);
}
END_TEST

START_TEST(damaged_rows)
{
	ck_assert(!read_text(NULL));
	ck_assert(!read_text(" PSYoungGen      total 10K, used 8K [0x38000000, 0x30004000, 0x30000000)\n"));
	ck_assert(!read_text(" PSYoungGen      total 10K, used 8K [0x30000000, 0x39000000, 0x38000000)\n"));
	ck_assert(!read_text(" PSYoungGen      total 10K, used 8K [0x30000000\n"));
	ck_assert(!read_text(" garbage-first heap [0x30000000, zz)"));
}
END_TEST

/* JDK 28: no row is indented, the spaces of Parallel stand behind a name, and G1 says what is committed. */
START_TEST(parallel_28)
{
	ck_assert(read_text(
		"PSYoungGen      total 71680K, used 30649K Young Gen: [0x00000000f5580000, 0x00000000fa080000, "
		"0x0000000100000000)\n"
		" eden space 66560K, 39% used [0x00000000f5f80000,0x00000000f792a610,0x00000000fa080000)\n"
		"ParOldGen       total 87040K, used 1119K Old Gen: [0x00000000e0000000, 0x00000000e5500000, "
		"0x00000000f5580000)\n"));
	ck_assert_str_eq(jvm.collector, "parallel");
	expect_part(0, "old", 0xe0000000, 0x5500000, 0x15580000);
	expect_part(1, "young", 0xf5580000, 0x4b00000, 0xaa80000);
	ck_assert_uint_eq(jvm.heap.used, (30649 + 1119) << 10);
}
END_TEST

START_TEST(g1_25)
{
	ck_assert(read_text("garbage-first heap   total reserved 65536K, committed 30720K, used 14484K "
			    "[0x00000000fc000000, 0x0000000100000000)\n"
			    " region size 1024K, 7 young (7168K), 2 survivors (2048K)\n"));
	ck_assert_str_eq(jvm.collector, "g1");
	ck_assert_uint_eq(jvm.heap.start, 0xfc000000);
	ck_assert_uint_eq(jvm.heap.reserved, 65536 << 10);
	ck_assert_uint_eq(jvm.heap.committed, 30720 << 10);
	ck_assert_uint_eq(jvm.heap.used, 14484 << 10);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("heap-text");
	TCase *tcase = tcase_create("heap-text");
	tcase_add_test(tcase, concurrent_mark_sweep);
	tcase_add_test(tcase, parallel_with_perm);
	tcase_add_test(tcase, serial);
	tcase_add_test(tcase, heaps_of_regions);
	tcase_add_test(tcase, damaged_rows);
	tcase_add_test(tcase, parallel_28);
	tcase_add_test(tcase, g1_25);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
