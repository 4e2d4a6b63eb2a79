/* The last resort: the first word up the stack that looks like a return address. It may be one that a function left behind
 * long ago, so such a frame is only possible, and there are not many of them. */
#include "lib/unwind/stepper.h"

enum { MOST_WORDS = 256, MOST_SCANS = 4 };

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_cursor *frame, struct inq_cursor *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	uint64_t slot = unwinder->slot, at = (frame->sp + slot - 1) & ~(slot - 1), saved;
	if (frame->scans == MOST_SCANS)
		return INQ_STEP_NOT_MINE;
	for (unsigned i = 0; i < MOST_WORDS; i++, at += slot) {
		if (!inq_unwinder_read(unwinder, at, (unsigned)slot, &saved))
			return i ? INQ_STEP_NOT_MINE : INQ_STEP_MISSING_MEMORY;
		uint64_t back = inq_return_target(unwinder, saved);
		if (!inq_space_object_at(unwinder->space, back) || !inq_may_execute(unwinder, back) ||
		    inq_after_call(unwinder, back) != INQ_CALLED_YES)
			continue;
		inq_registers_keep_preserved(arch, &caller->registers);
		inq_registers_set(&caller->registers, arch->sp, at + slot);
		inq_registers_set(&caller->registers, arch->pc, back);
		inq_registers_forget(&caller->registers, arch->lr);
		caller->scans = (uint8_t)(frame->scans + 1);
		caller->found_by = INQ_FOUND_SCAN;
		caller->confidence = INQ_POSSIBLE;
		return INQ_STEP_FOUND;
	}
	return INQ_STEP_NOT_MINE;
}

const struct inq_stepper inq_stepper_scan = { "scan", step };
