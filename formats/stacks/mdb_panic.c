/* A panic of the kernel. ::panicinfo prints "NAME VALUE" lines, numbers hexadecimal without 0x (illumos, mdb/common/modules/
 * genunix/genunix.c, panicinfo); the console "panic[cpuN]/thread=ADDR: ", the message, of a trap what the processor says, and
 * frames "FRAME MODULE:FUNCTION+OFFSET (ARGUMENTS)" (uts/common/os/panic.c, uts/intel/os/archdep.c, traceback). */
#include "formats/stacks/mdb_panic.h"

enum { EM_386 = 3, EM_SPARCV9 = 43, EM_X86_64 = 62 };

static const char header[] = "panic[cpu";

struct inq_mdb_panic inq_mdb_panic_begin(void)
{
	return (struct inq_mdb_panic) { .thread = SIZE_MAX };
}

/* What syslogd puts before a line ends with "[ID 683410 kern.notice] ". */
static size_t prefix_of(struct inq_span line)
{
	static const char *const marks[] = { "kern.notice] ", "kern.warning] " };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = inq_span_find(line, marks[i]);
		if (at > 0)
			return (size_t)at + strlen(marks[i]);
	}
	return 0;
}

/* Where "panic[cpu3]/thread=fffffe0c3d5ec420:" begins; -1. */
static ptrdiff_t find_header(struct inq_span line)
{
	ptrdiff_t at = line.length && memchr(line.text, '[', line.length) ? inq_span_find(line, header) : -1;
	return at >= 0 && inq_span_find(inq_span_after(line, (size_t)at), "]/thread=") > 0 ? at : -1;
}

static bool is_info(const struct inq_text *at)
{
	struct inq_text text = *at;
	struct inq_span rest = text.line, name = inq_span_word(&rest);
	uint64_t number;
	return inq_span_is(name, "cpu") && inq_span_decimal(inq_span_word(&rest), &number) && !rest.length &&
	       inq_text_next(&text) && inq_span_starts(text.line, "thread ");
}

bool inq_mdb_panic_begins(const struct inq_text *at)
{
	if (inq_span_starts(at->line, "cpu "))
		return is_info(at);
	return find_header(at->line) >= 0;
}

/* "zfs:dbuf_hold_impl+23" */
static bool split_place(struct inq_span place, struct inq_text_frame *frame, struct inq_stack_text *stack)
{
	ptrdiff_t colon = inq_span_find(place, ":"), plus = inq_span_find(place, "+");
	struct inq_span offset = inq_span_after(place, plus < 0 ? place.length : (size_t)plus + 1);
	uint64_t number;
	if (colon <= 0 || plus <= colon + 1 || place.text[colon + 1] == ':' || !inq_span_hex(offset, &number))
		return false;
	if (!frame)
		return true;
	frame->object = inq_stack_string(stack, (struct inq_span) { place.text, (size_t)colon });
	frame->symbol =
		inq_stack_string(stack, (struct inq_span) { place.text + colon + 1, (size_t)(plus - colon) - 1 });
	frame->symbol_offset = number;
	return true;
}

bool inq_mdb_panic_is_frame(struct inq_span line)
{
	struct inq_span rest = line, base = inq_span_word(&rest), place = inq_span_word(&rest);
	uint64_t number;
	return (base.length == 8 || base.length == 16) && inq_span_hex(base, &number) &&
	       inq_span_starts(inq_span_skip_blanks(rest), "(") && split_place(place, NULL, NULL);
}

/* The thread that panicked is the one that mdb shows first. */
static struct inq_thread *panicked(struct inq_stack_text *stack, struct inq_mdb_panic *panic)
{
	struct inq_thread_vec *threads = &stack->builder->space->threads;
	bool first = threads->count && threads->items[0].tid == INQ_UNKNOWN && !threads->items[0].name;
	if (panic->thread == SIZE_MAX && !first && !inq_stack_thread(stack))
		return NULL;
	if (panic->thread == SIZE_MAX)
		panic->thread = first ? 0 : stack->thread;
	struct inq_thread *thread = &threads->items[panic->thread];
	thread->crashed = true;
	inq_build_process(stack->builder)->kernel = true;
	return thread;
}

void inq_mdb_panic_message(struct inq_stack_text *stack, struct inq_mdb_panic *panic, struct inq_span message)
{
	struct inq_process *process = inq_build_process(stack->builder);
	if (panicked(stack, panic) && !process->last_words)
		process->last_words = inq_stack_string(stack, inq_span_trim_end(message));
}

static void set_machine(struct inq_builder *builder, struct inq_span name)
{
	if (builder->artefact->machine.arch)
		return;
	if (inq_span_is(name, "rdi") || inq_span_is(name, "rip"))
		inq_build_machine(builder, EM_X86_64, 64, false);
	else if (inq_span_is(name, "edi") || inq_span_is(name, "eip"))
		inq_build_machine(builder, EM_386, 32, false);
	else if (inq_span_is(name, "tstate"))
		inq_build_machine(builder, EM_SPARCV9, 64, true);
}

static bool take_info(struct inq_stack_text *stack, struct inq_mdb_panic *panic)
{
	struct inq_span rest = stack->line, name = inq_span_word(&rest), value = inq_span_skip_blanks(rest);
	uint64_t number;
	if (inq_span_is(name, "message")) {
		inq_mdb_panic_message(stack, panic, value);
		return true;
	}
	if (!inq_span_hex(value, &number))
		return panic->info = false;
	set_machine(stack->builder, name);
	struct inq_thread *thread = panicked(stack, panic);
	if (thread)
		inq_set_register(stack->builder, thread, name, number);
	return true;
}

/* Where mdb printed the stack itself, the console's is not needed. */
static bool take_console_frame(struct inq_stack_text *stack, struct inq_mdb_panic *panic)
{
	struct inq_span rest = stack->line, base = inq_span_word(&rest), place = inq_span_word(&rest);
	if (!inq_mdb_panic_is_frame(stack->line))
		return false;
	if (!panicked(stack, panic) || stack->thread != panic->thread || !panic->console)
		return true;
	struct inq_text_frame *frame = inq_stack_frame(stack);
	if (!frame)
		return true;
	inq_span_hex(base, &frame->base);
	split_place(place, frame, stack);
	if (!stack->builder->artefact->machine.bits)
		inq_build_machine(stack->builder, 0, base.length == 8 ? 32 : 64, false);
	return true;
}

static bool take_header(struct inq_stack_text *stack, struct inq_mdb_panic *panic)
{
	ptrdiff_t at = find_header(stack->line);
	struct inq_thread *thread = at < 0 ? NULL : panicked(stack, panic);
	if (!thread)
		return at >= 0;
	struct inq_span rest = inq_span_after(stack->line, (size_t)at);
	ptrdiff_t colon = inq_span_find(rest, ":");
	rest = inq_span_skip_blanks(inq_span_after(rest, colon < 0 ? rest.length : (size_t)colon + 1));
	panic->prefix = prefix_of(stack->line);
	panic->console = !stack->frames.count && !thread->stack.count;
	panic->awaited = !rest.length;
	if (rest.length)
		inq_mdb_panic_message(stack, panic, rest);
	return true;
}

bool inq_mdb_panic_take(struct inq_stack_text *stack, struct inq_mdb_panic *panic)
{
	if (panic->prefix && prefix_of(stack->line))
		stack->line = inq_span_after(stack->line, prefix_of(stack->line));
	if (!stack->line.length)
		return false;
	if (take_header(stack, panic))
		return true;
	if (memchr(stack->line.text, ':', stack->line.length) && inq_mdb_panic_is_frame(stack->line))
		return take_console_frame(stack, panic);
	if (panic->awaited) {
		panic->awaited = false;
		inq_mdb_panic_message(stack, panic, stack->line);
		return true;
	}
	if (!panic->info && inq_span_starts(stack->line, "cpu ") && is_info(&stack->text))
		return panic->info = true;
	return panic->info && take_info(stack, panic);
}

/* Of panic.c and trap.c; assertions, and the handlers of locks that were misused. */
static bool is_dying(const struct inq_text_frame *frame)
{
	static const char *const names[] = { "vpanic",	"panic",    "panicsys", "fm_panic", "die",	   "trap",
					     "cmntrap", "_cmntrap", "assfail",	"assfail3", "mutex_panic", "rw_panic" };
	for (size_t i = 0; frame->symbol && i < sizeof names / sizeof *names; i++)
		if (strcmp(frame->symbol, names[i]) == 0)
			return true;
	return false;
}

void inq_mdb_panic_trim(struct inq_builder *builder)
{
	struct inq_thread_vec *threads = &builder->space->threads;
	for (size_t i = 0; builder->space->process.kernel && i < threads->count; i++) {
		struct inq_text_stack *stack = &threads->items[i].stack;
		while (threads->items[i].crashed && stack->count > 1 && is_dying(stack->frames)) {
			stack->frames++;
			stack->count--;
		}
	}
}
