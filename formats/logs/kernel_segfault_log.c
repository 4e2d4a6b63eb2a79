/* What the Linux kernel logs of a fatal fault. x86 (arch/x86/mm/fault.c, show_signal_msg; arch/x86/kernel/traps.c):
 *   NAME[PID]: segfault at ADDRESS ip PC sp SP error BITS in FILE[BASE+SIZE]
 *   traps: NAME[PID] general protection fault ip:PC sp:SP error:BITS in FILE[BASE+SIZE]
 * Since Linux 6.11 the file offset stands before the base: "[OFFSET,BASE+SIZE]" (mm/memory.c, print_vma_addr). One line is one
 * process; a "Code:" line may follow. */
#include "formats/stacks/stack_text.h"

#include <inttypes.h>

/* Bits of the page fault's error code (arch/x86/include/asm/trap_pf.h). */
enum { PF_PROTECTION = 1, PF_WRITE = 2, PF_FETCH = 16 };

struct event {
	struct inq_span name, file;
	uint64_t pid, address, pc, sp, error, offset, base, size;
	const char *signal;
	bool fault; /* a page fault: `address` is told */
};

/* What follows `words`, or an empty span. */
static struct inq_span after(struct inq_span line, const char *words)
{
	ptrdiff_t at = inq_span_find(line, words);
	return inq_span_after(line, at < 0 ? line.length : (size_t)at + strlen(words));
}

static bool take_number(struct inq_span line, const char *word, uint64_t *ret)
{
	struct inq_span rest = after(line, word);
	return inq_take_hex(&rest, ret);
}

/* "NAME[PID]" before what happened: the name is the kernel's, of 15 characters, and may have blanks; a time stamp, a host
 * and "kernel:" may stand before it. */
static bool take_process(struct inq_span head, struct event *event)
{
	const char *open = head.length ? memrchr(head.text, '[', head.length) : NULL;
	struct inq_span number;
	if (!open)
		return false;
	event->name = (struct inq_span) { head.text, (size_t)(open - head.text) };
	number = inq_span_after(head, event->name.length + 1);
	ptrdiff_t traps = inq_span_find(event->name, "traps: ");
	for (ptrdiff_t at; (at = inq_span_find(event->name, ": ")) >= 0;)
		event->name = inq_span_after(event->name, (size_t)at + 2);
	ptrdiff_t stamp = inq_span_find(event->name, "] ");
	if (stamp >= 0 && traps < 0)
		event->name = inq_span_after(event->name, (size_t)stamp + 2);
	event->name = inq_span_skip_blanks(event->name);
	return inq_take_decimal(&number, &event->pid) && inq_span_starts(number, "]");
}

/* "in FILE[BASE+SIZE]", "in FILE[OFFSET,BASE+SIZE]". */
static void take_file(struct inq_span line, struct event *event)
{
	struct inq_span rest = after(after(line, " error"), " in ");
	const char *open = rest.length ? memchr(rest.text, '[', rest.length) : NULL;
	uint64_t number;
	if (!open)
		return;
	struct inq_span file = { rest.text, (size_t)(open - rest.text) };
	rest = inq_span_after(rest, file.length + 1);
	if (!inq_take_hex(&rest, &number))
		return;
	if (inq_take_char(&rest, ',')) {
		event->offset = number;
		if (!inq_take_hex(&rest, &number))
			return;
	}
	event->base = number;
	if (inq_take_char(&rest, '+') && inq_take_hex(&rest, &event->size))
		event->file = file;
}

/* The traps that are told so, and their signals (arch/x86/kernel/traps.c). */
static const struct {
	const char *words, *signal;
} traps[] = { { "general protection", "SIGSEGV" },
	      { "trap invalid opcode", "SIGILL" },
	      { "trap divide error", "SIGFPE" },
	      { "trap int3", "SIGTRAP" },
	      { "trap stack segment", "SIGBUS" },
	      { "trap alignment check", "SIGBUS" },
	      { "trap bounds", "SIGSEGV" },
	      { "trap overflow", "SIGSEGV" },
	      { "trap segment not present", "SIGBUS" } };

static bool parse(struct inq_span line, struct event *event)
{
	*event = (struct event) { .pid = INQ_UNKNOWN, .offset = INQ_UNKNOWN, .signal = "SIGSEGV" };
	ptrdiff_t at = inq_span_find(line, ": segfault at ");
	event->fault = at > 0;
	if (event->fault && (!take_number(line, " at ", &event->address) || !take_number(line, " ip ", &event->pc) ||
			     !take_number(line, " sp ", &event->sp) || !take_number(line, " error ", &event->error)))
		return false;
	for (size_t i = 0; at < 0 && i < sizeof traps / sizeof *traps; i++) {
		at = inq_span_find(line, traps[i].words);
		event->signal = traps[i].signal;
	}
	if (at <= 0 ||
	    (!event->fault && (!take_number(line, " ip:", &event->pc) || !take_number(line, " sp:", &event->sp) ||
			       !take_number(line, " error:", &event->error))))
		return false;
	take_file(line, event);
	return take_process((struct inq_span) { line.text, (size_t)at }, event);
}

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	struct event event;
	return inq_text_next(&text) && parse(text.line, &event) ? 90 : 0;
}

static unsigned tried(uint64_t error)
{
	if (error & PF_FETCH)
		return INQ_ACCESS_EXECUTE;
	return error & PF_WRITE ? INQ_ACCESS_WRITE : INQ_ACCESS_READ;
}

/* x86's pc and sp; whether 32 or 64 bits only an address above 4 GiB tells. */
static void build_registers(struct inq_builder *builder, struct inq_thread *thread, const struct event *event)
{
	bool wide = event->pc > UINT32_MAX || event->sp > UINT32_MAX;
	inq_build_machine(builder, wide ? 62 : 3, wide ? 64 : 32, false);
	inq_set_register(builder, thread, (struct inq_span) { "pc", 2 }, event->pc);
	inq_set_register(builder, thread, (struct inq_span) { "sp", 2 }, event->sp);
}

static void build_thread(struct inq_stack_text *stack, const struct event *event)
{
	struct inq_thread *thread = inq_stack_thread(stack);
	if (!thread)
		return;
	thread->tid = event->pid; /* the kernel prints the number of the thread */
	thread->crashed = true;
	thread->signal.number =
		inq_signal_by_name(INQ_OS_LINUX, (struct inq_span) { event->signal, strlen(event->signal) });
	thread->signal.has_address = event->fault;
	thread->signal.address = event->address;
	thread->signal.tried = event->fault ? tried(event->error) : 0;
	build_registers(stack->builder, thread, event);
	struct inq_text_frame *frame = inq_stack_frame(stack);
	if (!frame)
		return;
	frame->pc = event->pc;
	frame->object = inq_stack_string(stack, event->file);
	if (event->file.length && event->offset != INQ_UNKNOWN)
		frame->offset = event->offset;
}

/* The mapping that holds the pc: the only one that is told. */
static void build_mapping(struct inq_stack_text *stack, const struct event *event)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	if (!event->file.length || event->pc - event->base >= event->size ||
	    !inq_add(event->base, event->size, &mapping.end))
		return;
	mapping.start = event->base;
	mapping.name = inq_stack_string(stack, event->file);
	mapping.file = inq_build_file(stack->builder, event->file.text, event->file.length, INQ_UNKNOWN, INQ_UNKNOWN,
				      INQ_UNKNOWN);
	if (event->offset == INQ_UNKNOWN)
		inq_warn(stack->ctx, INQ_PLACE_LINE, stack->number,
			 "the line does not tell which part of %s is mapped at 0x%" PRIx64
			 ": offsets count from there, not "
			 "from the file's load base",
			 mapping.name ? mapping.name : "the file", event->base);
	else if (event->offset >= event->pc - event->base)
		mapping.file_offset = event->offset - (event->pc - event->base);
	inq_build_mapping(stack->builder, &mapping);
	stack->builder->space->sparse = true;
}

static void build(struct inq_stack_text *stack, const struct event *event)
{
	struct inq_builder *builder = stack->builder;
	inq_build_os(builder, INQ_OS_LINUX);
	inq_build_at(builder, INQ_PLACE_LINE, stack->number);
	struct inq_process *process = inq_build_process(builder);
	process->name = inq_stack_string(stack, event->name);
	process->pid = builder->artefact->pid = event->pid;
	build_thread(stack, event);
	build_mapping(stack, event);
	inq_build_detail(builder, "%.*s died of %s", (int)event->name.length, event->name.text, event->signal);
}

/* The rest of a line that a terminal broke. */
static bool is_open(struct inq_span line, struct inq_span next)
{
	bool begun = inq_span_find(line, ": segfault at ") > 0 || inq_span_find(line, "traps: ") >= 0;
	(void)next;
	return begun && inq_span_find(line, "]") > 0 && !inq_span_find(line, "Code:") &&
	       (inq_span_find(line, " error") < 0 || inq_span_ends(line, " error"));
}

static enum inq_status read_event(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_kernel_segfault_log);
	struct event event;
	bool found = false;
	while (!found && inq_stack_next(&stack, is_open))
		found = parse(stack.line, &event);
	if (found)
		build(&stack, &event);
	return inq_stack_finish(&stack, false);
}

const struct inq_format inq_format_kernel_segfault_log = {
	.name = "kernel-segfault-log",
	.about = "lines of the Linux kernel log about a fault of a process",
	.text = true,
	.probe = probe,
	.read = read_event,
};
