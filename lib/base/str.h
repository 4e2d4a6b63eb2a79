/* A string buffer that grows, and the two ways of making a hostile string safe to print. */
#ifndef INQ_BASE_STR_H
#define INQ_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed struct is an empty buffer. `text` is NUL-terminated once anything was added. When memory runs out `failed`
 * is set and the text stays as it was. */
struct inq_str {
	char *text;
	size_t length, capacity;
	bool failed;
};

void inq_str_release(struct inq_str *str);
void inq_str_add(struct inq_str *str, const char *bytes, size_t length);
void inq_str_puts(struct inq_str *str, const char *string);
void inq_str_putc(struct inq_str *str, char c);
void inq_str_printf(struct inq_str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Lower-case hexadecimal, at least `width` digits, no prefix. */
void inq_str_hex(struct inq_str *str, uint64_t value, unsigned width);
struct inq_arena;
/* Bytes as hexadecimal digits, in the arena; NULL when memory is out. */
char *inq_hex_copy(struct inq_arena *arena, const uint8_t *bytes, size_t size);
void inq_str_decimal(struct inq_str *str, uint64_t value);
void inq_str_count(struct inq_str *str, uint64_t count); /* 1,234,567 */
void inq_str_size(struct inq_str *str, uint64_t bytes);	 /* 4,096 bytes; 1,280 KiB; 2.4 MiB */
/* The same two in the arena; NULL when memory is out. */
const char *inq_count_text(struct inq_arena *arena, uint64_t count);
const char *inq_size_text(struct inq_arena *arena, uint64_t bytes);

/* The string as a person may safely read it on a terminal: control characters (C0, DEL, C1, the Unicode directional
 * marks) and bytes that are not UTF-8 become \xNN or \u{NNNN}, a backslash stays. */
void inq_str_visible(struct inq_str *str, const char *bytes, size_t length);

/* The last component of a path; the path itself when there is none. */
const char *inq_base_name(const char *path);

/* The length of the valid UTF-8 sequence at `bytes` (1 to 4), or 0 when it is none. */
size_t inq_utf8_length(const char *bytes, size_t left);
/* Writes the code point (below 0x110000); its length. A surrogate comes out as bytes that inq_utf8_length refuses. */
size_t inq_utf8_put(uint32_t code, char to[static 4]);

#endif
