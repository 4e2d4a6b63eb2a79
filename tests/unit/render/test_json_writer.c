/* The JSON writer: escapes, numbers, layout, chunks, an output that stops. Expected strings are by RFC 8259. */
#include "lib/base/str.h"
#include "lib/render/json_writer.h"

#include <check.h>
#include <stdlib.h>

static bool collect(void *data, const char *bytes, size_t size)
{
	inq_str_add(data, bytes, size);
	return true;
}

static bool refuse(void *data, const char *bytes, size_t size)
{
	(void)bytes;
	(void)size;
	(*(unsigned *)data)++;
	return false;
}

static void expect_string(const char *string, const char *expected)
{
	struct inq_str got = { 0 };
	const struct inq_output output = { .write = collect, .data = &got };
	struct inq_json json;
	inq_json_init(&json, &output);
	inq_json_string(&json, string);
	ck_assert_int_eq(inq_json_finish(&json), INQ_OK);
	ck_assert_str_eq(got.text, expected);
	inq_str_release(&got);
}

START_TEST(strings)
{
	expect_string("", "\"\"\n");
	expect_string("plain words, longer than one machine word", "\"plain words, longer than one machine word\"\n");
	expect_string("a\"b\\c", "\"a\\\"b\\\\c\"\n");
	expect_string("1234567\n\t", "\"1234567\\n\\t\"\n");
	expect_string("\033[31m", "\"\\u001b[31m\"\n");
	expect_string("del\x7f", "\"del\\u007f\"\n");
	expect_string("gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"\n");
	expect_string("\xff"
		      "a\xc3",
		      "\"\xef\xbf\xbd"
		      "a\xef\xbf\xbd\"\n");
	expect_string("\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\n"); /* a surrogate is no character */
	expect_string("\xc2\x9b"
		      "31m",
		      "\"\\u009b31m\"\n"); /* C1: a terminal takes it as ESC [ */
}
END_TEST

/* Each byte that must not stand in a string, at each place of the word that is looked at at once. */
START_TEST(every_byte_everywhere)
{
	for (unsigned byte = 1; byte < 0x100; byte++) {
		for (unsigned at = 0; at < 17; at++) {
			char text[] = "abcdefghijklmnopq";
			struct inq_str got = { 0 };
			const struct inq_output output = { .write = collect, .data = &got };
			struct inq_json json;
			text[at] = (char)byte;
			inq_json_init(&json, &output);
			inq_json_string(&json, text);
			inq_json_finish(&json);
			bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
			bool same = got.length == sizeof(text) + 2 && memcmp(got.text + 1, text, sizeof(text) - 1) == 0;
			ck_assert_msg(same == plain, "byte %#x at %u: %s", byte, at, got.text);
			inq_str_release(&got);
		}
	}
}
END_TEST

START_TEST(values)
{
	struct inq_str got = { 0 };
	const struct inq_output output = { .write = collect, .data = &got };
	struct inq_json json;
	inq_json_init(&json, &output);
	inq_json_begin(&json, '[');
	inq_json_begin(&json, '[');
	inq_json_begin(&json, '[');
	inq_json_number(&json, 0);
	inq_json_number(&json, UINT64_MAX);
	inq_json_signed(&json, -6);
	inq_json_signed(&json, INT64_MIN);
	inq_json_hex(&json, 0);
	inq_json_hex(&json, 0xf);
	inq_json_hex(&json, 0x10);
	inq_json_hex(&json, UINT64_MAX);
	inq_json_bool(&json, true);
	inq_json_bool(&json, false);
	inq_json_finish(&json);
	ck_assert_str_eq(got.text, "[\n [\n  [0,18446744073709551615,-6,-9223372036854775808,\"0x0\",\"0xf\",\"0x10\","
				   "\"0xffffffffffffffff\",true,false]\n ]\n]\n");
	inq_str_release(&got);
}
END_TEST

START_TEST(members)
{
	struct inq_str got = { 0 };
	const struct inq_output output = { .write = collect, .data = &got };
	const char *const words[] = { "one", "two" };
	struct inq_json json;
	inq_json_init(&json, &output);
	inq_json_begin(&json, '{');
	inq_json_text(&json, "absent", NULL);
	inq_json_count(&json, "unknown", INQ_UNKNOWN);
	inq_json_address(&json, "nowhere", INQ_UNKNOWN);
	inq_json_count(&json, "count", 3);
	inq_json_strings(&json, "none", NULL, 0);
	inq_json_strings(&json, "words", words, 2);
	inq_json_open(&json, "object", '{');
	inq_json_name(&json, "r\"1");
	inq_json_hex(&json, 1);
	inq_json_flag(&json, "flag", false);
	inq_json_finish(&json);
	ck_assert_str_eq(got.text, "{\n \"count\":3,\n \"none\":[],\n \"words\":[\n  \"one\",\n  \"two\"\n ],\n"
				   " \"object\":{\"r\\\"1\":\"0x1\",\"flag\":false}\n}\n");
	inq_str_release(&got);
}
END_TEST

START_TEST(chunks)
{
	struct inq_str got = { 0 };
	const struct inq_output output = { .write = collect, .data = &got };
	const size_t length = 3 * INQ_JSON_CHUNK + 5;
	char *text = malloc(length + 1);
	struct inq_json json;
	memset(text, 'x', length);
	text[length] = '\0';
	inq_json_init(&json, &output);
	inq_json_string(&json, text);
	ck_assert_int_eq(inq_json_finish(&json), INQ_OK);
	ck_assert_uint_eq(got.length, length + 3);
	ck_assert_int_eq(memcmp(got.text + 1, text, length), 0);
	inq_str_release(&got);
	free(text);
}
END_TEST

START_TEST(stopped)
{
	unsigned calls = 0;
	const struct inq_output output = { .write = refuse, .data = &calls };
	struct inq_json json;
	inq_json_init(&json, &output);
	inq_json_begin(&json, '[');
	for (unsigned i = 0; i < INQ_JSON_CHUNK; i++)
		inq_json_number(&json, i);
	ck_assert_int_eq(inq_json_finish(&json), INQ_UNUSABLE);
	ck_assert_uint_eq(calls, 1); /* what refused once is not asked again */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_writer");
	TCase *tcase = tcase_create("json_writer");
	tcase_add_test(tcase, strings);
	tcase_add_test(tcase, every_byte_everywhere);
	tcase_add_test(tcase, values);
	tcase_add_test(tcase, members);
	tcase_add_test(tcase, chunks);
	tcase_add_test(tcase, stopped);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
