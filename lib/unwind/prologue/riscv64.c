/* What RISC-V instructions do to a frame, those of the compressed extension included. Encodings: The RISC-V Instruction Set
 * Manual, volume I, chapters "RV32/64G Instruction Set Listings" and "“C” Standard Extension"; the processor's numbers are
 * the row's (arch/riscv64.c). */
#include "lib/unwind/prologue/effect.h"

enum { RA = 1, SP = 2, FP = 8 };

/* The `count` bits from `from` on, moved to `to`. */
static uint32_t bits(uint32_t code, unsigned from, unsigned count, unsigned to)
{
	return (code >> from & ((1U << count) - 1)) << to;
}

/* `to` = `from` + `by`. */
static void add(unsigned to, unsigned from, int64_t by, struct inq_effect *ret)
{
	if (to == SP && from == SP)
		inq_effect_move(ret, by);
	else if (to == SP) {
		ret->sp = from == FP ? INQ_SP_FROM_FP : INQ_SP_LOST;
		ret->by = by;
	} else if (to == FP && from == SP) {
		ret->sets_fp = true;
		ret->fp_at = by;
	} else if (to == FP)
		ret->loses_fp = true;
}

/* Something else is written to register `to`. */
static void overwrite(unsigned to, struct inq_effect *ret)
{
	if (to == SP)
		ret->sp = INQ_SP_LOST;
	ret->loses_fp = to == FP;
}

static void read_whole(uint32_t code, struct inq_effect *ret)
{
	enum { LOAD = 0x03, ADD_IMMEDIATE = 0x13, STORE = 0x23, BRANCH = 0x63, JALR = 0x67, JAL = 0x6f, SYSTEM = 0x73 };
	enum { STORE_FP = 0x27, EBREAK = 0x00100073 };
	unsigned to = code >> 7 & 31, from = code >> 15 & 31, function = code >> 12 & 7;
	uint32_t jump = bits(code, 21, 10, 1) | bits(code, 20, 1, 11) | bits(code, 12, 8, 12) | bits(code, 31, 1, 20);
	uint32_t branch = bits(code, 8, 4, 1) | bits(code, 25, 6, 5) | bits(code, 7, 1, 11) | bits(code, 31, 1, 12);
	int64_t place = inq_sign_extend(bits(code, 7, 5, 0) | bits(code, 25, 7, 5), 12);
	switch (code & 0x7f) {
	case ADD_IMMEDIATE:
		if (function == 0)
			add(to, from, inq_sign_extend(code >> 20, 12), ret);
		else
			overwrite(to, ret);
		break;
	case STORE:
		if (function == 3 && from == SP)
			inq_effect_save(ret, (uint8_t)(code >> 20 & 31), (int16_t)place);
		break;
	case JAL:
		if (to == 0)
			inq_effect_go(ret, INQ_FLOW_JUMP, inq_sign_extend(jump, 21));
		break;
	case JALR:
		if (to == 0) {
			inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
			ret->computed = from != RA;
		}
		break;
	case BRANCH:
		inq_effect_go(ret, INQ_FLOW_BRANCH, inq_sign_extend(branch, 13));
		break;
	case SYSTEM:
		if (code == EBREAK)
			inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
		break;
	case STORE_FP:
	case 0x07: /* of floating point: loads, */
	case 0x43: /* and what multiplies and adds */
	case 0x47:
	case 0x4b:
	case 0x4f:
	case 0x0f: /* fences */
		break;
	default:
		overwrite(to, ret);
	}
}

/* Quadrant 0: small registers, x8 to x15. */
static void read_quadrant0(uint32_t code, struct inq_effect *ret)
{
	unsigned to = 8 + (code >> 2 & 7), function = code >> 13;
	uint32_t by = bits(code, 11, 2, 4) | bits(code, 7, 4, 6) | bits(code, 6, 1, 2) | bits(code, 5, 1, 3);
	if (function == 0 && by == 0) /* no instruction */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	else if (function == 0) /* c.addi4spn */
		add(to, SP, by, ret);
	else if (function == 2 || function == 3) /* c.lw, c.ld */
		overwrite(to, ret);
}

static void read_quadrant1(uint32_t code, struct inq_effect *ret)
{
	unsigned to = code >> 7 & 31, function = code >> 13;
	uint32_t value = bits(code, 2, 5, 0) | bits(code, 12, 1, 5);
	uint32_t frame = bits(code, 6, 1, 4) | bits(code, 2, 1, 5) | bits(code, 5, 1, 6) | bits(code, 3, 2, 7) |
			 bits(code, 12, 1, 9);
	uint32_t jump = bits(code, 3, 3, 1) | bits(code, 11, 1, 4) | bits(code, 2, 1, 5) | bits(code, 7, 1, 6) |
			bits(code, 6, 1, 7) | bits(code, 9, 2, 8) | bits(code, 8, 1, 10) | bits(code, 12, 1, 11);
	uint32_t branch = bits(code, 3, 2, 1) | bits(code, 10, 2, 3) | bits(code, 2, 1, 5) | bits(code, 5, 2, 6) |
			  bits(code, 12, 1, 8);
	if (function == 0) /* c.addi */
		add(to, to, inq_sign_extend(value, 6), ret);
	else if (function == 3 && to == SP) /* c.addi16sp */
		add(SP, SP, inq_sign_extend(frame, 10), ret);
	else if (function <= 3) /* c.addiw, c.li, c.lui */
		overwrite(to, ret);
	else if (function == 4) /* arithmetic of small registers */
		overwrite(8 + (to & 7), ret);
	else if (function == 5) /* c.j */
		inq_effect_go(ret, INQ_FLOW_JUMP, inq_sign_extend(jump, 12));
	else /* c.beqz, c.bnez */
		inq_effect_go(ret, INQ_FLOW_BRANCH, inq_sign_extend(branch, 9));
}

static void read_quadrant2(uint32_t code, struct inq_effect *ret)
{
	unsigned to = code >> 7 & 31, from = code >> 2 & 31, function = code >> 13;
	bool upper = code >> 12 & 1;
	if (function == 4 && from == 0) { /* c.jr; c.jalr; c.ebreak */
		if (!upper || to == 0)
			inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
		ret->computed = !upper && to != RA;
	} else if (function == 4 && !upper) /* c.mv */
		add(to, from, 0, ret);
	else if (function == 7) /* c.sdsp */
		inq_effect_save(ret, (uint8_t)from, (int16_t)(bits(code, 10, 3, 3) | bits(code, 7, 3, 6)));
	else if (function != 1 && function < 5) /* c.slli, c.lwsp, c.ldsp, c.add */
		overwrite(to, ret);
}

bool inq_effect_riscv64(const struct inq_view *text, struct inq_effect *ret)
{
	uint64_t low, whole;
	if (!inq_view_at(text, 0, 2, &low))
		return false;
	ret->size = (low & 3) == 3 ? 4 : 2;
	if (ret->size == 4 && ((low & 0x1f) == 0x1f || !inq_view_at(text, 0, 4, &whole)))
		return false;
	switch (low & 3) {
	case 0:
		read_quadrant0((uint32_t)low, ret);
		break;
	case 1:
		read_quadrant1((uint32_t)low, ret);
		break;
	case 2:
		read_quadrant2((uint32_t)low, ret);
		break;
	default:
		read_whole((uint32_t)whole, ret);
	}
	return true;
}
