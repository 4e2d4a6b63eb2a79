/* Texts in memory: bounds first, then every byte. */
#include "lib/diagnose/text.h"

#include "lib/base/str.h"

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

const char *inq_first_line(struct inq_space *space, const char *text)
{
	return inq_arena_copy(space->ctx->arena, text, strcspn(text, "\n"));
}
