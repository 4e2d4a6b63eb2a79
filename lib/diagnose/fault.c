/* What is known of a fault from the signal, the registers and the instruction. */
#include "lib/diagnose/fault.h"

#include "lib/diagnose/registers.h"
#include "lib/diagnose/signal.h"
#include "lib/diagnose/system_call.h"

#include <string.h>

enum { BUS_ADRALN = 1, SI_KERNEL = 0x80 };

void inq_fault_set_place(const struct inq_space *space, struct inq_fault *fault)
{
	const struct inq_arch *arch = space->machine.arch;
	fault->pc = fault->sp = INQ_UNKNOWN;
	if (!arch)
		return;
	if (fault->registers.valid >> arch->pc & 1)
		fault->pc = fault->registers.values[arch->pc] & (arch->pc_mask ? arch->pc_mask : UINT64_MAX);
	if (fault->registers.valid >> arch->sp & 1)
		fault->sp = fault->registers.values[arch->sp];
}

struct inq_fault inq_fault_of_thread(struct inq_space *space, const struct inq_thread *thread)
{
	struct inq_fault fault = { .thread = thread,
				   .signal = thread->signal,
				   .name = thread->signal.told
						   ? thread->signal.told
						   : inq_signal_name(space->ctx, space->os, thread->signal.number),
				   .registers = inq_registers_of_thread(thread, space->machine.arch) };
	inq_fault_set_place(space, &fault);
	if (fault.pc == INQ_UNKNOWN && thread->stack.count) {
		fault.pc = thread->stack.frames[0].pc;
		fault.sp = thread->stack.frames[0].base;
	}
	fault.tried = fault.signal.tried;
	/* Logs that tell an address without a code do so for faults only. */
	fault.has_address =
		fault.signal.has_address &&
		(!fault.signal.has_code || inq_signal_is_fault(space->os, fault.signal.number, fault.signal.code));
	/* x86's alignment check knows none (arch/x86/kernel/traps.c, exc_alignment_check). */
	fault.has_address = fault.has_address && (fault.signal.address || fault.signal.code != BUS_ADRALN ||
						  !inq_fault_is(&fault, "SIGBUS"));
	fault.address = fault.has_address ? fault.signal.address : 0;
	return fault;
}

bool inq_is_vsyscall(const struct inq_space *space, uint64_t address)
{
	enum { EM_X86_64 = 62, PAGE_BITS = 12 };
	const uint64_t page = UINT64_C(0xffffffffff600000); /* arch/x86/include/uapi/asm/vsyscall.h */
	return space->os == INQ_OS_LINUX && space->machine.elf == EM_X86_64 &&
	       address >> PAGE_BITS == page >> PAGE_BITS;
}

bool inq_fault_is(const struct inq_fault *fault, const char *signal_name)
{
	return fault->name && strcmp(fault->name, signal_name) == 0;
}

bool inq_fault_by_processor(const struct inq_space *space, const struct inq_fault *fault)
{
	static const char *const faults[] = { "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP" };
	const struct inq_signal *signal = &fault->signal;
	if (fault->again || inq_signal_is_fault(space->os, signal->number, signal->code))
		return true;
	/* Without a code (old cores) the signal alone must do; who sent one is told by its code. */
	if (signal->has_code && !(space->os == INQ_OS_LINUX && signal->code == SI_KERNEL))
		return false;
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (inq_fault_is(fault, faults[i]))
			return true;
	return false;
}

bool inq_fault_self_sent(const struct inq_space *space, const struct inq_fault *fault)
{
	const struct inq_signal *signal = &fault->signal;
	if (inq_fault_by_processor(space, fault) || !signal->number)
		return false;
	if (signal->sender_pid != INQ_UNKNOWN && space->process.pid != INQ_UNKNOWN)
		return signal->sender_pid == space->process.pid;
	return inq_fault_is(fault, "SIGABRT");
}

bool inq_fault_came_later(struct inq_space *space, const struct inq_fault *fault)
{
	return inq_fault_self_sent(space, fault) && inq_sends_no_signal(space, &fault->registers);
}

static void set_computed(struct inq_fault *fault, uint64_t address)
{
	fault->has_address = fault->computed = true;
	fault->address = address;
}

/* Where a return, call or jump would have gone: the word that it reads, or its register. */
static bool find_target(struct inq_space *space, const struct inq_fault *fault, uint64_t *ret)
{
	const struct inq_instruction *instruction = &fault->instruction;
	struct inq_view word;
	if (!instruction->decoded || instruction->details.kind == INQ_INSTRUCTION_OTHER)
		return false;
	if (*instruction->details.target)
		return inq_register_value(space->machine.arch, &fault->registers, instruction->details.target, ret);
	for (size_t i = 0; i < instruction->info.access_count; i++) {
		const struct inq_access_info *access = &instruction->info.accesses[i];
		if (access->access == INQ_ACCESS_READ && access->has_address &&
		    inq_space_view(space, access->address, sizeof *ret, &word))
			return inq_view_at(&word, 0, sizeof *ret, ret);
	}
	return false;
}

/* Linux tells no address either when it could not call the program's own handler of SIGSEGV, because the stack that
 * overflowed has no room for it (force_sigsegv): an operand then names memory that it may not access. */
static void compute_forbidden(struct inq_fault *fault)
{
	const struct inq_instruction_info *instruction = &fault->instruction.info;
	for (size_t i = 0; i < instruction->access_count && !fault->has_address; i++) {
		const struct inq_access_info *access = &instruction->accesses[i];
		if (access->has_address && access->judged && !access->permitted)
			set_computed(fault, access->address);
	}
}

/* x86-64 tells no address when it is not canonical: it is then one of those that the operands name, or where a jump would
 * have gone. */
static void compute_address(struct inq_space *space, struct inq_fault *fault)
{
	const struct inq_instruction_info *instruction = &fault->instruction.info;
	uint64_t target;
	if (fault->has_address || !inq_fault_by_processor(space, fault))
		return;
	/* SIGBUS where the stack or frame pointer is the base (exc_stack_segment). */
	if (!inq_fault_is(fault, "SIGSEGV") && !(inq_fault_is(fault, "SIGBUS") && fault->signal.code == SI_KERNEL))
		return;
	for (size_t i = 0; i < instruction->access_count && !fault->has_address; i++) {
		const struct inq_access_info *access = &instruction->accesses[i];
		if (access->has_address && inq_is_non_canonical(space, access->address))
			set_computed(fault, access->address);
	}
	if (!fault->has_address && fault->pc != INQ_UNKNOWN && inq_is_non_canonical(space, fault->pc))
		set_computed(fault, fault->pc);
	if (!fault->has_address && find_target(space, fault, &target) && inq_is_non_canonical(space, target)) {
		set_computed(fault, target);
		fault->tried = INQ_ACCESS_EXECUTE;
	}
	if (!fault->has_address)
		compute_forbidden(fault);
}

/* Where the instruction is not at hand, the processor's error code still says what it tried. */
static enum inq_status add_tried(const struct inq_space *space, struct inq_fault *fault)
{
	struct inq_instruction_info *instruction = &fault->instruction.info;
	if (instruction->access_count || !fault->tried || !fault->has_address)
		return INQ_OK;
	struct inq_access_info *access = inq_arena_alloc(space->ctx->arena, sizeof *access);
	if (!access)
		return inq_no_memory(space->ctx);
	*access = (struct inq_access_info) { .access = fault->tried, .has_address = true, .address = fault->address };
	access->permitted = inq_access_permitted(space, access->address, access->access, &access->judged);
	instruction->accesses = access;
	instruction->access_count = 1;
	return INQ_OK;
}

/* A handler that sets the default action and raises the signal once more: it waits until the handler returns, and then ends the
 * process at the instruction that had faulted before. That could not be carried out now either. */
static bool faults_again(struct inq_space *space, struct inq_fault *fault)
{
	bool judged;
	fault->again = true;
	if (!inq_access_permitted(space, fault->pc, INQ_ACCESS_EXECUTE, &judged) && judged)
		set_computed(fault, fault->pc);
	compute_address(space, fault);
	bool traps = fault->instruction.decoded && fault->instruction.details.kind == INQ_INSTRUCTION_TRAP;
	return fault->has_address || inq_fault_is(fault, "SIGFPE") || (traps && inq_fault_is(fault, "SIGILL"));
}

enum inq_status inq_fault_examine(struct inq_space *space, struct inq_fault *fault)
{
	bool by_processor = inq_fault_by_processor(space, fault);
	if (fault->pc == INQ_UNKNOWN || inq_is_vsyscall(space, fault->pc) ||
	    (!by_processor && !inq_fault_came_later(space, fault)))
		return INQ_OK;
	enum inq_status status = inq_instruction_read(space, &fault->registers, fault->pc, &fault->instruction);
	if (status == INQ_OK && by_processor)
		compute_address(space, fault);
	else if (status == INQ_OK)
		fault->again = faults_again(space, fault);
	return status == INQ_OK ? add_tried(space, fault) : status;
}

/* The access that the fault address lies in; an unknown size counts as one byte. */
static size_t find_access(const struct inq_fault *fault)
{
	const struct inq_instruction_info *instruction = &fault->instruction.info;
	for (size_t i = 0; fault->has_address && i < instruction->access_count; i++) {
		const struct inq_access_info *access = &instruction->accesses[i];
		if (access->has_address && fault->address - access->address < (access->size ? access->size : 1))
			return i;
	}
	return SIZE_MAX;
}

unsigned inq_fault_access(const struct inq_fault *fault)
{
	size_t i = find_access(fault);
	if (fault->tried)
		return fault->tried;
	return i == SIZE_MAX ? 0 : fault->instruction.info.accesses[i].access;
}

const struct inq_operand *inq_fault_operand(const struct inq_fault *fault)
{
	size_t i = find_access(fault);
	if (i == SIZE_MAX || !fault->instruction.decoded)
		return NULL;
	return &fault->instruction.details.operands[fault->instruction.operand_of[i]];
}
