/* Go's table of functions tells for every address how deep the frame is: what Go itself unwinds with, and all that a program is
 * left with that was built without debug information. It says nothing of other registers than the stack pointer.
 * Facts: Go's sources, runtime/traceback.go and runtime/symtab.go (funcspdelta). */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"

/* Where the return address lies otherwise than right above the frame, another stepper may know. */
static bool is_x86(const struct inq_arch *arch)
{
	enum { EM_386 = 3, EM_X86_64 = 62 };
	return arch->machine == EM_386 || arch->machine == EM_X86_64;
}

/* The function saves its caller's frame pointer right below the return address, if it saves it at all: then it leads further
 * up. */
static void restore_fp(struct inq_unwinder *unwinder, uint64_t sp, uint64_t depth, struct inq_registers *registers)
{
	uint64_t saved;
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, sp);
	if (depth < unwinder->slot || !mapping ||
	    !inq_unwinder_read(unwinder, sp + depth - unwinder->slot, unwinder->slot, &saved))
		return;
	if (saved == 0 || (saved > sp + depth && saved < mapping->end))
		inq_registers_set(registers, unwinder->arch->fp, saved);
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	uint64_t depth, back, address = inq_lookup_pc(frame);
	struct inq_object *object = is_x86(arch) ? inq_space_object_at(unwinder->space, address) : NULL;
	if (!object || !inq_symbol_go_depth(unwinder->space, object, address, &depth) || depth % unwinder->slot)
		return INQ_STEP_NOT_MINE;
	if (!inq_unwinder_read(unwinder, frame->sp + depth, unwinder->slot, &back))
		return INQ_STEP_MISSING_MEMORY;
	if (!inq_may_return_to(unwinder, back))
		return INQ_STEP_NOT_MINE;
	caller->registers.valid = 0;
	restore_fp(unwinder, frame->sp, depth, &caller->registers);
	inq_registers_set(&caller->registers, arch->sp, frame->sp + depth + unwinder->slot);
	inq_registers_set(&caller->registers, arch->pc, back);
	caller->found_by = INQ_FOUND_CFI;
	caller->confidence = INQ_CERTAIN;
	return INQ_STEP_FOUND;
}

const struct inq_stepper inq_stepper_go_table = { "go-table", step };
