/* Lines, words and numbers of text artefacts. */
#include "formats/text.h"

#include "lib/base/block.h"

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

/* Past tabs, no-break spaces and the blanks between them. */
static const char *skip_rare_blanks(const char *at, const char *end)
{
	size_t length;
	while ((length = blank_length((struct inq_span) { at, (size_t)(end - at) })))
		at += length;
	return at;
}

/* Past blanks, which most often are spaces. */
static inline const char *skip_blanks(const char *at, const char *end)
{
	for (; end - at >= 8; at += 8) {
		uint64_t others = inq_eight_at(at) ^ UINT64_MAX / 0xff * ' ';
		if (!others)
			continue;
		at += __builtin_ctzll(others) / 8;
		break;
	}
	while (at < end && *at == ' ')
		at++;
	return at < end && (*at == '\t' || (uint8_t)*at == 0xc2) ? skip_rare_blanks(at, end) : at;
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

static inline bool is_plain(char c)
{
	return c > ' ' && c < 0x7f && c != '>' && c != '\\';
}

/* Takes off indentation and the quoting of mail, "> > "; the backslash that keeps "\#" from being a heading of a web page; and the
 * mark of UTF-8, which may stand anywhere in files that were put together. */
static inline struct inq_span clean(struct inq_span line)
{
	if (line.length && is_plain(line.text[0]) && is_plain(line.text[line.length - 1]))
		return line;
	if (inq_span_starts(line, "\xef\xbb\xbf"))
		line = inq_span_after(line, 3);
	line = inq_span_skip_blanks(line);
	while (line.length && line.text[0] == '>')
		line = inq_span_skip_blanks(inq_span_after(line, 1));
	if (inq_span_starts(line, "\\#"))
		line = inq_span_after(line, 1);
	return inq_span_trim_end(line);
}

/* Whether there is a NUL before `end`. What is found to have none is not looked at again for the next line. */
static bool is_binary(struct inq_text *text, uint64_t end)
{
	enum { WINDOW = 256 };
	if (end <= text->plain)
		return false;
	uint64_t start = text->plain > text->start ? text->plain : text->start;
	uint64_t most = text->size - start < WINDOW ? text->size : start + WINDOW;
	most = most < end ? end : most;
	const char *nul = memchr(text->data + start, '\0', most - start);
	text->plain = nul ? (uint64_t)(nul - text->data) : most;
	return text->plain < end;
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
	text->binary = is_binary(text, text->start + text->line.length);
	text->line = clean(text->line);
	return true;
}

/* Past the blank-free bytes of a word in which some are not ASCII. */
static const char *rare_word_end(const char *at, const char *end)
{
	while (at < end && !blank_length((struct inq_span) { at, (size_t)(end - at) }))
		at++;
	return at;
}

/* Eight bytes at a time: of the bytes that are below 0x21 the subtraction of 0x21s sets the highest bit, others have it, and the
 * lowest such byte is never wrong ("Bit Twiddling Hacks", Determine if a word has a byte less than n). */
static inline const char *word_end(const char *at, const char *end)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	for (; end - at >= 8; at += 8) {
		uint64_t bytes = inq_eight_at(at), marks = ((bytes - ones * 0x21) | bytes) & ones * 0x80;
		if (!marks)
			continue;
		at += __builtin_ctzll(marks) / 8;
		break;
	}
	while (at < end && (uint8_t)(*at - 0x21) < 0x5f)
		at++;
	return at == end || *at == ' ' || *at == '\t' ? at : rare_word_end(at, end);
}

struct inq_span inq_span_word(struct inq_span *rest)
{
	const char *end = rest->text + rest->length, *start = skip_blanks(rest->text, end), *at = word_end(start, end);
	*rest = (struct inq_span) { at, (size_t)(end - at) };
	return (struct inq_span) { start, (size_t)(at - start) };
}

enum { CHUNK = 4 * INQ_BLOCK };

static inline uint64_t places_of(const char *at, char c)
{
	uint64_t places = 0;
	for (unsigned i = 0; i < CHUNK; i += INQ_BLOCK)
		places |= (uint64_t)inq_block_is(inq_block_at(at + i), c) << i;
	return places;
}

/* The blanks among so many bytes, of which `*wide` says that the first one is the second of a no-break space; and whether the
 * byte behind them is. */
static inline uint64_t blanks_of(const char *at, char behind, bool *wide)
{
	uint64_t blanks = *wide;
	uint32_t high = 0;
	for (unsigned i = 0; i < CHUNK; i += INQ_BLOCK) {
		struct inq_block block = inq_block_at(at + i);
		high |= inq_block_high(block);
		blanks |= (uint64_t)(inq_block_is(block, ' ') | inq_block_is(block, '\t')) << i;
	}
	if (!high)
		return blanks;
	uint64_t second = places_of(at, '\xa0') >> 1 | (uint64_t)(behind == '\xa0') << (CHUNK - 1);
	uint64_t first = places_of(at, '\xc2') & second;
	*wide = first >> (CHUNK - 1);
	return blanks | first | first << 1;
}

/* The next CHUNK bytes of the line from `at` on; blanks stand behind its end. */
static inline const char *chunk_of(struct inq_span line, size_t at, char few[static CHUNK], char *behind)
{
	const char *chunk = line.text + at;
	size_t left = line.length - at;
	*behind = left > CHUNK ? chunk[CHUNK] : ' ';
	if (left >= CHUNK)
		return chunk;
	memset(few, ' ', CHUNK);
	return memcpy(few, chunk, left);
}

/* A word begins where a byte is no blank and the one before it is, and ends where it is the other way round. */
size_t inq_span_words(struct inq_span line, struct inq_span *ret, size_t most)
{
	size_t count = 0;
	uint64_t before = 1; /* the last byte was a blank */
	bool wide = false;
	for (size_t at = 0; at <= line.length && count < most; at += CHUNK) {
		char few[CHUNK], behind;
		const char *chunk = chunk_of(line, at, few, &behind), *start = line.text + at;
		uint64_t blanks = blanks_of(chunk, behind, &wide), shifted = blanks << 1 | before;
		uint64_t starts = shifted & ~blanks, ends = blanks & ~shifted;
		if (!before) { /* a word goes on from the chunk before */
			if (!ends)
				continue;
			ret[count].length = (size_t)(start + __builtin_ctzll(ends) - ret[count].text);
			count++;
			ends &= ends - 1;
		}
		for (; starts && count < most; starts &= starts - 1, ends &= ends - 1) {
			ret[count].text = start + __builtin_ctzll(starts);
			if (!ends)
				break;
			ret[count].length = (size_t)(start + __builtin_ctzll(ends) - ret[count].text);
			count++;
		}
		before = blanks >> (CHUNK - 1);
	}
	return count;
}

/* Where the `length` bytes of `words` begin at one of the sixteen places from `at` on; NULL. */
static inline const char *find_in_block(const char *at, const char *words, size_t length)
{
	uint32_t places = inq_block_is(inq_block_at(at), words[0]) &
			  inq_block_is(inq_block_at(at + length - 1), words[length - 1]);
	for (; places; places &= places - 1)
		if (memcmp(at + __builtin_ctz(places), words, length) == 0)
			return at + __builtin_ctz(places);
	return NULL;
}

/* In lines of text, which are short, quicker than memmem, which prepares itself for long ones. */
ptrdiff_t inq_span_find_words(struct inq_span span, const char *words, size_t length)
{
	if (!length)
		return span.length ? 0 : -1;
	if (span.length < length)
		return -1;
	const char *at = span.text, *end = at + (span.length - length) + 1, *found; /* no place at `end` */
	for (; end - at >= INQ_BLOCK; at += INQ_BLOCK)
		if ((found = find_in_block(at, words, length)))
			return found - span.text;
	if (at < end && end - span.text >= INQ_BLOCK) { /* some of the places before once more */
		found = find_in_block(end - INQ_BLOCK, words, length);
		return found ? found - span.text : -1;
	}
	for (; at < end; at++)
		if (*at == words[0] && memcmp(at, words, length) == 0)
			return at - span.text;
	return -1;
}

struct inq_span inq_span_behind(struct inq_span span, const char *words)
{
	ptrdiff_t at = inq_span_find(span, words);
	return inq_span_after(span, at < 0 ? span.length : (size_t)at + strlen(words));
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

/* The highest bits of those of eight bytes that are no hexadecimal digits. A sum has that bit where a byte is at least so much, as
 * long as it is ASCII. */
static inline uint64_t not_hex(uint64_t bytes)
{
	const uint64_t ones = UINT64_MAX / 0xff, high = ones * 0x80, low = bytes & ~high, letter = low | ones * 0x20;
	uint64_t digits = (low + ones * (0x80 - '0')) & ~(low + ones * (0x7f - '9'));
	uint64_t letters = (letter + ones * (0x80 - 'a')) & ~(letter + ones * (0x7f - 'f'));
	return (~(digits | letters) | bytes) & high;
}

/* The number that eight digits make, the first one highest: their values put next to each other, then pairs, then fours. */
static inline uint64_t hex_value(uint64_t bytes)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	bytes = (bytes & ones * 0xf) + 9 * (bytes >> 6 & ones);
	bytes = (bytes << 4 | bytes >> 8) & 0x00ff00ff00ff00ff;
	bytes = (bytes << 8 | bytes >> 16) & 0x0000ffff0000ffff;
	return (bytes << 16 | bytes >> 32) & 0xffffffff;
}

/* Eight digits at a time, then what is left: at most seven digits and what stands behind them. */
bool inq_take_hex(struct inq_span *rest, uint64_t *ret)
{
	const char *at = rest->text, *end = at + rest->length;
	if (rest->length > 2 && at[0] == '0' && (at[1] | 0x20) == 'x')
		at += 2;
	const char *first = at;
	uint64_t value = 0, lost = 0, bytes, others;
	for (; end - at >= 8; at += 8) {
		bytes = inq_eight_at(at);
		others = not_hex(bytes);
		if (others) {
			unsigned count = (unsigned)__builtin_ctzll(others) / 8;
			lost |= count ? value >> (64 - 4 * count) : 0;
			value = count ? value << 4 * count | hex_value(bytes << (64 - 8 * count)) : value;
			end = at += count;
			break;
		}
		lost |= value >> 32;
		value = value << 32 | hex_value(bytes);
	}
	for (unsigned digit; at < end && (digit = digit_value(*at)) < 16; at++) {
		lost |= value >> 60;
		value = value << 4 | digit;
	}
	if (at == first || lost)
		return false;
	rest->length -= (size_t)(at - rest->text);
	rest->text = at;
	*ret = value;
	return true;
}

bool inq_take_decimal(struct inq_span *rest, uint64_t *ret)
{
	enum { SURE = 19 }; /* digits that always fit */
	const char *at = rest->text, *end = at + rest->length, *sure = rest->length < SURE ? end : at + SURE;
	uint64_t value = 0;
	unsigned digit;
	for (; at < sure && (digit = (unsigned)(*at - '0')) < 10; at++)
		value = value * 10 + digit;
	for (; at == sure && sure < end && (digit = (unsigned)(*at - '0')) < 10; sure = ++at)
		if (!inq_mul(value, 10, &value) || !inq_add(value, digit, &value))
			return false;
	if (at == rest->text)
		return false;
	rest->length = (size_t)(end - at);
	rest->text = at;
	*ret = value;
	return true;
}

bool inq_span_hex(struct inq_span span, uint64_t *ret)
{
	return inq_take_hex(&span, ret) && span.length == 0;
}

/* How often "K", "kB", "MB" … double a byte; 0 for anything else. */
static inline unsigned unit_shift(struct inq_span unit)
{
	if (unit.length > 2 || (unit.length == 2 && (unit.text[1] | 0x20) != 'b'))
		return 0;
	switch (unit.text[0] | 0x20) {
	case 'k':
		return 10;
	case 'm':
		return 20;
	case 'g':
		return 30;
	case 't':
		return 40;
	default:
		return 0;
	}
}

bool inq_span_size(struct inq_span span, uint64_t unit, uint64_t *ret)
{
	uint64_t value;
	if (!inq_take_decimal(&span, &value))
		return false;
	if (span.length) {
		unsigned shift = unit_shift(span);
		unit = shift ? (uint64_t)1 << shift : 0;
	}
	return unit && inq_mul(value, unit, ret);
}

/* What a line may be that begins so. */
enum { RULE = 1, ELISION = 2, WORD = 4 };

static const uint8_t beginnings[UINT8_MAX + 1] = {
	['-'] = RULE | ELISION, ['='] = RULE | ELISION, ['_'] = RULE,	 ['*'] = RULE | ELISION,
	['~'] = RULE | ELISION, ['+'] = RULE,		['#'] = RULE,	 [' '] = RULE | ELISION,
	['\t'] = RULE,		['['] = ELISION,	['('] = ELISION, ['<'] = ELISION,
	['{'] = ELISION,	['8'] = ELISION,	['.'] = ELISION, [0xe2] = ELISION,
	['s'] = WORD,		['c'] = WORD,		['t'] = WORD,	 ['o'] = WORD,
	['e'] = WORD,		['S'] = WORD,		['C'] = WORD,	 ['T'] = WORD,
	['O'] = WORD,		['E'] = WORD,
};

static inline unsigned may_be(struct inq_span line)
{
	return line.length ? beginnings[(uint8_t)line.text[0]] : 0;
}

bool inq_span_is_rule(struct inq_span line)
{
	static const struct inq_characters drawn = { INQ_CHARACTER('-') | INQ_CHARACTER('=') | INQ_CHARACTER('*') |
							     INQ_CHARACTER('+') | INQ_CHARACTER('#'),
						     INQ_CHARACTER('_') | INQ_CHARACTER('~') };
	size_t marks = 0;
	if (!(may_be(line) & RULE))
		return false;
	for (size_t i = 0; i < line.length; i++) {
		if (inq_characters_have(drawn, line.text[i]))
			marks++;
		else if (line.text[i] != ' ' && line.text[i] != '\t')
			return false;
	}
	return marks >= 3;
}

static bool is_elision_word(struct inq_span line)
{
	static const char *const words[] = {
		"snip", "snipped", "cut", "truncated", "omitted", "skipped", "etc", "etc."
	};
	for (size_t i = 0; may_be(line) & WORD && i < sizeof words / sizeof *words; i++)
		if ((line.text[0] | 0x20) == words[i][0] && line.length == strlen(words[i]) &&
		    strncasecmp(line.text, words[i], line.length) == 0)
			return true;
	return false;
}

bool inq_span_is_elision(struct inq_span line)
{
	const uint64_t around =
		INQ_CHARACTER('-') | INQ_CHARACTER('=') | INQ_CHARACTER('*') | INQ_CHARACTER('8') | INQ_CHARACTER(' ');
	const struct inq_characters before = { around | INQ_CHARACTER('(') | INQ_CHARACTER('<'),
					       INQ_CHARACTER('[') | INQ_CHARACTER('{') | INQ_CHARACTER('~') };
	const struct inq_characters behind = { around | INQ_CHARACTER(')') | INQ_CHARACTER('>'),
					       INQ_CHARACTER(']') | INQ_CHARACTER('}') | INQ_CHARACTER('~') };
	if (!(may_be(line) & (ELISION | WORD)))
		return false;
	while (line.length && inq_characters_have(before, line.text[0]))
		line = inq_span_after(line, 1);
	while (line.length && inq_characters_have(behind, line.text[line.length - 1]))
		line.length--;
	if (inq_span_starts(line, "..") || inq_span_starts(line, "\xe2\x80\xa6"))
		return true;
	return is_elision_word(line);
}
