/* Bytes that grow to what is needed, and as much again. */
#include "lib/triage/bytes.h"

#include "lib/base/arena.h"

#include <string.h>

enum { AHEAD = 1 << 10 }; /* what most messages fit into */

char *inq_bytes_room(struct inq_bytes *bytes, size_t size)
{
	if (bytes->start == bytes->end)
		bytes->start = bytes->end = 0;
	if (bytes->capacity - bytes->end < size && bytes->start) {
		memmove(bytes->bytes, bytes->bytes + bytes->start, bytes->end - bytes->start);
		bytes->end -= bytes->start;
		bytes->start = 0;
	}
	if (bytes->capacity - bytes->end < size) {
		size_t capacity = 2 * (bytes->end + size) + AHEAD;
		char *grown = inq_realloc(bytes->bytes, capacity);
		if (!grown)
			return NULL;
		bytes->bytes = grown;
		bytes->capacity = capacity;
	}
	return bytes->bytes + bytes->end;
}

bool inq_bytes_add(struct inq_bytes *bytes, const void *more, size_t size)
{
	char *to = inq_bytes_room(bytes, size);
	if (to && size)
		memcpy(to, more, size);
	bytes->end += to ? size : 0;
	return to != NULL;
}
