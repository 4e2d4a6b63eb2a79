/* Words, numbers and pieces of lines are found many bytes at a time: here byte by byte, in lines at random, for comparison. */
#include "formats/text.h"
#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

enum { MOST = 160, ROUNDS = 4000 };

/* A line in a block of its own, so that a sanitizer sees a byte read behind it. */
struct line {
	char *text;
	size_t length;
};

static uint64_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

static struct line random_line(uint64_t *state, const char *letters, size_t count)
{
	struct line line = { .length = next_random(state) % MOST };
	line.text = malloc(line.length + 1);
	ck_assert_ptr_nonnull(line.text);
	bool sparse = next_random(state) % 2;
	for (size_t i = 0; i < line.length; i++)
		line.text[i] = sparse && next_random(state) % 8 ? 'b' : letters[next_random(state) % count];
	char *exact = realloc(line.text, line.length ? line.length : 1);
	line.text = exact ? exact : line.text;
	return line;
}

static size_t blank_at(struct line line, size_t at)
{
	if (at < line.length && (line.text[at] == ' ' || line.text[at] == '\t'))
		return 1;
	return at + 1 < line.length && memcmp(line.text + at, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

static struct inq_span naive_word(struct line line, size_t *at)
{
	size_t blank;
	while ((blank = blank_at(line, *at)))
		*at += blank;
	size_t start = *at;
	while (*at < line.length && !blank_at(line, *at))
		++*at;
	return (struct inq_span) { line.text + start, *at - start };
}

static const char blanks_and_others[] = " \t\xc2\xa0  ab\r\x01\xc3\xe2.";

START_TEST(words)
{
	uint64_t state = 1;
	for (int i = 0; i < ROUNDS; i++) {
		struct line line = random_line(&state, blanks_and_others, sizeof blanks_and_others - 1);
		struct inq_span rest = { line.text, line.length }, all[MOST];
		size_t most = next_random(&state) % 4 ? MOST : next_random(&state) % 8, at = 0;
		size_t count = inq_span_words(rest, all, most);
		for (size_t word = 0; word <= MOST; word++) {
			struct inq_span due = naive_word(line, &at), found = inq_span_word(&rest);
			ck_assert(found.length == due.length && (!due.length || found.text == due.text));
			if (!due.length || word == most) {
				ck_assert_uint_eq(count, word);
				break;
			}
			ck_assert(all[word].text == due.text && all[word].length == due.length);
		}
		free(line.text);
	}
}
END_TEST

START_TEST(hexadecimal)
{
	static const char letters[] = "0123456789abcdefABCDEF0000xX/:@G`g \xb0\x10";
	uint64_t state = 2;
	for (int i = 0; i < ROUNDS; i++) {
		struct line line = random_line(&state, letters, i % 2 ? 22 : sizeof letters - 1);
		struct inq_span rest = { line.text, line.length % 24 };
		char copy[MOST + 1], *end;
		size_t digits = 0,
		       skip = rest.length > 2 && line.text[0] == '0' && (line.text[1] | 0x20) == 'x' ? 2 : 0;
		memcpy(copy, line.text, rest.length);
		copy[rest.length] = '\0';
		while (skip + digits < rest.length && strchr("0123456789abcdefABCDEF", copy[skip + digits]))
			digits++;
		unsigned long long due = digits ? strtoull(copy + skip, &end, 16) : 0;
		bool fits = digits && (digits - strspn(copy + skip, "0") <= 16);
		uint64_t value = 7;
		struct inq_span before = rest;
		ck_assert_int_eq(inq_take_hex(&rest, &value), fits);
		ck_assert_uint_eq(before.length - rest.length, fits ? skip + digits : 0);
		ck_assert_uint_eq(value, fits ? due : 7);
		free(line.text);
	}
}
END_TEST

START_TEST(pieces)
{
	static const char letters[] = "ab(";
	static const char *const sought[] = { "(", "ab", "aab", "a(b(a", "bbbbbbbbbbbbbbbbbbbb(" };
	uint64_t state = 3;
	for (int i = 0; i < ROUNDS; i++) {
		struct line line = random_line(&state, letters, 3);
		const char *piece = sought[next_random(&state) % 5];
		const char *due = line.length ? memmem(line.text, line.length, piece, strlen(piece)) : NULL;
		ptrdiff_t found = inq_span_find((struct inq_span) { line.text, line.length }, piece);
		ck_assert_int_eq(found, due ? due - line.text : -1);
		free(line.text);
	}
}
END_TEST

/* A line is binary where a NUL is in it, whichever lines were looked at together. */
START_TEST(binary)
{
	uint64_t state = 4;
	for (int i = 0; i < ROUNDS / 10; i++) {
		char text[8 * MOST];
		size_t size = next_random(&state) % sizeof text;
		for (size_t k = 0; k < size; k++)
			text[k] = next_random(&state) % 64 ? 'x' : next_random(&state) % 8 ? '\n' : '\0';
		struct inq_text cursor = inq_text_begin((const uint8_t *)text, size, 0, 1);
		while (inq_text_next(&cursor))
			ck_assert_int_eq(cursor.binary, memchr(text + cursor.start, '\0', cursor.line.length) != NULL);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scan");
	TCase *tcase = tcase_create("scan");
	tcase_add_test(tcase, words);
	tcase_add_test(tcase, hexadecimal);
	tcase_add_test(tcase, pieces);
	tcase_add_test(tcase, binary);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
