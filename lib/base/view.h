/* A bounded window on bytes of an input, with the byte order and word size of the machine that wrote it.
 *
 * Every decoder of Inquest reads through a view, at offsets; a read outside is refused (`…_at` says false) or gives 0
 * (`inq_view_get_…`, for tables of optional fields). Nothing is ever cast to a host struct. */
#ifndef INQ_BASE_VIEW_H
#define INQ_BASE_VIEW_H

#include "lib/base/checked.h"

#include <stddef.h>
#include <string.h>

struct inq_view {
	const uint8_t *data;
	uint64_t size;
	uint64_t origin; /* where data[0] is in the artefact, for messages */
	uint8_t word;	 /* bytes of a word: 4 or 8 */
	bool big;	 /* big-endian */
};

/* *ret = the `size` bytes at `offset`; false when they are not all inside. */
static inline bool inq_view_slice(const struct inq_view *view, uint64_t offset, uint64_t size, struct inq_view *ret)
{
	if (!inq_within(offset, size, view->size))
		return false;
	*ret = *view;
	ret->data = view->data + offset;
	ret->size = size;
	ret->origin = view->origin + offset;
	return true;
}

/* Like inq_view_slice, but what lies outside is cut off; the result may be empty. */
static inline struct inq_view inq_view_clip(const struct inq_view *view, uint64_t offset, uint64_t size)
{
	struct inq_view clip = *view;
	offset = offset < view->size ? offset : view->size;
	clip.data = view->data + offset;
	clip.origin = view->origin + offset;
	clip.size = size < view->size - offset ? size : view->size - offset;
	return clip;
}

static inline uint16_t inq_load16(const uint8_t *data, bool big)
{
	uint16_t value;
	memcpy(&value, data, sizeof value);
	return big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? value : __builtin_bswap16(value);
}

static inline uint32_t inq_load32(const uint8_t *data, bool big)
{
	uint32_t value;
	memcpy(&value, data, sizeof value);
	return big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? value : __builtin_bswap32(value);
}

static inline uint64_t inq_load64(const uint8_t *data, bool big)
{
	uint64_t value;
	memcpy(&value, data, sizeof value);
	return big == (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__) ? value : __builtin_bswap64(value);
}

/* *ret = the unsigned integer of `size` bytes (1, 2, 4 or 8) at `offset`. */
static inline bool inq_view_at(const struct inq_view *view, uint64_t offset, unsigned size, uint64_t *ret)
{
	if (!inq_within(offset, size, view->size))
		return false;
	const uint8_t *data = view->data + offset;
	switch (size) {
	case 1:
		*ret = *data;
		return true;
	case 2:
		*ret = inq_load16(data, view->big);
		return true;
	case 4:
		*ret = inq_load32(data, view->big);
		return true;
	case 8:
		*ret = inq_load64(data, view->big);
		return true;
	default:
		return false;
	}
}

/* A word of the target: 4 or 8 bytes. */
static inline bool inq_view_word_at(const struct inq_view *view, uint64_t offset, uint64_t *ret)
{
	return inq_view_at(view, offset, view->word, ret);
}

/* The value, or 0 when it is outside. */
static inline uint64_t inq_view_get(const struct inq_view *view, uint64_t offset, unsigned size)
{
	uint64_t value = 0;
	inq_view_at(view, offset, size, &value);
	return value;
}

static inline uint64_t inq_view_get_word(const struct inq_view *view, uint64_t offset)
{
	return inq_view_get(view, offset, view->word);
}

/* Whether all of `size` (at least one) bytes are zero. */
static inline bool inq_is_zero(const uint8_t *bytes, size_t size)
{
	return !bytes[0] && memcmp(bytes, bytes + 1, size - 1) == 0;
}

/* The string at `offset`: its first byte and its length, up to a NUL, `limit` bytes, or the end of the view.
 * Returns NULL when `offset` is outside. The bytes need not be NUL-terminated. */
static inline const char *inq_view_string(const struct inq_view *view, uint64_t offset, uint64_t limit, size_t *length)
{
	if (offset >= view->size)
		return NULL;
	uint64_t left = view->size - offset;
	const char *string = (const char *)view->data + offset;
	*length = strnlen(string, left < limit ? left : limit);
	return string;
}

#endif
