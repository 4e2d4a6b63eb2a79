/* `info registers` (gdb/infcmd.c, default_print_one_register_info: name padded to 15, value in hexadecimal padded to 19, and
 * the value as its type has it) and `info threads` (gdb/thread.c, print_thread_info_1). */
#include "formats/stacks/gdb_threads.h"

/* The first register that gdb lists of a processor tells which it is; "r0" begins those of several. */
static uint16_t machine_of(struct inq_span name, uint8_t *bits)
{
	static const struct {
		const char *name;
		uint16_t machine;
		uint8_t bits;
	} first[] = { { "rax", 62, 64 }, { "eax", 3, 32 }, { "x0", 183, 64 }, { "cpsr", 40, 32 }, { "pswm", 22, 64 } };
	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (inq_span_is(name, first[i].name)) {
			*bits = first[i].bits;
			return first[i].machine;
		}
	return 0;
}

static bool split_register(struct inq_span line, struct inq_span *name, uint64_t *value)
{
	struct inq_span rest = line;
	*name = inq_span_word(&rest);
	struct inq_span number = inq_span_word(&rest);
	return name->length && name->length < 12 && inq_span_starts(number, "0x") && inq_span_hex(number, value) &&
	       inq_span_skip_blanks(rest).length;
}

bool inq_gdb_is_register(struct inq_span line)
{
	struct inq_span name;
	uint64_t value;
	uint8_t bits;
	return split_register(line, &name, &value) && machine_of(name, &bits);
}

bool inq_gdb_take_register(struct inq_stack_text *stack, struct inq_gdb_threads *threads)
{
	struct inq_builder *builder = stack->builder;
	struct inq_span name;
	uint64_t value;
	uint8_t bits = 0;
	if (!split_register(stack->line, &name, &value))
		return false;
	uint16_t machine = machine_of(name, &bits);
	if (!builder->artefact->machine.arch && machine)
		inq_build_machine(builder, machine, bits, machine == 22);
	if (!builder->artefact->machine.arch)
		return false;
	inq_set_register(builder, &threads->registers, name, value);
	return true;
}

bool inq_gdb_is_table(struct inq_span line)
{
	struct inq_span rest = line;
	return inq_span_is(inq_span_word(&rest), "Id") && inq_span_is(inq_span_word(&rest), "Target") &&
	       inq_span_is(inq_span_word(&rest), "Id") && inq_span_ends(line, "Frame");
}

/* "Thread 0x7fee14fed740 (LWP 3347) "name" ", "LWP 12", "process 7". */
static struct inq_span take_target(struct inq_span rest, struct inq_gdb_row *row)
{
	static const char *const marks[] = { "(LWP ", "LWP ", "process " };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct inq_span number = inq_span_behind(rest, marks[i]);
		if (!inq_take_decimal(&number, &row->tid))
			continue;
		inq_take_char(&number, ')');
		rest = inq_span_skip_blanks(number);
		break;
	}
	if (!inq_take_char(&rest, '"'))
		return rest;
	ptrdiff_t end = inq_span_find(rest, "\"");
	row->name = (struct inq_span) { rest.text, end < 0 ? 0 : (size_t)end };
	return inq_span_skip_blanks(inq_span_after(rest, end < 0 ? rest.length : (size_t)end + 1));
}

bool inq_gdb_take_row(struct inq_stack_text *stack, struct inq_gdb_threads *threads)
{
	struct inq_span rest = inq_span_skip_blanks(stack->line);
	struct inq_gdb_row row = { .tid = INQ_UNKNOWN, .line = stack->number }, *slot;
	uint64_t number;
	if (inq_gdb_is_table(stack->line))
		return true;
	row.current = inq_take_char(&rest, '*');
	rest = inq_span_skip_blanks(rest);
	if (!inq_take_decimal(&rest, &number))
		return false;
	rest = inq_span_skip_blanks(rest);
	if (!inq_span_starts(rest, "Thread ") && !inq_span_starts(rest, "LWP ") && !inq_span_starts(rest, "process "))
		return false;
	row.frame = take_target(rest, &row);
	if (row.tid == INQ_UNKNOWN)
		return false;
	slot = inq_gdb_row_vec_push(&threads->rows);
	if (slot)
		*slot = row;
	else
		stack->failed = true;
	return true;
}
