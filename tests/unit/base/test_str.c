/* The string buffer: what is made visible, what is UTF-8. */
#include "lib/base/str.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void expect_visible(const char *bytes, size_t length, const char *expected)
{
	struct inq_str str = { 0 };
	inq_str_visible(&str, bytes, length);
	ck_assert_str_eq(str.text ? str.text : "", expected);
	inq_str_release(&str);
}

START_TEST(visible)
{
	expect_visible("plain /lib/x.so", 15, "plain /lib/x.so");
	expect_visible("\033[31mred", 8, "\\x1b[31mred");
	expect_visible("a\nb\0c", 5, "a\\x0ab\\x00c");
	expect_visible("gr\xc3\xbc\xc3\x9f", 6, "gr\xc3\xbc\xc3\x9f");
	expect_visible("\xff\xc3", 2, "\\xff\\xc3");
	expect_visible("\xc2\x9b"
		       "31m",
		       5, "\\u{9b}31m");		/* the C1 form of ESC [ */
	expect_visible("\xe2\x80\xae", 3, "\\u{202e}"); /* right-to-left override */
}
END_TEST

START_TEST(utf8)
{
	ck_assert_uint_eq(inq_utf8_length("\xc0\x80", 2), 0);	  /* overlong NUL */
	ck_assert_uint_eq(inq_utf8_length("\xed\xa0\x80", 3), 0); /* surrogate */
	ck_assert_uint_eq(inq_utf8_length("\xf0\x9f\x98\x80", 4), 4);
	ck_assert_uint_eq(inq_utf8_length("\xf0\x9f\x98\x80", 3), 0); /* cut */
	ck_assert_uint_eq(inq_utf8_length("\xf4\x90\x80\x80", 4), 0); /* beyond U+10FFFF */
}
END_TEST

START_TEST(numbers)
{
	struct inq_str str = { 0 };
	inq_str_hex(&str, 0x1f, 4);
	inq_str_putc(&str, ' ');
	inq_str_hex(&str, UINT64_MAX, 1);
	inq_str_putc(&str, ' ');
	inq_str_decimal(&str, UINT64_MAX);
	inq_str_decimal(&str, 0);
	ck_assert_str_eq(str.text, "001f ffffffffffffffff 184467440737095516150");
	inq_str_release(&str);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");
	tcase_add_test(tcase, visible);
	tcase_add_test(tcase, utf8);
	tcase_add_test(tcase, numbers);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
