/* The interpreter of Arm's unwinding instructions. They move a virtual stack pointer up and pop registers from it. */
#include "lib/unwind/ehabi/run.h"

#include <string.h>

enum { R0 = 0, R4 = 4, WORD = 4, DOUBLE = 8 };

struct machine {
	const uint8_t *code;
	size_t at, size;
	const struct inq_ehabi_memory *memory;
	struct inq_ehabi_registers *registers;
	uint64_t sp; /* the virtual one */
	enum inq_ehabi_result result;
	bool finished;
};

static void stop(struct machine *m, enum inq_ehabi_result result)
{
	if (m->result == INQ_EHABI_DONE)
		m->result = result;
	m->finished = true;
}

static uint8_t next(struct machine *m)
{
	if (m->at < m->size)
		return m->code[m->at++];
	stop(m, INQ_EHABI_BAD);
	return 0;
}

static uint64_t next_uleb(struct machine *m)
{
	uint64_t value = 0;
	for (unsigned shift = 0; !m->finished; shift += 7) {
		uint8_t byte = next(m);
		if (shift < 32)
			value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static void move(struct machine *m, uint64_t distance)
{
	m->sp = (uint32_t)(m->sp + distance);
}

/* Pops the registers of the mask, the lowest first. A popped stack pointer counts once all are popped. */
static void pop(struct machine *m, unsigned mask)
{
	struct inq_ehabi_registers *registers = m->registers;
	for (unsigned i = 0; i < INQ_EHABI_REGISTERS; i++) {
		if (!(mask >> i & 1))
			continue;
		if (!m->memory->read(m->memory->data, m->sp, WORD, &registers->values[i])) {
			stop(m, INQ_EHABI_NO_BYTES);
			return;
		}
		registers->valid |= 1U << i;
		move(m, WORD);
	}
	if (mask >> INQ_EHABI_SP & 1)
		m->sp = registers->values[INQ_EHABI_SP];
}

static void set_sp(struct machine *m, unsigned from)
{
	if (from == INQ_EHABI_SP || from == INQ_EHABI_PC || !(m->registers->valid >> from & 1))
		stop(m, INQ_EHABI_BAD);
	else
		m->sp = m->registers->values[from];
}

/* 1000iiii iiiiiiii: r4 … r15 under a mask. */
static void pop_mask(struct machine *m, uint8_t op)
{
	unsigned mask = ((op & 0x0fU) << 8 | next(m)) << R4;
	if (mask)
		pop(m, mask);
	else
		stop(m, INQ_EHABI_REFUSED);
}

/* Registers that are no part of a backtrace are passed over: the low four bits of the next byte tell how many. */
static void skip_range(struct machine *m, unsigned extra)
{
	move(m, ((next(m) & 0x0fU) + 1) * DOUBLE + extra);
}

/* 0xb0 … 0xbf */
static void run_misc(struct machine *m, uint8_t op)
{
	enum { FINISH = 0xb0, POP_LOW = 0xb1, MOVE_FAR = 0xb2, POP_VFP_X = 0xb3, POP_AUTH = 0xb4, USE_AUTH = 0xb5 };
	uint8_t mask;
	if (op == FINISH)
		m->finished = true;
	else if (op == POP_LOW && (mask = next(m)) != 0 && mask < 0x10)
		pop(m, (unsigned)mask << R0);
	else if (op == MOVE_FAR)
		move(m, 0x204 + (next_uleb(m) << 2));
	else if (op == POP_VFP_X)
		skip_range(m, WORD);
	else if (op == POP_AUTH)
		move(m, WORD);
	else if (op >= 0xb8)
		move(m, ((op & 7U) + 1) * DOUBLE + WORD);
	else if (op != USE_AUTH)
		stop(m, INQ_EHABI_BAD);
}

/* 0xc0 … 0xff: vector registers. */
static void run_vector(struct machine *m, uint8_t op)
{
	uint8_t mask;
	if (op < 0xc6 || (op >= 0xd0 && op < 0xd8))
		move(m, ((op & 7U) + 1) * DOUBLE);
	else if (op == 0xc6 || op == 0xc8 || op == 0xc9)
		skip_range(m, 0);
	else if (op == 0xc7 && (mask = next(m)) != 0 && mask < 0x10)
		move(m, (unsigned)__builtin_popcount(mask) * WORD);
	else
		stop(m, INQ_EHABI_BAD);
}

static void run_one(struct machine *m, uint8_t op)
{
	if (op < 0x40)
		move(m, (op & 0x3fU) * WORD + WORD);
	else if (op < 0x80)
		move(m, -(uint64_t)((op & 0x3fU) * WORD + WORD));
	else if (op < 0x90)
		pop_mask(m, op);
	else if (op < 0xa0)
		set_sp(m, op & 0x0fU);
	else if (op < 0xb0) /* r4 … r[4+n], and lr */
		pop(m, ((2U << (op & 7)) - 1) << R4 | (op & 8U ? 1U << INQ_EHABI_LR : 0));
	else if (op < 0xc0)
		run_misc(m, op);
	else
		run_vector(m, op);
}

enum inq_ehabi_result inq_ehabi_run(const uint8_t *code, size_t size, const struct inq_ehabi_memory *memory,
				    struct inq_ehabi_registers *registers)
{
	struct machine m = { .code = code, .size = size, .memory = memory, .registers = registers };
	uint32_t before = registers->valid;
	if (!(before >> INQ_EHABI_SP & 1))
		return INQ_EHABI_BAD;
	m.sp = registers->values[INQ_EHABI_SP];
	registers->valid &= ~(1U << INQ_EHABI_PC);
	while (m.at < m.size && !m.finished)
		run_one(&m, next(&m));
	registers->values[INQ_EHABI_SP] = m.sp;
	if (m.result != INQ_EHABI_DONE || registers->valid >> INQ_EHABI_PC & 1)
		return m.result;
	if (!(registers->valid >> INQ_EHABI_LR & 1))
		return INQ_EHABI_BAD;
	registers->values[INQ_EHABI_PC] = registers->values[INQ_EHABI_LR];
	registers->valid |= 1U << INQ_EHABI_PC;
	return INQ_EHABI_DONE;
}
