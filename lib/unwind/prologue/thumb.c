/* What Thumb instructions do to a frame. Encodings: Arm Architecture Reference Manual, ARMv7-A, chapters A6 and A8; the
 * processor's numbers are the row's (arch/arm.c). An IT block is read as one instruction, whose parts may or may not have
 * been executed. */
#include "lib/unwind/prologue/effect.h"

enum { FP = 7, SP = 13, LR = 14, PC = 15, WORD = 4 };

static bool is(uint32_t code, uint32_t mask, uint32_t value)
{
	return (code & mask) == value;
}

/* The instruction at `at`, a wide one with its first half above the second; its size, 0 when it is not all there. */
static unsigned fetch(const struct inq_view *text, uint64_t at, uint32_t *code)
{
	uint64_t first, second;
	struct inq_view little = *text; /* code is little-endian whatever the data is */
	little.big = false;
	if (!inq_view_at(&little, at, 2, &first))
		return 0;
	*code = (uint32_t)first;
	if (first < 0xe800)
		return 2;
	if (!inq_view_at(&little, at + 2, 2, &second))
		return 0;
	*code = (uint32_t)(first << 16 | second);
	return 4;
}

static void push(uint32_t list, struct inq_effect *ret)
{
	int16_t at = 0;
	for (uint8_t i = 0; i < 16; i++) {
		if (!(list >> i & 1))
			continue;
		inq_effect_save(ret, i, at);
		at += WORD;
	}
	inq_effect_move(ret, -at);
}

static void load(uint32_t list, struct inq_effect *ret)
{
	ret->loses_fp |= list >> FP & 1;
	if (list >> PC & 1)
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	if (list >> SP & 1)
		ret->sp = INQ_SP_LOST;
}

static void pop(uint32_t list, struct inq_effect *ret)
{
	inq_effect_move(ret, WORD * (int64_t)__builtin_popcount(list));
	load(list, ret);
}

/* `to` = `from` + `by`; not `known`: anything. */
static void set(unsigned to, unsigned from, bool known, int64_t by, struct inq_effect *ret)
{
	if (to == SP && known && from == SP)
		inq_effect_move(ret, by);
	else if (to == SP) {
		ret->sp = known && from == FP ? INQ_SP_FROM_FP : INQ_SP_LOST;
		ret->by = by;
	} else if (to == FP && known && from == SP) {
		ret->sets_fp = true;
		ret->fp_at = by;
	} else if (to == FP && known && from == FP)
		ret->fp_by = by;
	else if (to == FP)
		ret->loses_fp = true;
	else if (to == PC) {
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
		ret->computed = from != LR;
	}
}

static bool read_narrow_stack(uint32_t code, struct inq_effect *ret)
{
	int64_t small = WORD * (int64_t)(code & 0x7f), large = WORD * (int64_t)(code & 0xff);
	unsigned low = code >> 8 & 7, high_to = (code >> 4 & 8) | (code & 7), high_from = code >> 3 & 15;
	if (is(code, 0xfe00, 0xb400)) /* push */
		push((code & 0xff) | (code >> 8 & 1) << LR, ret);
	else if (is(code, 0xfe00, 0xbc00)) /* pop */
		pop((code & 0xff) | (code >> 8 & 1) << PC, ret);
	else if (is(code, 0xff00, 0xb000)) /* add, sub sp */
		inq_effect_move(ret, code & 0x80 ? -small : small);
	else if (is(code, 0xf800, 0xa800)) /* add rd, sp */
		set(low, SP, true, large, ret);
	else if (is(code, 0xff00, 0x4600)) /* mov of any register */
		set(high_to, high_from, true, 0, ret);
	else if (is(code, 0xff00, 0x4400)) /* add of any register */
		set(high_to, high_from, false, 0, ret);
	else if (is(code, 0xff00, 0x3700) || is(code, 0xff00, 0x3f00)) /* adds, subs r7 */
		ret->fp_by = code & 0x800 ? -(int64_t)(code & 0xff) : (int64_t)(code & 0xff);
	else if (is(code, 0xf800, 0x9000)) /* str rt, [sp] */
		inq_effect_save(ret, (uint8_t)low, (int16_t)large);
	else
		return false;
	return true;
}

static bool read_narrow_flow(uint32_t code, struct inq_effect *ret)
{
	if (is(code, 0xf800, 0xe000)) /* b */
		inq_effect_go(ret, INQ_FLOW_JUMP, 4 + 2 * inq_sign_extend(code, 11));
	else if (is(code, 0xff80, 0x4700)) /* bx */
		set(PC, code >> 3 & 15, true, 0, ret);
	else if (is(code, 0xff00, 0xde00)) /* udf */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	else if (is(code, 0xf000, 0xd000) && !is(code, 0x0f00, 0x0f00)) /* b of a condition; not svc */
		inq_effect_go(ret, INQ_FLOW_BRANCH, 4 + 2 * inq_sign_extend(code, 8));
	else if (is(code, 0xf500, 0xb100)) /* cbz, cbnz */
		inq_effect_go(ret, INQ_FLOW_BRANCH, 4 + (int64_t)((code >> 2 & 0x3e) | (code >> 3 & 0x40)));
	else
		return false;
	return true;
}

/* Whether it may write r7, which is an ordinary register in functions without frame pointer: by the places that the
 * encodings have for the destination. A comparison may be taken for a write. */
static bool writes_fp(uint32_t code)
{
	static const struct {
		uint16_t mask, value;
	} writers[] = { { 0xe007, 0x0007 }, { 0xff00, 0x2700 }, { 0xfc07, 0x4007 }, { 0xff00, 0x4f00 },
			{ 0xfe07, 0x5607 }, { 0xf807, 0x5807 }, { 0xe807, 0x6807 }, { 0xf807, 0x8807 },
			{ 0xff00, 0x9f00 }, { 0xff00, 0xa700 }, { 0xff07, 0xb207 }, { 0xff07, 0xba07 },
			{ 0xf880, 0xc880 }, { 0xf700, 0xc700 } };
	for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
		if (is(code, writers[i].mask, writers[i].value))
			return true;
	return false;
}

static void read_narrow(uint32_t code, struct inq_effect *ret)
{
	if (!read_narrow_flow(code, ret) && !read_narrow_stack(code, ret))
		ret->loses_fp = writes_fp(code);
}

/* A modified immediate: a byte, repeated or rotated. */
static uint32_t expand(uint32_t code)
{
	uint32_t byte = code & 0xff, kind = (code >> 26 & 1) << 3 | (code >> 12 & 7), rotate = kind << 1 | byte >> 7;
	static const uint32_t repeats[] = { 1, 0x00010001, 0x01000100, 0x01010101 };
	if (kind < 4)
		return byte * repeats[kind];
	byte |= 0x80;
	return byte >> rotate | byte << (32 - rotate);
}

/* add, sub, mov to the stack pointer and r7, whose destination is in bits 8 to 11. */
static bool read_arithmetic(uint32_t code, struct inq_effect *ret)
{
	unsigned to = code >> 8 & 15, from = code >> 16 & 15;
	uint32_t kind = code & 0xfbe08000, plain = (code >> 15 & 0x800) | (code >> 4 & 0x700) | (code & 0xff);
	bool immediate = is(code, 0xf8008000, 0xf0000000), data = is(code, 0xfe000000, 0xea000000);
	if ((!immediate && !data) || (to != SP && to != FP))
		return false;
	if (kind == 0xf1000000 || kind == 0xf1a00000)
		set(to, from, true, kind == 0xf1000000 ? (int64_t)expand(code) : -(int64_t)expand(code), ret);
	else if (kind == 0xf2000000 || kind == 0xf2a00000)
		set(to, from, true, kind == 0xf2000000 ? (int64_t)plain : -(int64_t)plain, ret);
	else
		set(to, code & 15, is(code, 0xfffff0f0, 0xea4f0000), 0, ret);
	return true;
}

/* Of `count` words; what was stored is found from where the stack pointer is afterwards. */
static void access_stack(uint32_t code, unsigned count, int64_t by, struct inq_effect *ret)
{
	const uint8_t registers[] = { code >> 12 & 15, code >> 8 & 15 };
	bool before = code >> (count == 2 ? 24 : 10) & 1, moves = code >> (count == 2 ? 21 : 8) & 1;
	int64_t at = !before ? -by : moves ? 0 : by;
	if (moves)
		inq_effect_move(ret, by);
	for (unsigned i = 0; i < count; i++)
		if (code >> 20 & 1)
			load(1U << registers[i], ret);
		else
			inq_effect_save(ret, registers[i], (int16_t)(at + WORD * i));
}

/* ldr, str, ldrd and strd of words relative to the stack pointer: with an offset, or moving it before or after. */
static bool read_access(uint32_t code, struct inq_effect *ret)
{
	int64_t byte = code & 0xff;
	if (is(code, 0xffff0000, 0xf8cd0000)) /* a plain offset */
		inq_effect_save(ret, code >> 12 & 15, (int16_t)(code & 0xfff));
	else if (is(code, 0xffff0000, 0xf8dd0000))
		load(1U << (code >> 12 & 15), ret);
	else if (is(code, 0xffef0800, 0xf84d0800))
		access_stack(code, 1, code >> 9 & 1 ? byte : -byte, ret);
	else if (is(code, 0xfe4f0000, 0xe84d0000) && code & 0x01200000)
		access_stack(code, 2, WORD * (code >> 23 & 1 ? byte : -byte), ret);
	else
		return false;
	return true;
}

static bool read_list(uint32_t code, struct inq_effect *ret)
{
	if (is(code, 0xffff0000, 0xe92d0000)) /* stmdb sp! */
		push(code & 0xffff, ret);
	else if (is(code, 0xffff0000, 0xe8bd0000)) /* ldmia sp! */
		pop(code & 0xffff, ret);
	else if (is(code, 0xffbf0e00, 0xed2d0a00)) /* vpush */
		inq_effect_move(ret, -WORD * (int64_t)(code & 0xff));
	else if (is(code, 0xffbf0e00, 0xecbd0a00)) /* vpop */
		inq_effect_move(ret, WORD * (int64_t)(code & 0xff));
	else
		return false;
	return true;
}

/* How many entries the table behind tbb or tbh has: none is behind the first place that it leads to. */
static uint16_t count_cases(const struct inq_view *text, unsigned size)
{
	enum { MOST = 512 };
	struct inq_view little = *text;
	uint64_t end = UINT64_MAX, entry;
	uint16_t count = 0;
	little.big = false;
	while (count < MOST && (uint64_t)count * size < end &&
	       inq_view_at(&little, 4 + (uint64_t)count * size, size, &entry)) {
		end = 2 * entry < end ? 2 * entry : end;
		count++;
	}
	return count;
}

static bool read_table(const struct inq_view *text, uint32_t code, struct inq_effect *ret)
{
	if (!is(code, 0xfff0ffe0, 0xe8d0f000)) /* tbb, tbh */
		return false;
	inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	if (!is(code, 0x000f0000, 0x000f0000)) /* it lies elsewhere */
		return true;
	ret->case_size = code >> 4 & 1 ? 2 : 1;
	ret->cases = count_cases(text, ret->case_size);
	return true;
}

static int64_t jump_distance(uint32_t code, bool conditional)
{
	uint32_t sign = code >> 26 & 1, j1 = code >> 13 & 1, j2 = code >> 11 & 1, low = code & 0x7ff;
	if (conditional)
		return 2 * inq_sign_extend(sign << 19 | j2 << 18 | j1 << 17 | (code >> 16 & 0x3f) << 11 | low, 20);
	j1 = !(j1 ^ sign);
	j2 = !(j2 ^ sign);
	return 2 * inq_sign_extend(sign << 23 | j1 << 22 | j2 << 21 | (code >> 16 & 0x3ff) << 11 | low, 24);
}

/* b, and all of its space: bl, hints, barriers and system registers go on to the next instruction. */
static bool read_flow(uint32_t code, struct inq_effect *ret)
{
	if (is(code, 0xf800d000, 0xf0009000))
		inq_effect_go(ret, INQ_FLOW_JUMP, 4 + jump_distance(code, false));
	else if (is(code, 0xf800d000, 0xf0008000) && !is(code, 0x03800000, 0x03800000))
		inq_effect_go(ret, INQ_FLOW_BRANCH, 4 + jump_distance(code, true));
	else if (is(code, 0xfff0f000, 0xf7f0a000)) /* udf.w */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	else
		return is(code, 0xf8008000, 0xf0008000);
	return true;
}

/* Anything else: r7 may be the destination in two places, or in a list, or be moved by an access through it. */
static void read_rest(uint32_t code, struct inq_effect *ret)
{
	bool stores = is(code, 0xfe100000, 0xf8000000) || is(code, 0xfe100000, 0xe8000000);
	bool through = is(code, 0x000f0000, FP << 16);
	bool listed = is(code, 0xfe500080, 0xe8100080);
	ret->loses_fp = through || listed || (!stores && ((code >> 12 & 15) == FP || (code >> 8 & 15) == FP));
	if (is(code, 0xff2f0000, 0xed2d0000) ||
	    is(code, 0xfe2f0000, 0xec2d0000)) /* another coprocessor's push and pop */
		ret->sp = INQ_SP_LOST;
}

static void read_wide(const struct inq_view *text, uint32_t code, struct inq_effect *ret)
{
	if (!read_flow(code, ret) && !read_list(code, ret) && !read_table(text, code, ret) && !read_access(code, ret) &&
	    !read_arithmetic(code, ret))
		read_rest(code, ret);
}

static unsigned read_at(const struct inq_view *text, uint64_t at, struct inq_effect *ret)
{
	uint32_t code;
	struct inq_view rest;
	unsigned size = fetch(text, at, &code);
	if (size == 2)
		read_narrow(code, ret);
	else if (size == 4 && inq_view_slice(text, at, text->size - at, &rest))
		read_wide(&rest, code, ret);
	ret->size = (uint8_t)size;
	return size;
}

/* One that leaves the function, whatever it does before, is of no matter to what follows. */
static void read_if_then(const struct inq_view *text, unsigned count, struct inq_effect *ret)
{
	struct inq_effect part = { 0 };
	while (count-- && read_at(text, ret->size, &part)) {
		if (part.flow == INQ_FLOW_JUMP || part.flow == INQ_FLOW_BRANCH)
			inq_effect_go(ret, INQ_FLOW_BRANCH, ret->size + part.target);
		else if (part.flow != INQ_FLOW_LEAVES) {
			if (part.sp != INQ_SP_SAME)
				ret->sp = INQ_SP_LOST;
			ret->loses_fp |= part.loses_fp || part.sets_fp || part.fp_by;
		}
		ret->size = (uint8_t)(ret->size + part.size);
		part = (struct inq_effect) { 0 };
	}
}

bool inq_effect_thumb(const struct inq_view *text, struct inq_effect *ret)
{
	uint32_t code;
	if (!fetch(text, 0, &code))
		return false;
	if (is(code, 0xffffff00, 0xbf00) && code & 15) { /* it */
		ret->size = 2;
		read_if_then(text, 4 - (unsigned)__builtin_ctz(code & 15), ret);
		return true;
	}
	return read_at(text, 0, ret) != 0;
}
