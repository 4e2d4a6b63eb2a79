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

/* Whether what was saved may be where a call returns to, or the trampoline behind a signal handler. */
static bool looks_called(struct inq_unwinder *unwinder, uint64_t back)
{
	return inq_space_object_at(unwinder->space, back) && inq_may_execute(unwinder, back) &&
	       inq_return_fits(unwinder, back) == INQ_CALLED_YES;
}

/* The first such word from the frame's stack pointer up. */
static enum inq_step find(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, uint64_t *at,
			  uint64_t *back)
{
	uint64_t slot = unwinder->slot, saved;
	*at = (frame->sp + slot - 1) & ~(slot - 1);
	for (unsigned i = 0; i < MOST_WORDS; i++, *at += slot) {
		if (!inq_unwinder_read(unwinder, *at, (unsigned)slot, &saved))
			return i ? INQ_STEP_NOT_MINE : INQ_STEP_MISSING_MEMORY;
		*back = inq_return_target(unwinder, saved);
		if (looks_called(unwinder, *back))
			return INQ_STEP_FOUND;
	}
	return INQ_STEP_NOT_MINE;
}

bool inq_scan_finds(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame)
{
	uint64_t at, back;
	return find(unwinder, frame, &at, &back) == INQ_STEP_FOUND;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	uint64_t at, back;
	if (frame->scans == MOST_SCANS)
		return INQ_STEP_NOT_MINE;
	enum inq_step found = find(unwinder, frame, &at, &back);
	if (found != INQ_STEP_FOUND)
		return found;
	guess_registers(unwinder, &frame->registers, at, &caller->registers);
	inq_registers_set(&caller->registers, unwinder->arch->pc, back);
	caller->scans = (uint8_t)(frame->scans + 1);
	caller->found_by = INQ_FOUND_SCAN;
	caller->confidence = INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

const struct inq_stepper inq_stepper_scan = { "scan", step };
