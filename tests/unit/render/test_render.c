/* The renderers on a report made by hand: what must be in the text, how names are made safe, how a location reads, and
 * that answers given one by one make the same document. */
#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/render/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool collect(void *data, const char *bytes, size_t size)
{
	inq_str_add(data, bytes, size);
	return true;
}

static bool refuse(void *data, const char *bytes, size_t size)
{
	(void)data;
	(void)bytes;
	(void)size;
	return false;
}

/* In a table, since an object is no constant that another's initialiser may use. */
enum { AT_WALK, IN_HOLE, IN_STACK, LOCATIONS };
static const struct inq_location locations[LOCATIONS] = {
	[AT_WALK] = { .address = 0x7f0000001113,
		      .mapped = true,
		      .object = "/opt/lib/libbad.so",
		      .offset = 0x1113,
		      .section = ".text",
		      .symbol = "bad_walk",
		      .symbol_offset = 0xa,
		      .has_class = true,
		      .region_class = INQ_CLASS_TEXT,
		      .confidence = INQ_CERTAIN,
		      .start = 0x7f0000001000,
		      .end = 0x7f0000002000 },
	[IN_HOLE] = { .address = 0x7f0000003000,
		      .offset = INQ_UNKNOWN,
		      .near = { { "/opt/lib/libbad.so", "below", 4097, 0x7f0000000000, 0x7f0000002000 },
				{ "stack", "above", 12 << 20, 0x7f0000c03000, 0x7f0000c04000 } },
		      .near_count = 2 },
	[IN_STACK] = { .address = 0x7f0000c03010,
		       .mapped = true,
		       .offset = INQ_UNKNOWN,
		       .has_class = true,
		       .region_class = INQ_CLASS_STACK,
		       .region_subclass = "alternate",
		       .confidence = INQ_CERTAIN,
		       .start = 0x7f0000c03000,
		       .end = 0x7f0000c04000 },
};

static const struct inq_register_info registers[] = { { "rip", 0x7f0000001113 }, { "rsp", 0x7f0000c03010 } };
static const struct inq_location points_to[2] = {
	{ 0 },
	{ .mapped = true, .name = "[stack]", .offset = INQ_UNKNOWN, .address = 0x7f0000c03010, .start = 0x7f0000c03000 }
};
static const struct inq_thread_info thread = { .tid = 7,
					       .crashed = true,
					       .registers = registers,
					       .register_count = 2,
					       .points_to = points_to,
					       .pc = 0x7f0000001113,
					       .sp = 0x7f0000c03010,
					       .stack_start = 0x7f0000c03000,
					       .stack_end = 0x7f0000c04000,
					       .stack_used = 0xff0 };
static const struct inq_object_info objects[] = { { .path = "/opt/lib/libbad.so",
						    .start = 0x7f0000000000,
						    .base = 0x7f0000000000,
						    .end = 0x7f0000002000,
						    .load_bias = INQ_UNKNOWN,
						    .build_id = "0900db95c0ffee00aabb",
						    .kind = INQ_OBJECT_LIBRARY,
						    .file = INQ_FILE_MISMATCHED,
						    .file_note = "another build",
						    .mappings = 1 } };
static const char *const evidence[] = { "executable part of a library" };
static const struct inq_region regions[] = { { .start = 0x7f0000001000,
					       .end = 0x7f0000002000,
					       .class_ = INQ_CLASS_TEXT,
					       .confidence = INQ_CERTAIN,
					       .permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE,
					       .object = "/opt/lib/libbad.so",
					       .name = "/opt/lib/libbad.so",
					       .thread = INQ_UNKNOWN,
					       .dumped_bytes = 0,
					       .resident_bytes = INQ_UNKNOWN,
					       .dirty_bytes = INQ_UNKNOWN,
					       .swap_bytes = INQ_UNKNOWN,
					       .huge_bytes = INQ_UNKNOWN,
					       .evidence = { evidence, 1 } },
					     { .start = 0x7f0000c03000,
					       .end = 0x7f0000c04000,
					       .class_ = INQ_CLASS_STACK,
					       .confidence = INQ_LIKELY,
					       .permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_WRITE,
					       .thread = INQ_UNKNOWN,
					       .dumped_bytes = 4096,
					       .resident_bytes = INQ_UNKNOWN,
					       .dirty_bytes = INQ_UNKNOWN,
					       .swap_bytes = INQ_UNKNOWN,
					       .huge_bytes = INQ_UNKNOWN } };
static const struct inq_memory_class memory[] = { { INQ_CLASS_TEXT, 4096, INQ_UNKNOWN, 0, 1 },
						  { INQ_CLASS_STACK, 4096, INQ_UNKNOWN, 4096, 1 } };
static const struct inq_artefact_info artefacts[] = { { .path = "core",
							.kind = "elf-core",
							.os = "linux",
							.arch = "x86_64",
							.bits = 64,
							.endian = "little",
							.size = 8388608,
							.partial = true,
							.missing_bytes = 15099494,
							.pid = INQ_UNKNOWN } };

static struct inq_report make_report(void)
{
	return (struct inq_report) { .partial = true,
				     .verdict = "cases died of SIGSEGV in libbad.so: bad_walk+0xa.",
				     .verdict_confidence = INQ_CERTAIN,
				     .artefacts = artefacts,
				     .artefact_count = 1,
				     .process = { .pid = 42,
						  .ppid = INQ_UNKNOWN,
						  .uid = INQ_UNKNOWN,
						  .gid = INQ_UNKNOWN,
						  .threads = 1,
						  .name = "evil\033[2Jname",
						  .arch = "x86_64",
						  .os = "linux",
						  .bits = 64 },
				     .has_crash = true,
				     .crash = { .last = { .signal = { .number = 11,
								      .name = "SIGSEGV",
								      .has_code = true,
								      .code = 1,
								      .code_name = "SEGV_MAPERR",
								      .meaning = "address not mapped",
								      .sender_pid = INQ_UNKNOWN,
								      .sender_uid = INQ_UNKNOWN },
							  .thread = 7,
							  .pc = 0x7f0000001113,
							  .sp = 0x7f0000c03010,
							  .has_fault_address = true,
							  .fault_address = 0x7f0000003000,
							  .location = locations[AT_WALK],
							  .fault_location = locations[IN_HOLE] } },
				     .threads = &thread,
				     .thread_count = 1,
				     .objects = objects,
				     .object_count = 1,
				     .regions = regions,
				     .region_count = 2,
				     .memory = memory,
				     .memory_count = 2,
				     .memory_total = 8192,
				     .locations = locations,
				     .location_count = LOCATIONS };
}

static struct inq_str rendered(const char *format, enum inq_document document, bool color, bool verbose)
{
	struct inq_str got = { 0 };
	struct inq_report report = make_report();
	const struct inq_output output = { .write = collect, .data = &got, .color = color, .verbose = verbose };
	ck_assert_int_eq(inq_render(format, document, &report, &output), INQ_OK);
	return got;
}

static void expect_has(const struct inq_str *text, const char *part)
{
	ck_assert_msg(strstr(text->text, part) != NULL, "no \"%s\" in:\n%s", part, text->text);
}

START_TEST(report_text)
{
	struct inq_str text = rendered("text", INQ_DOCUMENT_REPORT, false, false);
	expect_has(&text, "cases died of SIGSEGV in libbad.so: bad_walk+0xa.                        certain\n");
	expect_has(&text, "core is cut off: it holds 8.0 MiB, and 14.4 MiB more");
	expect_has(&text, "evil\\x1b[2Jname, pid 42, 1 thread, x86_64 Linux");
	expect_has(&text, "SIGSEGV (11), SEGV_MAPERR: address not mapped");
	expect_has(&text, "0x7f0000001113  libbad.so+0x1113 (.text, text) bad_walk+0xa");
	expect_has(&text, "rip 00007f0000001113");
	expect_has(&text, "rsp [stack]+0x10");
	expect_has(&text, "mismatched, build ID 0900db95c0ff…; another");
	expect_has(&text, "8 KiB in 2 regions: text 4 KiB, stack 4 KiB; the core holds 4 KiB");
	ck_assert_ptr_null(strchr(text.text, '\033'));
	for (char *line = strtok(text.text, "\n"); line; line = strtok(NULL, "\n"))
		ck_assert_msg(inq_columns(line, strlen(line)) <= 80, "too wide: %s", line);
	inq_str_release(&text);
}
END_TEST

START_TEST(color_only_when_asked)
{
	struct inq_str text = rendered("text", INQ_DOCUMENT_REPORT, true, false);
	expect_has(&text, "\033[1mcases died");
	expect_has(&text, "evil\\x1b[2Jname");
	ck_assert_ptr_null(strstr(text.text, "\033[2J"));
	inq_str_release(&text);
}
END_TEST

START_TEST(map_text)
{
	struct inq_str text = rendered("text", INQ_DOCUMENT_MAP, false, false);
	expect_has(&text, "start        end               size perm class sure        dumped name\n");
	expect_has(&text, "7f0000001000 7f0000002000     4 KiB r-xp text  certain          - libbad.so\n");
	expect_has(&text, "7f0000c03000 7f0000c04000     4 KiB rw-p stack likely         all\n");
	expect_has(&text, "2 regions, 8 KiB, dumped 4 KiB\n");
	inq_str_release(&text);
	text = rendered("text", INQ_DOCUMENT_MAP, false, true);
	expect_has(&text, "/opt/lib/libbad.so\n    - executable part of a library\n");
	inq_str_release(&text);
}
END_TEST

START_TEST(summary_text)
{
	struct inq_str text = rendered("text", INQ_DOCUMENT_MAP_SUMMARY, false, false);
	expect_has(&text, "      1      4 KiB          -  50 %  ##########..........  text\n");
	expect_has(&text, "      2      8 KiB      4 KiB 100 %  ####################  total\n");
	expect_has(&text, "      1      4 KiB          -  50 %  ##########..........  libbad.so\n");
	inq_str_release(&text);
}
END_TEST

START_TEST(where_text)
{
	struct inq_str text = rendered("text", INQ_DOCUMENT_WHERE, false, false);
	ck_assert_str_eq(text.text, "0x7f0000001113  libbad.so+0x1113 (.text, text) bad_walk+0xa  /opt/lib/libbad.so\n"
				    "0x7f0000003000  not mapped: 4 KiB above the end of libbad.so (0x7f0000002000), "
				    "12.0 MiB below stack (0x7f0000c03000)\n"
				    "0x7f0000c03010  stack/alternate+0x10  7f0000c03000-7f0000c04000\n");
	inq_str_release(&text);
}
END_TEST

START_TEST(one_by_one)
{
	static const char *const formats[] = { "text", "json" };
	struct inq_report report = make_report();
	for (size_t format = 0; format < 2; format++) {
		struct inq_str whole = rendered(formats[format], INQ_DOCUMENT_WHERE, false, false), got = { 0 };
		const struct inq_output output = { .write = collect, .data = &got };
		struct inq_rendering *rendering;
		ck_assert_int_eq(inq_render_begin(formats[format], &report, &output, &rendering), INQ_OK);
		for (size_t i = 0; i < 3; i++) {
			size_t before = got.length;
			ck_assert_int_eq(inq_render_location(rendering, &locations[i]), INQ_OK);
			ck_assert_int_eq(inq_render_flush(rendering), INQ_OK);
			ck_assert_uint_gt(got.length, before);
		}
		ck_assert_int_eq(inq_render_end(rendering), INQ_OK);
		ck_assert_str_eq(got.text, whole.text);
		inq_str_release(&whole);
		inq_str_release(&got);
	}
}
END_TEST

START_TEST(json_says_only_what_is_known)
{
	struct inq_str text = rendered("json", INQ_DOCUMENT_REPORT, false, false);
	expect_has(&text, "\"schema\":\"inquest.report/1\"");
	expect_has(&text, "\"name\":\"evil\\u001b[2Jname\"");
	expect_has(&text, "\"fault_address\":\"0x7f0000003000\"");
	expect_has(&text, "\"registers\":{\"rip\":\"0x7f0000001113\",\"rsp\":\"0x7f0000c03010\"}");
	expect_has(&text, "\"near\":[{\"what\":\"/opt/lib/libbad.so\",\"side\":\"below\",\"distance\":4097");
	ck_assert_ptr_null(strstr(text.text, "null"));
	ck_assert_ptr_null(strstr(text.text, "18446744073709551615"));
	ck_assert_ptr_null(strstr(text.text, "0xffffffffffffffff"));
	ck_assert_ptr_null(strstr(text.text, "\"ppid\""));
	inq_str_release(&text);
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		uint64_t bytes;
		const char *expected;
	} rows[] = { { 0, "0 KiB" },
		     { 1, "1 byte" },
		     { 1000, "1,000 bytes" },
		     { 4096, "4 KiB" },
		     { 1310720, "1,280 KiB" },
		     { 2516582, "2.4 MiB" },
		     { 105099264, "100.2 MiB" },
		     { UINT64_C(1) << 30, "1,024 MiB" },
		     { UINT64_C(67) << 40, "67.0 TiB" },
		     { UINT64_MAX, "16.0 EiB" } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct inq_str text = { 0 };
		inq_str_size(&text, rows[i].bytes);
		ck_assert_str_eq(text.text, rows[i].expected);
		inq_str_release(&text);
	}
}
END_TEST

START_TEST(stopped_output)
{
	static const enum inq_document documents[] = { INQ_DOCUMENT_REPORT,	 INQ_DOCUMENT_MAP,
						       INQ_DOCUMENT_MAP_SUMMARY, INQ_DOCUMENT_WHERE,
						       INQ_DOCUMENT_IDENTIFY,	 INQ_DOCUMENT_STACK,
						       INQ_DOCUMENT_STACK_ALL,	 INQ_DOCUMENT_STACK_UNIQUE };
	const struct inq_output output = { .write = refuse };
	struct inq_report report = make_report();
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		ck_assert_int_eq(inq_render("text", documents[i], &report, &output), INQ_UNUSABLE);
		ck_assert_int_eq(inq_render("json", documents[i], &report, &output), INQ_UNUSABLE);
	}
	ck_assert_int_eq(inq_render("html", INQ_DOCUMENT_MAP, &report, &output), INQ_BAD_ARGUMENT);
}
END_TEST

/* A report of nothing at all: every array empty, every fact unknown. */
START_TEST(empty_report)
{
	struct inq_report report = { .process = { .pid = INQ_UNKNOWN, .uid = INQ_UNKNOWN, .threads = INQ_UNKNOWN } };
	for (int document = INQ_DOCUMENT_REPORT; document <= INQ_DOCUMENT_STACK_UNIQUE; document++) {
		struct inq_str got = { 0 };
		const struct inq_output output = { .write = collect, .data = &got, .width = 1, .verbose = true };
		ck_assert_int_eq(inq_render("json", (enum inq_document)document, &report, &output), INQ_OK);
		ck_assert_int_eq(got.text[got.length - 2], '}');
		ck_assert_int_eq(inq_render("text", (enum inq_document)document, &report, &output), INQ_OK);
		inq_str_release(&got);
	}
}
END_TEST

/* Memory that runs out anywhere is told, and nothing leaks (the sanitizer looks). */
START_TEST(no_memory)
{
	static const char *const formats[] = { "text", "json" };
	struct inq_report report = make_report();
	for (unsigned long number = 1; number < 12; number++) {
		for (size_t format = 0; format < 2; format++) {
			struct inq_str got = { 0 };
			const struct inq_output output = { .write = collect, .data = &got };
			inq_str_putc(&got, ' ');
			inq_alloc_fail_at(number);
			enum inq_status status =
				inq_render(formats[format], INQ_DOCUMENT_MAP_SUMMARY, &report, &output);
			inq_alloc_fail_at(0);
			ck_assert(status == INQ_OK || status == INQ_NO_MEMORY);
			ck_assert(number > 1 || status == INQ_NO_MEMORY);
			inq_str_release(&got);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("render");
	TCase *tcase = tcase_create("render");
	tcase_add_test(tcase, report_text);
	tcase_add_test(tcase, color_only_when_asked);
	tcase_add_test(tcase, map_text);
	tcase_add_test(tcase, summary_text);
	tcase_add_test(tcase, where_text);
	tcase_add_test(tcase, one_by_one);
	tcase_add_test(tcase, json_says_only_what_is_known);
	tcase_add_test(tcase, sizes);
	tcase_add_test(tcase, stopped_output);
	tcase_add_test(tcase, empty_report);
	tcase_add_test(tcase, no_memory);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
