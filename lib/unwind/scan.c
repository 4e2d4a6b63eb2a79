/* The last resort: the first word up the stack that looks like a return address. It may be one that a function left behind
 * long ago, so such a frame is only possible, and there are not many of them. */
#include "lib/unwind/stepper.h"

enum { MOST_WORDS = 256, MOST_SCANS = 8 };

static bool in_stack_above(const struct inq_unwinder *unwinder, uint64_t sp, uint64_t value)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, sp);
	return mapping && value > sp && value < mapping->end && value % unwinder->word == 0;
}

/* Of the registers only the frame pointer can be guessed: it was saved just below the return address, or not touched. */
static void guess_registers(struct inq_unwinder *unwinder, const struct inq_registers *frame, uint64_t at,
			    struct inq_registers *out)
{
	uint64_t value, slot = unwinder->slot;
	uint8_t fp = unwinder->arch->fp;
	out->valid = 0;
	inq_registers_set(out, unwinder->arch->sp, at + slot);
	bool saved =
		inq_unwinder_read(unwinder, at - slot, (unsigned)slot, &value) && in_stack_above(unwinder, at, value);
	if (saved || (inq_registers_get(frame, fp, &value) && in_stack_above(unwinder, at, value)))
		inq_registers_set(out, fp, value);
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	uint64_t slot = unwinder->slot, at = (frame->sp + slot - 1) & ~(slot - 1), saved;
	if (frame->scans == MOST_SCANS)
		return INQ_STEP_NOT_MINE;
	for (unsigned i = 0; i < MOST_WORDS; i++, at += slot) {
		if (!inq_unwinder_read(unwinder, at, (unsigned)slot, &saved))
			return i ? INQ_STEP_NOT_MINE : INQ_STEP_MISSING_MEMORY;
		uint64_t back = inq_return_target(unwinder, saved);
		if (!inq_space_object_at(unwinder->space, back) || !inq_may_execute(unwinder, back) ||
		    inq_return_fits(unwinder, back) != INQ_CALLED_YES)
			continue;
		guess_registers(unwinder, &frame->registers, at, &caller->registers);
		inq_registers_set(&caller->registers, unwinder->arch->pc, back);
		caller->scans = (uint8_t)(frame->scans + 1);
		caller->found_by = INQ_FOUND_SCAN;
		caller->confidence = INQ_POSSIBLE;
		return INQ_STEP_FOUND;
	}
	return INQ_STEP_NOT_MINE;
}

const struct inq_stepper inq_stepper_scan = { "scan", step };
