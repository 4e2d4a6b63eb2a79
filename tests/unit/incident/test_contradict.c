/* The rules about two artefacts, each at its border; and whom to believe. */
#include "formats/format.h"
#include "lib/incident/contradict.h"
#include "lib/incident/witness.h"
#include "tests/support/spaces.h"

#include <elf.h>
#include <string.h>

struct sides {
	struct test_space test[2];
	struct inq_space *space[2];
};

static void begin(struct sides *sides)
{
	test_space_begin(&sides->test[0], "one.txt", NULL, 0);
	test_space_begin(&sides->test[1], "two.txt", NULL, 0);
}

static struct inq_pair seal(struct sides *sides)
{
	for (int i = 0; i < 2; i++)
		sides->space[i] = test_space_seal(&sides->test[i]);
	return inq_pair_of(sides->space[0]->ctx, sides->space[0], sides->space[1]);
}

static void end(struct sides *sides)
{
	for (int i = 0; i < 2; i++) {
		inq_space_destroy(sides->space[i]);
		test_space_end(&sides->test[i]);
	}
}

/* A rule's evidence names both artefacts and, when given, `word`. */
static void contradicts(const char *evidence, const char *word)
{
	ck_assert_ptr_nonnull(evidence);
	ck_assert_msg(strstr(evidence, "one.txt") && strstr(evidence, "two.txt"), "%s", evidence);
	ck_assert_msg(!word || strstr(evidence, word), "%s", evidence);
}

START_TEST(nothing_told_is_no_contradiction)
{
	struct sides sides;
	begin(&sides);
	struct inq_pair pair = seal(&sides);
	const struct inq_contradiction_rule *rule;
	size_t i = 0;
	for (; (rule = inq_contradiction_row(i)); i++)
		ck_assert_msg(!rule->check(&pair), "%s", rule->what);
	ck_assert_uint_gt(i, 10);
	ck_assert(!inq_pair_is_apart(&pair));
	ck_assert(!inq_pair_is_related(&pair));
	end(&sides);
}
END_TEST

START_TEST(numbers_and_times)
{
	struct sides sides;
	begin(&sides);
	struct inq_pair pair = seal(&sides);
	struct inq_process *one = &sides.space[0]->process, *two = &sides.space[1]->process;
	one->pid = two->pid = 7;
	ck_assert_ptr_null(inq_contradicts_pid(&pair));
	ck_assert(inq_pair_is_related(&pair));
	two->pid = 8;
	contradicts(inq_contradicts_pid(&pair), "pid 8");
	ck_assert(inq_pair_is_apart(&pair));
	one->start_time = 1000;
	two->start_time = 1002;
	ck_assert_ptr_null(inq_contradicts_started(&pair));
	two->start_time = 1003;
	contradicts(inq_contradicts_started(&pair), "3 seconds before");
	sides.space[0]->page_size = 4096;
	sides.space[1]->page_size = 8192;
	contradicts(inq_contradicts_page_size(&pair), "8,192");
	one->death_time = 1763790406;
	two->death_time = 1763790406 + 600;
	ck_assert_ptr_null(inq_contradicts_died(&pair));
	two->death_time++;
	contradicts(inq_contradicts_died(&pair), "601 seconds before");
	end(&sides);
}
END_TEST

START_TEST(programs)
{
	static const struct {
		const char *one, *two;
		bool same;
	} cases[] = { { "cases", "cases", true },
		      { "a-very-long-nam", "a-very-long-name-of-a-program", true },
		      { "python3", "python3.11", true },
		      { "java", "javac", false },
		      { "cat", "dog", false } };
	struct sides sides;
	begin(&sides);
	struct inq_pair pair = seal(&sides);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sides.space[0]->process.name = cases[i].one;
		sides.space[1]->process.args = inq_arena_printf(pair.ctx->arena, "/usr/bin/%s --flag", cases[i].two);
		ck_assert_msg(inq_pair_same_program(&pair) == cases[i].same, "%s %s", cases[i].one, cases[i].two);
		ck_assert_int_eq(inq_contradicts_program(&pair) == NULL, cases[i].same);
		ck_assert_int_eq(inq_pair_is_apart(&pair), !cases[i].same);
	}
	sides.space[0]->process.pid = sides.space[1]->process.pid = 12; /* a process may change its name */
	ck_assert(!inq_pair_is_apart(&pair));
	end(&sides);
}
END_TEST

START_TEST(signals)
{
	struct sides sides;
	begin(&sides);
	for (int i = 0; i < 2; i++)
		inq_build_thread(&sides.test[i].builder)->crashed = true;
	struct inq_pair pair = seal(&sides);
	struct inq_signal *one = &sides.space[0]->threads.items[0].signal;
	struct inq_signal *two = &sides.space[1]->threads.items[0].signal;
	one->number = 11;
	two->number = 7;
	contradicts(inq_contradicts_signal(&pair), "signal 7");
	two->number = 6; /* a handler of the fault aborts */
	ck_assert_ptr_null(inq_contradicts_signal(&pair));
	end(&sides);
}
END_TEST

START_TEST(threads)
{
	struct sides sides;
	begin(&sides);
	for (int i = 0; i < 5; i++)
		inq_build_thread(&sides.test[i < 3 ? 0 : 1].builder);
	struct inq_pair pair = seal(&sides);
	contradicts(inq_contradicts_threads(&pair), "has 3 threads");
	sides.space[1]->artefacts.items[0].kind = "hs-err"; /* it lists those that the virtual machine knows */
	ck_assert_ptr_null(inq_contradicts_threads(&pair));
	sides.space[0]->artefacts.items[0].kind = "hs-err";
	sides.space[1]->artefacts.items[0].kind = "elf-core"; /* but none that the process did not have */
	contradicts(inq_contradicts_threads(&pair), "has 3 threads");
	end(&sides);
}
END_TEST

/* Three files, of which the second map has `moved` elsewhere. */
static void map_files(struct sides *sides, unsigned moved)
{
	static const char *const names[] = { "/bin/prog", "/lib/liba.so", "/lib/libb.so" };
	begin(sides);
	for (unsigned i = 0; i < 3; i++) {
		uint64_t start = 0x10000 * (i + 1), other = start + (i < moved ? 0x1000000 : 0);
		test_space_row(&sides->test[0], start, start + 0x4000, "r-xp", names[i]);
		test_space_row(&sides->test[0], start + 0x4000, start + 0x5000, "rw-p", names[i]);
		/* the first rows were left out: a piece further on is no other place */
		test_space_row(&sides->test[1], other + 0x4000, other + 0x5000, "rw-p", names[i]);
	}
}

START_TEST(maps)
{
	for (unsigned moved = 0; moved <= 3; moved++) {
		struct sides sides;
		map_files(&sides, moved);
		struct inq_pair pair = seal(&sides);
		struct inq_fit fit = inq_fit_of_maps(pair.one, pair.two);
		ck_assert_uint_eq(fit.same, 3 - moved);
		ck_assert_uint_eq(fit.moved, moved);
		ck_assert_int_eq(inq_contradicts_map(&pair) != NULL, moved >= 2);
		end(&sides);
	}
}
END_TEST

START_TEST(layouts)
{
	struct sides sides;
	begin(&sides);
	test_space_row(&sides.test[0], 0x7000, 0x9000, "rw-p", "[ stack ]");
	test_space_row(&sides.test[1], 0x6000, 0x9000, "rw-p", "[stack]");
	test_space_row(&sides.test[1], 0xa000, 0xb000, "r-xp", "[vdso]");
	ck_assert_int_eq(inq_build_aux(&sides.test[0].builder, AT_RANDOM, 0x8ff0), INQ_OK);
	ck_assert_int_eq(inq_build_aux(&sides.test[0].builder, AT_SYSINFO_EHDR, 0xa000), INQ_OK);
	struct inq_pair pair = seal(&sides);
	ck_assert_ptr_null(inq_contradicts_layout(&pair)); /* a stack grows downward */
	sides.space[0]->aux.items[0].value = 0x9000;
	contradicts(inq_contradicts_layout(&pair), "0x9000");
	sides.space[0]->aux.items[1].value = 0xb000;
	contradicts(inq_contradicts_layout(&pair), "vdso");
	end(&sides);
}
END_TEST

/* Of two logs, and of a log and a map that lists everything. */
START_TEST(java_heaps)
{
	struct sides sides;
	begin(&sides);
	test_space_row(&sides.test[0], 0xe0000000, 0xe1000000, "rw-p", NULL);
	test_space_row(&sides.test[0], 0x7ffff000, 0x80000000, "rw-p", "[stack]");
	struct inq_pair pair = seal(&sides);
	sides.space[1]->jvm_heap = " garbage-first heap   total 9K, used 1K [0xe0000000, 0x100000000)";
	ck_assert_ptr_null(inq_contradicts_jvm(&pair));
	sides.space[1]->jvm_heap = " garbage-first heap   total 9K, used 1K [0xc0000000, 0xe0000000)";
	contradicts(inq_contradicts_jvm(&pair), "nothing is there");
	sides.space[0]->jvm_heap = " garbage-first heap   total 9K, used 1K [0xc0000000, 0xd0000000)";
	contradicts(inq_contradicts_jvm(&pair), "536,870,912");
	end(&sides);
}
END_TEST

START_TEST(sizes)
{
	struct sides sides;
	begin(&sides);
	test_space_row(&sides.test[0], 0x1000, 0x5000, "rw-p", "[ heap ]");
	test_space_row(&sides.test[0], 0x7000, 0x9000, "rw-p", "[ stack ]");
	struct inq_pair pair = seal(&sides);
	sides.space[1]->told_heap_size = 0x4000;
	sides.space[1]->told_stack_size = 0x2000;
	ck_assert_ptr_null(inq_contradicts_heap(&pair));
	ck_assert_ptr_null(inq_contradicts_stack(&pair));
	sides.space[1]->told_heap_size = 0x3000;
	sides.space[1]->told_stack_size = 0x1000;
	contradicts(inq_contradicts_heap(&pair), "12,288");
	contradicts(inq_contradicts_stack(&pair), "8,192");
	end(&sides);
}
END_TEST

START_TEST(objects_of_frames)
{
	const struct inq_text_frame frames[] = {
		{ .line = 3, .pc = 0x10100, .base = INQ_UNKNOWN, .object = "libother.so" },
		{ .line = 4, .pc = 0x20100, .base = INQ_UNKNOWN, .object = "liba-2.31.so" },
		{ .line = 5, .pc = 0x20200, .base = INQ_UNKNOWN, .object = "liba.so.6" },
	};
	struct sides sides;
	map_files(&sides, 3);
	inq_build_thread(&sides.test[1].builder);
	struct inq_pair pair = seal(&sides);
	struct inq_text_stack *stack = &sides.space[1]->threads.items[0].stack;
	*stack = (struct inq_text_stack) { .frames = frames, .count = 3 };
	ck_assert_ptr_null(inq_contradicts_object(&pair)); /* two of three are right */
	ck_assert(inq_pair_frames_fit(&pair));
	stack->count = 1;
	contradicts(inq_contradicts_object(&pair), "/bin/prog+0x100");
	ck_assert(!inq_pair_frames_fit(&pair));
	ck_assert_ptr_null(
		inq_contradicts_moved(&pair)); /* libother.so is not in the map: it may be known by another name */
	end(&sides);
}
END_TEST

/* An object that the map has elsewhere: apart, though the process numbers are the same. */
START_TEST(objects_that_moved)
{
	const struct inq_text_frame frames[] = {
		{ .line = 3, .pc = 0x10100, .base = INQ_UNKNOWN, .object = "liba.so.6" },
		{ .line = 4, .pc = 0x7f0000000000, .base = INQ_UNKNOWN, .object = "liba.so.6" },
		{ .line = 5, .pc = 0x10200, .base = INQ_UNKNOWN, .object = "prog" },
	};
	struct sides sides;
	map_files(&sides, 0);
	inq_build_thread(&sides.test[1].builder);
	struct inq_pair pair = seal(&sides);
	sides.space[0]->process.pid = sides.space[1]->process.pid = 7;
	struct inq_text_stack *stack = &sides.space[1]->threads.items[0].stack;
	*stack = (struct inq_text_stack) { .frames = frames + 1, .count = 2 };
	ck_assert_ptr_null(inq_contradicts_moved(&pair)); /* as many stand where they should */
	ck_assert(!inq_pair_is_apart(&pair));
	*stack = (struct inq_text_stack) { .frames = frames, .count = 3 };
	contradicts(inq_contradicts_moved(&pair), "0x10100 is in liba.so.6");
	ck_assert(inq_pair_is_apart(&pair));
	end(&sides);
}
END_TEST

/* A kernel's line, or a core: thread 5 died of signal 11 at `pc`. */
static void died_at(struct sides *sides, int side, const char *kind, uint64_t pc)
{
	static struct inq_text_frame frames[2];
	struct inq_thread *thread = inq_build_thread(&sides->test[side].builder);
	sides->test[side].builder.artefact->kind = kind;
	frames[side] = (struct inq_text_frame) { .pc = pc, .base = INQ_UNKNOWN };
	thread->tid = 5;
	thread->crashed = true;
	thread->signal.number = 11;
	thread->stack = (struct inq_text_stack) { .frames = &frames[side], .count = 1 };
}

START_TEST(faults_of_one_number)
{
	static const struct {
		const char *one, *two;
		bool told;
	} cases[] = { { "kernel-segfault-log", "kernel-segfault-log", true },
		      { "gdb-stack", "kernel-segfault-log", true },
		      { "kernel-segfault-log", "systemd-coredump", true },
		      { "hs-err", "kernel-segfault-log", false }, /* a handler wrote it, and may have faulted itself */
		      { "gdb-stack", "pstack", false } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sides sides;
		begin(&sides);
		died_at(&sides, 0, cases[i].one, 0x1000);
		died_at(&sides, 1, cases[i].two, 0x2000);
		struct inq_pair pair = seal(&sides);
		const char *evidence = inq_contradicts_fault(&pair);
		ck_assert_msg((evidence != NULL) == cases[i].told, "%s %s", cases[i].one, cases[i].two);
		if (evidence)
			contradicts(evidence, "at 0x2000");
		sides.space[1]->threads.items[0].signal.number = 6; /* the end of another fault */
		ck_assert_ptr_null(inq_contradicts_fault(&pair));
		end(&sides);
	}
	struct sides sides;
	begin(&sides);
	died_at(&sides, 0, "kernel-segfault-log", 0x1000);
	died_at(&sides, 1, "kernel-segfault-log", 0x1000);
	struct inq_pair pair = seal(&sides);
	ck_assert_ptr_null(inq_contradicts_fault(&pair));
	for (int i = 0; i < 2; i++)
		sides.space[i]->threads.items[0].signal.has_address = true;
	sides.space[1]->threads.items[0].signal.address = 8;
	contradicts(inq_contradicts_fault(&pair), "of 0x8");
	end(&sides);
}
END_TEST

/* The kernel prints the number of a thread. */
START_TEST(number_of_a_thread)
{
	struct sides sides;
	begin(&sides);
	inq_build_thread(&sides.test[0].builder)->tid = 100;
	inq_build_thread(&sides.test[0].builder)->tid = 103;
	struct inq_pair pair = seal(&sides);
	sides.space[0]->process.pid = 100;
	sides.space[1]->process.pid = 103;
	ck_assert_ptr_null(inq_contradicts_pid(&pair));
	ck_assert(inq_pair_is_related(&pair));
	sides.space[1]->process.pid = 104;
	contradicts(inq_contradicts_pid(&pair), "104");
	end(&sides);
}
END_TEST

START_TEST(stacks_that_agree)
{
	static const struct {
		struct inq_text_frame one, two;
		const char *program;
		bool agree;
	} cases[] = {
		{ { .pc = 0x10 }, { .pc = 0x10 }, NULL, true },
		{ { .pc = 0x10 }, { .pc = 0x11 }, NULL, false },
		{ { .pc = 0 }, { .pc = 0 }, NULL, false },
		{ { .pc = INQ_UNKNOWN }, { .pc = INQ_UNKNOWN }, NULL, false },
		{ { .pc = 1, .object = "/lib/libfoo.so.1" }, { .pc = 2, .object = "libfoo.so" }, NULL, true },
		{ { .pc = 1, .object = "/lib/libc.so.6" }, { .pc = 2, .object = "libc-2.31.so" }, NULL, false },
		{ { .pc = 1, .object = "/opt/prog" }, { .pc = 2 }, "prog", true },
		{ { .pc = 1, .object = "/opt/prog" }, { .pc = 2 }, "other", false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct sides sides;
		begin(&sides);
		for (int side = 0; side < 2; side++)
			inq_build_thread(&sides.test[side].builder)->stack =
				(struct inq_text_stack) { .frames = side ? &cases[i].two : &cases[i].one, .count = 1 };
		struct inq_pair pair = seal(&sides);
		sides.space[1]->process.name = cases[i].program;
		ck_assert_msg(inq_pair_stacks_agree(&pair) == cases[i].agree, "%zu", i);
		end(&sides);
	}
}
END_TEST

START_TEST(every_kind_has_a_witness_row)
{
	const struct inq_format *format;
	size_t i = 0;
	for (; (format = inq_format_row(i)); i++)
		ck_assert_msg(inq_witness_row(inq_witness_rank(format->name)) != NULL, "%s", format->name);
	ck_assert_uint_gt(i, 10);
	ck_assert_int_eq(inq_witness_class_of("no such kind"), INQ_WITNESS_OTHER);
	ck_assert_uint_lt(inq_witness_rank("elf-core"), inq_witness_rank("pmap-linux"));
	ck_assert_uint_lt(inq_witness_rank("pmap-linux"), inq_witness_rank("hs-err"));
	ck_assert_uint_lt(inq_witness_rank("hs-err"), inq_witness_rank("kernel-segfault-log"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("contradict");
	TCase *tcase = tcase_create("contradict");
	tcase_add_test(tcase, nothing_told_is_no_contradiction);
	tcase_add_test(tcase, numbers_and_times);
	tcase_add_test(tcase, programs);
	tcase_add_test(tcase, signals);
	tcase_add_test(tcase, threads);
	tcase_add_test(tcase, maps);
	tcase_add_test(tcase, layouts);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, java_heaps);
	tcase_add_test(tcase, objects_of_frames);
	tcase_add_test(tcase, objects_that_moved);
	tcase_add_test(tcase, faults_of_one_number);
	tcase_add_test(tcase, number_of_a_thread);
	tcase_add_test(tcase, stacks_that_agree);
	tcase_add_test(tcase, every_kind_has_a_witness_row);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
