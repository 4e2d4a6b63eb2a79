/* Stacks made by hand as text and JSON: marks, folded recursion, why a stack ends, groups counted by arithmetic, and that
 * nothing in them reaches a terminal as it is. */
#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/render/stacks.h"
#include "lib/render/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool collect(void *data, const char *bytes, size_t size)
{
	inq_str_add(data, bytes, size);
	return true;
}

static struct inq_frame_info frame(unsigned index, uint64_t pc, const char *found_by, const char *function)
{
	return (struct inq_frame_info) { .index = index,
					 .pc = pc,
					 .sp = 0x7ffc00001000,
					 .exact = index == 0,
					 .kind = "native",
					 .found_by = found_by,
					 .confidence = INQ_CERTAIN,
					 .location = { .address = pc,
						       .mapped = true,
						       .object = "/opt/bin/app",
						       .offset = pc & 0xffff,
						       .symbol = function,
						       .symbol_offset = 0x10,
						       .function = function } };
}

static struct inq_str rendered(const char *format, enum inq_document document, const struct inq_report *report,
			       size_t frames)
{
	struct inq_str got = { 0 };
	const struct inq_output output = { .write = collect, .data = &got, .frames = frames };
	ck_assert_int_eq(inq_render(format, document, report, &output), INQ_OK);
	return got;
}

static void expect_text(const struct inq_report *report, enum inq_document document, size_t frames, const char *text)
{
	struct inq_str got = rendered("text", document, report, frames);
	ck_assert_str_eq(got.text, text);
	inq_str_release(&got);
}

static void expect_json(const struct inq_report *report, enum inq_document document, size_t frames, const char *part)
{
	struct inq_str got = rendered("json", document, report, frames);
	ck_assert_msg(strstr(got.text, part) != NULL, "no %s in:\n%s", part, got.text);
	inq_str_release(&got);
}

static struct inq_report report_of(const struct inq_thread_info *threads, size_t count)
{
	return (struct inq_report) { .process = { .pid = 42, .ppid = INQ_UNKNOWN, .uid = INQ_UNKNOWN },
				     .threads = threads,
				     .thread_count = count };
}

START_TEST(marks)
{
	struct inq_frame_info frames[] = {
		frame(0, 0x401110, "context", "top"),	    frame(1, 0x401110, "context", "inner"),
		frame(2, 0x402220, "cfi", "handler"),	    frame(3, 0x403330, "cfi", "__restore_rt"),
		frame(4, 0x404440, "signal-frame", NULL),   frame(5, 0x405550, "frame-pointer", "caller"),
		frame(6, 0x406660, "scan", "found"),	    frame(7, 0x407770, "cfi", "below"),
		frame(8, 0xdead0000, "link-register", NULL)
	};
	struct inq_thread_info thread = { .tid = 7,
					  .name = "worker",
					  .crashed = true,
					  .state = "running",
					  .signal = { .number = 11, .name = "SIGSEGV" },
					  .frames = frames,
					  .frame_count = 9,
					  .truncated_by = "no-unwind-info" };
	frames[1].kind = "inline";
	frames[2].location.file = "/usr/src/app/handler.c";
	frames[2].location.line = 12;
	frames[3].kind = "signal";
	frames[6].confidence = frames[7].confidence = INQ_POSSIBLE;
	frames[8].location = (struct inq_location) { .address = 0xdead0000, .near_count = 2 };
	struct inq_report report = report_of(&thread, 1);
	expect_text(&report, INQ_DOCUMENT_STACK, 0,
		    "  thread 7 worker, crashed, SIGSEGV, running\n"
		    "    =  0  app  top+0x10\n"
		    "    =  1  app  inner (inlined)\n"
		    "    +  2  app  handler+0x10  handler.c:12\n"
		    "    +  3  app  <signal handler called>\n"
		    "    =  4  app+0x4440\n"
		    "    ~  5  app  caller+0x10\n"
		    "    ?  6  app  found+0x10\n"
		    "    +? 7  app  below+0x10\n"
		    "    ~  8  0xdead0000 where nothing is mapped\n"
		    "    no unwind information leads on from here\n"
		    "    = from saved registers, + by call-frame information, ~ by frame pointer or\n"
		    "    link register, ? guessed, or below a guess\n");
}
END_TEST

/* 2 + 3 * 1,000 + 1 frames: two, a cycle of three that came a thousand times in all, and main. */
static struct inq_thread_info recursion(struct inq_frame_info *frames)
{
	frames[0] = frame(0, 0x401000, "context", "fault");
	frames[1] = frame(1, 0x401100, "cfi", "visit");
	frames[2] = frame(2, 0x401200, "cfi", "visit_one");
	frames[3] = frame(3, 0x401300, "cfi", "visit_all");
	frames[4] = frame(4, 0x401100, "cfi", "visit");
	frames[5] = frame(3002, 0x401400, "cfi", "main");
	frames[2].cycle = 3;
	frames[2].repeats = 999;
	return (struct inq_thread_info) { .tid = 8, .frames = frames, .frame_count = 6, .truncated_by = "outermost" };
}

START_TEST(folded)
{
	struct inq_frame_info frames[6];
	struct inq_thread_info thread = recursion(frames);
	struct inq_report report = report_of(&thread, 1);
	expect_text(&report, INQ_DOCUMENT_STACK, 0,
		    "  thread 8\n"
		    "    =     0  app  fault+0x10\n"
		    "    +     1  app  visit+0x10\n"
		    "    +     2  app  visit_one+0x10\n"
		    "    +     3  app  visit_all+0x10\n"
		    "    +     4  app  visit+0x10\n"
		    "    frames 2-3001: these 3 repeated 1,000 times\n"
		    "    +  3002  app  main+0x10\n"
		    "    = from saved registers, + by call-frame information\n");
	ck_assert_uint_eq(inq_stack_depth(frames, 6), 3003);
	ck_assert_uint_eq(inq_stack_depth(frames, 2), 2);
	ck_assert_uint_eq(inq_stack_depth(NULL, 0), 0);
	expect_json(&report, INQ_DOCUMENT_STACK, 0, "\"truncated_by\":\"outermost\"");
	expect_json(&report, INQ_DOCUMENT_STACK, 0, "\"cycle\":3,\"repeats\":999");
}
END_TEST

/* A cycle is shown whole or not at all. */
START_TEST(limited)
{
	struct inq_frame_info frames[6];
	struct inq_thread_info thread = recursion(frames);
	struct inq_report report = report_of(&thread, 1);
	expect_text(&report, INQ_DOCUMENT_STACK, 1,
		    "  thread 8\n"
		    "    =  0  app  fault+0x10\n"
		    "    3,002 more frames\n"
		    "    = from saved registers\n");
	ck_assert_uint_eq(inq_stack_shown(frames, 6, 2), 2);
	ck_assert_uint_eq(inq_stack_shown(frames, 6, 3), 5);
	ck_assert_uint_eq(inq_stack_shown(frames, 6, 3002), 5);
	ck_assert_uint_eq(inq_stack_shown(frames, 6, 3003), 6);
	ck_assert_uint_eq(inq_stack_shown(frames, 6, 0), 6);
	expect_json(&report, INQ_DOCUMENT_STACK, 1, "\"truncated_by\":\"limit\"");
	frames[2].cycle = 31; /* more than there are */
	ck_assert_uint_eq(inq_stack_shown(frames, 6, 3), 6);
}
END_TEST

/* 60 threads: every third waits in `b`, of those every second was cut off; the others wait in `a`. */
START_TEST(grouped)
{
	enum { COUNT = 60 };
	struct inq_frame_info at_a[] = { frame(0, 0x401000, "context", "a"), frame(1, 0x402000, "cfi", "main") };
	struct inq_frame_info at_b[] = { frame(0, 0x401800, "context", "b"), frame(1, 0x402000, "cfi", "main") };
	struct inq_thread_info threads[COUNT];
	struct inq_stack_groups groups;
	for (unsigned i = 0; i < COUNT; i++)
		threads[i] = (struct inq_thread_info) { .tid = 100 + i,
							.crashed = i == 0,
							.frames = i % 3 ? at_a : at_b,
							.frame_count = 2,
							.truncated_by = i % 6 == 3 ? "missing-memory" : "outermost" };
	struct inq_report report = report_of(threads, COUNT);
	ck_assert(inq_stack_groups_init(&groups, &report));
	ck_assert_uint_eq(groups.count, 3);
	ck_assert_uint_eq(groups.items[0].count, 40);
	ck_assert_uint_eq(groups.items[1].count, 10);
	ck_assert_uint_eq(groups.items[2].count, 10);
	ck_assert_uint_eq(groups.items[0].threads[0]->tid, 101);
	ck_assert_uint_eq(groups.items[0].threads[39]->tid, 159);
	ck_assert_uint_eq(groups.items[1].threads[0]->tid, 100);
	ck_assert_uint_eq(groups.items[2].threads[9]->tid, 157);
	inq_stack_groups_release(&groups);
	expect_text(&report, INQ_DOCUMENT_STACK_UNIQUE, 1,
		    "  40 threads: 101, 102, 104, 105, 107, 108, 110, 111, 113, 114, 116, 117 and 28\n"
		    "  more\n"
		    "    =  0  app  a+0x10\n"
		    "    1 more frame\n"
		    "\n"
		    "  10 threads, the first of which crashed: 100, 106, 112, 118, 124, 130, 136,\n"
		    "  142, 148, 154\n"
		    "    =  0  app  b+0x10\n"
		    "    1 more frame\n"
		    "\n"
		    "  10 threads: 103, 109, 115, 121, 127, 133, 139, 145, 151, 157\n"
		    "    =  0  app  b+0x10\n"
		    "    1 more frame\n"
		    "    = from saved registers\n");
	expect_json(&report, INQ_DOCUMENT_STACK_UNIQUE, 0,
		    "{\"count\":10,\"tids\":[103,109,115,121,127,133,139,145,151,157],\"crashed\":false,\"frames\":[");
}
END_TEST

START_TEST(hostile_names)
{
	static const enum inq_document documents[] = { INQ_DOCUMENT_STACK, INQ_DOCUMENT_STACK_ALL,
						       INQ_DOCUMENT_STACK_UNIQUE, INQ_DOCUMENT_REPORT };
	struct inq_frame_info frames[] = { frame(0, 0x401000, "context", "\033[2Jf"), frame(1, 0x402000, "cfi", NULL) };
	struct inq_thread_info thread = { .tid = 1, .name = "a\nb\r", .frames = frames, .frame_count = 2 };
	struct inq_report report = report_of(&thread, 1);
	frames[0].location.file = "/src/\302\233x.c";
	frames[0].location.object = "/opt/\007bell";
	frames[1].location.object = "rel\033ative";
	for (size_t i = 0; i < 4; i++) {
		struct inq_str text = rendered("text", documents[i], &report, 0);
		struct inq_str json = rendered("json", documents[i], &report, 0);
		ck_assert_msg(strstr(text.text, "\\x1b[2Jf+0x10") != NULL, "%s", text.text);
		for (const char *at = text.text; *at; at++)
			ck_assert((unsigned char)*at >= 0x20 || *at == '\n');
		ck_assert_ptr_null(strstr(text.text, "\302\233"));
		ck_assert_ptr_null(strpbrk(json.text, "\033\007\r"));
		inq_str_release(&text);
		inq_str_release(&json);
	}
}
END_TEST

/* The report shows the fault first and then what the handler did; the frame to blame is pointed at. */
START_TEST(report_of_a_handler)
{
	struct inq_frame_info frames[] = { frame(0, 0x401000, "context", "raise"), frame(1, 0x402000, "cfi", "abort"),
					   frame(2, 0x403000, "cfi", "on_fault"),  frame(3, 0x404000, "cfi", "restore"),
					   frame(4, 0x405000, "context", "walk"),  frame(5, 0x406000, "cfi", "main") };
	struct inq_thread_info thread = { .tid = 9,
					  .crashed = true,
					  .pc = 0x401000,
					  .sp = INQ_UNKNOWN,
					  .stack_start = INQ_UNKNOWN,
					  .frames = frames,
					  .frame_count = 6,
					  .truncated_by = "outermost" };
	frames[3].kind = "signal";
	frames[4].exact = true;
	struct inq_report report = report_of(&thread, 1);
	report.has_crash = report.crash.behind_handler = report.crash.has_culprit = true;
	report.crash.original.found_by = "signal-frame";
	report.crash.original.confidence = INQ_CERTAIN;
	report.crash.original.fault = (struct inq_fault_info) { .thread = 9, .pc = 0x405000, .sp = frames[4].sp };
	report.crash.culprit = (struct inq_culprit_info) {
		.thread = 9, .location = frames[4].location, .why = "the fault is in it", .confidence = INQ_CERTAIN
	};
	struct inq_str text = rendered("text", INQ_DOCUMENT_REPORT, &report, 0);
	ck_assert_msg(strstr(text.text, "    =  4  app  walk+0x10  <- culprit\n"
					"    +  5  app  main+0x10\n"
					"    then the handler: on_fault -> abort -> raise\n"
					"    = from saved registers, + by call-frame information\n") != NULL,
		      "%s", text.text);
	inq_str_release(&text);
}
END_TEST

/* A fault that was found by searching has a stack of its own. */
START_TEST(report_of_a_fault_elsewhere)
{
	struct inq_frame_info handler[] = { frame(0, 0x401000, "context", "raise") };
	struct inq_frame_info fault[] = { frame(0, 0x405000, "context", "walk"), frame(1, 0x406000, "cfi", "main") };
	struct inq_thread_info thread = { .tid = 9, .crashed = true, .frames = handler, .frame_count = 1 };
	struct inq_report report = report_of(&thread, 1);
	report.has_crash = report.crash.behind_handler = true;
	report.crash.original = (struct inq_original_info) { .fault = { .thread = 9, .pc = 0x405000, .sp = 1 },
							     .found_by = "stack-search",
							     .confidence = INQ_LIKELY,
							     .frames = fault,
							     .frame_count = 2,
							     .truncated_by = "missing-memory" };
	thread.truncated_by = "outermost";
	struct inq_str text = rendered("text", INQ_DOCUMENT_REPORT, &report, 0);
	ck_assert_msg(strstr(text.text, "    =  0  app  walk+0x10\n"
					"    +  1  app  main+0x10\n"
					"    the stack is not in the core from here on\n"
					"    and that of the handler, which does not lead there:\n"
					"    =  0  app  raise+0x10\n"
					"    = from saved registers, + by call-frame information\n") != NULL,
		      "%s", text.text);
	inq_str_release(&text);
}
END_TEST

START_TEST(no_memory)
{
	struct inq_frame_info frames[6];
	struct inq_thread_info thread = recursion(frames);
	struct inq_report report = report_of(&thread, 1);
	static const char *const formats[] = { "text", "json" };
	for (unsigned long number = 1; number < 8; number++) {
		for (size_t format = 0; format < 2; format++) {
			struct inq_str got = { 0 };
			const struct inq_output output = { .write = collect, .data = &got };
			inq_str_putc(&got, ' ');
			inq_alloc_fail_at(number);
			enum inq_status status =
				inq_render(formats[format], INQ_DOCUMENT_STACK_UNIQUE, &report, &output);
			inq_alloc_fail_at(0);
			ck_assert(status == INQ_OK || status == INQ_NO_MEMORY);
			ck_assert(number > 4 || status == INQ_NO_MEMORY);
			inq_str_release(&got);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stacks");
	TCase *tcase = tcase_create("stacks");
	tcase_add_test(tcase, marks);
	tcase_add_test(tcase, folded);
	tcase_add_test(tcase, limited);
	tcase_add_test(tcase, grouped);
	tcase_add_test(tcase, hostile_names);
	tcase_add_test(tcase, report_of_a_handler);
	tcase_add_test(tcase, report_of_a_fault_elsewhere);
	tcase_add_test(tcase, no_memory);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
