/* Unpacking of bytes in memory: sections of object files. */
#include "lib/base/arena.h"
#include "lib/base/ctx.h"
#include "lib/io/unpack.h"

#include <stdlib.h>

/* What is unpacked so far. */
struct growing {
	uint8_t *bytes;
	size_t size, capacity;
};

static bool grow(struct growing *out, size_t most)
{
	size_t capacity = out->capacity < most / 2 ? out->capacity * 2 : most;
	uint8_t *bytes = capacity > out->capacity ? inq_realloc(out->bytes, capacity) : NULL;
	if (!bytes)
		return false;
	out->bytes = bytes;
	out->capacity = capacity;
	return true;
}

/* One stream, to its end. */
static bool unpack(const struct inq_unpack_ops *ops, void *state, const uint8_t *data, size_t size, size_t most,
		   struct growing *out)
{
	enum { MOST_STEP = 1 << 30 }; /* zlib counts in 32 bits */
	struct inq_unpack_buffers buffers = { .in = data };
	enum inq_unpack_step result = INQ_UNPACK_MORE;
	while (result == INQ_UNPACK_MORE) {
		if (out->size == out->capacity && !grow(out, most))
			return false;
		size_t left = size - (size_t)(buffers.in - data), room = out->capacity - out->size;
		size_t given = left < MOST_STEP ? left : MOST_STEP, offered = room < MOST_STEP ? room : MOST_STEP;
		buffers.in_size = given;
		buffers.out = out->bytes + out->size;
		buffers.out_size = offered;
		result = ops->step(state, &buffers);
		out->size += offered - buffers.out_size;
		if (result == INQ_UNPACK_MORE && buffers.in_size == given && buffers.out_size == offered)
			return false;
	}
	return result == INQ_UNPACK_END;
}

uint8_t *inq_unpack_bytes(const struct inq_unpack_ops *ops, const uint8_t *data, size_t size, size_t expected,
			  size_t most, size_t *ret_size)
{
	struct growing out = { .capacity = expected < most ? expected : most };
	if (!out.capacity)
		return NULL;
	out.bytes = inq_alloc(out.capacity);
	void *state = out.bytes ? ops->open() : NULL;
	bool ok = state && unpack(ops, state, data, size, most, &out);
	if (state)
		ops->close(state);
	if (!ok) {
		free(out.bytes);
		return NULL;
	}
	*ret_size = out.size;
	return out.bytes;
}
