/* A cursor over the bytes of a view: integers and the LEB128 numbers of DWARF, read in order. What runs out of the bytes
 * gives 0 and sets `bad`, so that a decoder reads a whole record and asks once.
 * Facts: DWARF 5, section 7.6 (LEB128). */
#ifndef INQ_BASE_CURSOR_H
#define INQ_BASE_CURSOR_H

#include "lib/base/view.h"

struct inq_cursor {
	struct inq_view bytes;
	uint64_t at;
	bool bad;
};

/* An unsigned integer of 1, 2, 4 or 8 bytes. */
static inline uint64_t inq_cursor_integer(struct inq_cursor *cursor, unsigned size)
{
	uint64_t value = 0;
	if (cursor->bad || !inq_view_at(&cursor->bytes, cursor->at, size, &value)) {
		cursor->bad = true;
		return 0;
	}
	cursor->at += size;
	return value;
}

/* Whether the next number has one byte, as most have. */
static inline bool inq_cursor_is_short(const struct inq_cursor *cursor)
{
	return !cursor->bad && cursor->at < cursor->bytes.size && cursor->bytes.data[cursor->at] < 0x80;
}

static inline uint64_t inq_cursor_uleb(struct inq_cursor *cursor)
{
	uint64_t value = 0;
	if (inq_cursor_is_short(cursor))
		return cursor->bytes.data[cursor->at++];
	for (unsigned shift = 0; !cursor->bad; shift += 7) {
		uint64_t byte = inq_cursor_integer(cursor, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return value;
	}
	return 0;
}

static inline int64_t inq_cursor_sleb(struct inq_cursor *cursor)
{
	uint64_t value = 0;
	if (inq_cursor_is_short(cursor))
		return (cursor->bytes.data[cursor->at++] ^ 0x40) - 0x40; /* the sign is bit 6 */
	for (unsigned shift = 0; !cursor->bad;) {
		uint64_t byte = inq_cursor_integer(cursor, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
		if (byte & 0x80)
			continue;
		if (shift < 64 && (byte & 0x40))
			value |= UINT64_MAX << shift;
		return (int64_t)value;
	}
	return 0;
}

static inline void inq_cursor_skip(struct inq_cursor *cursor, uint64_t size)
{
	if (inq_within(cursor->at, size, cursor->bytes.size))
		cursor->at += size;
	else
		cursor->bad = true;
}

/* The next `size` bytes, over which the cursor moves; empty when they are not all there. */
static inline struct inq_view inq_cursor_take(struct inq_cursor *cursor, uint64_t size)
{
	struct inq_view taken = inq_view_clip(&cursor->bytes, cursor->at, size);
	inq_cursor_skip(cursor, size);
	if (cursor->bad)
		taken.size = 0;
	return taken;
}

/* A string with its NUL, over which the cursor moves; NULL when there is no NUL. */
static inline const char *inq_cursor_string(struct inq_cursor *cursor)
{
	size_t length;
	const char *string = cursor->bad ? NULL : inq_view_string(&cursor->bytes, cursor->at, UINT64_MAX, &length);
	if (!string || length == cursor->bytes.size - cursor->at) {
		cursor->bad = true;
		return NULL;
	}
	cursor->at += length + 1;
	return string;
}

#endif
