/* Output of pstack of Solaris and illumos (usr/src/cmd/ptools/pstack/pstack.c): a title, "lwp# N" lines, and frames
 * " ADDRESS NAME (ARGUMENTS) + OFFSET", all numbers hexadecimal; and of eu-stack of elfutils (src/stack.c): "TID N:" and
 * "#N  0xADDRESS NAME - MODULE". */
#include "formats/stacks/mdb_panic.h"

/* "NAME (ARGUMENTS) + OFFSET", what stands behind the address. */
struct call {
	struct inq_span name, arguments, offset;
};

/* "b, 0, 8047f00", "1, 2, ..."; not the device in a row of an old pmap, "(03:01 12345)". */
static bool are_arguments(struct inq_span span)
{
	static const struct inq_characters known = { INQ_DIGITS | INQ_CHARACTER(',') | INQ_CHARACTER(' ') |
							     INQ_CHARACTER('.') | INQ_CHARACTER('?') |
							     INQ_CHARACTER('-'),
						     INQ_HEX_LETTERS | INQ_CHARACTER('x') };
	for (size_t i = 0; i < span.length; i++)
		if (!inq_characters_have(known, span.text[i]))
			return false;
	return true;
}

/* The last parentheses hold the arguments, in which there are none: names of C++ have some, too. */
static bool split_call(struct inq_span text, struct call *ret)
{
	const char *close = text.length ? memrchr(text.text, ')', text.length) : NULL;
	const char *open = close ? memrchr(text.text, '(', (size_t)(close - text.text)) : NULL;
	if (!open || open == text.text || open[-1] != ' ')
		return false;
	ret->name = inq_span_trim_end((struct inq_span) { text.text, (size_t)(open - text.text) });
	ret->arguments = (struct inq_span) { open + 1, (size_t)(close - open) - 1 };
	struct inq_span rest = inq_span_skip_blanks(inq_span_after(text, (size_t)(close - text.text) + 1));
	ret->offset = (struct inq_span) { rest.text, 0 };
	if (inq_take_char(&rest, '+')) {
		rest = inq_span_skip_blanks(rest);
		ret->offset = inq_span_word(&rest);
	}
	return ret->name.length && are_arguments(ret->arguments);
}

/* " fef5f137 _lwp_kill (1, 6) + 7". */
static bool split_frame(struct inq_span line, struct inq_span *address, struct call *call)
{
	uint64_t value;
	struct inq_span rest = line;
	*address = inq_span_word(&rest);
	if ((address->length != 8 && address->length != 16) || !inq_span_hex(*address, &value) ||
	    !split_call(inq_span_skip_blanks(rest), call))
		return false;
	bool may_be_kernels =
		memchr(call->name.text, '+', call->name.length); /* "unix:die+df": no name of pstack has it */
	return !may_be_kernels || !inq_mdb_panic_is_frame(line);
}

static bool is_frame(struct inq_span line)
{
	struct inq_span address;
	struct call call;
	return split_frame(line, &address, &call);
}

/* "-----------------  lwp# 1 / thread# 1  --------------------". */
static bool is_thread(struct inq_span line)
{
	return inq_span_starts(line, "---") && inq_span_find(line, "lwp# ") > 0;
}

/* eu-stack: "PID 12 - core" or "TID 12:", then "#0  0x00007f… name". */
static bool is_eu_stack(struct inq_text text)
{
	uint64_t number;
	struct inq_span rest = inq_span_after(text.line, 4);
	if (!inq_take_decimal(&rest, &number) || !inq_text_next(&text))
		return false;
	return inq_span_starts(text.line, "TID ") || inq_span_starts(text.line, "#0  0x");
}

/* A frame of eu-stack whose heading is lost, "#0  0x00007f5d3c0b5a35 raise - /lib64/libc.so.6": gdb has " in " behind the
 * address, systemd's journal and sanitizers have parentheses behind the name. */
static bool is_eu_frame(struct inq_span line, uint64_t *number)
{
	uint64_t pc;
	if (!inq_take_char(&line, '#') || !inq_take_decimal(&line, number))
		return false;
	line = inq_span_skip_blanks(line);
	struct inq_span address = inq_span_word(&line);
	return (address.length == 10 || address.length == 18) && inq_span_hex(address, &pc) &&
	       inq_span_starts(address, "0x") && inq_span_find(line, "in ") < 0 && inq_span_find(line, " (") < 0;
}

static bool is_bare_eu_stack(struct inq_text text)
{
	uint64_t first, second;
	return is_eu_frame(text.line, &first) && inq_text_next(&text) && is_eu_frame(text.line, &second) &&
	       second > first;
}

/* "core 'core' of 1234:	./a.out", "1234:	./a.out". */
static bool take_title(struct inq_span line, uint64_t *pid, struct inq_span *args)
{
	struct inq_span rest = line;
	if (inq_span_starts(line, "core '"))
		rest = inq_span_behind(line, "' of ");
	if (!inq_take_decimal(&rest, pid) || !inq_take_char(&rest, ':'))
		return false;
	*args = inq_span_skip_blanks(rest);
	return args->length;
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct inq_span args;
	uint64_t pid;
	if (inq_span_starts(text.line, "PID ") || inq_span_starts(text.line, "TID "))
		return is_eu_stack(text) ? 85 : 0;
	if (inq_span_starts(text.line, "#"))
		return is_bare_eu_stack(text) ? 70 : 0;
	if (is_thread(text.line) || is_frame(text.line))
		return 80;
	bool title = take_title(text.line, &pid, &args);
	return title && inq_text_next(&text) && (is_thread(text.line) || is_frame(text.line)) ? 85 : 0;
}

static bool is_open(struct inq_span line, struct inq_span next)
{
	struct inq_span rest = line, address = inq_span_word(&rest);
	uint64_t value;
	return (address.length == 8 || address.length == 16) &&
	       (inq_span_find(rest, ")") < 0 || inq_span_ends(rest, ",")) && inq_span_hex(address, &value) &&
	       !is_frame(next);
}

static bool take_frame(struct inq_stack_text *stack)
{
	struct inq_span address;
	struct call call;
	if (!split_frame(stack->line, &address, &call))
		return false;
	struct inq_text_frame *frame = inq_stack_frame(stack);
	if (!frame)
		return true;
	inq_span_hex(address, &frame->pc);
	if (!stack->builder->artefact->machine.bits)
		inq_build_machine(stack->builder, 0, address.length == 8 ? 32 : 64, false);
	frame->arguments = inq_stack_string(stack, call.arguments);
	if (inq_span_starts(call.name, "????"))
		return true;
	frame->symbol = inq_stack_string(stack, call.name);
	frame->symbol_offset = 0;
	inq_span_hex(call.offset, &frame->symbol_offset);
	return true;
}

/* " --- called from signal handler with signal 11 (SIGSEGV) ---". */
static bool take_signal(struct inq_stack_text *stack)
{
	static const char words[] = "called from signal handler with signal ";
	ptrdiff_t at = inq_span_starts(stack->line, "---") ? inq_span_find(stack->line, words) : -1;
	if (at < 0)
		return false;
	struct inq_span rest = inq_span_after(stack->line, (size_t)at + strlen(words));
	struct inq_text_frame *frame = inq_stack_frame(stack);
	uint64_t number;
	if (!frame)
		return true;
	frame->kind = INQ_FRAME_SIGNAL;
	if (inq_take_decimal(&rest, &number) && number < 65)
		frame->signal = (int)number;
	return true;
}

static bool take_lwp(struct inq_stack_text *stack)
{
	if (!is_thread(stack->line))
		return false;
	struct inq_thread *thread = inq_stack_thread(stack);
	if (!thread)
		return true;
	size_t at = (size_t)inq_span_find(stack->line, "lwp# ");
	struct inq_span rest = inq_span_after(stack->line, at + strlen("lwp# "));
	inq_take_decimal(&rest, &thread->tid);
	thread->name = inq_stack_string(stack, inq_span_between(rest, "[", "]"));
	return true;
}

/* "TID 1234:", and "PID 1234 - core" before them. */
static bool take_eu_title(struct inq_stack_text *stack)
{
	struct inq_span rest = inq_span_after(stack->line, stack->line.length < 4 ? stack->line.length : 4);
	bool tid = inq_span_starts(stack->line, "TID "), pid = inq_span_starts(stack->line, "PID ");
	uint64_t number;
	if ((!tid && !pid) || !inq_take_decimal(&rest, &number))
		return false;
	inq_build_os(stack->builder, INQ_OS_LINUX);
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number);
	if (pid)
		inq_build_process(stack->builder)->pid = stack->builder->artefact->pid = number;
	struct inq_thread *thread = tid ? inq_stack_thread(stack) : NULL;
	if (thread)
		thread->tid = number;
	return true;
}

/* "#0  0x00007f8bd1c99d3c     __pthread_kill - /usr/lib/libc.so.6"; with -v "- 1" marks return addresses; -s puts
 * "    FILE:LINE:COLUMN" on the next line, -b "    [BUILD ID]". */
static bool take_eu_frame(struct inq_stack_text *stack)
{
	struct inq_text_frame *frame;
	struct inq_span rest;
	uint64_t pc;
	if (!inq_stack_numbered(stack, &frame, &pc, &rest))
		return false;
	if (!frame)
		return true;
	if (stack->builder->artefact->os == INQ_OS_UNKNOWN)
		inq_build_os(stack->builder, INQ_OS_LINUX);
	frame->pc = pc;
	if (inq_span_starts(rest, "- 1") && (rest.length == 3 || rest.text[3] == ' '))
		rest = inq_span_skip_blanks(inq_span_after(rest, 3));
	ptrdiff_t dash = inq_span_find(rest, " - ");
	bool only_module = inq_span_starts(rest, "- ");
	struct inq_span name = only_module || !rest.length ? (struct inq_span) { rest.text, 0 } : rest;
	if (dash >= 0 && !only_module)
		name.length = (size_t)dash;
	if (only_module || dash >= 0)
		frame->object = inq_stack_string(stack, inq_span_after(rest, only_module ? 2 : (size_t)dash + 3));
	if (inq_span_ends(name, " [inlined]")) {
		name.length -= strlen(" [inlined]");
		frame->kind = INQ_FRAME_INLINE;
	}
	frame->symbol = inq_stack_string(stack, name);
	return true;
}

/* "    /src/a.c:12:3", below the frame that it is of. */
static bool take_eu_source(struct inq_stack_text *stack)
{
	struct inq_span line = stack->line;
	uint64_t number;
	const char *colon = line.length ? memchr(line.text, ':', line.length) : NULL;
	if (!colon || !stack->frames.count || stack->builder->artefact->os != INQ_OS_LINUX)
		return false;
	struct inq_span rest = inq_span_after(line, (size_t)(colon - line.text) + 1);
	struct inq_text_frame *frame = &stack->frames.items[stack->frames.count - 1];
	if (frame->file || !inq_take_decimal(&rest, &number) || number > INT32_MAX ||
	    (rest.length && rest.text[0] != ':'))
		return false;
	frame->file = inq_stack_string(stack, (struct inq_span) { line.text, (size_t)(colon - line.text) });
	frame->source_line = (unsigned)number;
	return true;
}

static bool take_head(struct inq_stack_text *stack, bool *told)
{
	struct inq_span args;
	uint64_t pid;
	if (!take_title(stack->line, &pid, &args) || *told)
		return false;
	inq_build_os(stack->builder, INQ_OS_SOLARIS);
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number);
	struct inq_process *process = inq_build_process(stack->builder);
	process->pid = stack->builder->artefact->pid = pid;
	process->args = inq_stack_string(stack, args);
	process->name = inq_stack_string(stack, inq_span_basename(inq_span_word(&args)));
	return *told = true;
}

/* The next process of the same listing. */
static bool is_next(const struct inq_stack_text *stack, bool told)
{
	struct inq_span args;
	uint64_t pid;
	bool title = told && take_title(stack->line, &pid, &args);
	return stack->builder->space->threads.count && (title || inq_span_starts(stack->line, "PID "));
}

/* What pflags says of the same process: "/13:	flags = 0", "cursig = SIGABRT". */
struct flags {
	uint64_t lwp;
	int signal;
};

static bool take_flags(const struct inq_stack_text *stack, struct flags *flags)
{
	static const char cursig[] = "cursig = ";
	struct inq_span rest = stack->line;
	if (inq_span_starts(rest, cursig)) {
		flags->signal = inq_signal_by_name(INQ_OS_SOLARIS, inq_span_after(rest, strlen(cursig)));
		return true;
	}
	return inq_take_char(&rest, '/') && inq_take_decimal(&rest, &flags->lwp) && inq_take_char(&rest, ':');
}

static void give_signal(struct inq_thread_vec *threads, const struct flags *flags)
{
	for (size_t i = 0; flags->signal && i < threads->count; i++) {
		struct inq_thread *thread = &threads->items[i];
		if (threads->count > 1 && thread->tid != flags->lwp)
			continue;
		thread->crashed = true;
		thread->signal.number = flags->signal;
		return;
	}
}

static enum inq_status read_stacks(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_pstack);
	struct flags flags = { 0 };
	bool told = false;
	while (inq_stack_next(&stack, is_open)) {
		if (is_next(&stack, told)) {
			inq_stack_end_here(&stack);
			break;
		}
		if (take_signal(&stack) || take_lwp(&stack) || take_frame(&stack) || take_eu_title(&stack) ||
		    take_eu_frame(&stack) || take_head(&stack, &told) || take_eu_source(&stack) ||
		    take_flags(&stack, &flags))
			continue;
		if (inq_stack_other(&stack))
			break;
	}
	if (builder->artefact->os == INQ_OS_UNKNOWN)
		inq_build_os(builder, INQ_OS_SOLARIS);
	inq_stack_end_thread(&stack);
	give_signal(&builder->space->threads, &flags);
	return inq_stack_finish(&stack, false);
}

const struct inq_format inq_format_pstack = {
	.name = "pstack",
	.about = "the stacks that pstack of Solaris or eu-stack prints",
	.text = true,
	.begins = { INQ_DIGITS | INQ_CHARACTER('-') | INQ_CHARACTER('#'),
		    INQ_HEX_LETTERS | INQ_CHARACTER('P') | INQ_CHARACTER('T') },
	.probe_line = probe,
	.read = read_stacks,
};
