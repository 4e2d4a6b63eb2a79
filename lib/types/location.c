/* Evaluating locations of variables. Facts: DWARF 5, section 2.6. */
#include "lib/types/location.h"

#include "lib/base/cursor.h"
#include "lib/dwarf/dwarf.h"
#include "lib/unwind/cfi/expression.h"
#include "lib/unwind/cfi/run.h"

enum {
	OP_REG0 = 0x50,
	OP_REG31 = 0x6f,
	OP_REGX = 0x90,
	OP_PIECE = 0x93,
	OP_IMPLICIT_VALUE = 0x9e,
	OP_STACK_VALUE = 0x9f
};

/* What the expression asks for. */
struct asking {
	const struct inq_scope *scope;
	const void *unit; /* what indices count in */
	struct inq_dwarf_map map;
	bool in_frame_base;
};

/* One place that an expression tells. */
struct place {
	enum { NOWHERE, MEMORY, REGISTER, NUMBER, BYTES } kind;
	uint64_t number; /* address, value */
	uint8_t reg;	 /* index */
	struct inq_view bytes;
};

static bool next_place(struct asking *asking, const struct inq_view *expression, uint64_t *at, struct place *ret);

static bool read_memory(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	const struct asking *asking = data;
	return inq_space_integer(asking->scope->space, address, size, ret);
}

static bool get_register(void *data, uint64_t number, uint64_t *ret)
{
	const struct asking *asking = data;
	const struct inq_registers *registers = asking->scope->registers;
	uint8_t index = inq_dwarf_index(&asking->map, number);
	if (!registers || index >= INQ_MAX_REGISTERS || !(registers->valid >> index & 1))
		return false;
	*ret = registers->values[index];
	return true;
}

static bool get_cfa(void *data, uint64_t *ret)
{
	const struct asking *asking = data;
	*ret = asking->scope->cfa;
	return asking->scope->has_cfa;
}

/* A frame base is an address, or the register that holds it. */
static bool get_frame_base(void *data, uint64_t *ret)
{
	struct asking *asking = data;
	struct place place;
	uint64_t at = 0;
	if (asking->in_frame_base || !asking->scope->frame_base.size)
		return false;
	asking->in_frame_base = true;
	bool found = next_place(asking, &asking->scope->frame_base, &at, &place) &&
		     (place.kind == MEMORY || place.kind == REGISTER);
	asking->in_frame_base = false;
	if (found)
		*ret = place.number;
	return found;
}

static bool get_indexed(void *data, uint64_t index, uint64_t *ret)
{
	const struct asking *asking = data;
	return asking->unit && inq_dwarf_indexed_address(asking->unit, index, ret);
}

/* Only of a register. */
static bool register_at_entry(const struct inq_scope *scope, const struct inq_view *expression, uint64_t *ret)
{
	struct inq_cursor code = { .bytes = *expression };
	uint64_t op = inq_cursor_integer(&code, 1), reg = op == OP_REGX ? inq_cursor_uleb(&code) : op - OP_REG0;
	bool is_register = op == OP_REGX || (op >= OP_REG0 && op <= OP_REG31);
	return is_register && !code.bad && code.at == expression->size && inq_entry_value(scope, reg, ret);
}

static bool get_at_entry(void *data, const struct inq_view *expression, uint64_t *ret)
{
	const struct asking *asking = data;
	return register_at_entry(asking->scope, expression, ret);
}

static const struct inq_expression_scope scope_ops = { get_frame_base, get_cfa, get_indexed, get_at_entry };

static struct inq_expression_target target_of(struct asking *asking)
{
	return (struct inq_expression_target) { read_memory, get_register, asking, asking->scope->bias, &scope_ops };
}

bool inq_scope_evaluate(const struct inq_scope *scope, const void *unit, const struct inq_view *expression,
			uint64_t *ret)
{
	struct asking asking = { .scope = scope, .unit = unit };
	if (!scope->space->machine.arch || !expression->size)
		return false;
	inq_dwarf_map_init(&asking.map, scope->space->machine.arch);
	const struct inq_expression_target target = target_of(&asking);
	return inq_evaluate(expression, NULL, &target, ret) == INQ_EVALUATED;
}

static bool take_register(struct asking *asking, uint64_t number, struct place *ret)
{
	uint64_t offset = inq_arch_vector_offset(asking->map.arch, number);
	if (offset != INQ_NO_VECTOR && asking->scope->registers) {
		ret->kind = BYTES;
		ret->bytes = inq_view_clip(&asking->scope->registers->vectors, offset, asking->map.arch->vectors.size);
		return ret->bytes.size > 0;
	}
	ret->kind = REGISTER;
	ret->reg = inq_dwarf_index(&asking->map, number);
	return get_register(asking, number, &ret->number);
}

/* The operation that makes a location of what was computed. */
static bool take_end(struct asking *asking, struct inq_cursor *code, struct place *ret)
{
	uint64_t op = inq_cursor_integer(code, 1);
	if (op >= OP_REG0 && op <= OP_REG31)
		return take_register(asking, op - OP_REG0, ret);
	if (op == OP_REGX)
		return take_register(asking, inq_cursor_uleb(code), ret);
	if (op == OP_STACK_VALUE && ret->kind == MEMORY) {
		ret->kind = NUMBER;
		return true;
	}
	if (op != OP_IMPLICIT_VALUE)
		return false;
	ret->kind = BYTES;
	ret->bytes = inq_cursor_take(code, inq_cursor_uleb(code));
	return !code->bad;
}

/* The place that begins at *at, which moves to what follows: the end, or the size of the piece. False when it is not known;
 * an empty one is NOWHERE. */
static bool next_place(struct asking *asking, const struct inq_view *expression, uint64_t *at, struct place *ret)
{
	const struct inq_expression_target target = target_of(asking);
	uint64_t before = *at;
	*ret = (struct place) { .reg = INQ_NO_REGISTER };
	if (inq_evaluate_location(expression, at, &target, &ret->number) != INQ_EVALUATED)
		return false;
	if (*at != before)
		ret->kind = MEMORY;
	struct inq_cursor code = { .bytes = *expression, .at = *at };
	if (*at == expression->size || inq_view_get(expression, *at, 1) == OP_PIECE)
		return true;
	bool good = take_end(asking, &code, ret);
	*at = code.at;
	return good;
}

/* The first `size` bytes of what is there. */
static bool get_bytes(const struct inq_scope *scope, const struct place *place, uint64_t size, uint8_t *buffer)
{
	struct inq_value value;
	switch (place->kind) {
	case MEMORY:
		return inq_space_read(scope->space, place->number, buffer, size) <= INQ_READ_FILE;
	case REGISTER:
	case NUMBER:
		if (!inq_value_of_number(scope->space, place->number, size, &value))
			return false;
		memcpy(buffer, value.bytes, size);
		return true;
	case BYTES:
		if (size > place->bytes.size)
			return false;
		memcpy(buffer, place->bytes.data, size);
		return true;
	case NOWHERE:
	default:
		return false;
	}
}

/* A value in pieces, the first of which was read; all must be there. */
static bool join_pieces(struct asking *asking, const struct inq_view *expression, uint64_t at, struct place *place,
			struct inq_value *ret)
{
	ret->size = 0;
	for (;;) {
		struct inq_cursor code = { .bytes = *expression, .at = at };
		uint64_t op = inq_cursor_integer(&code, 1), size = inq_cursor_uleb(&code);
		if (op != OP_PIECE || code.bad || size > sizeof ret->bytes - ret->size ||
		    !get_bytes(asking->scope, place, size, ret->bytes + ret->size))
			return false;
		ret->size += size;
		at = code.at;
		if (at >= expression->size)
			return true;
		if (!next_place(asking, expression, &at, place))
			return false;
	}
}

static bool constant_value(const struct inq_scope *scope, const struct inq_local *local, uint64_t size,
			   struct inq_value *ret)
{
	const struct place place = { .kind = BYTES, .bytes = local->bytes };
	if (!local->bytes.size)
		return inq_value_of_number(scope->space, local->constant, size, ret);
	ret->size = size;
	return size <= sizeof ret->bytes && get_bytes(scope, &place, size, ret->bytes);
}

bool inq_locate_value(const struct inq_scope *scope, const struct inq_local *local, struct inq_value *ret, uint8_t *reg)
{
	struct asking asking = { .scope = scope, .unit = local->unit };
	struct place place;
	uint64_t at = 0, size = inq_type_size(ret->type);
	const struct inq_arch *arch = scope->space->machine.arch;
	*reg = INQ_NO_REGISTER;
	if (local->has_constant)
		return constant_value(scope, local, size, ret);
	if (!arch || !local->location.size)
		return false;
	inq_dwarf_map_init(&asking.map, arch);
	if (!next_place(&asking, &local->location, &at, &place))
		return false;
	if (at < local->location.size)
		return join_pieces(&asking, &local->location, at, &place, ret);
	if (place.kind == MEMORY) {
		ret->in_memory = true;
		ret->address = place.number;
		return true;
	}
	*reg = place.reg;
	ret->size = size;
	return size <= sizeof ret->bytes && get_bytes(scope, &place, size, ret->bytes);
}

bool inq_locate_at_entry(const struct inq_scope *scope, const struct inq_local *local, struct inq_value *ret)
{
	uint64_t number;
	return local->at_entry.size && register_at_entry(scope, &local->at_entry, &number) &&
	       inq_value_of_number(scope->space, number, inq_type_size(ret->type), ret);
}
