/* The interpreter of call-frame instructions. */
#include "lib/unwind/cfi/run.h"

enum { /* DW_CFA_…; the first three hold an operand in the low six bits */
       CFA_ADVANCE = 0x40,
       CFA_OFFSET = 0x80,
       CFA_RESTORE = 0xc0,
       CFA_HIGH = 0xc0,
       CFA_NOP = 0x00,
       CFA_SET_LOC = 0x01,
       CFA_ADVANCE1 = 0x02,
       CFA_ADVANCE2 = 0x03,
       CFA_ADVANCE4 = 0x04,
       CFA_OFFSET_EXTENDED = 0x05,
       CFA_RESTORE_EXTENDED = 0x06,
       CFA_UNDEFINED = 0x07,
       CFA_SAME_VALUE = 0x08,
       CFA_REGISTER = 0x09,
       CFA_REMEMBER = 0x0a,
       CFA_RESTORE_STATE = 0x0b,
       CFA_DEF = 0x0c,
       CFA_DEF_REGISTER = 0x0d,
       CFA_DEF_OFFSET = 0x0e,
       CFA_DEF_EXPRESSION = 0x0f,
       CFA_EXPRESSION = 0x10,
       CFA_OFFSET_EXTENDED_SF = 0x11,
       CFA_DEF_SF = 0x12,
       CFA_DEF_OFFSET_SF = 0x13,
       CFA_VAL_OFFSET = 0x14,
       CFA_VAL_OFFSET_SF = 0x15,
       CFA_VAL_EXPRESSION = 0x16,
       CFA_ADVANCE8 = 0x1d,
       CFA_NEGATE_RA_STATE_PC = 0x2c,
       CFA_WINDOW_SAVE = 0x2d, /* on AArch64: DW_CFA_AARCH64_negate_ra_state */
       CFA_ARGS_SIZE = 0x2e,
       CFA_NEGATIVE_OFFSET = 0x2f
};

enum { MOST_REMEMBERED = 8, EM_SPARC = 2, EM_SPARC32PLUS = 18, EM_SPARCV9 = 43 };

struct state {
	struct inq_cfi_rule cfa;
	struct inq_cfi_rule rules[INQ_MAX_REGISTERS];
};

struct machine {
	const struct inq_cfi_fde *fde;
	const struct inq_dwarf_map *map;
	uint64_t location, wanted;
	struct state now, initial;
	struct state remembered[MOST_REMEMBERED];
	unsigned depth;
	bool bad;
};

void inq_dwarf_map_init(struct inq_dwarf_map *map, const struct inq_arch *arch)
{
	map->arch = arch;
	memset(map->index, INQ_NO_REGISTER, sizeof map->index);
	for (uint8_t i = 0; i < arch->register_count; i++)
		if (arch->registers[i].dwarf >= 0 && arch->registers[i].dwarf < INQ_DWARF_REGISTERS)
			map->index[arch->registers[i].dwarf] = i;
}

uint8_t inq_dwarf_index(const struct inq_dwarf_map *map, uint64_t number)
{
	return number < INQ_DWARF_REGISTERS ? map->index[number] : INQ_NO_REGISTER;
}

/* Columns that name no register (67 in the vdso of PowerPC, 64 on RISC-V) are made for the return address: the pc. */
static uint8_t column_index(const struct machine *m, uint64_t number)
{
	uint8_t index = inq_dwarf_index(m->map, number);
	if (index == INQ_NO_REGISTER && number == m->fde->cie.return_column)
		return m->map->arch->pc;
	return index;
}

static void set_rule(struct machine *m, uint64_t column, struct inq_cfi_rule rule)
{
	uint8_t index = column_index(m, column);
	if (index == INQ_NO_REGISTER)
		return; /* a vector register, or the like */
	rule.target = index;
	m->now.rules[index] = rule;
}

static void restore_rule(struct machine *m, uint64_t column)
{
	uint8_t index = column_index(m, column);
	if (index != INQ_NO_REGISTER)
		m->now.rules[index] = m->initial.rules[index];
}

static int64_t scaled(const struct machine *m, int64_t factor)
{
	return (int64_t)((uint64_t)factor * (uint64_t)m->fde->cie.data_align);
}

static void set_offset(struct machine *m, uint64_t column, enum inq_cfi_how how, int64_t factor)
{
	set_rule(m, column, (struct inq_cfi_rule) { .how = (uint8_t)how, .offset = scaled(m, factor) });
}

static struct inq_cfi_rule read_expression(struct inq_cursor *reader, enum inq_cfi_how how)
{
	struct inq_view bytes = inq_cursor_take(reader, inq_cursor_uleb(reader));
	return (struct inq_cfi_rule) { .how = (uint8_t)how,
				       .size = bytes.size < UINT32_MAX ? (uint32_t)bytes.size : 0,
				       .expression = bytes.data };
}

static void define_cfa(struct machine *m, uint64_t column, int64_t offset)
{
	uint8_t index = inq_dwarf_index(m->map, column);
	m->bad |= index == INQ_NO_REGISTER;
	m->now.cfa = (struct inq_cfi_rule) { .how = INQ_CFI_REGISTER, .source = index, .offset = offset };
}

/* SPARC: the caller's locals and ins are in the window at the CFA, its outs are our ins. */
static void save_window(struct machine *m)
{
	enum { FIRST_OUT = 8, FIRST_LOCAL = 16, AFTER = 32 };
	unsigned word = m->fde->cie.program.word;
	for (uint64_t n = FIRST_OUT; n < FIRST_LOCAL; n++)
		set_rule(m, n,
			 (struct inq_cfi_rule) { .how = INQ_CFI_REGISTER, .source = inq_dwarf_index(m->map, n + 16) });
	for (uint64_t n = FIRST_LOCAL; n < AFTER; n++)
		set_rule(
			m, n,
			(struct inq_cfi_rule) { .how = INQ_CFI_OFFSET, .offset = (int64_t)((n - FIRST_LOCAL) * word) });
}

static void remember(struct machine *m)
{
	if (m->depth == MOST_REMEMBERED)
		m->bad = true;
	else
		m->remembered[m->depth++] = m->now;
}

static void recall(struct machine *m)
{
	if (!m->depth)
		m->bad = true;
	else
		m->now = m->remembered[--m->depth];
}

static void advance(struct machine *m, uint64_t delta)
{
	m->location += delta * m->fde->cie.code_align;
}

/* Instructions that move to another address. */
static bool run_advance(struct machine *m, struct inq_cursor *reader, uint8_t op)
{
	struct inq_cfi_bases bases = { .place = m->fde->program_address, .function = m->fde->start };
	switch (op) {
	case CFA_SET_LOC:
		m->location = inq_cfi_pointer(reader, m->fde->cie.encoding, &bases);
		return true;
	case CFA_ADVANCE1:
		advance(m, inq_cursor_integer(reader, 1));
		return true;
	case CFA_ADVANCE2:
		advance(m, inq_cursor_integer(reader, 2));
		return true;
	case CFA_ADVANCE4:
		advance(m, inq_cursor_integer(reader, 4));
		return true;
	case CFA_ADVANCE8:
		advance(m, inq_cursor_integer(reader, 8));
		return true;
	default:
		return false;
	}
}

/* Instructions that say what the CFA is. */
static bool run_cfa(struct machine *m, struct inq_cursor *reader, uint8_t op)
{
	uint64_t column;
	switch (op) {
	case CFA_DEF:
		column = inq_cursor_uleb(reader);
		define_cfa(m, column, (int64_t)inq_cursor_uleb(reader));
		return true;
	case CFA_DEF_SF:
		column = inq_cursor_uleb(reader);
		define_cfa(m, column, scaled(m, inq_cursor_sleb(reader)));
		return true;
	case CFA_DEF_REGISTER:
		m->bad |= m->now.cfa.how != INQ_CFI_REGISTER;
		define_cfa(m, inq_cursor_uleb(reader), m->now.cfa.offset);
		return true;
	case CFA_DEF_OFFSET:
		m->bad |= m->now.cfa.how != INQ_CFI_REGISTER;
		m->now.cfa.offset = (int64_t)inq_cursor_uleb(reader);
		return true;
	case CFA_DEF_OFFSET_SF:
		m->bad |= m->now.cfa.how != INQ_CFI_REGISTER;
		m->now.cfa.offset = scaled(m, inq_cursor_sleb(reader));
		return true;
	case CFA_DEF_EXPRESSION:
		m->now.cfa = read_expression(reader, INQ_CFI_VALUE_EXPRESSION);
		return true;
	default:
		return false;
	}
}

/* Instructions without a place or register: the state as a whole. */
static bool run_state(struct machine *m, struct inq_cursor *reader, uint8_t op)
{
	uint16_t machine = m->map->arch->machine;
	switch (op) {
	case CFA_NOP:
	case CFA_NEGATE_RA_STATE_PC: /* the signature is taken off whatever the state is */
		return true;
	case CFA_REMEMBER:
		remember(m);
		return true;
	case CFA_RESTORE_STATE:
		recall(m);
		return true;
	case CFA_ARGS_SIZE: /* for exceptions only */
		inq_cursor_uleb(reader);
		return true;
	case CFA_WINDOW_SAVE:
		if (machine == EM_SPARC || machine == EM_SPARC32PLUS || machine == EM_SPARCV9)
			save_window(m);
		return true;
	default:
		return false;
	}
}

/* Instructions that say where a register is; the register is the first operand. */
static bool run_rule(struct machine *m, struct inq_cursor *reader, uint8_t op)
{
	uint64_t column = inq_cursor_uleb(reader);
	switch (op) {
	case CFA_OFFSET_EXTENDED:
		set_offset(m, column, INQ_CFI_OFFSET, (int64_t)inq_cursor_uleb(reader));
		return true;
	case CFA_OFFSET_EXTENDED_SF:
		set_offset(m, column, INQ_CFI_OFFSET, inq_cursor_sleb(reader));
		return true;
	case CFA_NEGATIVE_OFFSET:
		set_offset(m, column, INQ_CFI_OFFSET, -(int64_t)inq_cursor_uleb(reader));
		return true;
	case CFA_VAL_OFFSET:
		set_offset(m, column, INQ_CFI_VALUE_OFFSET, (int64_t)inq_cursor_uleb(reader));
		return true;
	case CFA_VAL_OFFSET_SF:
		set_offset(m, column, INQ_CFI_VALUE_OFFSET, inq_cursor_sleb(reader));
		return true;
	case CFA_RESTORE_EXTENDED:
		restore_rule(m, column);
		return true;
	case CFA_UNDEFINED:
		set_rule(m, column, (struct inq_cfi_rule) { .how = INQ_CFI_UNDEFINED });
		return true;
	case CFA_SAME_VALUE:
		set_rule(m, column, (struct inq_cfi_rule) { .how = INQ_CFI_SAME });
		return true;
	case CFA_REGISTER:
		set_rule(m, column,
			 (struct inq_cfi_rule) { .how = INQ_CFI_REGISTER,
						 .source = inq_dwarf_index(m->map, inq_cursor_uleb(reader)) });
		return true;
	case CFA_EXPRESSION:
		set_rule(m, column, read_expression(reader, INQ_CFI_EXPRESSION));
		return true;
	case CFA_VAL_EXPRESSION:
		set_rule(m, column, read_expression(reader, INQ_CFI_VALUE_EXPRESSION));
		return true;
	default:
		return false;
	}
}

static void run_one(struct machine *m, struct inq_cursor *reader)
{
	uint8_t op = (uint8_t)inq_cursor_integer(reader, 1), low = op & 0x3f;
	switch (op & CFA_HIGH) {
	case CFA_ADVANCE:
		advance(m, low);
		return;
	case CFA_OFFSET:
		set_offset(m, low, INQ_CFI_OFFSET, (int64_t)inq_cursor_uleb(reader));
		return;
	case CFA_RESTORE:
		restore_rule(m, low);
		return;
	default:
		m->bad |= !run_advance(m, reader, op) && !run_cfa(m, reader, op) && !run_state(m, reader, op) &&
			  !run_rule(m, reader, op);
	}
}

/* Every instruction takes at least a byte, so this ends. */
static bool run_program(struct machine *m, const struct inq_view *program)
{
	struct inq_cursor reader = { .bytes = *program };
	while (reader.at < program->size && m->location <= m->wanted && !m->bad && !reader.bad)
		run_one(m, &reader);
	return !m->bad && !reader.bad;
}

static bool make_row(const struct machine *m, struct inq_cfi_row *ret)
{
	const struct state *state = &m->now;
	ret->cfa = state->cfa;
	ret->return_index = column_index(m, m->fde->cie.return_column);
	ret->signal_frame = m->fde->cie.signal_frame;
	ret->count = 0;
	for (uint8_t i = 0; i < m->map->arch->register_count; i++) {
		if (state->rules[i].how == INQ_CFI_UNSPECIFIED)
			continue;
		if (ret->count == INQ_CFI_MOST_RULES)
			return false;
		ret->rules[ret->count++] = state->rules[i];
	}
	return state->cfa.how != INQ_CFI_UNSPECIFIED;
}

bool inq_cfi_run(const struct inq_cfi_fde *fde, uint64_t address, const struct inq_dwarf_map *map,
		 struct inq_cfi_row *ret)
{
	struct machine m;
	m.fde = fde;
	m.map = map;
	m.location = fde->start;
	m.wanted = address;
	m.depth = 0;
	m.bad = false;
	memset(&m.now, 0, sizeof m.now);
	memset(&m.initial, 0, sizeof m.initial);
	if (!run_program(&m, &fde->cie.program))
		return false;
	m.initial = m.now;
	return run_program(&m, &fde->program) && make_row(&m, ret);
}
