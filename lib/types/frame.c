/* The arguments of a frame. */
#include "lib/types/frame.h"

#include "lib/types/running.h"
#include "lib/types/text.h"

enum { MOST_ARGUMENTS = 64 };

bool inq_running_open(struct inq_space *space, const struct inq_typed_frame *frame, bool variables,
		      struct inq_running *ret)
{
	uint64_t address = frame->pc - frame->back;
	*ret = (struct inq_running) { .space = space };
	if (!inq_type_of_function(space, address, frame->depth, variables, &ret->function, &ret->unit))
		return false;
	ret->scope = (struct inq_scope) { .space = space,
					  .bias = ret->unit->object->load_bias,
					  .registers = frame->registers,
					  .frame_base = ret->function.frame_base,
					  .address = address,
					  .exact = !frame->back,
					  .types = ret->unit,
					  .entry = ret->function.entry };
	if (ret->scope.entry != INQ_UNKNOWN)
		ret->scope.entry += ret->scope.bias;
	if (frame->registers)
		ret->scope.has_cfa = inq_unwind_cfa(space, frame->registers, address, !frame->back, &ret->scope.cfa);
	return true;
}

static const char *value_text(const struct inq_running *frame, const struct inq_value *value, bool readable)
{
	struct inq_str str = { 0 };
	const char *text =
		inq_value_print(frame->space, value, readable, &str) ? inq_type_keep(frame->space, &str) : NULL;
	inq_str_release(&str);
	return text;
}

/* Sets the value, if it is known, and the text: "fd=3", or "fd@entry=3" where only that is known; a parameter without a
 * name, as CTF has them, is called by its type. */
static void set_value(const struct inq_running *frame, const struct inq_local *local, bool readable,
		      struct inq_argument *argument)
{
	struct inq_value value = { .type = inq_type_get(frame->unit, local->type) };
	const char *at_entry = NULL;
	uint8_t reg;
	bool found = inq_locate_value(&frame->scope, local, &value, &reg);
	if (found)
		argument->value = value_text(frame, &value, readable);
	else if (inq_locate_at_entry(&frame->scope, local, &value))
		at_entry = value_text(frame, &value, readable);
	const char *shown = argument->value ? argument->value : at_entry;
	if (!shown)
		shown = found ? "<not readable>" : "<optimized out>";
	if (argument->name)
		argument->text = inq_arena_printf(frame->space->ctx->arena, "%s%s=%s", argument->name,
						  at_entry ? "@entry" : "", shown);
	else
		argument->text = argument->value ? shown : argument->type;
	if (!argument->text)
		inq_no_memory(frame->space->ctx);
}

static void put_prototype(struct inq_str *str, const struct inq_running *frame)
{
	const struct inq_function *function = &frame->function;
	bool any = false;
	inq_type_declare(str, inq_type_get(frame->unit, function->returns), NULL);
	inq_str_puts(str, " (");
	for (size_t i = 0; i < function->local_count; i++) {
		if (!function->locals[i].parameter)
			continue;
		inq_str_puts(str, any ? ", " : "");
		inq_type_declare(str, inq_type_get(frame->unit, function->locals[i].type), NULL);
		any = true;
	}
	if (function->variadic)
		inq_str_puts(str, any ? ", ...)" : "...)");
	else
		inq_str_puts(str, any ? ")" : "void)");
}

bool inq_parameters_of_frame(struct inq_space *space, const struct inq_typed_frame *frame,
			     struct inq_frame_parameters *ret)
{
	struct inq_running running;
	struct inq_str prototype = { 0 };
	if (!inq_running_open(space, frame, false, &running))
		return false;
	size_t count = running.function.local_count < MOST_ARGUMENTS ? running.function.local_count : MOST_ARGUMENTS;
	struct inq_argument *arguments = inq_arena_array(space->ctx->arena, count, sizeof *arguments);
	if (!arguments) {
		inq_no_memory(space->ctx);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct inq_local *local = &running.function.locals[i];
		arguments[i].name = local->name;
		arguments[i].type = inq_type_text(space, inq_type_get(running.unit, local->type));
		set_value(&running, local, frame->readable, &arguments[i]);
	}
	put_prototype(&prototype, &running);
	*ret = (struct inq_frame_parameters) { inq_type_keep(space, &prototype), arguments, count };
	return true;
}
