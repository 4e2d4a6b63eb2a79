/* The call that led to a frame: what it passed, and whether it is sure that it is the one. */
#include "lib/types/dwarf_types.h"

enum { MOST_CHAINED = 16 }; /* functions that one leads to by tail calls */

/* Where the called function is, if it is in this object: by its definition, or by the symbol of a declaration. */
static bool callee_address(struct inq_dwarf_types *types, const struct inq_dwarf_call *call, uint64_t *ret)
{
	const char *name = inq_dwarf_linkage_name(&call->callee);
	if (inq_dwarf_entry_pc(&call->callee, ret))
		return true;
	if (!name)
		name = inq_dwarf_name(&call->callee);
	if (!name || !inq_symbol_find(types->space, types->object, name, strlen(name), ret))
		return false;
	*ret -= types->object->load_bias;
	return true;
}

static bool function_at(struct inq_dwarf_types *types, uint64_t address, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_unit *unit = inq_dwarf_unit_at(types->dwarf, address);
	return unit && inq_dwarf_function_at(unit, address, ret);
}

bool inq_dwarf_call_to(void *state, const struct inq_type_question *question, uint64_t reg, struct inq_call *ret)
{
	struct inq_dwarf_types *types = state;
	struct inq_dwarf_calls calls = { .depth = 0 };
	struct inq_dwarf_call call;
	if (!function_at(types, question->address - 1, &calls.at))
		return false;
	inq_dwarf_describe_function(&calls.at, question->address - 1, &ret->caller);
	do {
		if (!inq_dwarf_next_call(&calls, &call))
			return false;
	} while (call.returns_to != question->address);
	ret->unit = call.unit;
	ret->target_code = call.target;
	if (call.has_callee && !callee_address(types, &call, &ret->target)) {
		ret->target = INQ_UNKNOWN;
		ret->target_name = inq_dwarf_linkage_name(&call.callee);
		if (!ret->target_name)
			ret->target_name = inq_dwarf_name(&call.callee);
	}
	return inq_dwarf_call_passes(&call, reg, &ret->value);
}

/* Functions that tail calls lead to, by where they are entered. */
struct chain {
	uint64_t items[MOST_CHAINED];
	size_t count;
};

static bool holds(const struct chain *chain, uint64_t address)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->items[i] == address)
			return true;
	return false;
}

/* Adds those that a function leads to. What is in another object does not come back. False when one leads to the first, or
 * cannot be followed. */
static bool follow(struct inq_dwarf_types *types, const struct inq_dwarf_entry *function, struct chain *chain)
{
	struct inq_dwarf_calls calls = { .at = *function };
	struct inq_dwarf_call call;
	while (inq_dwarf_next_call(&calls, &call)) {
		uint64_t address;
		if (!call.tail || (call.has_callee && !callee_address(types, &call, &address)))
			continue;
		if (!call.has_callee || address == chain->items[0] || chain->count == MOST_CHAINED)
			return false;
		if (!holds(chain, address))
			chain->items[chain->count++] = address;
	}
	return true;
}

bool inq_dwarf_reenters(void *state, const struct inq_type_question *question)
{
	struct inq_dwarf_types *types = state;
	struct inq_dwarf_entry function;
	struct chain chain = { .count = 1 };
	if (!function_at(types, question->address, &function) || !inq_dwarf_entry_pc(&function, &chain.items[0]))
		return true;
	for (size_t i = 0; i < chain.count; i++)
		if (!function_at(types, chain.items[i], &function) || !follow(types, &function, &chain))
			return true;
	return false;
}
