/* Results between a worker and the run: what goes in comes out as its line would tell it; what a worker that was taken over may
 * send is refused. The line of what came out is compared with the line of what went in: that is how others see both. */
#include "lib/triage/record.h"

#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

static struct inq_ctx ctx;
static struct inq_bytes bytes;

static void begin(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	bytes = (struct inq_bytes) { 0 };
}

static void end(void)
{
	free(bytes.bytes);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static struct inq_triage_result some_result(void)
{
	static const char *const frames[] = { "app!draw", "app!main" };
	static const char *const places[] = { "app@0badcafe+0x1", "" };
	static const char *const rules[] = { "abort" };
	struct inq_triage_result result = inq_line_unknown("cores.tar//a/core.1", INQ_TRIAGE_PARTIAL);
	result.reason = "it is cut off";
	result.size = 4096;
	result.mtime_ns = 1700000000123456789;
	result.seen = 1700000001;
	result.process.pid = 77;
	result.process.name = "app";
	result.process.host = "node7";
	result.crash.signal = 11;
	result.crash.signal_name = "SIGSEGV";
	result.crash.diagnosis = "null-pointer";
	result.crash.text = "wrote through a null pointer";
	result.crash.confidence = INQ_LIKELY;
	result.signature = (struct inq_signature) { .hash = "1-0123456789abcdef0123456789abcdef",
						    .text = "SIGSEGV null-write app!draw",
						    .kind = "SIGSEGV null-write",
						    .bucket = "stack",
						    .frames = frames,
						    .places = places,
						    .frame_count = 2,
						    .inlines_known = true,
						    .rules = rules,
						    .rule_count = 1,
						    .severity = INQ_SEVERITY_MEDIUM };
	result.elapsed_ms = 12;
	return result;
}

/* The result points into the record, which must stay where it is. */
static const struct inq_triage_result *pass(const struct inq_triage_result *result)
{
	static struct inq_record record;
	bytes.start = bytes.end = 0;
	ck_assert(inq_record_encode(result, &bytes));
	ck_assert_ptr_null(inq_record_decode(bytes.bytes, bytes.end, &record));
	return &record.result;
}

static void expect_same_line(const struct inq_triage_result *result)
{
	const struct inq_triage_result *passed = pass(result);
	ck_assert_str_eq(inq_line_write(&ctx, passed), inq_line_write(&ctx, result));
}

START_TEST(a_result_comes_out_as_it_went_in)
{
	struct inq_triage_result result = some_result();
	const struct inq_triage_result *passed = pass(&result);
	expect_same_line(&result);
	ck_assert_uint_eq(passed->mtime_ns, result.mtime_ns);
	ck_assert_ptr_null(passed->process.exe);
	ck_assert_ptr_null(passed->companions);
	ck_assert_uint_eq(passed->signature.frame_count, 2);
	ck_assert_str_eq(passed->signature.places[0], "app@0badcafe+0x1");
	ck_assert_str_eq(passed->signature.places[1], "");
	result = inq_line_unknown("core", INQ_TRIAGE_FAILED);
	expect_same_line(&result);
	result.mtime_ns = 0;
	result.seen = UINT64_MAX - 1; /* no year that a line can tell */
	expect_same_line(&result);
}
END_TEST

/* Who has no places has as many empty ones: who compares frames expects that. */
START_TEST(places_are_as_many_as_frames)
{
	struct inq_triage_result result = some_result();
	result.signature.places = NULL;
	const struct inq_triage_result *passed = pass(&result);
	ck_assert_str_eq(passed->signature.places[0], "");
	ck_assert_str_eq(passed->signature.places[1], "");
}
END_TEST

/* A line tells no signature without its hash. */
START_TEST(no_hash_no_signature)
{
	struct inq_triage_result result = some_result();
	result.signature.hash = NULL;
	const struct inq_triage_result *passed = pass(&result);
	ck_assert_uint_eq(passed->signature.frame_count, 0);
	ck_assert_ptr_null(passed->signature.text);
	ck_assert_int_eq(passed->signature.severity, INQ_SEVERITY_MEDIUM);
	result.status = INQ_TRIAGE_FAILED;
	passed = pass(&result);
	ck_assert_int_eq(passed->signature.severity, INQ_SEVERITY_NONE);
}
END_TEST

START_TEST(strings_are_utf8_and_no_longer_than_in_a_line)
{
	char name[2 * INQ_LINE_LONGEST_STRING + 1];
	struct inq_triage_result result = some_result();
	result.reason = "a\xff"
			"b\xc3\xa4\xe2\x82";
	ck_assert_str_eq(pass(&result)->reason, "a\xef\xbf\xbd"
						"b\xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
	for (unsigned i = 0; i + 1 < sizeof name; i += 2)
		memcpy(name + i, "\xc3\xa4", 2);
	name[sizeof name - 1] = '\0';
	result.reason = name;
	ck_assert_uint_eq(strlen(pass(&result)->reason), 1022);
	memset(name, 'x', sizeof name - 1);
	ck_assert_uint_eq(strlen(pass(&result)->reason), 1023);
	/* The path is the file system's, whatever it is. */
	result = inq_line_unknown("core.\xff", INQ_TRIAGE_OK);
	ck_assert_str_eq(pass(&result)->path, "core.\xff");
}
END_TEST

START_TEST(what_is_cut_or_too_long_is_refused)
{
	struct inq_triage_result result = some_result();
	struct inq_record record;
	pass(&result);
	for (size_t size = 0; size < bytes.end; size++) {
		char *cut = malloc(size ? size : 1); /* so that a read behind it is found */
		memcpy(cut, bytes.bytes, size);
		ck_assert_ptr_nonnull(inq_record_decode(cut, size, &record));
		free(cut);
	}
	ck_assert(inq_bytes_add(&bytes, "", 1));
	ck_assert_ptr_nonnull(inq_record_decode(bytes.bytes, bytes.end, &record));
}
END_TEST

/* Any byte may be any other: whatever is taken has a line that is read back. */
START_TEST(no_byte_leads_astray)
{
	struct inq_triage_result result = some_result();
	struct inq_record record;
	unsigned refused = 0;
	pass(&result);
	for (size_t i = 0; i < bytes.end; i++) {
		for (unsigned flip = 1; flip < 256; flip <<= 1) {
			bytes.bytes[i] ^= (char)flip;
			if (inq_record_decode(bytes.bytes, bytes.end, &record))
				refused++;
			else
				ck_assert_ptr_nonnull(inq_line_write(&ctx, &record.result));
			bytes.bytes[i] ^= (char)flip;
		}
	}
	ck_assert_uint_gt(refused, 0);
}
END_TEST

/* A string that is changed in place, and what then must be said. */
static void expect_refused(const char *from, const char *to, const char *why)
{
	struct inq_triage_result result = some_result();
	struct inq_record record;
	pass(&result);
	char *at = memmem(bytes.bytes, bytes.end, from, strlen(from));
	ck_assert_ptr_nonnull(at);
	memcpy(at, to, strlen(from));
	const char *said = inq_record_decode(bytes.bytes, bytes.end, &record);
	ck_assert_ptr_nonnull(said);
	ck_assert_str_eq(said, why);
}

START_TEST(no_honest_worker_sends_this)
{
	expect_refused("node7", "node\xff", "it has a string that is not UTF-8");
	expect_refused("node7", "no\0e7", "it has a string that is not UTF-8");
	expect_refused("cores.tar", "\0ores.tar", "it has no path");
	expect_refused("1-0123", "1-0x23", "it has a hash that is none of a signature");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("records");
	TCase *tcase = tcase_create("record");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_result_comes_out_as_it_went_in);
	tcase_add_test(tcase, places_are_as_many_as_frames);
	tcase_add_test(tcase, no_hash_no_signature);
	tcase_add_test(tcase, strings_are_utf8_and_no_longer_than_in_a_line);
	tcase_add_test(tcase, what_is_cut_or_too_long_is_refused);
	tcase_add_test(tcase, no_byte_leads_astray);
	tcase_add_test(tcase, no_honest_worker_sends_this);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
