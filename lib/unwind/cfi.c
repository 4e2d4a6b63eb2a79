/* The stepper of call-frame information. Rows are kept by address, so that the thousand-and-first frame of a recursion, or
 * the same wait in another thread, costs no search and no decoding. */
#include "lib/unwind/stepper.h"

#include "lib/unwind/cfi/expression.h"

/* What an expression may read: the registers of the frame and memory. */
struct scope {
	struct inq_unwinder *unwinder;
	const struct inq_registers *registers;
};

static bool scope_read(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	const struct scope *scope = data;
	return inq_unwinder_read(scope->unwinder, address, size, ret);
}

static bool scope_get(void *data, uint64_t number, uint64_t *ret)
{
	const struct scope *scope = data;
	return inq_registers_get(scope->registers, inq_dwarf_index(&scope->unwinder->map, number), ret);
}

static enum inq_evaluated evaluate(struct inq_unwinder *unwinder, const struct inq_registers *registers,
				   const struct inq_cfi_rule *rule, const uint64_t *cfa, uint64_t *ret)
{
	struct scope scope = { unwinder, registers };
	const struct inq_expression_target target = { .read = scope_read, .get = scope_get, .data = &scope };
	const struct inq_view code = { .data = rule->expression,
				       .size = rule->size,
				       .word = (uint8_t)unwinder->word,
				       .big = unwinder->space->machine.big };
	return inq_evaluate(&code, cfa, &target, ret);
}

/* A place in an object. */
struct place {
	struct inq_object *object;
	struct inq_cfi_known *known;
	uint64_t inside; /* the address as the file counts */
};

/* What is known of an object, opened on first use. */
static struct inq_cfi_known *known_of(struct inq_unwinder *unwinder, struct inq_object *object)
{
	struct inq_space *space = unwinder->space;
	size_t index = (size_t)(object - space->objects.items);
	if (!unwinder->cfi)
		unwinder->cfi = inq_alloc(space->objects.count * sizeof(struct inq_cfi_known *));
	if (unwinder->cfi && !unwinder->cfi[index])
		unwinder->cfi[index] = inq_cfi_known_open(space, object, unwinder->arch);
	if (!unwinder->cfi || !unwinder->cfi[index]) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	return unwinder->cfi[index];
}

static bool find_place(struct inq_unwinder *unwinder, uint64_t address, struct place *ret)
{
	struct inq_object *object = inq_space_object_at(unwinder->space, address);
	struct inq_cfi_known *known = object ? known_of(unwinder, object) : NULL;
	if (!known || object->load_bias == INQ_UNKNOWN)
		return false;
	*ret = (struct place) { object, known, address - object->load_bias };
	return true;
}

static bool find_entry(struct inq_unwinder *unwinder, const struct place *place, struct inq_cfi_fde *ret)
{
	struct inq_space *space = unwinder->space;
	struct inq_cfi_table *table = &place->known->table;
	return inq_cfi_find(space->ctx, table, place->inside, ret) ||
	       (inq_cfi_open_debug(space, place->object, table) && inq_cfi_find(space->ctx, table, place->inside, ret));
}

bool inq_cfi_begins_at(struct inq_unwinder *unwinder, uint64_t address)
{
	struct inq_cfi_fde fde;
	struct place place;
	return find_place(unwinder, address, &place) && find_entry(unwinder, &place, &fde) && fde.start == place.inside;
}

static bool make_row(struct inq_unwinder *unwinder, uint64_t address, struct inq_cfi_row *ret)
{
	struct inq_cfi_fde fde;
	struct place place;
	if (!find_place(unwinder, address, &place))
		return false;
	const struct inq_cfi_row *known = inq_cfi_known_row(place.known, place.inside);
	if (known) {
		*ret = *known;
		return true;
	}
	if (!find_entry(unwinder, &place, &fde) || !inq_cfi_run(&fde, place.inside, &unwinder->map, ret))
		return false;
	inq_cfi_known_keep(place.known, place.inside, ret);
	return true;
}

static size_t place_of(struct inq_unwinder *unwinder, uint64_t address)
{
	return inq_dense_place(&unwinder->row_index, address, unwinder->rows.count);
}

bool inq_cfi_is_kept(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame)
{
	uint64_t address = inq_lookup_pc(frame);
	size_t place = place_of(unwinder, address);
	if (frame->exact || place >= unwinder->rows.count)
		return false;
	const struct inq_kept_row *kept = &unwinder->rows.items[place];
	return kept->address == address && kept->back;
}

/* The row of the address, and whether it is a return address; NULL when there is none. Good until the next is asked for. */
static const struct inq_cfi_row *row_at(struct inq_unwinder *unwinder, uint64_t address, bool back)
{
	size_t place = place_of(unwinder, address);
	if (place == unwinder->rows.count && !inq_kept_row_vec_push(&unwinder->rows)) {
		inq_no_memory(unwinder->space->ctx);
		return NULL;
	}
	struct inq_kept_row *kept = &unwinder->rows.items[place];
	if (address && kept->address == address && kept->back == back)
		return &kept->row;
	kept->address = 0;
	if (!make_row(unwinder, address, &kept->row))
		return NULL;
	kept->address = address;
	kept->back = back;
	return &kept->row;
}

static enum inq_evaluated find_cfa(struct inq_unwinder *unwinder, const struct inq_registers *registers,
				   const struct inq_cfi_rule *rule, uint64_t *ret)
{
	if (rule->how == INQ_CFI_VALUE_EXPRESSION)
		return evaluate(unwinder, registers, rule, NULL, ret);
	if (!inq_registers_get(registers, rule->source, ret))
		return INQ_NO_VALUE;
	*ret += (uint64_t)rule->offset;
	if (unwinder->word == 4)
		*ret = (uint32_t)*ret;
	return INQ_EVALUATED;
}

bool inq_unwind_cfa(struct inq_space *space, const struct inq_registers *registers, uint64_t address, bool exact,
		    uint64_t *ret)
{
	struct inq_unwinder *unwinder = inq_unwinder_of(space);
	const struct inq_cfi_row *row = unwinder ? row_at(unwinder, address, !exact) : NULL;
	return row && find_cfa(unwinder, registers, &row->cfa, ret) == INQ_EVALUATED;
}

static enum inq_evaluated read_saved(struct inq_unwinder *unwinder, uint64_t address, uint64_t *ret)
{
	return inq_unwinder_read(unwinder, address, unwinder->slot, ret) ? INQ_EVALUATED : INQ_NO_BYTES;
}

/* The value that the rule gives the register in the caller. */
static enum inq_evaluated apply(struct inq_unwinder *unwinder, const struct inq_registers *registers,
				const struct inq_cfi_rule *rule, uint64_t cfa, uint64_t *ret)
{
	enum inq_evaluated status;
	switch ((enum inq_cfi_how)rule->how) {
	case INQ_CFI_SAME:
		return inq_registers_get(registers, rule->target, ret) ? INQ_EVALUATED : INQ_NO_VALUE;
	case INQ_CFI_REGISTER:
		return inq_registers_get(registers, rule->source, ret) ? INQ_EVALUATED : INQ_NO_VALUE;
	case INQ_CFI_OFFSET:
		return read_saved(unwinder, cfa + (uint64_t)rule->offset, ret);
	case INQ_CFI_VALUE_OFFSET:
		*ret = cfa + (uint64_t)rule->offset;
		return INQ_EVALUATED;
	case INQ_CFI_EXPRESSION:
		status = evaluate(unwinder, registers, rule, &cfa, ret);
		return status == INQ_EVALUATED ? read_saved(unwinder, *ret, ret) : status;
	case INQ_CFI_VALUE_EXPRESSION:
		return evaluate(unwinder, registers, rule, &cfa, ret);
	case INQ_CFI_UNSPECIFIED:
	case INQ_CFI_UNDEFINED:
	default:
		return INQ_NO_VALUE;
	}
}

/* The caller's registers; *back: how finding the return address went, whose value is then in `caller`. */
static void apply_rules(struct inq_unwinder *unwinder, const struct inq_registers *registers,
			const struct inq_cfi_row *row, uint64_t cfa, struct inq_registers *caller,
			enum inq_evaluated *back)
{
	uint64_t value;
	for (size_t i = 0; i < row->count; i++) {
		const struct inq_cfi_rule *rule = &row->rules[i];
		enum inq_evaluated status = apply(unwinder, registers, rule, cfa, &value);
		if (status == INQ_EVALUATED)
			inq_registers_set(caller, rule->target, value);
		else
			inq_registers_forget(caller, rule->target);
		if (rule->target == row->return_index)
			*back = status;
	}
}

static bool has_no_return(const struct inq_cfi_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->rules[i].target == row->return_index)
			return row->rules[i].how == INQ_CFI_UNDEFINED;
	return false;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	const struct inq_registers *registers = &frame->registers;
	struct inq_registers *out = &caller->registers;
	const struct inq_cfi_row *row = row_at(unwinder, inq_lookup_pc(frame), !frame->exact);
	uint64_t cfa, back = 0;
	if (!row)
		return INQ_STEP_NOT_MINE;
	if (has_no_return(row))
		return INQ_STEP_OUTERMOST;
	enum inq_evaluated status = find_cfa(unwinder, registers, &row->cfa, &cfa);
	if (status != INQ_EVALUATED)
		return status == INQ_NO_BYTES ? INQ_STEP_MISSING_MEMORY : INQ_STEP_NOT_MINE;
	if (!row->signal_frame)
		inq_registers_keep_preserved(arch, out);
	/* A link register that no rule speaks of still holds the return address. */
	bool linked = row->return_index != arch->pc && inq_registers_get(registers, row->return_index, &back);
	status = linked ? INQ_EVALUATED : INQ_NO_VALUE;
	inq_registers_set(out, arch->sp, cfa + (uint64_t)arch->cfa_to_sp);
	apply_rules(unwinder, registers, row, cfa, out, &status);
	if (status != INQ_EVALUATED)
		return status == INQ_NO_BYTES ? INQ_STEP_MISSING_MEMORY : INQ_STEP_NOT_MINE;
	inq_registers_get(out, row->return_index, &back);
	if (!row->signal_frame) {
		back = inq_return_target(unwinder, back);
		inq_registers_forget(out, arch->lr); /* the call itself wrote it */
	}
	inq_registers_set(out, arch->pc, back);
	if (row->signal_frame) {
		frame->kind = INQ_FRAME_SIGNAL;
		caller->exact = true;
	}
	caller->found_by = row->signal_frame ? INQ_FOUND_SIGNAL_FRAME : INQ_FOUND_CFI;
	caller->confidence = INQ_CERTAIN;
	return INQ_STEP_FOUND;
}

bool inq_unwind_caller(struct inq_space *space, const struct inq_registers *registers, uint64_t address, bool exact,
		       struct inq_registers *ret)
{
	struct inq_unwinder *unwinder = inq_unwinder_of(space);
	struct inq_walk_frame frame = { .registers = *registers, .pc = address + !exact, .exact = exact };
	struct inq_walk_frame caller = frame;
	if (!unwinder || step(unwinder, &frame, &caller) != INQ_STEP_FOUND || frame.kind == INQ_FRAME_SIGNAL)
		return false;
	*ret = caller.registers;
	ret->vectors = (struct inq_view) { 0 };
	return true;
}

const struct inq_stepper inq_stepper_cfi = { "cfi", step };
