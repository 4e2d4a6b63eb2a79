/* The string buffer. */
#include "lib/base/str.h"

#include "lib/base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void inq_str_release(struct inq_str *str)
{
	free(str->text);
	*str = (struct inq_str) { 0 };
}

static bool reserve(struct inq_str *str, size_t more)
{
	if (str->capacity - str->length > more)
		return true;
	size_t capacity = str->capacity ? str->capacity : 128;
	while (capacity - str->length <= more) {
		if (capacity > SIZE_MAX / 2) {
			str->failed = true;
			return false;
		}
		capacity *= 2;
	}
	char *text = inq_realloc(str->text, capacity);
	if (!text) {
		str->failed = true;
		return false;
	}
	str->text = text;
	str->capacity = capacity;
	return true;
}

void inq_str_add(struct inq_str *str, const char *bytes, size_t length)
{
	if (!reserve(str, length))
		return;
	if (length)
		memcpy(str->text + str->length, bytes, length);
	str->length += length;
	str->text[str->length] = '\0';
}

void inq_str_puts(struct inq_str *str, const char *string)
{
	inq_str_add(str, string, strlen(string));
}

void inq_str_putc(struct inq_str *str, char c)
{
	inq_str_add(str, &c, 1);
}

void inq_str_printf(struct inq_str *str, const char *format, ...)
{
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, arguments);
	if (length < 0) {
		str->failed = true;
	} else if (reserve(str, (size_t)length)) {
		vsnprintf(str->text + str->length, (size_t)length + 1, format, again);
		str->length += (size_t)length;
	}
	va_end(again);
	va_end(arguments);
}

void inq_str_hex(struct inq_str *str, uint64_t value, unsigned width)
{
	char digits[16];
	unsigned count = 0;
	do {
		digits[15 - count++] = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	while (count < width && count < 16)
		digits[15 - count++] = '0';
	inq_str_add(str, digits + 16 - count, count);
}

void inq_str_decimal(struct inq_str *str, uint64_t value)
{
	char digits[20];
	unsigned count = 0;
	do {
		digits[19 - count++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	inq_str_add(str, digits + 20 - count, count);
}

const char *inq_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static bool is_continuation(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

size_t inq_utf8_length(const char *bytes, size_t left)
{
	unsigned char first = left ? (unsigned char)bytes[0] : 0;
	if (left == 0)
		return 0;
	if (first < 0x80)
		return 1;
	size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
	if (first < 0xc2 || first > 0xf4 || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (!is_continuation(bytes[i]))
			return 0;
	unsigned char second = (unsigned char)bytes[1];
	bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
	bool surrogate = first == 0xed && second >= 0xa0;
	bool beyond = first == 0xf4 && second >= 0x90;
	return overlong || surrogate || beyond ? 0 : length;
}

static uint32_t decode(const char *bytes, size_t length)
{
	static const unsigned char mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t code = (unsigned char)bytes[0] & mask[length];
	for (size_t i = 1; i < length; i++)
		code = code << 6 | ((unsigned char)bytes[i] & 0x3f);
	return code;
}

/* Characters that move the cursor, hide text or reorder it. */
static bool is_unsafe(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

void inq_str_visible(struct inq_str *str, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		size_t step = inq_utf8_length(bytes + i, length - i);
		uint32_t code = step ? decode(bytes + i, step) : 0;
		if (!step)
			inq_str_printf(str, "\\x%02x", (unsigned char)bytes[i]);
		else if (is_unsafe(code))
			inq_str_printf(str, code < 0x80 ? "\\x%02x" : "\\u{%x}", (unsigned)code);
		else
			inq_str_add(str, bytes + i, step);
		i += step ? step : 1;
	}
}

void inq_str_count(struct inq_str *str, uint64_t count)
{
	char digits[27];
	unsigned at = sizeof(digits), written = 0;
	do {
		if (written && written % 3 == 0)
			digits[--at] = ',';
		digits[--at] = (char)('0' + count % 10);
		count /= 10;
		written++;
	} while (count);
	inq_str_add(str, digits + at, sizeof(digits) - at);
}

/* The unit that leaves at least two digits and at most five: 1,280 KiB says more than 1.3 MiB. */
void inq_str_size(struct inq_str *str, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned unit = 0;
	uint64_t scaled = bytes;
	if (bytes < 10240 && bytes % 1024) {
		inq_str_count(str, bytes);
		inq_str_puts(str, bytes == 1 ? " byte" : " bytes");
		return;
	}
	while (scaled >= 2048 * 1024 && unit < 5) {
		scaled /= 1024;
		unit++;
	}
	uint64_t tenths = scaled / 1024 * 10 + (scaled % 1024 * 10 + 512) / 1024;
	if (unit == 0 || tenths >= 10000) {
		inq_str_count(str, (tenths + 5) / 10);
	} else {
		inq_str_decimal(str, tenths / 10);
		inq_str_putc(str, '.');
		inq_str_putc(str, (char)('0' + tenths % 10));
	}
	inq_str_putc(str, ' ');
	inq_str_puts(str, units[unit]);
}

const char *inq_count_text(struct inq_arena *arena, uint64_t count)
{
	struct inq_str str = { 0 };
	inq_str_count(&str, count);
	const char *text = str.failed ? NULL : inq_arena_copy(arena, str.text, str.length);
	inq_str_release(&str);
	return text;
}

const char *inq_size_text(struct inq_arena *arena, uint64_t bytes)
{
	struct inq_str str = { 0 };
	inq_str_size(&str, bytes);
	const char *text = str.failed ? NULL : inq_arena_copy(arena, str.text, str.length);
	inq_str_release(&str);
	return text;
}

char *inq_hex_copy(struct inq_arena *arena, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = size < SIZE_MAX / 2 ? inq_arena_alloc(arena, 2 * size + 1) : NULL;
	for (size_t i = 0; hex && i < size; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	return hex;
}

size_t inq_utf8_put(uint32_t code, char to[static 4])
{
	static const uint8_t leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = length; i-- > 1; code >>= 6)
		to[i] = (char)(0x80 | (code & 0x3f));
	to[0] = (char)(leads[length] | code);
	return length;
}
