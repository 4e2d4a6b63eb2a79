/* What x86 instructions do to a frame. Registers: the order of arch/x86_64.c and arch/i386.c. */
#include "lib/unwind/prologue/effect.h"
#include "lib/unwind/prologue/x86_length.h"

enum { SP = 4, BP = 5 }; /* numbers in the instruction */

/* From the processor's numbers to the rows' order; the first eight differ. */
static uint8_t row_index(unsigned number)
{
	static const uint8_t order[] = { 0, 2, 3, 1, 7, 6, 4, 5 };
	return number < sizeof order ? order[number] : (uint8_t)number;
}

static void push(struct inq_effect *effect, int64_t slot)
{
	inq_effect_move(effect, -slot);
}

/* 50 … 5f: push and pop of a register. */
static bool read_push_pop(const struct inq_x86 *x, bool wide, struct inq_effect *ret)
{
	int64_t slot = wide ? 8 : 4;
	unsigned number = (x->opcode & 7U) | (x->rex & 1U) << 3;
	if ((x->opcode & 0xf0) != 0x50)
		return false;
	if (x->opcode < 0x58) {
		push(ret, slot);
		inq_effect_save(ret, row_index(number), 0);
	} else {
		inq_effect_move(ret, slot);
		ret->loses_fp = number == BP;
		if (number == SP)
			ret->sp = INQ_SP_LOST;
	}
	return true;
}

/* add, or, …, cmp with an immediate: 81 and 83, whose ModRM tells which. */
static bool read_arithmetic(const struct inq_x86 *x, struct inq_effect *ret)
{
	enum { ADD = 0, SUB = 5, COMPARE = 7 };
	unsigned operation = x->modrm >> 3 & 7, number = (x->modrm & 7U) | (x->rex & 1U) << 3;
	if ((x->opcode != 0x81 && x->opcode != 0x83) || x->modrm < 0xc0)
		return false;
	if (number == SP && operation == ADD)
		inq_effect_move(ret, x->value);
	else if (number == SP && operation == SUB)
		inq_effect_move(ret, -x->value);
	else if (number == SP && operation != COMPARE)
		ret->sp = INQ_SP_LOST;
	else if (number == BP && operation != COMPARE)
		ret->loses_fp = true;
	return true;
}

/* Whether a memory operand has no more than a displacement on the base: an index makes its address unknown. */
static bool is_simple(const struct inq_x86 *x)
{
	enum { NO_INDEX = 4 };
	return (x->modrm & 7) != SP || ((x->sib >> 3 & 7) == NO_INDEX && (x->sib & 7) == SP && !(x->rex & 2));
}

static void save(const struct inq_x86 *x, unsigned number, struct inq_effect *ret)
{
	if (x->displacement >= 0 && x->displacement < INT16_MAX)
		inq_effect_save(ret, row_index(number), (int16_t)x->displacement);
}

/* lea and mov to the stack pointer or frame pointer, and mov to the stack. */
static bool read_address(const struct inq_x86 *x, struct inq_effect *ret)
{
	enum { LOAD = 0x8b, STORE = 0x89, LEA = 0x8d };
	unsigned reg = (x->modrm >> 3 & 7U) | (x->rex & 4U) << 1, rm = (x->modrm & 7U) | (x->rex & 1U) << 3;
	bool registers = x->modrm >= 0xc0, known = x->opcode == LEA ? !registers && is_simple(x) : registers;
	if (x->opcode != LEA && x->opcode != LOAD && x->opcode != STORE)
		return false;
	unsigned to = x->opcode == STORE ? rm : reg, from = x->opcode == STORE ? reg : rm;
	if (x->opcode == STORE && !registers) {
		if (rm == SP && is_simple(x))
			save(x, reg, ret);
	} else if (to == SP && known && from == BP) {
		ret->sp = INQ_SP_FROM_FP;
		ret->by = x->displacement;
	} else if (to == SP && known && from == SP)
		inq_effect_move(ret, x->displacement);
	else if (to == SP)
		ret->sp = INQ_SP_LOST;
	else if (to == BP && known && from == SP) {
		ret->sets_fp = true;
		ret->fp_at = x->displacement;
	} else if (to == BP)
		ret->loses_fp = true;
	return true;
}

static bool read_flow(const struct inq_x86 *x, int64_t slot, struct inq_effect *ret)
{
	enum { GROUP = 0xff, CALL = 0xe8, JUMP = 0xe9, SHORT_JUMP = 0xeb };
	int64_t target = (int64_t)((uint64_t)x->value + x->size); /* of a jump; other values may be any 64 bits */
	unsigned operation = x->modrm >> 3 & 7;
	if ((x->opcode & 0xf0) == 0x70 || (x->opcode & 0xfc) == 0xe0)
		inq_effect_go(ret, INQ_FLOW_BRANCH, target);
	else if (x->opcode == JUMP || x->opcode == SHORT_JUMP)
		inq_effect_go(ret, INQ_FLOW_JUMP, target);
	else if ((x->opcode & 0xf6) == 0xc2 || x->opcode == 0xf4) /* ret, retf, hlt */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	else if (x->opcode == CALL && x->value == 0) /* i386: to know its own address */
		push(ret, slot);
	else if (x->opcode == GROUP && (operation == 4 || operation == 5)) {
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
		ret->computed = operation == 4;
	} else if (x->opcode == GROUP && operation == 6)
		push(ret, slot);
	else
		return false;
	return true;
}

static void read_one_byte(const struct inq_x86 *x, bool wide, struct inq_effect *ret)
{
	enum { PUSH_LONG = 0x68, PUSH_SHORT = 0x6a, POP_MEMORY = 0x8f, LEAVE = 0xc9, ENTER = 0xc8, PUSHF = 0x9c, POPF };
	int64_t slot = wide ? 8 : 4;
	if (read_push_pop(x, wide, ret) || read_arithmetic(x, ret) || read_address(x, ret) || read_flow(x, slot, ret))
		return;
	if (x->opcode == PUSH_LONG || x->opcode == PUSH_SHORT || x->opcode == PUSHF)
		push(ret, slot);
	else if (x->opcode == POP_MEMORY || x->opcode == POPF)
		inq_effect_move(ret, slot);
	else if (x->opcode == LEAVE) {
		ret->sp = INQ_SP_FROM_FP;
		ret->by = slot;
		ret->loses_fp = true;
	} else if (x->opcode == ENTER)
		ret->sp = INQ_SP_LOST;
}

bool inq_effect_x86(const struct inq_view *text, struct inq_effect *ret)
{
	struct inq_x86 x;
	if (!inq_x86_read(text, &x))
		return false;
	ret->size = x.size;
	if (x.map == 0)
		read_one_byte(&x, text->word == 8, ret);
	else if (x.map == 1 && !x.vector && (x.opcode & 0xf0) == 0x80)
		inq_effect_go(ret, INQ_FLOW_BRANCH, x.size + x.value);
	else if (x.map == 1 && !x.vector && x.opcode == 0x0b) /* ud2 */
		inq_effect_go(ret, INQ_FLOW_LEAVES, 0);
	return true;
}
