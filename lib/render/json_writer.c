/* The JSON writer. RFC 8259 says what must be escaped; DEL and the C1 controls are escaped too, since a terminal obeys
 * them. */
#include "lib/render/json_writer.h"

#include <math.h>
#include <stdio.h>

#include "lib/base/str.h"

#include <assert.h>

void inq_json_init(struct inq_json *json, const struct inq_output *output)
{
	json->output = output;
	json->used = 0;
	json->depth = 0;
	json->compact = json->comma = json->after_key = json->stopped = false;
}

void inq_json_init_line(struct inq_json *json, const struct inq_output *output)
{
	inq_json_init(json, output);
	json->compact = true;
}

bool inq_json_flush(struct inq_json *json)
{
	if (json->used && !json->stopped)
		json->stopped = !json->output->write(json->output->data, json->bytes, json->used);
	json->used = 0;
	return !json->stopped;
}

static void put(struct inq_json *json, char c)
{
	*inq_json_room(json, 1) = c;
	json->used++;
}

enum inq_status inq_json_finish(struct inq_json *json)
{
	while (json->depth)
		inq_json_end(json);
	put(json, '\n');
	return inq_json_flush(json) ? INQ_OK : INQ_UNUSABLE;
}

static bool breaks_line(const struct inq_json *json)
{
	return !json->compact && (json->depth == 1 || (json->depth == 2 && json->closing[1] == ']'));
}

static void break_line(struct inq_json *json)
{
	char *to = inq_json_room(json, 1 + INQ_JSON_DEPTH);
	*to = '\n';
	memset(to + 1, ' ', json->depth);
	json->used += 1 + json->depth;
}

void inq_json_separate(struct inq_json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->comma)
		put(json, ',');
	if (breaks_line(json))
		break_line(json);
	json->comma = true;
}

void inq_json_begin(struct inq_json *json, char bracket)
{
	assert(json->depth < INQ_JSON_DEPTH);
	inq_json_separate(json);
	put(json, bracket);
	json->closing[json->depth++] = bracket == '{' ? '}' : ']';
	json->comma = false;
}

void inq_json_end(struct inq_json *json)
{
	bool wide = json->comma && breaks_line(json);
	json->depth--;
	if (wide)
		break_line(json);
	put(json, json->closing[json->depth]);
	json->comma = true;
}

void inq_json_bool(struct inq_json *json, bool value)
{
	inq_json_separate(json);
	memcpy(inq_json_room(json, 5), value ? "true " : "false", 5);
	json->used += value ? 4 : 5;
}

void inq_json_number(struct inq_json *json, uint64_t value)
{
	char digits[20];
	unsigned at = sizeof(digits);
	inq_json_separate(json);
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	memcpy(inq_json_room(json, sizeof(digits)), digits + at, sizeof(digits) - at);
	json->used += sizeof(digits) - at;
}

void inq_json_tenths(struct inq_json *json, uint64_t tenths)
{
	inq_json_number(json, tenths / 10);
	if (!(tenths % 10))
		return;
	put(json, '.');
	put(json, (char)('0' + tenths % 10));
}

void inq_json_double(struct inq_json *json, double value)
{
	char text[64];
	if (!isfinite(value) || fabs(value) > 1e18)
		value = 0;
	int length = snprintf(text, sizeof text, "%.6f", value);
	while (length > 1 && text[length - 1] == '0')
		length--;
	length -= text[length - 1] == '.';
	inq_json_separate(json);
	memcpy(inq_json_room(json, (size_t)length), text, (size_t)length);
	json->used += (size_t)length;
}

void inq_json_signed(struct inq_json *json, int64_t value)
{
	if (value >= 0) {
		inq_json_number(json, (uint64_t)value);
		return;
	}
	inq_json_separate(json);
	put(json, '-');
	json->after_key = true; /* the number belongs to the sign: nothing may separate them */
	inq_json_number(json, -(uint64_t)value);
}

/* Eight digits at once: each half byte gets a byte of its own, 10 and more are moved from ':' on to 'a' on. */
static void put_eight_digits(char *to, uint32_t value)
{
	const uint64_t ones = 0x0101010101010101;
	uint64_t word = value;
	word = (word << 16 | word) & 0x0000ffff0000ffff;
	word = (word << 8 | word) & 0x00ff00ff00ff00ff;
	word = (word << 4 | word) & 0x0f0f0f0f0f0f0f0f;
	uint64_t letters = (word + ones * 6) >> 4 & ones;
	word += ones * '0' + letters * ('a' - '0' - 10);
	if (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
		word = __builtin_bswap64(word);
	memcpy(to, &word, sizeof(word));
}

void inq_json_hex(struct inq_json *json, uint64_t value)
{
	unsigned digits = value ? (67U - (unsigned)__builtin_clzll(value)) / 4 : 1;
	char all[16];
	put_eight_digits(all, (uint32_t)(value >> 32));
	put_eight_digits(all + 8, (uint32_t)value);
	inq_json_separate(json);
	char *to = inq_json_room(json, 4 + 16);
	memcpy(to, "\"0x", 3);
	memcpy(to + 3, all + 16 - digits, digits);
	to[3 + digits] = '"';
	json->used += 4 + digits;
}

static bool is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* The same of eight bytes at once: the tests for a byte below 0x20 and for a byte of one value are those of "Bit
 * Twiddling Hacks", each leaving the byte's top bit set. */
static bool is_plain_word(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
	uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\', del = word ^ ones * 0x7f;
	return !(((word - ones * 0x20) | (quote - ones) | (backslash - ones) | (del - ones) | word) & tops);
}

static bool copy_plain_word(char *to, const char *bytes)
{
	uint64_t word;
	memcpy(&word, bytes, 8);
	memcpy(to, &word, 8);
	return is_plain_word(word);
}

/* Copies the bytes up to the first that needs a look (anything but printable ASCII, quote, backslash) and says how many
 * they were. The last word of a string overlaps the one before, so that few strings are left to go byte by byte. */
static size_t copy_plain(char *to, const char *bytes, size_t length)
{
	size_t at = 0;
	while (length - at >= 8 && copy_plain_word(to + at, bytes + at))
		at += 8;
	if (length - at < 8 && length >= 8 && copy_plain_word(to + length - 8, bytes + length - 8))
		return length;
	for (; at < length && is_plain((unsigned char)bytes[at]); at++)
		to[at] = bytes[at];
	return at;
}

static void put_bytes(struct inq_json *json, const char *bytes, size_t length)
{
	memcpy(inq_json_room(json, length), bytes, length);
	json->used += length;
}

static void put_escape(struct inq_json *json, unsigned char code)
{
	static const char hex[] = "0123456789abcdef";
	char escape[6] = { '\\', 'u', '0', '0', hex[code >> 4], hex[code & 15] };
	switch (code) {
	case '"':
		put_bytes(json, "\\\"", 2);
		break;
	case '\\':
		put_bytes(json, "\\\\", 2);
		break;
	case '\n':
		put_bytes(json, "\\n", 2);
		break;
	case '\t':
		put_bytes(json, "\\t", 2);
		break;
	default:
		put_bytes(json, escape, sizeof(escape));
	}
}

/* One character that is not plain; returns how many bytes it took. */
static size_t put_special(struct inq_json *json, const char *bytes, size_t left)
{
	size_t length = inq_utf8_length(bytes, left);
	if (length == 0)
		put_bytes(json, "\xef\xbf\xbd", 3); /* U+FFFD */
	else if (length == 1)
		put_escape(json, (unsigned char)bytes[0]);
	else if (length == 2 && bytes[0] == '\xc2' && (unsigned char)bytes[1] < 0xa0)
		put_escape(json, (unsigned char)bytes[1]); /* C1: U+0080 … U+009F */
	else
		put_bytes(json, bytes, length);
	return length ? length : 1;
}

void inq_json_string(struct inq_json *json, const char *string)
{
	size_t left = strlen(string);
	inq_json_separate(json);
	put(json, '"');
	while (left) {
		size_t some = left < INQ_JSON_CHUNK / 2 ? left : INQ_JSON_CHUNK / 2;
		size_t step = copy_plain(inq_json_room(json, some), string, some);
		json->used += step;
		if (step < some)
			step += put_special(json, string + step, left - step);
		string += step;
		left -= step;
	}
	put(json, '"');
}

void inq_json_word(struct inq_json *json, const char *word)
{
	size_t length = strlen(word);
	inq_json_separate(json);
	char *to = inq_json_room(json, length + 2);
	to[0] = '"';
	memcpy(to + 1, word, length);
	to[length + 1] = '"';
	json->used += length + 2;
}

void inq_json_name(struct inq_json *json, const char *key)
{
	inq_json_string(json, key);
	put(json, ':');
	json->after_key = true;
}

void inq_json_strings(struct inq_json *json, const char *key, const char *const *items, size_t count)
{
	inq_json_open(json, key, '[');
	for (size_t i = 0; i < count; i++)
		inq_json_string(json, items[i]);
	inq_json_end(json);
}
