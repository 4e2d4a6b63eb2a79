/* The line of a result: what is written is read back; what was not written so is refused. The expected texts are by the contract
 * and RFC 8259, the times by date(1). */
#include "lib/triage/line.h"

#include "lib/io/provider.h"
#include "lib/signature/signature.h"
#include "tests/support/spaces.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inq_ctx ctx;

static void begin(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
}

static void end(void)
{
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static struct inq_triage_result whole_result(void)
{
	static const char *const frames[] = { "libglx.so.1!glXDestroy", "app!main" };
	static const char *const places[] = { "libglx.so.1@0badcafe+0x3e2f", "" };
	static const char *const rules[] = { "abort" };
	struct inq_triage_result result = inq_line_unknown("cores/a \"b\".zst//x/core.1", INQ_TRIAGE_PARTIAL);
	result.reason = "the core is cut off";
	result.size = 4096;
	result.mtime_ns = 1700000000123456789;
	result.seen = 1700000001;
	result.process.pid = 77;
	result.process.name = "app";
	result.process.exe = "/usr/bin/app";
	result.process.exe_build_id = "0badcafe";
	result.process.version = "1.2-3";
	result.process.host = "node7";
	result.process.os = "linux";
	result.process.arch = "x86_64";
	result.crash.signal = 11;
	result.crash.signal_name = "SIGSEGV";
	result.crash.code_name = "SEGV_MAPERR";
	result.crash.object = "libglx.so.1";
	result.crash.function = "glXDestroy";
	result.crash.diagnosis = "null-pointer";
	result.crash.text = "write through a null pointer";
	result.crash.confidence = INQ_LIKELY;
	result.signature = (struct inq_signature) { .hash = "1-0123456789abcdef0123456789abcdef",
						    .text = "SIGSEGV null-write libglx.so.1!glXDestroy",
						    .kind = "SIGSEGV null-write",
						    .bucket = "stack",
						    .frames = frames,
						    .places = places,
						    .frame_count = 2,
						    .inlines_known = true,
						    .rules = rules,
						    .rule_count = 1,
						    .severity = INQ_SEVERITY_CRITICAL };
	result.companions = "hs_err_pid77.log, maps";
	result.elapsed_ms = 12;
	return result;
}

static const char whole_line[] =
	"{\"path\":\"cores/a \\\"b\\\".zst//x/core.1\",\"status\":\"partial\",\"reason\":\"the core is cut "
	"off\",\"size\":4096,"
	"\"modified\":\"2023-11-14T22:13:20.123456789Z\",\"seen\":\"2023-11-14T22:13:21Z\","
	"\"process\":{\"pid\":77,\"name\":\"app\",\"exe\":\"/usr/bin/"
	"app\",\"build_id\":\"0badcafe\",\"version\":\"1.2-3\","
	"\"host\":\"node7\",\"os\":\"linux\",\"arch\":\"x86_64\"},"
	"\"crash\":{\"signal\":{\"number\":11,\"name\":\"SIGSEGV\",\"code_name\":\"SEGV_MAPERR\"},"
	"\"culprit\":{\"object\":\"libglx.so.1\",\"function\":\"glXDestroy\"},"
	"\"diagnosis\":[{\"id\":\"null-pointer\",\"text\":\"write through a null "
	"pointer\",\"confidence\":\"likely\"}]},"
	"\"signature\":{\"hash\":\"1-0123456789abcdef0123456789abcdef\",\"text\":\"SIGSEGV null-write "
	"libglx.so.1!glXDestroy\","
	"\"kind\":\"SIGSEGV null-write\",\"bucket\":\"stack\",\"frames\":[\"libglx.so.1!glXDestroy\",\"app!main\"],"
	"\"places\":[\"libglx.so.1@0badcafe+0x3e2f\",\"\"],\"inlines_known\":true,\"rules\":[\"abort\"]},"
	"\"severity\":\"critical\",\"companions\":\"hs_err_pid77.log, maps\",\"elapsed_ms\":12}";

START_TEST(the_form_of_a_line)
{
	struct inq_triage_result result = whole_result();
	ck_assert_str_eq(inq_line_write(&ctx, &result), whole_line);
	result = inq_line_unknown("core", INQ_TRIAGE_FAILED);
	result.reason = "killed";
	ck_assert_str_eq(inq_line_write(&ctx, &result),
			 "{\"path\":\"core\",\"status\":\"failed\",\"reason\":\"killed\",\"process\":{}}");
}
END_TEST

static const char *refused(const char *line, size_t length)
{
	struct inq_triage_result result;
	const char *why = "?";
	ck_assert_int_eq(inq_line_read(&ctx, line, length, &result, &why), INQ_UNUSABLE);
	return why;
}

static struct inq_triage_result read_back(const char *line)
{
	struct inq_triage_result result;
	const char *why;
	ck_assert_msg(inq_line_read(&ctx, line, strlen(line), &result, &why) == INQ_OK, "%s: %s", why, line);
	return result;
}

START_TEST(what_is_written_is_read)
{
	struct inq_triage_result result = read_back(whole_line);
	ck_assert_str_eq(result.path, "cores/a \"b\".zst//x/core.1");
	ck_assert_int_eq(result.status, INQ_TRIAGE_PARTIAL);
	ck_assert_uint_eq(result.mtime_ns, 1700000000123456789);
	ck_assert_uint_eq(result.seen, 1700000001);
	ck_assert_uint_eq(result.process.pid, 77);
	ck_assert_str_eq(result.process.exe_build_id, "0badcafe");
	ck_assert_int_eq(result.crash.signal, 11);
	ck_assert_int_eq(result.crash.confidence, INQ_LIKELY);
	ck_assert_uint_eq(result.signature.frame_count, 2);
	ck_assert_str_eq(result.signature.frames[1], "app!main");
	ck_assert_str_eq(result.signature.places[0], "libglx.so.1@0badcafe+0x3e2f");
	ck_assert(result.signature.inlines_known);
	ck_assert_int_eq(result.signature.severity, INQ_SEVERITY_CRITICAL);
	ck_assert_str_eq(inq_line_write(&ctx, &result), whole_line);
}
END_TEST

START_TEST(what_is_not_known_stays_so)
{
	struct inq_triage_result result =
		read_back("{\"path\":\"core\",\"status\":\"ok\",\"later\":{\"a\":[1.5,null]}}");
	ck_assert_ptr_null(result.reason);
	ck_assert_uint_eq(result.size, INQ_UNKNOWN);
	ck_assert_uint_eq(result.mtime_ns, INQ_UNKNOWN);
	ck_assert_uint_eq(result.seen, INQ_UNKNOWN);
	ck_assert_uint_eq(result.process.pid, INQ_UNKNOWN);
	ck_assert_int_eq(result.crash.signal, 0);
	ck_assert_ptr_null(result.signature.hash);
	ck_assert_int_eq(result.signature.severity, INQ_SEVERITY_NONE);
	ck_assert_uint_eq(result.elapsed_ms, INQ_UNKNOWN);
}
END_TEST

/* Any bytes of a core, in any member: the second writing gives what the first gave. */
START_TEST(random_results_keep_their_form)
{
	unsigned seed = (unsigned)_i;
	char words[24][40];
	const char *list[INQ_SIGNATURE_FRAMES];
	for (unsigned i = 0; i < 24; i++)
		for (unsigned at = 0; at < 40; at++)
			words[i][at] = (char)(at < 39 ? rand_r(&seed) : 0);
	for (unsigned i = 0; i < INQ_SIGNATURE_FRAMES; i++)
		list[i] = words[(unsigned)rand_r(&seed) % 24];
	struct inq_triage_result result = whole_result();
	result.path = *words[0] ? words[0] : "x";
	result.reason = words[1];
	result.size = (uint64_t)rand_r(&seed) * (uint64_t)rand_r(&seed);
	result.mtime_ns = (uint64_t)rand_r(&seed) * (uint64_t)rand_r(&seed);
	result.process.name = words[2];
	result.process.host = words[3];
	result.crash.signal_name = words[4];
	result.crash.function = words[5];
	result.crash.text = words[6];
	result.signature.text = words[7];
	result.signature.frames = result.signature.places = result.signature.rules = list;
	result.signature.frame_count = (unsigned)rand_r(&seed) % INQ_SIGNATURE_FRAMES;
	result.signature.rule_count = (unsigned)rand_r(&seed) % INQ_SIGNATURE_FRAMES;
	const char *first = inq_line_write(&ctx, &result);
	struct inq_triage_result again = read_back(first);
	ck_assert_str_eq(again.path, result.path); /* its bytes, whatever they are */
	ck_assert_str_eq(inq_line_write(&ctx, &again), first);
}
END_TEST

START_TEST(paths_keep_their_bytes)
{
	struct inq_triage_result result = inq_line_unknown("dir\xff/co\xc3re", INQ_TRIAGE_OK);
	const char *line = inq_line_write(&ctx, &result);
	ck_assert_msg(strstr(line, "\"path_bytes\":\"646972ff2f636fc37265\""), "%s", line);
	ck_assert_str_eq(read_back(line).path, "dir\xff/co\xc3re");
	refused("{\"path\":\"a\",\"path_bytes\":\"61zz\",\"status\":\"ok\"}", 44);
	refused("{\"path\":\"a\",\"path_bytes\":\"6100\",\"status\":\"ok\"}", 44);
}
END_TEST

/* Files have times that no clock showed: any number of nanoseconds comes back. */
START_TEST(times_of_files_keep_their_nanoseconds)
{
	static const uint64_t times[] = { 0, 1, 999999999, 4294967296000000000, (uint64_t)-1000000000, UINT64_MAX - 1 };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
		struct inq_triage_result result = inq_line_unknown("core", INQ_TRIAGE_OK);
		result.mtime_ns = times[i];
		ck_assert_uint_eq(read_back(inq_line_write(&ctx, &result)).mtime_ns, times[i]);
	}
}
END_TEST

START_TEST(no_result_is_too_long_for_a_line)
{
	const char *list[100];
	char *endless = malloc(1 << 18);
	memset(endless, 1, (1 << 18) - 1); /* each byte needs six */
	endless[(1 << 18) - 1] = '\0';
	for (unsigned i = 0; i < 100; i++)
		list[i] = endless;
	struct inq_triage_result result = whole_result();
	result.path = result.reason = result.process.name = result.process.exe = endless;
	result.process.version = result.process.host = result.crash.text = result.crash.function = endless;
	result.crash.object = result.signature.text = result.signature.kind = result.companions = endless;
	result.signature.frames = result.signature.places = result.signature.rules = list;
	result.signature.frame_count = result.signature.rule_count = 100;
	const char *line = inq_line_write(&ctx, &result);
	ck_assert_uint_lt(strlen(line), INQ_LINE_MOST);
	ck_assert_uint_eq(read_back(line).signature.frame_count, INQ_SIGNATURE_FRAMES);
	free(endless);
}
END_TEST

START_TEST(a_cut_is_between_characters)
{
	char name[2001];
	for (unsigned i = 0; i < 1000; i++)
		memcpy(name + 2 * i, "\xc3\xa9", 3);
	struct inq_triage_result result = inq_line_unknown("core", INQ_TRIAGE_OK);
	result.reason = name;
	ck_assert_uint_eq(strlen(read_back(inq_line_write(&ctx, &result)).reason), 1022);
}
END_TEST

static const struct {
	const char *line, *why; /* a part of what is said */
} bad_lines[] = {
	{ "", "end of file" },
	{ "[]", "array" },
	{ "12", "'[' or '{' expected" },
	{ "{\"path\":\"a\",\"status\":\"ok\"} {}", "end of file expected" },
	{ "{\"path\":\"a\",\"path\":\"b\",\"status\":\"ok\"}", "duplicate" },
	{ "{\"status\":\"ok\"}", "\"path\" is missing" },
	{ "{\"path\":\"\",\"status\":\"ok\"}", "\"path\" is missing or empty" },
	{ "{\"path\":\"a\"}", "\"status\" is missing" },
	{ "{\"path\":\"a\",\"status\":\"fine\"}", "\"status\" has a value that is not known" },
	{ "{\"path\":1,\"status\":\"ok\"}", "\"path\" has a value of another type" },
	{ "{\"path\":\"a\\u0000b\",\"status\":\"ok\"}", "\\u0000" },
	{ "{\"path\":\"a\xff\",\"status\":\"ok\"}", "unable to decode byte 0xff" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"size\":-1}", "\"size\" is below zero" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"size\":1e3}", "\"size\" has a value of another type" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"size\":99999999999999999999999}", "too big" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"size\":1e99999}", "overflow" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"seen\":\"yesterday\"}", "\"seen\" is no time" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"seen\":\"2023-11-14T22:13:20.Z\"}", "\"seen\" is no time" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"seen\":\"1923-11-14T22:13:20Z\"}", "\"seen\" is no time" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"process\":[]}", "\"process\" has a value of another type" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"crash\":{\"signal\":{\"number\":4294967297}}}",
	  "too large for a signal" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"crash\":{\"diagnosis\":[1]}}", "no object" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"severity\":\"dire\"}", "\"severity\" has a value that is not known" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"signature\":{}}", "\"hash\"" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"signature\":{\"hash\":\"<script>\"}}", "\"hash\"" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"signature\":{\"hash\":\"1-0\",\"frames\":[1]}}", "no string" },
	{ "{\"path\":\"a\",\"status\":\"ok\",\"signature\":{\"hash\":\"1-0\",\"frames\":[\"f\"],\"places\":[\"a\","
	  "\"b\"]}}",
	  "\"places\"" },
};

START_TEST(bad_lines_are_refused_with_a_reason)
{
	const char *why = refused(bad_lines[_i].line, strlen(bad_lines[_i].line));
	ck_assert_msg(why && strstr(why, bad_lines[_i].why), "%s: %s", bad_lines[_i].line, why);
}
END_TEST

START_TEST(deep_nesting_and_length_are_bounded)
{
	static char deep[INQ_LINE_MOST + 1];
	memset(deep, '[', sizeof deep);
	memcpy(deep, "{\"a\":", 5);
	ck_assert_ptr_nonnull(strstr(refused(deep, INQ_LINE_MOST), "depth"));
	ck_assert_str_eq(refused(deep, sizeof deep), "it is too long");
	ck_assert_ptr_nonnull(refused("{\"path\":\"a\0b\"}", 14));
}
END_TEST

START_TEST(a_line_of_a_group_is_told_apart)
{
	static const char line[] = "{\"group\":1,\"size\":2,\"members\":[\"a\",\"b\"]}";
	ck_assert_ptr_null(refused(line, strlen(line)));
}
END_TEST

START_TEST(every_beginning_of_a_line_is_refused)
{
	for (size_t length = 0; length < strlen(whole_line); length++)
		ck_assert_ptr_nonnull(refused(whole_line, length));
}
END_TEST

/* Each byte changed to each of a few others: read or refused, and nothing else. */
START_TEST(changed_lines_do_no_harm)
{
	char line[sizeof whole_line];
	struct inq_triage_result result;
	const char *why;
	for (size_t at = 0; at + 1 < sizeof line; at++) {
		for (const char *byte = "\"}],\\\xff"; *byte; byte++) {
			memcpy(line, whole_line, sizeof line);
			line[at] = *byte;
			enum inq_status status = inq_line_read(&ctx, line, strlen(line), &result, &why);
			ck_assert(status == INQ_OK || why);
		}
		inq_arena_destroy(ctx.arena);
		ctx.arena = inq_arena_create();
	}
}
END_TEST

/* Memory that runs out at any allocation. */
START_TEST(memory_that_is_out)
{
	struct inq_triage_result result = whole_result(), again;
	const char *why;
	for (unsigned long at = 1; at < 60; at++) {
		inq_alloc_fail_at(at);
		const char *line = inq_line_write(&ctx, &result);
		enum inq_status status = line ? inq_line_read(&ctx, line, strlen(line), &again, &why) : INQ_NO_MEMORY;
		inq_alloc_fail_at(0);
		ck_assert(line == NULL || strcmp(line, whole_line) == 0);
		ck_assert(status != INQ_OK || strcmp(again.process.arch, "x86_64") == 0);
	}
}
END_TEST

int main(void)
{
	const char *why;
	if (!inq_provider_open("jansson", INQ_PROVIDER_LINE, &why)) {
		printf("SKIP: the module jansson was not built: %s\n", why);
		return 77;
	}
	Suite *suite = suite_create("line");
	TCase *tcase = tcase_create("line");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, the_form_of_a_line);
	tcase_add_test(tcase, what_is_written_is_read);
	tcase_add_test(tcase, what_is_not_known_stays_so);
	tcase_add_loop_test(tcase, random_results_keep_their_form, 0, 100);
	tcase_add_test(tcase, paths_keep_their_bytes);
	tcase_add_test(tcase, times_of_files_keep_their_nanoseconds);
	tcase_add_test(tcase, no_result_is_too_long_for_a_line);
	tcase_add_test(tcase, a_cut_is_between_characters);
	tcase_add_loop_test(tcase, bad_lines_are_refused_with_a_reason, 0, sizeof bad_lines / sizeof *bad_lines);
	tcase_add_test(tcase, deep_nesting_and_length_are_bounded);
	tcase_add_test(tcase, a_line_of_a_group_is_told_apart);
	tcase_add_test(tcase, every_beginning_of_a_line_is_refused);
	tcase_add_test(tcase, changed_lines_do_no_harm);
	tcase_add_test(tcase, memory_that_is_out);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
