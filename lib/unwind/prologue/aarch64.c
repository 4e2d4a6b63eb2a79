/* What AArch64 instructions do to a frame. Encodings: Arm Architecture Reference Manual for A-profile, chapter C6; the
 * processor's numbers are the row's (arch/aarch64.c). */
#include "lib/unwind/prologue/effect.h"

enum { FP = 29 };

/* Bits [low, low + count) as a signed number. */
static int64_t field(uint32_t code, unsigned low, unsigned count)
{
	return inq_sign_extend(code >> low, count);
}

static bool is(uint32_t code, uint32_t mask, uint32_t value)
{
	return (code & mask) == value;
}

/* add and sub with an immediate, from and to the stack pointer and x29. */
static bool read_immediate(uint32_t code, struct inq_effect *ret)
{
	int64_t value = (int64_t)(code >> 10 & 0xfff) << (code >> 22 & 1 ? 12 : 0);
	int64_t by = code >> 30 & 1 ? -value : value;
	unsigned to = code & 31, from = code >> 5 & 31;
	if (!is(code, 0xbf800000, 0x91000000) || (to != 31 && to != FP))
		return false;
	if (to == 31 && from == 31)
		inq_effect_move(ret, by);
	else if (to == 31) {
		ret->sp = from == FP ? INQ_SP_FROM_FP : INQ_SP_LOST;
		ret->by = by;
	} else if (from == 31) {
		ret->sets_fp = true;
		ret->fp_at = by;
	} else
		ret->loses_fp = true;
	return true;
}

/* stp and ldp of general registers relative to the stack pointer: with an offset, or moving it before or after. */
static bool read_pair(uint32_t code, struct inq_effect *ret)
{
	unsigned kind = code >> 23 & 7, first = code & 31, second = code >> 10 & 31;
	int64_t by = 8 * field(code, 15, 7);
	bool load = code >> 22 & 1, moves = kind == 3 || kind == 1;
	if (!is(code, 0xfe0003e0, 0xa80003e0))
		return false;
	if (moves)
		inq_effect_move(ret, by);
	if (load)
		ret->loses_fp = first == FP || second == FP;
	else if (kind == 3 || kind == 2) {
		int16_t at = (int16_t)(kind == 3 ? 0 : by);
		inq_effect_save(ret, (uint8_t)first, at);
		inq_effect_save(ret, (uint8_t)second, (int16_t)(at + 8));
	}
	return true;
}

/* stp and ldp of vector registers move the stack pointer as well. */
static bool read_vector_pair(uint32_t code, struct inq_effect *ret)
{
	int64_t size = is(code, 0xff000000, 0xad000000) || is(code, 0xff000000, 0xac000000) ? 16 : 8;
	if (!is(code, 0x3e8003e0, 0x2c8003e0) || code >> 30 == 0)
		return false;
	inq_effect_move(ret, size * field(code, 15, 7));
	return true;
}

/* str and ldr of one general register. */
static bool read_single(uint32_t code, struct inq_effect *ret)
{
	uint8_t reg = code & 31;
	bool load = code >> 22 & 1;
	if (is(code, 0xff8003e0, 0xf90003e0)) {
		if (!load)
			inq_effect_save(ret, reg, (int16_t)((code >> 10 & 0xfff) * 8));
	} else if (is(code, 0xffa007e0, 0xf80007e0)) { /* pre- and post-indexed */
		inq_effect_move(ret, field(code, 12, 9));
		if (!load && code >> 11 & 1)
			inq_effect_save(ret, reg, 0);
	} else
		return false;
	ret->loses_fp = load && reg == FP;
	return true;
}

static bool read_flow(uint32_t code, struct inq_effect *ret)
{
	if (is(code, 0xfc000000, 0x14000000)) /* b */
		inq_effect_go(ret, INQ_FLOW_JUMP, 4 * field(code, 0, 26));
	else if (is(code, 0xff000000, 0x54000000) || is(code, 0x7e000000, 0x34000000)) /* b.cond; cbz, cbnz */
		inq_effect_go(ret, INQ_FLOW_BRANCH, 4 * field(code, 5, 19));
	else if (is(code, 0x7e000000, 0x36000000)) /* tbz, tbnz */
		inq_effect_go(ret, INQ_FLOW_BRANCH, 4 * field(code, 5, 14));
	else if (is(code, 0xfe9f0000, 0xd61f0000) && (code >> 21 & 3) != 1) { /* br, ret, and their kin; blr is not */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
		ret->computed = is(code, 0xfffffc1f, 0xd61f0000);
	} else if (is(code, 0xffe0001f, 0xd4200000) || is(code, 0xffff0000, 0)) /* brk, udf */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	else
		return false;
	return true;
}

bool inq_effect_aarch64(const struct inq_view *text, struct inq_effect *ret)
{
	uint64_t bytes;
	struct inq_view little = *text; /* code is little-endian whatever the data is */
	little.big = false;
	if (!inq_view_at(&little, 0, 4, &bytes))
		return false;
	uint32_t code = (uint32_t)bytes;
	ret->size = 4;
	if (!read_immediate(code, ret) && !read_pair(code, ret) && !read_vector_pair(code, ret) &&
	    !read_single(code, ret) && !read_flow(code, ret) && is(code, 0x3fe0001f, 0x0b20001f))
		ret->sp = INQ_SP_LOST; /* add, sub with a register */
	return true;
}
