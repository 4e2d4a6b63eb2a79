/* Types out of DWARF: functions with their parameters and variables, and static variables by address. dwarf_types.c reads
 * the types themselves. Facts: DWARF 5, 3.3 and 4.1. */
#include "lib/types/dwarf_types.h"

#include "lib/dwarf/constants.h"

#include <stdlib.h>

enum { MOST_SCOPES = 128, MOST_LOCALS = 512, MOST_FIXED = 1 << 21, MOST_DEPTH = 16 };
enum {
	OP_ADDR = 0x03,
	OP_CONST4U = 0x0c,
	OP_CONST8U = 0x0e,
	OP_FORM_TLS_ADDRESS = 0x9b,
	OP_ADDRX = 0xa1,
	OP_CONSTX = 0xa2,
	OP_GNU_PUSH_TLS_ADDRESS = 0xe0
};

INQ_VEC(local_vec, struct inq_local)

static void close_types(void *state)
{
	struct inq_dwarf_types *types = state;
	inq_dwarf_fixed_vec_release(&types->fixed);
	inq_dwarf_fixed_vec_release(&types->local);
	free(types);
}

static void *open_types(struct inq_space *space, struct inq_object *object)
{
	struct inq_dwarf *dwarf = inq_symbol_dwarf(space, object);
	struct inq_dwarf_types *types = dwarf ? inq_alloc(sizeof *types) : NULL;
	if (types)
		*types = (struct inq_dwarf_types) { .space = space, .object = object, .dwarf = dwarf };
	else if (dwarf)
		inq_no_memory(space->ctx);
	return types;
}

/* ---- functions ---- */

static bool is_function(const struct inq_dwarf_entry *entry)
{
	return entry->abbreviation.tag == TAG_SUBPROGRAM || entry->abbreviation.tag == TAG_INLINED_SUBROUTINE;
}

/* Which of the scopes is the function at that depth, counted from the innermost; `count` when there is none. */
static size_t scope_at_depth(const struct inq_dwarf_entry *scopes, size_t count, unsigned depth)
{
	for (size_t i = count; i > 0; i--)
		if (is_function(&scopes[i - 1]) && depth-- == 0)
			return i - 1;
	return count;
}

static void add_local(struct local_vec *locals, const struct inq_dwarf_entry *entry, uint64_t pc, uint64_t entry_pc)
{
	struct inq_dwarf_value value;
	struct inq_local *local = locals->count < MOST_LOCALS ? local_vec_push(locals) : NULL;
	int64_t constant;
	if (!local)
		return;
	*local = (struct inq_local) { .name = inq_dwarf_name(entry),
				      .type = inq_dwarf_type_of(entry),
				      .parameter = entry->abbreviation.tag == TAG_FORMAL_PARAMETER,
				      .unit = entry->unit };
	if (inq_dwarf_location(entry, AT_LOCATION, pc, &local->location))
		return;
	local->location = (struct inq_view) { 0 };
	if (!inq_dwarf_inherited(entry, AT_CONST_VALUE, &value)) {
		if (!local->parameter || !inq_dwarf_location(entry, AT_LOCATION, entry_pc, &local->at_entry))
			local->at_entry = (struct inq_view) { 0 };
		return;
	}
	local->has_constant = true;
	if (value.class == INQ_DWARF_BLOCK)
		local->bytes = value.bytes;
	else if (inq_dwarf_value_signed(&value, &constant))
		local->constant = (uint64_t)constant;
	else
		local->has_constant = inq_dwarf_value_number(&value, &local->constant);
}

/* The children of a scope with this tag. */
static void add_locals(struct local_vec *locals, const struct inq_dwarf_entry *scope, unsigned tag, uint64_t pc,
		       uint64_t entry_pc)
{
	struct inq_dwarf_entry entry;
	for (bool more = inq_dwarf_child(scope, &entry); more; more = inq_dwarf_sibling(&entry, &entry))
		if (entry.abbreviation.tag == tag)
			add_local(locals, &entry, pc, entry_pc);
}

static bool has_child(const struct inq_dwarf_entry *scope, unsigned tag)
{
	struct inq_dwarf_entry entry;
	for (bool more = inq_dwarf_child(scope, &entry); more; more = inq_dwarf_sibling(&entry, &entry))
		if (entry.abbreviation.tag == tag)
			return true;
	return false;
}

static bool keep_locals(struct inq_dwarf_types *types, struct local_vec *locals, struct inq_function *ret)
{
	struct inq_local *kept = inq_arena_array(types->space->ctx->arena, locals->count, sizeof *kept);
	if (kept && locals->count)
		memcpy(kept, locals->items, locals->count * sizeof *kept);
	ret->locals = kept;
	ret->local_count = kept ? locals->count : 0;
	local_vec_release(locals);
	return kept != NULL;
}

void inq_dwarf_describe_function(const struct inq_dwarf_entry *function, uint64_t pc, struct inq_function *ret)
{
	if (!inq_dwarf_location(function, AT_FRAME_BASE, pc, &ret->frame_base))
		ret->frame_base = (struct inq_view) { 0 };
	if (!inq_dwarf_entry_pc(function, &ret->entry))
		ret->entry = INQ_UNKNOWN;
}

static bool function(void *state, const struct inq_type_question *question, struct inq_function *ret)
{
	struct inq_dwarf_types *types = state;
	struct inq_dwarf_entry scopes[MOST_SCOPES];
	struct local_vec locals = { 0 };
	struct inq_dwarf_unit *unit = inq_dwarf_unit_at(types->dwarf, question->address);
	if (!unit || !inq_dwarf_function_at(unit, question->address, &scopes[0]))
		return false;
	size_t count = inq_dwarf_scopes(&scopes[0], question->address, scopes, MOST_SCOPES);
	size_t at = scope_at_depth(scopes, count, question->depth), end = at + 1;
	if (at >= count)
		return false;
	while (end < count && !is_function(&scopes[end]))
		end++;
	inq_dwarf_describe_function(&scopes[0], question->address, ret);
	for (size_t i = end; question->variables && i > at; i--)
		add_locals(&locals, &scopes[i - 1], TAG_VARIABLE, question->address, INQ_UNKNOWN);
	/* What was inlined is entered nowhere. */
	add_locals(&locals, &scopes[at], TAG_FORMAL_PARAMETER, question->address, at ? INQ_UNKNOWN : ret->entry);
	ret->returns = inq_dwarf_type_of(&scopes[at]);
	ret->variadic = has_child(&scopes[at], TAG_UNSPECIFIED_PARAMETERS);
	return keep_locals(types, &locals, ret);
}

/* ---- static variables ---- */

/* The address of a variable that stays at one place, or its offset in each thread's block. */
static bool fixed_address(const struct inq_dwarf_entry *entry, uint64_t *ret, bool *thread_local)
{
	struct inq_dwarf_value value;
	if (!inq_dwarf_attribute(entry, AT_LOCATION, &value) ||
	    (value.class != INQ_DWARF_EXPRESSION && value.class != INQ_DWARF_BLOCK))
		return false;
	struct inq_cursor code = { .bytes = value.bytes };
	uint64_t op = inq_cursor_integer(&code, 1);
	if (op == OP_ADDR)
		*ret = inq_cursor_integer(&code, entry->unit->address_size);
	else if (op == OP_CONST4U || op == OP_CONST8U)
		*ret = inq_cursor_integer(&code, op == OP_CONST4U ? 4 : 8);
	else if ((op != OP_ADDRX && op != OP_CONSTX) ||
		 !inq_dwarf_indexed_address(entry->unit, inq_cursor_uleb(&code), ret))
		return false;
	*thread_local = op != OP_ADDR && op != OP_ADDRX;
	uint64_t last = *thread_local ? inq_cursor_integer(&code, 1) : OP_FORM_TLS_ADDRESS;
	return !code.bad && code.at == code.bytes.size &&
	       (last == OP_FORM_TLS_ADDRESS || last == OP_GNU_PUSH_TLS_ADDRESS);
}

static bool may_hold_variables(const struct inq_dwarf_entry *entry)
{
	unsigned tag = entry->abbreviation.tag;
	return tag == TAG_SUBPROGRAM || tag == TAG_LEXICAL_BLOCK || tag == TAG_NAMESPACE || tag == TAG_MODULE;
}

static void collect(struct inq_dwarf_types *types, const struct inq_dwarf_entry *parent, unsigned depth)
{
	struct inq_dwarf_entry entry;
	bool more = depth < MOST_DEPTH && inq_dwarf_child(parent, &entry);
	for (; more && types->fixed.count + types->local.count < MOST_FIXED; more = inq_dwarf_sibling(&entry, &entry)) {
		uint64_t address;
		bool thread_local;
		if (may_hold_variables(&entry))
			collect(types, &entry, depth + 1);
		if (entry.abbreviation.tag != TAG_VARIABLE || !fixed_address(&entry, &address, &thread_local))
			continue;
		struct inq_dwarf_fixed *fixed = inq_dwarf_fixed_vec_push(thread_local ? &types->local : &types->fixed);
		if (fixed)
			*fixed = (struct inq_dwarf_fixed) { address, entry.unit, entry.offset };
	}
}

static int by_address(const void *one, const void *two)
{
	const struct inq_dwarf_fixed *a = one, *b = two;
	return (a->address > b->address) - (a->address < b->address);
}

/* No index of variables is usual, so all units are looked through, once: their outermost entries, and the bodies of
 * functions. */
static void read_fixed(struct inq_dwarf_types *types)
{
	struct inq_dwarf_unit *unit = inq_dwarf_unit_open(types->dwarf, INQ_DWARF_INFO, 0);
	types->fixed_read = true;
	for (; unit; unit = inq_dwarf_unit_open(types->dwarf, INQ_DWARF_INFO, unit->end)) {
		struct inq_dwarf_entry root;
		if (inq_dwarf_root(inq_dwarf_split_unit(unit), &root))
			collect(types, &root, 0);
	}
	if (types->fixed.count)
		qsort(types->fixed.items, types->fixed.count, sizeof *types->fixed.items, by_address);
	if (types->local.count)
		qsort(types->local.items, types->local.count, sizeof *types->local.items, by_address);
}

/* The last variable that starts at or below the address, if it reaches that far. */
static bool variable(void *state, const struct inq_type_question *question, struct inq_variable *ret)
{
	struct inq_dwarf_types *types = state;
	struct inq_dwarf_entry entry;
	if (!types->fixed_read)
		read_fixed(types);
	const struct inq_dwarf_fixed_vec *all = question->thread_local ? &types->local : &types->fixed;
	size_t low = 0, high = all->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all->items[middle].address > question->address)
			high = middle;
		else
			low = middle + 1;
	}
	const struct inq_dwarf_fixed *fixed = low ? &all->items[low - 1] : NULL;
	if (!fixed || !inq_dwarf_entry_at(fixed->unit, fixed->offset, &entry))
		return false;
	*ret = (struct inq_variable) { inq_dwarf_name(&entry), inq_dwarf_type_of(&entry), fixed->address };
	return ret->name != NULL;
}

const struct inq_type_source inq_type_source_dwarf = {
	.name = "dwarf",
	.open = open_types,
	.close = close_types,
	.describe = inq_dwarf_describe,
	.variable = variable,
	.function = function,
	.call = inq_dwarf_call_to,
	.reenters = inq_dwarf_reenters,
};
