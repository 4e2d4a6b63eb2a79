/* Lines, words and numbers of text artefacts. */
#include "formats/text.h"

#include <endian.h>
#include <strings.h>

struct inq_text inq_text_begin(const uint8_t *data, uint64_t size, uint64_t offset, uint64_t line)
{
	return (struct inq_text) { .data = (const char *)data, .size = size, .next = offset, .number = line - 1 };
}

struct inq_text inq_text_of(const struct inq_view *view)
{
	return inq_text_begin(view->data, view->size, 0, 1);
}

/* Bytes of the blank at the beginning: 1, 2 for a no-break space in UTF-8, 0 for none. */
static size_t blank_length(struct inq_span span)
{
	if (!span.length)
		return 0;
	if (span.text[0] == ' ' || span.text[0] == '\t')
		return 1;
	return span.length > 1 && (uint8_t)span.text[0] == 0xc2 && (uint8_t)span.text[1] == 0xa0 ? 2 : 0;
}

/* Past blanks; most words stand after a single one, or at once. */
static inline const char *skip_blanks(const char *at, const char *end)
{
	static const char eight[] = "        ";
	for (;;) {
		while (end - at >= 8 && memcmp(at, eight, 8) == 0)
			at += 8;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
		if (at == end || (uint8_t)*at != 0xc2)
			return at;
		size_t wide = blank_length((struct inq_span) { at, (size_t)(end - at) }); /* of a no-break space */
		if (!wide)
			return at;
		at += wide;
	}
}

struct inq_span inq_span_skip_blanks(struct inq_span span)
{
	const char *end = span.text + span.length, *at = skip_blanks(span.text, end);
	return (struct inq_span) { at, (size_t)(end - at) };
}

static bool is_trailing_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

struct inq_span inq_span_trim_end(struct inq_span span)
{
	for (;;) {
		if (span.length && is_trailing_blank(span.text[span.length - 1]))
			span.length--;
		else if (span.length > 1 && blank_length(inq_span_after(span, span.length - 2)) == 2)
			span.length -= 2;
		else
			return span;
	}
}

/* Takes off indentation and the quoting of mail, "> > "; and the mark of UTF-8, which may stand anywhere in files that were put
 * together. */
static struct inq_span clean(struct inq_span line)
{
	if (inq_span_starts(line, "\xef\xbb\xbf"))
		line = inq_span_after(line, 3);
	line = inq_span_skip_blanks(line);
	while (line.length && line.text[0] == '>')
		line = inq_span_skip_blanks(inq_span_after(line, 1));
	return inq_span_trim_end(line);
}

bool inq_text_next(struct inq_text *text)
{
	if (text->next >= text->size)
		return false;
	text->start = text->next;
	const char *start = text->data + text->start;
	uint64_t left = text->size - text->start;
	const char *end = memchr(start, '\n', left);
	uint64_t length = end ? (uint64_t)(end - start) : left;
	text->next = text->start + length + (end ? 1 : 0);
	text->number++;
	text->cut = length > INQ_LINE_MOST;
	text->line = (struct inq_span) { start, text->cut ? INQ_LINE_MOST : length };
	text->binary = memchr(text->line.text, '\0', text->line.length) != NULL;
	text->line = clean(text->line);
	return true;
}

/* Where the first byte is that may end a word: not above the blank, or the first of a no-break space. Eight bytes at a time:
 * of the bytes that are below 0x21, or equal, the subtraction of 1s (0x21s) sets the highest bit, and the lowest such bit is
 * never wrong ("Bit Twiddling Hacks", Determine if a word has a byte less than n). */
static inline const char *word_end(const char *at, const char *end)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	for (; end - at >= 8; at += 8) {
		uint64_t bytes;
		memcpy(&bytes, at, sizeof bytes);
		bytes = le64toh(bytes);
		uint64_t low = (bytes - ones * 0x21) & ~bytes, wide = bytes ^ ones * 0xc2;
		uint64_t marks = (low | ((wide - ones) & ~wide)) & ones * 0x80;
		if (marks)
			return at + __builtin_ctzll(marks) / 8;
	}
	while (at < end && (uint8_t)*at > ' ' && (uint8_t)*at != 0xc2)
		at++;
	return at;
}

struct inq_span inq_span_word(struct inq_span *rest)
{
	const char *end = rest->text + rest->length, *start = skip_blanks(rest->text, end), *at = word_end(start, end);
	while (at < end && !blank_length((struct inq_span) { at, (size_t)(end - at) }))
		at = word_end(at + 1, end);
	*rest = (struct inq_span) { at, (size_t)(end - at) };
	return (struct inq_span) { start, (size_t)(at - start) };
}

/* In lines of text, which are short, quicker than memmem, which prepares itself for long ones. */
ptrdiff_t inq_span_find_words(struct inq_span span, const char *words, size_t length)
{
	if (!length)
		return span.length ? 0 : -1;
	if (span.length < length)
		return -1;
	const char *at = span.text, *last = at + (span.length - length);
	while (at <= last && (at = memchr(at, words[0], (size_t)(last - at) + 1))) {
		if (at[length - 1] == words[length - 1] && memcmp(at, words, length) == 0)
			return at - span.text;
		at++;
	}
	return -1;
}

struct inq_span inq_span_between(struct inq_span span, const char *open, const char *close)
{
	ptrdiff_t from = inq_span_find(span, open);
	if (from < 0)
		return (struct inq_span) { span.text, 0 };
	span = inq_span_after(span, (size_t)from + strlen(open));
	ptrdiff_t to = inq_span_find(span, close);
	span.length = to < 0 ? 0 : (size_t)to;
	return span;
}

struct inq_span inq_span_basename(struct inq_span path)
{
	const char *slash = path.length ? memrchr(path.text, '/', path.length) : NULL;
	return slash ? inq_span_after(path, (size_t)(slash - path.text) + 1) : path;
}

/* The value of a digit, plus one; 0 for other characters. */
static const uint8_t digit_values[UINT8_MAX + 1] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,	['6'] = 7,  ['7'] = 8,
	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* 16 or more for what is no digit. */
static inline unsigned digit_value(char c)
{
	return digit_values[(uint8_t)c] - 1U;
}

bool inq_take_hex(struct inq_span *rest, uint64_t *ret)
{
	const char *text = rest->text;
	size_t length = rest->length;
	size_t at = length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;
	size_t first = at;
	uint64_t value = 0, lost = 0;
	for (unsigned digit; at < length && (digit = digit_value(text[at])) < 16; at++) {
		lost |= value >> 60;
		value = value << 4 | digit;
	}
	if (at == first || lost)
		return false;
	*rest = inq_span_after(*rest, at);
	*ret = value;
	return true;
}

bool inq_take_decimal(struct inq_span *rest, uint64_t *ret)
{
	uint64_t value = 0;
	size_t at = 0;
	for (; at < rest->length && digit_value(rest->text[at]) < 10; at++)
		if (!inq_mul(value, 10, &value) || !inq_add(value, digit_value(rest->text[at]), &value))
			return false;
	if (at == 0)
		return false;
	*rest = inq_span_after(*rest, at);
	*ret = value;
	return true;
}

bool inq_span_hex(struct inq_span span, uint64_t *ret)
{
	return inq_take_hex(&span, ret) && span.length == 0;
}

bool inq_span_decimal(struct inq_span span, uint64_t *ret)
{
	return inq_take_decimal(&span, ret) && span.length == 0;
}

/* The bytes of "K", "kB", "MB" …; 0 for anything else. */
static uint64_t unit_bytes(struct inq_span unit)
{
	static const char letters[] = "kKmMgGtT";
	if (unit.length == 2 && (unit.text[1] == 'B' || unit.text[1] == 'b'))
		unit.length = 1;
	const char *letter = unit.length == 1 ? memchr(letters, unit.text[0], sizeof letters - 1) : NULL;
	return letter ? (uint64_t)1 << (10 * ((letter - letters) / 2 + 1)) : 0;
}

bool inq_span_size(struct inq_span span, uint64_t unit, uint64_t *ret)
{
	uint64_t value;
	if (!inq_take_decimal(&span, &value))
		return false;
	if (span.length)
		unit = unit_bytes(span);
	return unit && inq_mul(value, unit, ret);
}

bool inq_span_is_rule(struct inq_span line)
{
	size_t marks = 0;
	for (size_t i = 0; i < line.length; i++) {
		if (memchr("-=_*~+#", line.text[i], 7))
			marks++;
		else if (line.text[i] != ' ' && line.text[i] != '\t')
			return false;
	}
	return marks >= 3;
}

bool inq_span_is_elision(struct inq_span line)
{
	static const char *const words[] = {
		"snip", "snipped", "cut", "truncated", "omitted", "skipped", "etc", "etc."
	};
	if (line.length && memchr("012345679abdf/", line.text[0], 14)) /* as most rows begin: asked of every line */
		return false;
	while (line.length && memchr("[(<{-=*~8 ", line.text[0], 10))
		line = inq_span_after(line, 1);
	while (line.length && memchr("])>}-=*~8 ", line.text[line.length - 1], 10))
		line.length--;
	if (inq_span_starts(line, "..") || inq_span_starts(line, "\xe2\x80\xa6"))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (line.length == strlen(words[i]) && strncasecmp(line.text, words[i], line.length) == 0)
			return true;
	return false;
}
