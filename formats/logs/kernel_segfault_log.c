/* What the Linux kernel logs of a fatal fault. x86 (arch/x86/mm/fault.c, show_signal_msg; arch/x86/kernel/traps.c):
 *   NAME[PID]: segfault at ADDRESS ip PC sp SP error BITS in FILE[BASE+SIZE]
 *   traps: NAME[PID] general protection fault ip:PC sp:SP error:BITS in FILE[BASE+SIZE]
 * Since Linux 6.11 the file offset stands before the base: "[OFFSET,BASE+SIZE]" (mm/memory.c, print_vma_addr). One line is one
 * process; a "Code:" line may follow. Other processors, and other systems: kernel_fault.c. */
#include "formats/logs/kernel_fault.h"
#include "formats/stacks/stack_text.h"

#include <inttypes.h>

/* Bits of the page fault's error code (arch/x86/include/asm/trap_pf.h). */
enum { PF_PROTECTION = 1, PF_WRITE = 2, PF_FETCH = 16 };

/* The number behind the next `word`; `rest` then begins after it. */
static bool take_number(struct inq_span *rest, const char *word, uint64_t *ret)
{
	*rest = inq_span_behind(*rest, word);
	return inq_take_hex(rest, ret);
}

static unsigned tried(uint64_t error)
{
	if (error & PF_FETCH)
		return INQ_ACCESS_EXECUTE;
	return error & PF_WRITE ? INQ_ACCESS_WRITE : INQ_ACCESS_READ;
}

/* The traps that are told so, and their signals (arch/x86/kernel/traps.c). */
static const struct {
	const char *words;
	int signal;
} traps[] = { { "general protection", 11 }, { "trap invalid opcode", 4 }, { "trap divide error", 8 },
	      { "trap int3", 5 },	    { "trap stack segment", 7 },  { "trap alignment check", 7 },
	      { "trap bounds", 11 },	    { "trap overflow", 11 },	  { "trap segment not present", 7 } };

/* A page fault, or another trap, of x86. Whether 32 or 64 bits only an address above 4 GiB tells. */
static bool parse_x86(struct inq_span line, struct inq_kernel_fault *fault)
{
	uint64_t error;
	*fault = inq_kernel_fault_unknown();
	fault->signal = 11;
	ptrdiff_t at = inq_span_find(line, ": segfault at ");
	struct inq_span rest = inq_span_after(line, at > 0 ? (size_t)at : 0);
	if (at > 0) {
		if (!take_number(&rest, " at ", &fault->address) || !take_number(&rest, " ip ", &fault->pc) ||
		    !take_number(&rest, " sp ", &fault->sp) || !take_number(&rest, " error ", &error))
			return false;
		fault->tried = tried(error);
	}
	for (size_t i = 0; at < 0 && i < sizeof traps / sizeof *traps; i++) {
		at = inq_span_find(line, traps[i].words);
		fault->signal = traps[i].signal;
	}
	if (at <= 0 || (fault->address == INQ_UNKNOWN &&
			(!take_number(&rest, " ip:", &fault->pc) || !take_number(&rest, " sp:", &fault->sp) ||
			 !take_number(&rest, " error:", &error))))
		return false;
	fault->bits = fault->pc > UINT32_MAX || fault->sp > UINT32_MAX ? 64 : 32;
	fault->machine = fault->bits == 64 ? 62 : 3; /* EM_X86_64, EM_386 */
	inq_kernel_fault_file(inq_span_behind(rest, " in "), fault);
	if (fault->pc - fault->base >= fault->size) /* older kernels name the next mapping above the pc */
		fault->file.length = 0;
	return inq_kernel_fault_process((struct inq_span) { line.text, (size_t)at }, fault);
}

/* No form is without one of these words and a colon; most lines of other texts are. */
static bool is_likely(struct inq_span line)
{
	return inq_span_find(line, "fault") >= 0 || inq_span_find(line, "unhandled ") >= 0 ||
	       inq_span_find(line, " ip:") >= 0 || inq_span_find(line, " nip ") >= 0;
}

static bool is_elsewhere(struct inq_span line)
{
	return (memchr(line.text, '(', line.length) && inq_span_find(line, "exited on signal ") > 0) ||
	       (memchr(line.text, '[', line.length) && inq_span_find(line, "core_log: ") >= 0);
}

static bool parse(struct inq_span line, struct inq_kernel_fault *fault)
{
	if (!line.length || !memchr(line.text, ':', line.length))
		return false;
	if (is_likely(line) && (parse_x86(line, fault) || inq_kernel_fault_line(line, fault)))
		return true;
	return is_elsewhere(line) && inq_kernel_fault_elsewhere(line, fault);
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_kernel_fault fault;
	return parse(at->line, &fault) ? 90 : 0;
}

static void build_registers(struct inq_builder *builder, struct inq_thread *thread,
			    const struct inq_kernel_fault *fault)
{
	static const struct {
		const char *name;
		size_t member;
	} roles[] = { { "pc", offsetof(struct inq_kernel_fault, pc) },
		      { "sp", offsetof(struct inq_kernel_fault, sp) },
		      { "lr", offsetof(struct inq_kernel_fault, lr) } };
	if (fault->bits)
		inq_build_machine(builder, fault->machine, fault->bits, fault->big);
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		uint64_t value;
		memcpy(&value, (const char *)fault + roles[i].member, sizeof value);
		if (value != INQ_UNKNOWN)
			inq_set_register(builder, thread, (struct inq_span) { roles[i].name, 2 }, value);
	}
}

static void build_thread(struct inq_stack_text *stack, const struct inq_kernel_fault *fault)
{
	struct inq_thread *thread = inq_stack_thread(stack);
	if (!thread)
		return;
	if (fault->os == INQ_OS_LINUX)
		thread->tid = fault->pid; /* the kernel prints the number of the thread */
	thread->crashed = true;
	thread->signal.number = fault->signal;
	thread->signal.has_code = fault->has_code;
	thread->signal.code = fault->code;
	thread->signal.has_address = fault->address != INQ_UNKNOWN;
	thread->signal.address = thread->signal.has_address ? fault->address : 0;
	thread->signal.tried = fault->tried;
	build_registers(stack->builder, thread, fault);
	bool placed = fault->pc != INQ_UNKNOWN || fault->file.length || fault->os == INQ_OS_LINUX;
	struct inq_text_frame *frame = placed ? inq_stack_frame(stack) : NULL;
	if (!frame)
		return;
	frame->pc = fault->pc;
	frame->object = inq_stack_string(stack, fault->file);
	if (fault->file.length && fault->offset != INQ_UNKNOWN)
		frame->offset = fault->offset;
}

/* The mapping that holds the pc: the only one that is told. */
static void build_mapping(struct inq_stack_text *stack, const struct inq_kernel_fault *fault)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	if (!fault->file.length || (fault->pc != INQ_UNKNOWN && fault->pc - fault->base >= fault->size) ||
	    !inq_add(fault->base, fault->size, &mapping.end))
		return;
	mapping.start = fault->base;
	if (fault->pc != INQ_UNKNOWN && !(fault->tried & INQ_ACCESS_EXECUTE))
		mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE; /* an instruction of it ran */
	mapping.name = inq_stack_string(stack, fault->file);
	mapping.file = inq_build_file(stack->builder, fault->file.text, fault->file.length, INQ_UNKNOWN, INQ_UNKNOWN,
				      INQ_UNKNOWN);
	if (fault->offset == INQ_UNKNOWN)
		inq_warn(stack->ctx, INQ_PLACE_LINE, stack->number,
			 "the line does not tell which part of %s is mapped at 0x%" PRIx64
			 ": offsets count from there, not "
			 "from the file's load base",
			 mapping.name ? mapping.name : "the file", fault->base);
	else if (fault->pc != INQ_UNKNOWN && fault->offset >= fault->pc - fault->base)
		mapping.file_offset = fault->offset - (fault->pc - fault->base);
	inq_build_mapping(stack->builder, &mapping);
	stack->builder->space->sparse = true;
}

static const char *signal_name(int number)
{
	static const char *const names[] = {
		[4] = "SIGILL", [5] = "SIGTRAP", [7] = "SIGBUS", [8] = "SIGFPE", [11] = "SIGSEGV"
	};
	const char *name = (size_t)number < sizeof names / sizeof *names ? names[number] : NULL;
	return name ? name : "a fault";
}

static void build(struct inq_stack_text *stack, const struct inq_kernel_fault *fault)
{
	struct inq_builder *builder = stack->builder;
	inq_build_os(builder, fault->os);
	inq_build_at(builder, INQ_PLACE_LINE, stack->number);
	struct inq_process *process = inq_build_process(builder);
	process->name = inq_stack_string(stack, fault->name);
	process->pid = builder->artefact->pid = fault->pid;
	process->uid = fault->uid;
	build_thread(stack, fault);
	build_mapping(stack, fault);
	if (fault->name.length && fault->os == INQ_OS_LINUX)
		inq_build_detail(builder, "%.*s died of %s", (int)fault->name.length, fault->name.text,
				 signal_name(fault->signal));
}

/* Registers and names on the lines below. */
static void read_more(struct inq_stack_text *stack, struct inq_kernel_fault *fault)
{
	enum { MOST_LINES = 64, MOST_OTHERS = 3 };
	struct inq_text ahead = stack->text;
	struct inq_kernel_fault another;
	for (unsigned i = 0, others = 0; i < MOST_LINES && others < MOST_OTHERS && inq_text_next(&ahead); i++) {
		if (parse(ahead.line, &another))
			return;
		bool known = inq_kernel_fault_more(ahead.line, fault);
		others = known ? 0 : others + 1;
		if (!known)
			continue;
		stack->text = ahead;
		stack->input->end = ahead.next;
		stack->input->end_line = ahead.number + 1;
	}
}

/* Kernels before 4.15 or so print the place as a message of its own: "[  573.164607]  in openfortigui[558fd019e000+e1000]". */
static bool is_place(struct inq_span line)
{
	ptrdiff_t at = inq_span_find(line, " in ");
	struct inq_span place = inq_span_after(line, at < 0 ? line.length : (size_t)at);
	return inq_span_find(place, "[") > 0 && inq_span_find(place, "+") > 0 && inq_span_ends(place, "]");
}

/* The rest of a line that a terminal broke, or the kernel. */
static bool is_open(struct inq_span line, struct inq_span next)
{
	bool begun = inq_span_find(line, ": segfault at ") > 0 || inq_span_find(line, "traps: ") >= 0;
	struct inq_span error = inq_span_behind(line, " error");
	if (begun && error.length && inq_span_find(error, " in ") < 0 && is_place(next))
		return true;
	return begun && inq_span_find(line, "]") > 0 && !inq_span_find(line, "Code:") &&
	       (inq_span_find(line, " error") < 0 || inq_span_ends(line, " error"));
}

static enum inq_status read_event(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_stack_text stack = inq_stack_begin(ctx, input, builder, &inq_format_kernel_segfault_log);
	struct inq_kernel_fault fault;
	bool found = false;
	while (!found && inq_stack_next(&stack, is_open))
		found = parse(stack.line, &fault);
	if (found && fault.more)
		read_more(&stack, &fault);
	if (found)
		build(&stack, &fault);
	return inq_stack_finish(&stack, false);
}

const struct inq_format inq_format_kernel_segfault_log = {
	.name = "kernel-segfault-log",
	.about = "lines of a kernel's log about the death of a process",
	.text = true,
	.probe_line = probe,
	.read = read_event,
};
