/* Texts in UTF-16, as Windows writes them (PowerShell's `>`): told by their byte order mark, and turned into UTF-8 as if they
 * were unpacked. Unicode 15.0, 3.9 and 3.10. */
#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/io/unpack.h"

#include <stdbool.h>
#include <stdlib.h>

enum { MARK = 0xfeff, MARK_TURNED = 0xfffe, REPLACEMENT = 0xfffd };

struct state {
	bool big, marked;
	bool half; /* `first` is the first byte of a unit */
	uint8_t first;
	uint32_t high; /* the first surrogate of a pair; 0: none */
	char out[8];   /* UTF-8 that waits for room */
	size_t out_at, out_size;
};

static void *utf16_open(void)
{
	return inq_alloc(sizeof(struct state));
}

static void put(struct state *state, uint32_t code)
{
	state->out_size += inq_utf8_put(code, state->out + state->out_size);
}

/* A surrogate without its partner becomes the replacement character. */
static void take_unit(struct state *state, uint32_t unit)
{
	bool low = unit >= 0xdc00 && unit <= 0xdfff, high = unit >= 0xd800 && unit <= 0xdbff;
	if (state->high && low) {
		put(state, 0x10000 + ((state->high - 0xd800) << 10) + (unit - 0xdc00));
		state->high = 0;
		return;
	}
	if (state->high)
		put(state, REPLACEMENT);
	state->high = high ? unit : 0;
	if (low)
		put(state, REPLACEMENT);
	else if (!high && unit != MARK)
		put(state, unit);
}

static void take_byte(struct state *state, uint8_t byte)
{
	if (!state->half) {
		state->first = byte;
		state->half = true;
		return;
	}
	state->half = false;
	uint32_t unit = state->big ? (uint32_t)state->first << 8 | byte : (uint32_t)byte << 8 | state->first;
	if (!state->marked && unit == MARK_TURNED)
		state->big = !state->big;
	else
		take_unit(state, unit);
	state->marked = true;
}

static enum inq_unpack_step utf16_step(void *data, struct inq_unpack_buffers *buffers)
{
	struct state *state = data;
	while (buffers->out_size) {
		if (state->out_at < state->out_size) {
			*buffers->out++ = (uint8_t)state->out[state->out_at++];
			buffers->out_size--;
			continue;
		}
		state->out_at = state->out_size = 0;
		if (!buffers->in_size)
			break;
		buffers->in_size--;
		take_byte(state, *buffers->in++);
	}
	return INQ_UNPACK_MORE;
}

const struct inq_unpack_ops inq_unpack_utf16 = { utf16_open, utf16_step, free };
