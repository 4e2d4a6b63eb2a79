/* The stack machine of DWARF expressions, bounded in depth and steps. */
#include "lib/unwind/cfi/expression.h"

#include "lib/unwind/cfi/pointer.h"

enum { /* DW_OP_… */
       OP_ADDR = 0x03,
       OP_DEREF = 0x06,
       OP_CONST1U = 0x08,
       OP_CONST8S = 0x0f,
       OP_CONSTU = 0x10,
       OP_CONSTS = 0x11,
       OP_DUP = 0x12,
       OP_DROP = 0x13,
       OP_OVER = 0x14,
       OP_PICK = 0x15,
       OP_SWAP = 0x16,
       OP_ROT = 0x17,
       OP_ABS = 0x19,
       OP_AND = 0x1a,
       OP_DIV = 0x1b,
       OP_MINUS = 0x1c,
       OP_MOD = 0x1d,
       OP_MUL = 0x1e,
       OP_NEG = 0x1f,
       OP_NOT = 0x20,
       OP_OR = 0x21,
       OP_PLUS = 0x22,
       OP_PLUS_UCONST = 0x23,
       OP_SHL = 0x24,
       OP_SHR = 0x25,
       OP_SHRA = 0x26,
       OP_XOR = 0x27,
       OP_BRA = 0x28,
       OP_EQ = 0x29,
       OP_GE = 0x2a,
       OP_GT = 0x2b,
       OP_LE = 0x2c,
       OP_LT = 0x2d,
       OP_NE = 0x2e,
       OP_SKIP = 0x2f,
       OP_LIT0 = 0x30,
       OP_LIT31 = 0x4f,
       OP_BREG0 = 0x70,
       OP_BREG31 = 0x8f,
       OP_FBREG = 0x91,
       OP_BREGX = 0x92,
       OP_DEREF_SIZE = 0x94,
       OP_NOP = 0x96,
       OP_CALL_FRAME_CFA = 0x9c,
       OP_ADDRX = 0xa1,
       OP_CONSTX = 0xa2,
       OP_ENTRY_VALUE = 0xa3,
       OP_GNU_ENTRY_VALUE = 0xf3,
       OP_GNU_ADDR_INDEX = 0xfb,
       OP_GNU_CONST_INDEX = 0xfc
};

enum { MOST_VALUES = 64, MOST_STEPS = 10000 };

struct machine {
	struct inq_cursor code;
	const struct inq_expression_target *target;
	uint64_t stack[MOST_VALUES];
	unsigned depth;
	enum inq_evaluated status;
};

static void fail(struct machine *m, enum inq_evaluated status)
{
	if (m->status == INQ_EVALUATED)
		m->status = status;
}

static void push(struct machine *m, uint64_t value)
{
	if (m->depth == MOST_VALUES)
		fail(m, INQ_NO_VALUE);
	else
		m->stack[m->depth++] = m->code.bytes.word == 4 ? (uint32_t)value : value;
}

static uint64_t pop(struct machine *m)
{
	if (m->depth)
		return m->stack[--m->depth];
	fail(m, INQ_NO_VALUE);
	return 0;
}

/* The value `index` below the top. */
static uint64_t peek(struct machine *m, uint64_t index)
{
	if (index < m->depth)
		return m->stack[m->depth - 1 - index];
	fail(m, INQ_NO_VALUE);
	return 0;
}

static int64_t as_signed(const struct machine *m, uint64_t value)
{
	return m->code.bytes.word == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static uint64_t divide(struct machine *m, int64_t a, int64_t b)
{
	if (b == 0)
		fail(m, INQ_NO_VALUE);
	if (b == 0 || b == -1)
		return -(uint64_t)a;
	return (uint64_t)(a / b);
}

static uint64_t shift(const struct machine *m, uint8_t op, uint64_t value, uint64_t count)
{
	if (op == OP_SHRA)
		return (uint64_t)(as_signed(m, value) >> (count < 63 ? count : 63));
	if (count > 63)
		return 0;
	return op == OP_SHL ? value << count : value >> count;
}

static bool compare(uint8_t op, int64_t a, int64_t b)
{
	switch (op) {
	case OP_EQ:
		return a == b;
	case OP_GE:
		return a >= b;
	case OP_GT:
		return a > b;
	case OP_LE:
		return a <= b;
	case OP_LT:
		return a < b;
	default:
		return a != b;
	}
}

static uint64_t binary(struct machine *m, uint8_t op, uint64_t a, uint64_t b)
{
	switch (op) {
	case OP_AND:
		return a & b;
	case OP_DIV:
		return divide(m, as_signed(m, a), as_signed(m, b));
	case OP_MINUS:
		return a - b;
	case OP_MOD:
		if (b)
			return a % b;
		fail(m, INQ_NO_VALUE);
		return 0;
	case OP_MUL:
		return a * b;
	case OP_OR:
		return a | b;
	case OP_PLUS:
		return a + b;
	case OP_XOR:
		return a ^ b;
	case OP_SHL:
	case OP_SHR:
	case OP_SHRA:
		return shift(m, op, a, b);
	default:
		return compare(op, as_signed(m, a), as_signed(m, b));
	}
}

/* Operations on the two topmost values. */
static bool run_binary(struct machine *m, uint8_t op)
{
	bool known = (op >= OP_AND && op <= OP_MUL) || op == OP_OR || op == OP_PLUS || (op >= OP_SHL && op <= OP_XOR) ||
		     (op >= OP_EQ && op <= OP_NE);
	if (!known)
		return false;
	uint64_t b = pop(m), a = pop(m);
	push(m, binary(m, op, a, b));
	return true;
}

static void dereference(struct machine *m, unsigned size)
{
	uint64_t value = 0, address = pop(m);
	bool good = size == 1 || size == 2 || size == 4 || size == 8;
	if (!good)
		fail(m, INQ_NO_VALUE);
	else if (m->status == INQ_EVALUATED && !m->target->read(m->target->data, address, size, &value))
		fail(m, INQ_NO_BYTES);
	push(m, value);
}

/* Operations on the topmost value. */
static bool run_unary(struct machine *m, uint8_t op)
{
	int64_t value;
	switch (op) {
	case OP_ABS:
		value = as_signed(m, pop(m));
		push(m, value < 0 ? -(uint64_t)value : (uint64_t)value);
		return true;
	case OP_NEG:
		push(m, -pop(m));
		return true;
	case OP_NOT:
		push(m, ~pop(m));
		return true;
	case OP_PLUS_UCONST:
		push(m, pop(m) + inq_cursor_uleb(&m->code));
		return true;
	case OP_DEREF:
		dereference(m, m->code.bytes.word);
		return true;
	case OP_DEREF_SIZE:
		dereference(m, (unsigned)inq_cursor_integer(&m->code, 1));
		return true;
	default:
		return false;
	}
}

static void rotate(struct machine *m)
{
	uint64_t first = pop(m), second = pop(m), third = pop(m);
	push(m, first);
	push(m, third);
	push(m, second);
}

/* Operations that only move values about. */
static bool run_stack(struct machine *m, uint8_t op)
{
	uint64_t first, second;
	switch (op) {
	case OP_DUP:
		push(m, peek(m, 0));
		return true;
	case OP_DROP:
		pop(m);
		return true;
	case OP_OVER:
		push(m, peek(m, 1));
		return true;
	case OP_PICK:
		push(m, peek(m, inq_cursor_integer(&m->code, 1)));
		return true;
	case OP_SWAP:
		first = pop(m);
		second = pop(m);
		push(m, first);
		push(m, second);
		return true;
	case OP_ROT:
		rotate(m);
		return true;
	case OP_NOP:
		return true;
	default:
		return false;
	}
}

static void push_register(struct machine *m, uint64_t number)
{
	uint64_t value = 0;
	int64_t offset = inq_cursor_sleb(&m->code);
	if (!m->target->get(m->target->data, number, &value))
		fail(m, INQ_NO_VALUE);
	push(m, value + (uint64_t)offset);
}

/* Operations that bring a new value. */
static bool run_literal(struct machine *m, uint8_t op)
{
	static const uint8_t sizes[] = { 1, 1, 2, 2, 4, 4, 8, 8 }; /* DW_OP_const1u, const1s, const2u … */
	if (op >= OP_CONST1U && op <= OP_CONST8S) {
		unsigned size = sizes[op - OP_CONST1U], unused = 64 - 8 * size;
		uint64_t value = inq_cursor_integer(&m->code, size);
		push(m, op & 1 ? (uint64_t)((int64_t)(value << unused) >> unused) : value);
	} else if (op >= OP_LIT0 && op <= OP_LIT31)
		push(m, op - OP_LIT0);
	else if (op >= OP_BREG0 && op <= OP_BREG31)
		push_register(m, op - OP_BREG0);
	else if (op == OP_BREGX)
		push_register(m, inq_cursor_uleb(&m->code));
	else if (op == OP_ADDR)
		push(m, inq_cursor_integer(&m->code, m->code.bytes.word) + m->target->bias);
	else if (op == OP_CONSTU)
		push(m, inq_cursor_uleb(&m->code));
	else if (op == OP_CONSTS)
		push(m, (uint64_t)inq_cursor_sleb(&m->code));
	else
		return false;
	return true;
}

static bool run_entry_value(struct machine *m, uint64_t *ret)
{
	struct inq_view expression = inq_cursor_take(&m->code, inq_cursor_uleb(&m->code));
	return !m->code.bad && m->target->scope->at_entry(m->target->data, &expression, ret);
}

/* What only the locations of variables may use: the scope that they are in knows the value. */
static bool run_scope(struct machine *m, uint8_t op)
{
	const struct inq_expression_scope *scope = m->target->scope;
	uint64_t value = 0, offset = 0;
	bool known;
	if (!scope)
		return false;
	if (op == OP_FBREG) {
		offset = (uint64_t)inq_cursor_sleb(&m->code);
		known = scope->frame_base(m->target->data, &value);
	} else if (op == OP_CALL_FRAME_CFA) {
		known = scope->cfa(m->target->data, &value);
	} else if (op == OP_ADDRX || op == OP_CONSTX || op == OP_GNU_ADDR_INDEX || op == OP_GNU_CONST_INDEX) {
		known = scope->indexed(m->target->data, inq_cursor_uleb(&m->code), &value);
		offset = op == OP_ADDRX || op == OP_GNU_ADDR_INDEX ? m->target->bias : 0;
	} else if (op == OP_ENTRY_VALUE || op == OP_GNU_ENTRY_VALUE) {
		known = run_entry_value(m, &value);
	} else {
		return false;
	}
	if (!known)
		fail(m, INQ_NO_VALUE);
	push(m, value + offset);
	return true;
}

static bool run_jump(struct machine *m, uint8_t op)
{
	if (op != OP_SKIP && op != OP_BRA)
		return false;
	int64_t distance = (int16_t)inq_cursor_integer(&m->code, 2);
	if (op == OP_SKIP || pop(m) != 0)
		m->code.at += (uint64_t)distance;
	if (m->code.at > m->code.bytes.size)
		fail(m, INQ_NO_VALUE);
	return true;
}

/* Runs one operation; false for one that is unknown or broken. */
static bool run(struct machine *m)
{
	uint8_t op = (uint8_t)inq_cursor_integer(&m->code, 1);
	bool known = run_literal(m, op) || run_stack(m, op) || run_unary(m, op) || run_binary(m, op) ||
		     run_jump(m, op) || run_scope(m, op);
	return known && !m->code.bad;
}

enum inq_evaluated inq_evaluate(const struct inq_view *expression, const uint64_t *cfa,
				const struct inq_expression_target *target, uint64_t *ret)
{
	struct machine m = { .code = { .bytes = *expression }, .target = target, .status = INQ_EVALUATED };
	if (cfa)
		push(&m, *cfa);
	for (unsigned step = 0; m.code.at < expression->size && m.status == INQ_EVALUATED; step++)
		if (step == MOST_STEPS || !run(&m))
			fail(&m, INQ_NO_VALUE);
	uint64_t value = pop(&m);
	if (m.status == INQ_EVALUATED)
		*ret = value;
	return m.status;
}

/* DW_OP_reg0 …, regx, piece, bit_piece, implicit_value, stack_value. */
static bool ends_value(const struct machine *m)
{
	uint8_t op = (uint8_t)inq_view_get(&m->code.bytes, m->code.at, 1);
	return (op >= 0x50 && op <= 0x6f) || op == 0x90 || op == 0x93 || (op >= 0x9d && op <= 0x9f);
}

enum inq_evaluated inq_evaluate_location(const struct inq_view *expression, uint64_t *at,
					 const struct inq_expression_target *target, uint64_t *ret)
{
	struct machine m = { .code = { .bytes = *expression, .at = *at }, .target = target, .status = INQ_EVALUATED };
	for (unsigned step = 0; m.code.at < expression->size && m.status == INQ_EVALUATED && !ends_value(&m); step++)
		if (step == MOST_STEPS || !run(&m))
			fail(&m, INQ_NO_VALUE);
	if (m.status == INQ_EVALUATED && m.depth)
		*ret = pop(&m);
	else if (m.status == INQ_EVALUATED && m.code.at != *at)
		m.status = INQ_NO_VALUE;
	*at = m.code.at;
	return m.status;
}
