/* What all text formats share: a cursor over lines that never copies the input, spans of a line, and numbers.
 *
 * A listing reaches us as people paste it: quoted with "> ", indented, with CRLF, tabs, no-break spaces, a byte order
 * mark. The cursor takes that off, so that the formats see the line as the tool printed it. */
#ifndef INQ_FORMATS_TEXT_H
#define INQ_FORMATS_TEXT_H

#include "lib/base/view.h"

#include <string.h>

/* A piece of a line: not NUL-terminated, it belongs to the source. */
struct inq_span {
	const char *text;
	size_t length;
};

/* Characters of ASCII: those below '@', and the others. Both 0: any character at all. */
struct inq_characters {
	uint64_t low, high;
};

#define INQ_CHARACTER(c) (UINT64_C(1) << (c) % 64)
#define INQ_DIGITS	 (UINT64_C(0x3ff) << '0')
#define INQ_HEX_LETTERS	 (UINT64_C(0x3f) << 'A' % 64 | UINT64_C(0x3f) << 'a' % 64)

static inline bool inq_characters_have(struct inq_characters set, char c)
{
	return (uint8_t)c < 128 && (c < 64 ? set.low : set.high) >> (uint8_t)c % 64 & 1;
}

struct inq_text {
	const char *data;
	uint64_t size;
	uint64_t next;	      /* offset of the line after the current one */
	uint64_t start;	      /* offset of the current line */
	uint64_t number;      /* of the current line, counted from 1 */
	uint64_t plain;	      /* there is no NUL from the current line up to here */
	struct inq_span line; /* the current line without what pasting added; at most INQ_LINE_MOST bytes */
	bool cut;	      /* the line was longer: only its beginning is here */
	bool binary;	      /* it holds a NUL: not text */
};

enum { INQ_LINE_MOST = 64 << 10 };

/* A cursor before the line at `offset`, whose number is `line`. */
struct inq_text inq_text_begin(const uint8_t *data, uint64_t size, uint64_t offset, uint64_t line);
/* A cursor before the first line of `view`. */
struct inq_text inq_text_of(const struct inq_view *view);
/* Goes to the next line; false at the end. */
bool inq_text_next(struct inq_text *text);

/* The next word, up to a blank; empty at the end. `rest` then begins after it. */
struct inq_span inq_span_word(struct inq_span *rest);
/* All words of a line, at most `most`, in one go; how many. */
size_t inq_span_words(struct inq_span line, struct inq_span *ret, size_t most);
struct inq_span inq_span_skip_blanks(struct inq_span span);
struct inq_span inq_span_trim_end(struct inq_span span);
/* What follows the first `count` bytes; nothing where there are no more. */
static inline struct inq_span inq_span_after(struct inq_span span, size_t count)
{
	if (count > span.length)
		count = span.length;
	return (struct inq_span) { span.text + count, span.length - count };
}

/* Inline, so that the length of a constant is one too: these are asked of every line, often with many words in turn, nearly all
 * of which begin with another character. */
static inline bool inq_span_is(struct inq_span span, const char *string)
{
	if (span.length && span.text[0] != string[0])
		return false;
	return span.length == strlen(string) && memcmp(span.text, string, span.length) == 0;
}

static inline bool inq_span_starts(struct inq_span span, const char *prefix)
{
	if (span.length && span.text[0] != prefix[0] && prefix[0])
		return false;
	size_t length = strlen(prefix);
	return span.length >= length && memcmp(span.text, prefix, length) == 0;
}

static inline bool inq_span_ends(struct inq_span span, const char *suffix)
{
	size_t length = strlen(suffix);
	return span.length >= length && memcmp(span.text + span.length - length, suffix, length) == 0;
}

/* Where the `length` bytes of `words` begin in the span, or -1. */
ptrdiff_t inq_span_find_words(struct inq_span span, const char *words, size_t length);
/* Where `string` begins in the span, or -1. */
static inline ptrdiff_t inq_span_find(struct inq_span span, const char *string)
{
	return inq_span_find_words(span, string, strlen(string));
}

/* What follows the first `words`; empty where they are not there. */
struct inq_span inq_span_behind(struct inq_span span, const char *words);

/* The text between the first `open` and the next `close`; empty when there is none. */
struct inq_span inq_span_between(struct inq_span span, const char *open, const char *close);
/* "/usr/bin/java" gives "java"; a name without a slash is itself. */
struct inq_span inq_span_basename(struct inq_span path);

/* A number at the beginning of `rest`, which then begins after it; false, with `rest` unchanged, when there is none or
 * it needs more than 64 bits. inq_take_hex accepts 0x before the digits. */
bool inq_take_hex(struct inq_span *rest, uint64_t *ret);
bool inq_take_decimal(struct inq_span *rest, uint64_t *ret);
/* The character `c` at the beginning of `rest`. */
static inline bool inq_take_char(struct inq_span *rest, char c)
{
	if (!rest->length || rest->text[0] != c)
		return false;
	*rest = inq_span_after(*rest, 1);
	return true;
}

/* The whole span is that number. */
bool inq_span_hex(struct inq_span span, uint64_t *ret);
static inline bool inq_span_decimal(struct inq_span span, uint64_t *ret)
{
	enum { SURE = 19 }; /* digits that always fit */
	uint64_t value = 0;
	if (span.length > SURE)
		return inq_take_decimal(&span, ret) && span.length == 0;
	for (size_t i = 0; i < span.length; i++) {
		unsigned digit = (unsigned)(span.text[i] - '0');
		if (digit > 9)
			return false;
		value = value * 10 + digit;
	}
	if (span.length)
		*ret = value;
	return span.length;
}
/* "132", "88K", "4M", "12kB", in bytes; a number without a unit counts `unit` bytes. */
bool inq_span_size(struct inq_span span, uint64_t unit, uint64_t *ret);

/* Lines that say nothing of their own: rules such as "-------" and "=====", and marks of rows left out ("...",
 * "[...]", "(snip)"). Asked of every line: nearly all are told by how they begin. */
bool inq_span_is_rule(struct inq_span line);
bool inq_span_is_elision(struct inq_span line);

#endif
