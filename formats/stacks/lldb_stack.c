/* Stacks of lldb: `bt`, `bt all`, and what it prints where a program stops (lldb/source/Core/Debugger.cpp, the formats of threads
 * and frames):
 *   * thread #1, name = 'prog', stop reason = signal SIGSEGV: address not mapped to object (fault address=0x0)
 *     * frame #0: 0x0000000000401136 prog`f(a=1) at a.c:3:5
 *       frame #1: 0x00007ffff7c29d90 libc.so.6`__libc_start_call_main + 128
 * The offset behind a name is decimal. */
#include "formats/stacks/stack_text.h"

/* The mark of the current thread and frame. */
static struct inq_span unmarked(struct inq_span line)
{
	return inq_span_starts(line, "* ") ? inq_span_skip_blanks(inq_span_after(line, 2)) : line;
}

/* What follows "frame #N: 0xADDRESS". */
static bool split_frame(struct inq_span line, uint64_t *number, uint64_t *pc, struct inq_span *rest)
{
	line = unmarked(line);
	if (!inq_span_starts(line, "frame #"))
		return false;
	*rest = inq_span_after(line, strlen("frame #"));
	if (!inq_take_decimal(rest, number) || !inq_span_starts(*rest, ": 0x"))
		return false;
	*rest = inq_span_after(*rest, 2);
	return inq_take_hex(rest, pc);
}

static bool is_frame(struct inq_span line)
{
	uint64_t number, pc;
	struct inq_span rest;
	return split_frame(line, &number, &pc, &rest);
}

/* What follows "thread #N", ", …" or ": …". */
static bool split_thread(struct inq_span line, struct inq_span *rest)
{
	uint64_t number;
	line = unmarked(line);
	if (!inq_span_starts(line, "thread #"))
		return false;
	*rest = inq_span_after(line, strlen("thread #"));
	return inq_take_decimal(rest, &number) &&
	       (!rest->length || inq_span_starts(*rest, ", ") || inq_span_starts(*rest, ": "));
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct inq_span rest;
	if (is_frame(text.line))
		return 80;
	return split_thread(text.line, &rest) && inq_text_next(&text) && is_frame(text.line) ? 85 : 0;
}

/* Cuts " at FILE:LINE[:COLUMN]" off the end. */
static void take_source(struct inq_stack_text *stack, struct inq_span *call, struct inq_text_frame *frame)
{
	ptrdiff_t last = -1;
	for (ptrdiff_t from = 0, at; (at = inq_span_find(inq_span_after(*call, (size_t)from), " at ")) >= 0;
	     from = last + 4)
		last = from + at;
	struct inq_span place = inq_span_after(*call, last < 0 ? call->length : (size_t)last + 4);
	ptrdiff_t colon = inq_span_find(place, ":");
	struct inq_span number = inq_span_after(place, colon < 0 ? place.length : (size_t)colon + 1);
	uint64_t line;
	if (colon <= 0 || !inq_take_decimal(&number, &line) || line > INT32_MAX)
		return;
	frame->file = inq_stack_string(stack, (struct inq_span) { place.text, (size_t)colon });
	frame->source_line = (unsigned)line;
	call->length = (size_t)last;
}

/* "f(a=1)" of debug information, "f(int) + 12" of a symbol. */
static void take_function(struct inq_stack_text *stack, struct inq_span call, struct inq_text_frame *frame)
{
	static const char inlined[] = " [inlined] ";
	ptrdiff_t at = inq_span_find(call, inlined);
	if (at > 0) {
		frame->kind = INQ_FRAME_INLINE;
		call = inq_span_after(call, (size_t)at + strlen(inlined));
	}
	const char *plus = call.length ? memrchr(call.text, '+', call.length) : NULL;
	size_t before = plus ? (size_t)(plus - call.text) : 0;
	struct inq_span offset = inq_span_skip_blanks(inq_span_after(call, before + 1));
	frame->symbol_offset = frame->file ? INQ_UNKNOWN : 0;
	if (before && inq_span_decimal(offset, &frame->symbol_offset))
		call = inq_span_trim_end((struct inq_span) { call.text, before });
	const char *open = call.length ? memchr(call.text, '(', call.length) : NULL;
	if (frame->file && open && open > call.text && inq_span_ends(call, ")")) {
		size_t length = (size_t)(open - call.text);
		frame->arguments = inq_stack_string(stack, (struct inq_span) { open + 1, call.length - length - 2 });
		call.length = length;
	}
	frame->symbol = inq_stack_string(stack, inq_span_trim_end(call));
}

static bool take_frame(struct inq_stack_text *stack)
{
	uint64_t number, pc;
	struct inq_span rest;
	if (!split_frame(stack->line, &number, &pc, &rest))
		return false;
	struct inq_text_frame *frame = inq_stack_frame_of(stack, number);
	if (!frame)
		return true;
	frame->pc = pc;
	rest = inq_span_skip_blanks(rest);
	take_source(stack, &rest, frame);
	ptrdiff_t quote = inq_span_find(rest, "`");
	if (quote > 0) {
		frame->object = inq_stack_string(stack, (struct inq_span) { rest.text, (size_t)quote });
		rest = inq_span_after(rest, (size_t)quote + 1);
	}
	if (rest.length)
		take_function(stack, rest, frame);
	return true;
}

/* "signal SIGSEGV: invalid address (fault address: 0x6a6f00)". Others than these stop a program without ending it. */
static void take_signal(struct inq_stack_text *stack, struct inq_thread *thread, struct inq_span reason)
{
	static const char *const fatal[] = { "SIGILL", "SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV", "SIGSYS" };
	struct inq_span name = inq_span_after(reason, strlen("signal "));
	size_t length = 0, i = 0;
	while (length < name.length && name.text[length] >= 'A' && name.text[length] <= 'Z')
		length++;
	name.length = length;
	while (i < sizeof fatal / sizeof *fatal && !inq_span_is(name, fatal[i]))
		i++;
	if (i == sizeof fatal / sizeof *fatal)
		return;
	thread->crashed = true;
	thread->signal.told = inq_stack_string(stack, name);
}

/* Why it stopped: by a signal, or of macOS by "EXC_BAD_ACCESS (code=1, address=0x10)". */
static void take_reason(struct inq_stack_text *stack, struct inq_thread *thread, struct inq_span reason)
{
	if (inq_span_starts(reason, "signal ")) {
		take_signal(stack, thread, reason);
	} else if (inq_span_starts(reason, "EXC_") && !inq_span_starts(reason, "EXC_BREAKPOINT")) {
		thread->crashed = true;
		inq_build_process(stack->builder)->last_words = inq_stack_string(stack, reason);
	}
	ptrdiff_t at = inq_span_find(reason, "address");
	struct inq_span tail = inq_span_after(reason, at < 0 ? reason.length : (size_t)at);
	at = inq_span_find(tail, "0x");
	tail = inq_span_after(tail, at < 0 ? tail.length : (size_t)at);
	thread->signal.has_address = thread->crashed && inq_take_hex(&tail, &thread->signal.address);
}

static bool take_thread(struct inq_stack_text *stack)
{
	static const char stop[] = "stop reason = ";
	struct inq_span rest;
	if (!split_thread(stack->line, &rest))
		return false;
	struct inq_thread *thread = inq_stack_thread(stack);
	if (!thread)
		return true;
	thread->name = inq_stack_string(stack, inq_span_between(rest, "name = '", "'"));
	struct inq_span number = inq_span_behind(rest, "tid = ");
	if (!(inq_span_starts(number, "0x") ? inq_take_hex(&number, &thread->tid)
					    : inq_take_decimal(&number, &thread->tid)))
		thread->tid = INQ_UNKNOWN;
	ptrdiff_t at = inq_span_find(rest, stop);
	if (at >= 0)
		take_reason(stack, thread, inq_span_after(rest, (size_t)at + strlen(stop)));
	return true;
}

/* "Process 183869 stopped", "Process 183869 launched: '/srv/prog' (x86_64)". */
static bool take_process(struct inq_stack_text *stack)
{
	struct inq_span rest = inq_span_after(stack->line, strlen("Process "));
	uint64_t pid;
	if (!inq_span_starts(stack->line, "Process ") || !inq_take_decimal(&rest, &pid) || !pid ||
	    (!inq_span_is(rest, " stopped") && !inq_span_starts(rest, " launched: '")))
		return false;
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number);
	struct inq_process *process = inq_build_process(stack->builder);
	struct inq_span exe = inq_span_between(rest, "'", "'");
	process->pid = stack->builder->artefact->pid = pid;
	if (exe.length) {
		process->exe = inq_stack_string(stack, exe);
		process->name = inq_stack_string(stack, inq_span_basename(exe));
	}
	return true;
}

/* Where it stopped lldb prints the innermost frame, and `bt` prints the thread once more. */
static void drop_stop(struct inq_thread_vec *threads)
{
	while (threads->count > 1 && threads->items[0].stack.count == 1 && threads->items[1].stack.count &&
	       threads->items[0].stack.frames[0].pc == threads->items[1].stack.frames[0].pc)
		memmove(threads->items, threads->items + 1, --threads->count * sizeof *threads->items);
}

/* By the C library that the stacks name: that of macOS has no number, and no system of ours. */
static void find_system(struct inq_builder *builder)
{
	const struct inq_thread_vec *threads = &builder->space->threads;
	for (size_t i = 0; i < threads->count; i++)
		for (size_t j = 0; j < threads->items[i].stack.count; j++) {
			const char *object = threads->items[i].stack.frames[j].object;
			if (!object || strncmp(object, "lib", 3) != 0)
				continue;
			if (strcmp(object, "libc.so.6") == 0 || strcmp(object, "libpthread.so.0") == 0)
				inq_build_os(builder, INQ_OS_LINUX);
			else if (strcmp(object, "libc.so.7") == 0 || strcmp(object, "libthr.so.3") == 0)
				inq_build_os(builder, INQ_OS_FREEBSD);
		}
}

/* The numbers of most signals are the same everywhere; of the others they are those of the system. */
static void number_signals(struct inq_builder *builder)
{
	struct inq_thread_vec *threads = &builder->space->threads;
	for (size_t i = 0; i < threads->count; i++) {
		struct inq_signal *signal = &threads->items[i].signal;
		if (signal->told)
			signal->number = inq_signal_by_name(builder->artefact->os,
							    (struct inq_span) { signal->told, strlen(signal->told) });
	}
}

static enum inq_status read_stacks(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_lldb_stack);
	while (inq_stack_next(&stack, NULL)) {
		if (take_frame(&stack) || take_thread(&stack) || take_process(&stack))
			continue;
		if (inq_stack_other(&stack))
			break;
	}
	inq_stack_end_thread(&stack);
	drop_stop(&builder->space->threads);
	find_system(builder);
	number_signals(builder);
	return inq_stack_finish(&stack, false);
}

const struct inq_format inq_format_lldb_stack = {
	.name = "lldb-stack",
	.about = "stacks that lldb prints: bt, bt all",
	.text = true,
	.begins = { INQ_CHARACTER('*'), INQ_CHARACTER('f') | INQ_CHARACTER('t') },
	.probe_line = probe,
	.read = read_stacks,
};
