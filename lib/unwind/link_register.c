/* Functions that call no other keep their return address in the link register; and every function does at its first
 * instruction. Only for the frame that was interrupted, and only where no call-frame information says better. */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"

/* A function that has called another finds its own address in the link register: then it is no leaf. Without symbols,
 * nearness must do. */
static bool same_function(struct inq_unwinder *unwinder, uint64_t pc, uint64_t back)
{
	enum { NEAR = 256 };
	struct inq_symbol one, other;
	struct inq_object *object = inq_space_object_at(unwinder->space, pc);
	if (object && object == inq_space_object_at(unwinder->space, back) &&
	    inq_symbol_at(unwinder->space, object, pc, &one) &&
	    inq_symbol_at(unwinder->space, object, back - 1, &other))
		return one.start == other.start;
	return back - pc + NEAR < 2 * (uint64_t)NEAR;
}

static enum inq_step found(struct inq_unwinder *unwinder, struct inq_walk_frame *caller, uint64_t sp, uint64_t back,
			   enum inq_called called)
{
	const struct inq_arch *arch = unwinder->arch;
	inq_registers_keep_preserved(arch, &caller->registers);
	inq_registers_set(&caller->registers, arch->sp, sp);
	inq_registers_set(&caller->registers, arch->pc, back);
	inq_registers_forget(&caller->registers, arch->lr);
	caller->found_by = INQ_FOUND_LINK_REGISTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

/* x86 keeps the return address on the stack. If the word on top of it follows a call of this very function, that is it:
 * such functions are written in assembler (clone, at its system call). */
static enum inq_step step_x86(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
			      struct inq_walk_frame *caller)
{
	uint64_t back;
	struct inq_call call;
	struct inq_symbol symbol;
	struct inq_object *object = inq_space_object_at(unwinder->space, frame->pc);
	if (!object || !inq_unwinder_read(unwinder, frame->sp, unwinder->slot, &back) ||
	    !inq_symbol_at(unwinder->space, object, frame->pc, &symbol) || !inq_call_target(unwinder, back, &call) ||
	    call.target != symbol.start)
		return INQ_STEP_NOT_MINE;
	return found(unwinder, caller, frame->sp + unwinder->slot, back, INQ_CALLED_YES);
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	uint64_t saved;
	const struct inq_arch *arch = unwinder->arch;
	if (!frame->exact)
		return INQ_STEP_NOT_MINE;
	if (arch->lr == INQ_NO_REGISTER)
		return step_x86(unwinder, frame, caller);
	if (!inq_registers_get(&frame->registers, arch->lr, &saved))
		return INQ_STEP_NOT_MINE;
	uint64_t back = inq_return_target(unwinder, saved);
	enum inq_called called = inq_return_fits(unwinder, back);
	if (!inq_may_execute(unwinder, back) || called == INQ_CALLED_NO || same_function(unwinder, frame->pc, back))
		return INQ_STEP_NOT_MINE;
	/* Few of SPARC's functions are leaves without a window: only the text tells. */
	if (called == INQ_CALLED_UNREADABLE && arch->chain == INQ_CHAIN_WINDOWS)
		return INQ_STEP_NOT_MINE;
	return found(unwinder, caller, frame->sp, back, called);
}

const struct inq_stepper inq_stepper_link_register = { "link-register", step };
