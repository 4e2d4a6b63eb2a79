/* Stacks of mdb: $C prints "FRAME OBJECT`SYMBOL+OFFSET(ARGUMENTS)", $c and ::stack the same without the frame pointer
 * (mdb_stack.c and mdb_fmt of illumos' mdb); ::status and ::regs may stand around them; ::threadlist -v, ::findstack and
 * ::stacks print them of many threads (mdb_threads.c). Also the blocks that ustack() of
 * DTrace prints, which have no parentheses (dt_consume.c). Numbers are hexadecimal without 0x. */
#include "formats/stacks/mdb_panic.h"
#include "formats/stacks/mdb_threads.h"

/* "libc.so.1`raise+0x19()", "AbortServer+0x13()", "0x4c32ba()", "0()". */
static bool is_call(struct inq_span call)
{
	return inq_span_ends(call, ")") && inq_span_find(call, "(") > 0 && call.text[0] != '(';
}

/* A blank before the arguments is the way of pstack. */
static bool is_mdb_call(struct inq_span call)
{
	struct inq_span rest = call, name = inq_span_word(&rest);
	return is_call(call) && (inq_span_find(name, "(") > 0 || inq_span_find(name, "`") > 0);
}

/* Without a frame pointer before it a call must look like an address, so that "see exit(2)" is none. */
static bool is_bare_call(struct inq_span call)
{
	return is_mdb_call(call) && (inq_span_find(call, "`") > 0 || inq_span_find(call, "+0x") > 0 ||
				     inq_span_starts(call, "0x") || inq_span_starts(call, "0("));
}

/* `rest` then begins after the frame pointer. */
static bool take_base(struct inq_span *rest, uint64_t *base)
{
	struct inq_span left = *rest, word = inq_span_word(&left);
	if ((word.length != 8 && word.length != 16) || !inq_span_hex(word, base))
		return false;
	*rest = inq_span_skip_blanks(left);
	return true;
}

static bool is_frame(struct inq_span line)
{
	uint64_t base;
	return take_base(&line, &base) && is_mdb_call(line);
}

/* "libc.so.1`_lwp_kill+0xa" of ustack(); no word of prose has a backquote in it. */
static bool is_place(struct inq_span line)
{
	ptrdiff_t quote = inq_span_find(line, "`");
	return quote > 0 && inq_span_find(line, " ") < 0 && inq_span_find(line, "(") < 0 &&
	       (size_t)quote + 1 < line.length;
}

/* A parenthesis is not closed yet. */
static bool is_within_arguments(struct inq_span call)
{
	int depth = 0;
	for (size_t i = 0; i < call.length; i++)
		depth += (call.text[i] == '(') - (call.text[i] == ')');
	return depth > 0;
}

/* An object's name is the first word of a call: rows of other tables have it further on. */
static bool begins_call(struct inq_span rest)
{
	return inq_span_find(inq_span_word(&rest), "`") > 0;
}

/* Behind a frame pointer a call ends with its parenthesis, wherever the terminal broke it. */
static bool is_open(struct inq_span line, struct inq_span next)
{
	uint64_t base;
	struct inq_span rest = line;
	if (!take_base(&rest, &base))
		return inq_span_find(line, "`") > 0 && (is_within_arguments(line) || inq_span_ends(line, ","));
	if (!rest.length)
		return is_mdb_call(next); /* only the frame pointer */
	return begins_call(rest) && !inq_span_ends(rest, ")") && !is_frame(next);
}

/* The frame of which `rest` stands behind the frame pointer goes on in the next line. */
static bool is_wrapped(struct inq_text text, struct inq_span rest)
{
	struct inq_span line = text.line;
	if (!inq_text_next(&text) || !is_open(line, text.line))
		return false;
	return begins_call(rest.length ? rest : text.line);
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct inq_span rest = text.line;
	uint64_t base;
	if (inq_span_starts(text.line, "debugging core file") || inq_span_starts(text.line, "debugging crash dump"))
		return 90;
	if (inq_mdb_list_heading(text.line) != INQ_MDB_NONE)
		return 90;
	if (inq_mdb_panic_begins(at))
		return 90;
	if (take_base(&rest, &base) && (is_mdb_call(rest) || is_wrapped(text, rest)))
		return 85;
	if (inq_span_find(text.line, "`") <= 0)
		return 0;
	return is_mdb_call(text.line) || (is_place(text.line) && inq_text_next(&text) && is_place(text.line)) ? 60 : 0;
}

/* The arguments are what the last parentheses hold: C++ names have some of their own. */
static struct inq_span split_arguments(struct inq_span call, struct inq_span *arguments)
{
	size_t depth = 0, at = call.length;
	*arguments = (struct inq_span) { call.text, 0 };
	if (!inq_span_ends(call, ")"))
		return call;
	while (at-- > 0) {
		depth += call.text[at] == ')';
		if (call.text[at] == '(' && --depth == 0)
			break;
	}
	if (depth || !at || at == SIZE_MAX)
		return call;
	*arguments = inq_span_trim_end((struct inq_span) { call.text + at + 1, call.length - at - 2 });
	return (struct inq_span) { call.text, at };
}

/* Below the heading of a list of threads a call needs no other sign: "thread_start+8()". */
static bool is_ours(struct inq_span call, bool based, const struct inq_mdb_threads *threads)
{
	if (based || threads->list != INQ_MDB_NONE)
		return is_mdb_call(call) || inq_mdb_threads_place(threads, call);
	return is_bare_call(call) || is_place(call);
}

/* "::stack", "$C", "fffffe0c3d5ec420::findstack -v": what was typed at the prompt, whose "> " the cursor took for a quotation. */
static bool is_command(struct inq_span line)
{
	uint64_t address;
	if (inq_span_starts(line, "$") && line.length > 1)
		return true;
	if (!line.length || !memchr(line.text, ':', line.length))
		return false;
	inq_take_hex(&line, &address);
	return inq_span_starts(line, "::") && line.length > 2 && line.text[2] >= 'a' && line.text[2] <= 'z';
}

static void note_command(struct inq_stack_text *stack, struct inq_mdb_threads *threads)
{
	if (!is_command(stack->line))
		return;
	threads->command = true;
	threads->list = INQ_MDB_NONE;
}

static bool take_frame(struct inq_stack_text *stack, struct inq_mdb_threads *threads)
{
	struct inq_span call = stack->line, arguments;
	uint64_t base = INQ_UNKNOWN;
	bool based = take_base(&call, &base), ours = is_ours(call, based, threads);
	if (!ours && !(stack->frames.count && inq_span_starts(call, "0x") && inq_span_find(call, " ") < 0))
		return false;
	if (threads->command && stack->frames.count && !inq_stack_thread(stack))
		return true;
	threads->command = false;
	struct inq_text_frame *frame = inq_stack_frame(stack);
	if (!frame)
		return true;
	frame->base = base;
	struct inq_span place = split_arguments(call, &arguments);
	frame->arguments = inq_stack_string(stack, arguments);
	if (!inq_stack_solaris_place(stack, place, frame)) {
		stack->frames.count--;
		inq_stack_odd(stack);
	}
	if (based && !stack->builder->artefact->machine.bits)
		inq_build_machine(stack->builder, 0, (size_t)(call.text - stack->line.text) < 16 ? 32 : 64, false);
	return true;
}

/* "status: process terminated by SIGSEGV (Segmentation Fault), addr=0", "…by SIGABRT (Abort), pid=12 uid=0 code=-1". */
static void take_status(struct inq_stack_text *stack, struct inq_span rest)
{
	ptrdiff_t at = inq_span_find(rest, "SIG");
	if (at < 0)
		return;
	struct inq_thread *thread = stack->thread == SIZE_MAX ? inq_stack_thread(stack)
							      : &stack->builder->space->threads.items[stack->thread];
	if (!thread)
		return;
	struct inq_span tail = inq_span_after(rest, (size_t)at), name = inq_span_word(&tail);
	while (name.length && (name.text[name.length - 1] < 'A' || name.text[name.length - 1] > 'Z') &&
	       (name.text[name.length - 1] < '0' || name.text[name.length - 1] > '9'))
		name.length--;
	thread->crashed = true;
	thread->signal.number = inq_signal_by_name(INQ_OS_SOLARIS, name);
	tail = inq_span_behind(tail, "addr=");
	/* mdb prints the address for faults only: those that the kernel raised. */
	thread->signal.has_address = inq_take_hex(&tail, &thread->signal.address);
}

/* "debugging core file of Xorg (64-bit) from host". */
static void take_title(struct inq_stack_text *stack, struct inq_span line)
{
	struct inq_builder *builder = stack->builder;
	struct inq_span rest = line;
	ptrdiff_t at = inq_span_find(line, " of ");
	struct inq_span name = inq_span_between(line, " of ", " (");
	if (at > 0 && name.length)
		inq_build_process(builder)->name = inq_stack_string(stack, name);
	if (inq_span_starts(line, "debugging crash dump "))
		inq_build_process(builder)->kernel = true;
	at = inq_span_find(rest, "-bit) from ");
	if (at > 0)
		inq_build_process(builder)->host =
			inq_stack_string(stack, inq_span_after(rest, (size_t)at + strlen("-bit) from ")));
	if (inq_span_find(line, "(32-bit)") > 0 || inq_span_find(line, "(64-bit)") > 0)
		inq_build_machine(builder, builder->artefact->machine.elf,
				  inq_span_find(line, "(32-bit)") > 0 ? 32 : 64, false);
}

/* Of a process the message of a failed assertion; of a crash dump what the kernel panicked of. */
static void take_words(struct inq_stack_text *stack, struct inq_mdb_panic *panic, struct inq_span words)
{
	struct inq_process *process = inq_build_process(stack->builder);
	if (process->kernel)
		inq_mdb_panic_message(stack, panic, words);
	else
		process->last_words = inq_stack_string(stack, words);
}

static bool take_fact(struct inq_stack_text *stack, struct inq_mdb_panic *panic)
{
	static const char *const words[] = { "debugging core file", "debugging ", "file: ",	    "initial argv: ",
					     "threading model: ",   "status: ",	  "panic message: " };
	struct inq_span line = stack->line;
	size_t which = 0, count = sizeof words / sizeof *words;
	while (which < count && !inq_span_starts(line, words[which]))
		which++;
	if (which == count)
		return false;
	struct inq_span rest = inq_span_skip_blanks(inq_span_after(line, strlen(words[which])));
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number);
	struct inq_process *process = inq_build_process(stack->builder);
	if (which <= 1)
		take_title(stack, line);
	else if (which == 2)
		process->exe = inq_stack_string(stack, rest);
	else if (which == 3)
		process->args = inq_stack_string(stack, rest);
	else if (which == 5)
		take_status(stack, rest);
	else if (which == 6)
		take_words(stack, panic, rest);
	return true;
}

/* "lwpids 1, 2 and 3 are in core of process 812.", "lwpid 1 is the only lwp in process 812.": $L. */
static bool take_lwps(struct inq_stack_text *stack)
{
	struct inq_span line = stack->line;
	uint64_t pid;
	if (!inq_span_starts(line, "lwpid"))
		return false;
	struct inq_span rest = inq_span_behind(line, " process ");
	if (!inq_take_decimal(&rest, &pid) || !inq_span_is(rest, "."))
		return false;
	inq_build_at(stack->builder, INQ_PLACE_LINE, stack->number);
	inq_build_process(stack->builder)->pid = stack->builder->artefact->pid = pid;
	return true;
}

/* "%rax = 0x0000000000000000       %r8 = 0xfffffd7fff2b2a40": ::regs and $r of x86. */
static bool take_registers(struct inq_stack_text *stack)
{
	struct inq_builder *builder = stack->builder;
	struct inq_span rest = stack->line;
	if (!inq_span_starts(rest, "%") || inq_span_find(rest, " = 0x") < 0)
		return false;
	if (!builder->artefact->machine.arch)
		inq_build_machine(builder, inq_span_starts(rest, "%r") ? 62 : 3, inq_span_starts(rest, "%r") ? 64 : 32,
				  false);
	struct inq_thread *thread =
		stack->thread == SIZE_MAX ? inq_stack_thread(stack) : &builder->space->threads.items[stack->thread];
	for (ptrdiff_t percent; thread && (percent = inq_span_find(rest, "%")) >= 0;) {
		rest = inq_span_after(rest, (size_t)percent + 1);
		struct inq_span name = inq_span_word(&rest), equal = inq_span_word(&rest), value = inq_span_word(&rest);
		uint64_t number;
		if (inq_span_is(equal, "=") && inq_span_hex(value, &number))
			inq_set_register(builder, thread, name, number);
	}
	return true;
}

static bool tells_of_crash(const struct inq_thread *thread)
{
	bool interrupted = inq_frames_raised(thread->stack.frames, thread->stack.count) > 0;
	for (size_t i = 0; i < thread->stack.count; i++)
		interrupted |= thread->stack.frames[i].interrupted;
	return interrupted;
}

/* ::status tells the signal but no thread. Where the stacks of all follow, it is that of the only one, or of the only one whose
 * stack shows a signal; else it stays with a thread of which nothing is known. */
static void settle_status(struct inq_stack_text *stack)
{
	struct inq_thread_vec *threads = &stack->builder->space->threads;
	struct inq_thread *first = threads->items, *found = NULL;
	size_t telling = 0;
	if (threads->count < 2 || first->tid != INQ_UNKNOWN || first->stack.count || first->registers)
		return;
	for (size_t i = 1; i < threads->count; i++)
		if (threads->count == 2 || tells_of_crash(&threads->items[i])) {
			found = &threads->items[i];
			telling++;
		}
	if (telling != 1)
		return;
	found->crashed = first->crashed;
	found->signal = first->signal;
	memmove(first, first + 1, --threads->count * sizeof *first);
}

static bool same_word(const char *one, const char *two)
{
	return one == two || (one && two && strcmp(one, two) == 0);
}

/* Of threads that nothing tells apart. */
static bool are_twins(const struct inq_thread *one, const struct inq_thread *two)
{
	bool nameless = one->tid == INQ_UNKNOWN && two->tid == INQ_UNKNOWN && !one->name && !two->name;
	if (!nameless || !one->stack.count || one->stack.count != two->stack.count)
		return false;
	for (size_t i = 0; i < one->stack.count; i++) {
		const struct inq_text_frame *a = &one->stack.frames[i], *b = &two->stack.frames[i];
		if (!same_word(a->object, b->object) || !same_word(a->symbol, b->symbol) ||
		    a->symbol_offset != b->symbol_offset || a->pc != b->pc)
			return false;
	}
	return true;
}

/* $c, then $C: one stack, which the second prints with frame pointers. */
static void drop_twins(struct inq_thread_vec *threads)
{
	for (size_t i = 0; i + 1 < threads->count;) {
		struct inq_thread *one = &threads->items[i], *two = one + 1;
		if (!are_twins(one, two)) {
			i++;
			continue;
		}
		if (one->stack.frames[0].base == INQ_UNKNOWN)
			one->stack = two->stack;
		if (!one->registers) {
			one->registers = two->registers;
			one->valid = two->valid;
		}
		memmove(two, two + 1, (--threads->count - i - 1) * sizeof *two);
	}
}

static enum inq_status read_stack(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_mdb_stack);
	struct inq_mdb_threads threads = { .row = INQ_UNKNOWN };
	struct inq_mdb_panic panic = inq_mdb_panic_begin();
	bool facts = false;
	inq_build_os(builder, INQ_OS_SOLARIS);
	while (inq_stack_next(&stack, is_open)) {
		note_command(&stack, &threads);
		if (inq_mdb_panic_take(&stack, &panic) || inq_mdb_threads_take(&stack, &threads) ||
		    take_frame(&stack, &threads) || take_registers(&stack))
			continue;
		if (take_fact(&stack, &panic) || take_lwps(&stack))
			facts = true;
		else if (inq_stack_other(&stack))
			break;
	}
	inq_stack_end_thread(&stack);
	settle_status(&stack);
	drop_twins(&builder->space->threads);
	inq_mdb_panic_trim(builder);
	return inq_stack_finish(&stack, facts);
}

const struct inq_format inq_format_mdb_stack = {
	.name = "mdb-stack",
	.about = "stacks that mdb prints: $C, $c, ::stack, ::threadlist -v, ::findstack, ::stacks; ustack() of DTrace",
	.text = true,
	.probe_line = probe,
	.read = read_stack,
};
