/* What a parameter's register held when its function was entered: the function has overwritten it since, but the caller may
 * still know what it passed (a constant, a preserved register, its own parameter, and so on outwards). Facts: DWARF 5,
 * 2.5.1.7 (DW_OP_entry_value) and 3.4 (call sites).
 *
 * It is believed only if the call is known to be one of this very function, which cannot have been entered again since by
 * tail calls. */
#include "lib/types/location.h"

enum { MOST_CALLERS = 8 };

/* The frame that made the call. */
static bool scope_of_caller(const struct inq_scope *scope, struct inq_registers *registers, struct inq_scope *ret)
{
	uint64_t back;
	const struct inq_arch *arch = scope->space->machine.arch;
	if (!scope->registers ||
	    !inq_unwind_caller(scope->space, scope->registers, scope->address, scope->exact, registers))
		return false;
	back = registers->values[arch->pc];
	*ret = (struct inq_scope) { .space = scope->space,
				    .registers = registers,
				    .address = back - 1,
				    .entry = INQ_UNKNOWN,
				    .level = scope->level + 1 };
	ret->has_cfa = inq_unwind_cfa(scope->space, registers, ret->address, false, &ret->cfa);
	return back != 0;
}

static bool calls_it(const struct inq_scope *caller, const struct inq_call *call, const struct inq_scope *callee)
{
	uint64_t target;
	if (call->target != INQ_UNKNOWN)
		return call->target + caller->bias == callee->entry;
	if (call->target_name)
		return inq_symbol_find(callee->space, callee->types->object, call->target_name,
				       strlen(call->target_name), &target) &&
		       target == callee->entry;
	return inq_scope_evaluate(caller, call->unit, &call->target_code, &target) && target == callee->entry;
}

bool inq_entry_value(const struct inq_scope *scope, uint64_t reg, uint64_t *ret)
{
	struct inq_registers registers;
	struct inq_scope caller;
	struct inq_call call;
	if (!scope->types || scope->entry == INQ_UNKNOWN || scope->level == MOST_CALLERS ||
	    !scope_of_caller(scope, &registers, &caller) ||
	    !inq_type_of_call(scope->space, caller.address + 1, reg, &call, &caller.types))
		return false;
	caller.bias = caller.types->object->load_bias;
	caller.frame_base = call.caller.frame_base;
	if (call.caller.entry != INQ_UNKNOWN)
		caller.entry = call.caller.entry + caller.bias;
	return calls_it(&caller, &call, scope) && !inq_type_reenters(scope->types, scope->address) &&
	       inq_scope_evaluate(&caller, call.unit, &call.value, ret);
}
