/* The pieces of the text formats, and what odd listings are told about. */
#include "formats/maps/row.h"
#include "lib/base/str.h"
#include "tests/support/listings.h"
#include "tests/support/spaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct inq_span span(const char *string)
{
	return (struct inq_span) { string, strlen(string) };
}

START_TEST(lines)
{
	static const char text[] = "\xef\xbb\xbf> > 12 \r\n\n\t last";
	struct inq_text cursor = inq_text_begin((const uint8_t *)text, sizeof text - 1, 0, 7);
	ck_assert(inq_text_next(&cursor));
	ck_assert(inq_span_is(cursor.line, "12"));
	ck_assert_uint_eq(cursor.number, 7);
	ck_assert(inq_text_next(&cursor) && cursor.line.length == 0);
	ck_assert(inq_text_next(&cursor) && inq_span_is(cursor.line, "last"));
	ck_assert_uint_eq(cursor.number, 9);
	ck_assert(!inq_text_next(&cursor));
}
END_TEST

START_TEST(endless_line)
{
	char *text = malloc(3 << 20);
	ck_assert_ptr_nonnull(text);
	memset(text, 'a', 3 << 20);
	struct inq_text cursor = inq_text_begin((const uint8_t *)text, 3 << 20, 0, 1);
	ck_assert(inq_text_next(&cursor));
	ck_assert(cursor.cut && cursor.line.length == INQ_LINE_MOST);
	ck_assert(!inq_text_next(&cursor));
	free(text);
}
END_TEST

START_TEST(numbers)
{
	uint64_t value;
	ck_assert(inq_span_hex(span("0xffffffffffffffff"), &value) && value == UINT64_MAX);
	ck_assert(!inq_span_hex(span("10000000000000000"), &value));
	ck_assert(!inq_span_hex(span("0x"), &value));
	ck_assert(!inq_span_hex(span("12g"), &value));
	ck_assert(inq_span_decimal(span("18446744073709551615"), &value) && value == UINT64_MAX);
	ck_assert(!inq_span_decimal(span("18446744073709551616"), &value));
	ck_assert(inq_span_size(span("88K"), 1, &value) && value == 88 << 10);
	ck_assert(inq_span_size(span("4M"), 1, &value) && value == 4 << 20);
	ck_assert(inq_span_size(span("7"), 1024, &value) && value == 7168);
	ck_assert(inq_span_size(span("7kB"), 1, &value) && value == 7168);
	ck_assert(!inq_span_size(span("18014398509481984K"), 1, &value));
	ck_assert(!inq_span_size(span("7X"), 1, &value));
}
END_TEST

START_TEST(permissions)
{
	static const struct {
		const char *text;
		int expected;
	} cases[] = { { "r-xp", INQ_PERM_READ | INQ_PERM_EXECUTE },
		      { "rwxs-", INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE | INQ_PERM_SHARED },
		      { "rw---*", INQ_PERM_READ | INQ_PERM_WRITE },
		      { "rw--R-", INQ_PERM_READ | INQ_PERM_WRITE },
		      { "---", 0 },
		      { "read/exec", INQ_PERM_READ | INQ_PERM_EXECUTE },
		      { "read", INQ_PERM_READ },
		      { "read/write/shared", INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_SHARED },
		      { "rxw", -1 },
		      { "read/", -1 },
		      { "readwrite", -1 },
		      { "rw", -1 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t found = 0;
		bool known = inq_span_permissions(span(cases[i].text), &found);
		ck_assert_msg(known == (cases[i].expected >= 0), "%s", cases[i].text);
		if (known)
			ck_assert_msg(found == (cases[i].expected | INQ_PERM_KNOWN), "%s", cases[i].text);
	}
}
END_TEST

START_TEST(marks_of_elision)
{
	static const char *const elisions[] = { "...",	  "[...]",  "[ ... ]",	   "\xe2\x80\xa6",   "(snip)",
						"<snip>", "[SNIP]", "--- cut ---", "... 20 rows ..." };
	static const char *const others[] = { "", "[ anon ]", "[heap]", "libc.so", "-----", "/..." };
	for (size_t i = 0; i < sizeof elisions / sizeof *elisions; i++)
		ck_assert_msg(inq_span_is_elision(span(elisions[i])), "%s", elisions[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		ck_assert_msg(!inq_span_is_elision(span(others[i])), "%s", others[i]);
}
END_TEST

/* Each odd listing, and a piece of the warning that must come of it. */
static void expect_warning(const char *text, size_t rows, const char *warning)
{
	struct test_listings test;
	test_listings_read(&test, "odd", (const uint8_t *)text, strlen(text));
	ck_assert_msg(test.count == 1 && test.items[0].space, "%zu listings: %s", test.count, text);
	ck_assert_msg(test.items[0].space->mappings.count == rows, "%zu rows: %s", test.items[0].space->mappings.count,
		      text);
	ck_assert_msg(test_listings_warned(&test, warning), "no \"%s\": %s", warning, text);
	test_listings_end(&test);
}

START_TEST(told)
{
	expect_warning("BASE LIMIT SIZE NAME\n400000 5fc000 1fd000 /x\n", 1,
		       "odd:2: the row says 0x1fd000 bytes, but its ends are 0x1fc000 apart");
	expect_warning("BASE LIMIT SIZE NAME\n400000 5fc000 1fc000 /x\n5ff000 601\n602000 603000 1000\n", 2,
		       "odd:3: this row cannot be read");
	expect_warning("00400000-00401000 r--p 00000000 00:00 0\n00402000-00401000 r--p 00000000 00:00 0\n", 1,
		       "odd:2: the range 0x402000-0x401000 is empty or reversed");
	expect_warning("00400000-00402000 r--p 00000000 00:00 0\n00401000-00403000 r--p 00000000 00:00 0\n", 2,
		       "odd:2: 0x401000-0x403000 overlaps");
	expect_warning("00400000-00401080 r--p 00000000 00:00 0\n", 1, "odd:1: 0x400000-0x401080 is not made of whole");
	expect_warning("7: x\n00400000 4K r-x-- x\n00401000 4K r-x-- x\n total 4K\n", 2,
		       "odd:4: the rows add up to 8K, more than the total of 4K");
	expect_warning("7:   x\nAddress   Kbytes     RSS   Dirty Mode  Mapping\n00400000 4 4 0 r-x-- x\n"
		       "total kB 4 0 0\n",
		       1, "odd:4: the column RSS adds up to 4K, but the total says 0K");
	expect_warning("00400000-00402000 r--p 00000000 00:00 0\nSize: 8 kB\nRss: 4 kB\nPss: 8 kB\n", 1,
		       "odd:1: Pss is 8K, more than 4K");
	expect_warning("00400000-00402000 r--p 00000000 00:00 0\nSize: 4 kB\n", 1, "the row says 0x1000 bytes");
}
END_TEST

/* Several of the original texts in one file, some without a total, each with its own prompt. */
START_TEST(samples_together)
{
	static const struct {
		const char *name;
		size_t rows;
	} parts[] = { { "pmap-linux/jvm-1.4.2-7142", 6 },	{ "pmap-linux/jvm-1.4.2-7113", 2 },
		      { "mdb-mappings/xorg-opensolaris", 177 }, { "smaps/sleep-6.18", 37 },
		      { "pmap-linux/jvm-1.4.2-1052", 86 },	{ "proc-maps/sleep-6.18", 37 },
		      { "hs-err/jdk-17.0.15-sigsegv", 154 },	{ "pmap-solaris/x-32", 9 } };
	enum { PARTS = sizeof parts / sizeof *parts };
	struct inq_str text = { 0 };
	for (size_t i = 0; i < PARTS; i++) {
		char path[4096];
		size_t size = 0;
		snprintf(path, sizeof path, "%s/testdata/%s.in", getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".",
			 parts[i].name);
		char *bytes = test_file(path, &size);
		ck_assert_msg(bytes != NULL, "%s", path);
		inq_str_add(&text, bytes, size);
		inq_str_puts(&text, "\n");
		free(bytes);
	}
	struct test_listings test;
	test_listings_read(&test, "together", (const uint8_t *)text.text, text.length);
	for (size_t i = 0; i < test.count && i < PARTS; i++)
		ck_assert_msg(test.items[i].space->mappings.count == parts[i].rows, "%s: %zu rows", parts[i].name,
			      test.items[i].space->mappings.count);
	ck_assert_uint_eq(test.count, PARTS);
	test_listings_end(&test);
	inq_str_release(&text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");
	tcase_add_test(tcase, lines);
	tcase_add_test(tcase, endless_line);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, permissions);
	tcase_add_test(tcase, marks_of_elision);
	tcase_add_test(tcase, told);
	tcase_add_test(tcase, samples_together);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
