/* Texts in memory: bounds first, then every byte. */
#include "lib/diagnose/text.h"

#include "lib/base/str.h"

#include <string.h>

static bool is_text(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned char c = (unsigned char)bytes[i];
		size_t step = inq_utf8_length(bytes + i, length - i);
		if (!step || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return false;
		i += step;
	}
	return length > 0;
}

const char *inq_text_at(struct inq_space *space, uint64_t address, uint64_t length)
{
	if (!length || length > INQ_LONGEST_TEXT)
		return NULL;
	const char *bytes = (const char *)inq_space_peek(space, address, length, NULL);
	return bytes && is_text(bytes, length) ? inq_arena_copy(space->ctx->arena, bytes, length) : NULL;
}

const char *inq_text_to_nul(struct inq_space *space, uint64_t address)
{
	const char *text = inq_space_string(space, address, INQ_LONGEST_TEXT);
	size_t length = text ? strlen(text) : 0;
	return length < INQ_LONGEST_TEXT && is_text(text, length) ? text : NULL;
}

const char *inq_text_utf16(struct inq_space *space, uint64_t address, uint64_t units)
{
	enum {
		LONGEST_UNIT = 3,
		LONGEST = 4
	}; /* bytes of UTF-8 for one of UTF-16; for a pair, and for what is written at once */
	struct inq_view view;
	if (!units || units > INQ_LONGEST_TEXT || !inq_space_view(space, address, 2 * units, &view))
		return NULL;
	char *text = inq_arena_alloc(space->ctx->arena, LONGEST_UNIT * units + LONGEST), *end = text;
	for (uint64_t i = 0; text && i < units; i++) {
		uint32_t code = (uint32_t)inq_view_get(&view, 2 * i, 2);
		uint32_t low = i + 1 < units ? (uint32_t)inq_view_get(&view, 2 * i + 2, 2) : 0;
		bool pair = code >> 10 == 0xd800 >> 10 && low >> 10 == 0xdc00 >> 10;
		end += inq_utf8_put(pair ? 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff)) : code, end);
		i += pair;
	}
	if (!text || !is_text(text, (size_t)(end - text)))
		return NULL;
	*end = '\0';
	return text;
}

static bool is_of_line(uint8_t c)
{
	return (c >= ' ' && c != 0x7f) || c == '\t';
}

const char *inq_line_around(struct inq_space *space, const struct inq_view *view, uint64_t offset)
{
	uint64_t from = offset, to = offset;
	while (from > 0 && offset - from < INQ_LONGEST_TEXT && is_of_line(view->data[from - 1]))
		from--;
	while (to < view->size && to - offset < INQ_LONGEST_TEXT && is_of_line(view->data[to]))
		to++;
	const char *bytes = (const char *)view->data + from;
	return is_text(bytes, to - from) ? inq_arena_copy(space->ctx->arena, bytes, to - from) : NULL;
}

bool inq_find_bytes(const struct inq_view *view, uint64_t offset, const char *string, uint64_t *ret)
{
	if (offset >= view->size)
		return false;
	const uint8_t *found = memmem(view->data + offset, view->size - offset, string, strlen(string));
	if (found)
		*ret = (uint64_t)(found - view->data);
	return found;
}

const char *inq_first_line(struct inq_space *space, const char *text)
{
	return inq_arena_copy(space->ctx->arena, text, strcspn(text, "\n"));
}
