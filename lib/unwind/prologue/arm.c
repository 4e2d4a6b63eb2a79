/* What 32-bit Arm instructions do to a frame (not Thumb). Encodings: Arm Architecture Reference Manual, ARMv7-A, chapter
 * A8; the processor's numbers are the row's (arch/arm.c). Conditional pushes and pops are not made by compilers, but for
 * returns, which leave the frame as it is for what follows. */
#include "lib/unwind/prologue/effect.h"

enum { FP = 11, SP = 13, LR = 14, PC = 15, ALWAYS = 0xe };

static bool is(uint32_t code, uint32_t mask, uint32_t value)
{
	return (code & mask) == value;
}

static void push_list(uint32_t list, struct inq_effect *ret)
{
	int16_t at = 0;
	for (uint8_t i = 0; i < 16; i++) {
		if (!(list >> i & 1))
			continue;
		inq_effect_save(ret, i, at);
		at = (int16_t)(at + 4);
	}
	inq_effect_move(ret, -at);
}

static bool read_list(uint32_t code, struct inq_effect *ret)
{
	uint32_t list = code & 0xffff;
	if (is(code, 0x0fff0000, 0x092d0000)) /* push */
		push_list(list, ret);
	else if (is(code, 0x0fff0fff, 0x052d0004)) /* push of one */
		push_list(1U << (code >> 12 & 15), ret);
	else if (is(code, 0x0fff0fff, 0x049d0004)) /* pop of one */
		list = 1U << (code >> 12 & 15);
	else if (is(code, 0x0fbf0f00, 0x0d2d0b00)) /* vpush */
		inq_effect_move(ret, -4 * (int64_t)(code & 0xff));
	else if (is(code, 0x0fbf0f00, 0x0cbd0b00)) /* vpop */
		inq_effect_move(ret, 4 * (int64_t)(code & 0xff));
	else if (!is(code, 0x0fff0000, 0x08bd0000)) /* pop */
		return false;
	bool pops = is(code, 0x0fff0000, 0x08bd0000) || is(code, 0x0fff0fff, 0x049d0004);
	if (!pops)
		return true;
	inq_effect_move(ret, 4 * __builtin_popcount(list));
	ret->loses_fp = list >> FP & 1;
	if (list >> PC & 1)
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	if (list >> SP & 1)
		ret->sp = INQ_SP_LOST;
	return true;
}

/* add, sub, mov to the stack pointer and r11; an immediate is 8 bits, rotated. */
static bool read_arithmetic(uint32_t code, struct inq_effect *ret)
{
	unsigned to = code >> 12 & 15, from = code >> 16 & 15, rotate = code >> 7 & 30;
	uint32_t value = rotate ? (code & 0xff) >> rotate | (code & 0xff) << (32 - rotate) : code & 0xff;
	bool add = is(code, 0x0ff00000, 0x02800000), sub = is(code, 0x0ff00000, 0x02400000);
	bool move = is(code, 0x0fff0ff0, 0x01a00000),
	     data = is(code, 0x0c000000, 0) && !is(code, 0x01900000, 0x01100000);
	int64_t by = move ? 0 : sub ? -(int64_t)value : (int64_t)value;
	if (!data || (to != SP && to != FP))
		return false;
	if (move)
		from = code & 15;
	bool known = add || sub || move;
	if (to == SP && known && from == SP)
		inq_effect_move(ret, by);
	else if (to == SP) {
		ret->sp = known && from == FP ? INQ_SP_FROM_FP : INQ_SP_LOST;
		ret->by = by;
	} else if (known && from == SP) {
		ret->sets_fp = true;
		ret->fp_at = by;
	} else
		ret->loses_fp = true;
	return true;
}

/* What else writes the program counter than returns: bx, mov, add, ldr. */
static bool is_computed(uint32_t code)
{
	bool data = is(code, 0x0c00f000, 0x0000f000) && !is(code, 0x01900000, 0x01100000);
	bool load = is(code, 0x0c10f000, 0x0410f000) && !is(code, 0x000f0000, SP << 16);
	bool back = is(code, 0x0ffffff0, 0x012fff10) || is(code, 0x0ffffff0, 0x01a0f000);
	return back ? (code & 15) != LR : data || load;
}

static bool read_flow(uint32_t code, struct inq_effect *ret)
{
	bool always = code >> 28 == ALWAYS;
	if (is(code, 0x0f000000, 0x0a000000)) /* b */
		inq_effect_go(ret, always ? INQ_FLOW_JUMP : INQ_FLOW_BRANCH, 8 + 4 * inq_sign_extend(code, 24));
	else if (is(code, 0x0ffffff0, 0x012fff10) || is(code, 0x0ffffff0, 0x01a0f000) || is_computed(code)) {
		inq_effect_go(ret, always ? INQ_FLOW_LEAVES : INQ_FLOW_NEXT, 0);
		ret->computed = is_computed(code);
	} else
		return false;
	return true;
}

bool inq_effect_arm(const struct inq_view *text, struct inq_effect *ret)
{
	uint64_t bytes;
	if (!inq_view_at(text, 0, 4, &bytes))
		return false;
	uint32_t code = (uint32_t)bytes;
	if (read_flow(code, ret) || code >> 28 != ALWAYS) {
		ret->size = 4;
		return true;
	}
	if (!read_list(code, ret))
		read_arithmetic(code, ret);
	ret->size = 4;
	return true;
}
