/* A jump to where no code is: a call through a null or wild pointer, a return into nothing. No instruction of the callee
 * has run, so the return address is where the call left it: on top of the stack (x86) or in the link register. */
#include "lib/unwind/stepper.h"

static bool caller_of(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, struct inq_registers *out,
		      uint64_t *ret)
{
	const struct inq_arch *arch = unwinder->arch;
	if (arch->lr != INQ_NO_REGISTER)
		return inq_registers_get(&frame->registers, arch->lr, ret);
	if (!inq_unwinder_read(unwinder, frame->sp, unwinder->slot, ret))
		return false;
	inq_registers_set(out, arch->sp, frame->sp + unwinder->slot);
	return true;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	uint64_t saved;
	const struct inq_arch *arch = unwinder->arch;
	if (!frame->exact || inq_may_execute(unwinder, frame->pc))
		return INQ_STEP_NOT_MINE;
	if (!caller_of(unwinder, frame, &caller->registers, &saved))
		return INQ_STEP_MISSING_MEMORY;
	uint64_t back = inq_return_target(unwinder, saved);
	if (!inq_may_return_to(unwinder, back) || inq_return_fits(unwinder, back) == INQ_CALLED_NO)
		return INQ_STEP_NOT_MINE;
	inq_registers_set(&caller->registers, arch->pc, back);
	inq_registers_forget(&caller->registers, arch->lr);
	caller->found_by = INQ_FOUND_LINK_REGISTER;
	caller->confidence = INQ_LIKELY;
	return INQ_STEP_FOUND;
}

const struct inq_stepper inq_stepper_bad_call = { "bad-call", step };
