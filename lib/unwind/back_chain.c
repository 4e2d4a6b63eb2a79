/* The back chain: every frame begins with the address of its caller's frame, in which a function that calls others has
 * saved its return address. PowerPC's functions always make it, s390's when they are compiled with -mbackchain; so each
 * step must lead up the stack, to a return address that follows a call.
 * Facts: 64-Bit ELF V2 ABI, section 2.2.2; System V ABI, PowerPC supplement, "The Stack Frame"; ELF ABI s390x supplement,
 * "Stack Frame". */
#include "lib/unwind/stepper.h"

static bool leads_up(const struct inq_unwinder *unwinder, uint64_t sp, uint64_t above)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, sp);
	return mapping && above > sp && above < mapping->end && above % unwinder->word == 0;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	uint64_t above, saved;
	if (arch->chain != INQ_CHAIN_BACK && arch->chain != INQ_CHAIN_OFTEN)
		return INQ_STEP_NOT_MINE;
	if (!inq_unwinder_read(unwinder, frame->sp, unwinder->slot, &above))
		return INQ_STEP_MISSING_MEMORY;
	bool unbroken = !frame->exact && !frame->scans && arch->chain == INQ_CHAIN_BACK;
	if (above == 0 && unbroken)
		return INQ_STEP_OUTERMOST;
	if (!leads_up(unwinder, frame->sp, above))
		return INQ_STEP_NOT_MINE;
	if (!inq_unwinder_read(unwinder, above + arch->chain_pc * (uint64_t)unwinder->slot, unwinder->slot, &saved))
		return INQ_STEP_MISSING_MEMORY;
	if (saved == 0 && unbroken) /* start-up code has no caller, but a frame */
		return INQ_STEP_OUTERMOST;
	uint64_t back = inq_return_target(unwinder, saved);
	enum inq_called called = inq_return_fits(unwinder, back);
	if (!inq_may_execute(unwinder, back) || called == INQ_CALLED_NO)
		return INQ_STEP_NOT_MINE;
	caller->registers.valid = 0; /* what the function saved besides is not known */
	inq_registers_set(&caller->registers, arch->sp, above);
	inq_registers_set(&caller->registers, arch->pc, back);
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

const struct inq_stepper inq_stepper_back_chain = { "back-chain", step };
