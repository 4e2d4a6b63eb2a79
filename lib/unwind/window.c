/* SPARC's register windows: what a function has as ins, its caller has as outs; the caller's locals and ins are saved at the
 * caller's stack pointer (biased by 2047 in 64-bit code). The frame pointer is i6; i7 is where the call stands.
 * Facts: SPARC Compliance Definition, "The Stack Frame"; System V ABI, SPARC supplement, "Register Windows". */
#include "lib/unwind/stepper.h"

enum { O0 = 8, L0 = 16, I0 = 24, I6 = 30, I7 = 31, OUTS = 8, SAVED = 16 };

/* The bias is what makes the stack pointer differ from the frame's address. */
static uint64_t window_at(const struct inq_unwinder *unwinder, uint64_t sp)
{
	return sp - (uint64_t)(int64_t)unwinder->arch->cfa_to_sp;
}

/* An in of the frame: known, or saved in its own window. */
static bool read_in(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, uint8_t index, uint64_t *ret)
{
	uint64_t slot = unwinder->slot;
	return inq_registers_get(&frame->registers, index, ret) ||
	       inq_unwinder_read(unwinder, window_at(unwinder, frame->sp) + (uint64_t)(index - L0) * slot,
				 (unsigned)slot, ret);
}

/* Turns the window: outs from the callee's ins, locals and ins from the stack. */
static void turn(struct inq_unwinder *unwinder, const struct inq_registers *callee, uint64_t sp,
		 struct inq_registers *out)
{
	uint64_t value, slot = unwinder->slot, at = window_at(unwinder, sp);
	inq_registers_keep_preserved(unwinder->arch, out);
	for (uint8_t i = 0; i < OUTS; i++)
		if (inq_registers_get(callee, (uint8_t)(I0 + i), &value))
			inq_registers_set(out, (uint8_t)(O0 + i), value);
	for (uint8_t i = 0; i < SAVED; i++)
		if (inq_unwinder_read(unwinder, at + i * slot, (unsigned)slot, &value))
			inq_registers_set(out, (uint8_t)(L0 + i), value);
}

static bool same_stack(const struct inq_unwinder *unwinder, uint64_t sp, uint64_t fp)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, window_at(unwinder, sp));
	return mapping && fp > sp && window_at(unwinder, fp) < mapping->end;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	uint64_t fp, saved;
	if (arch->chain != INQ_CHAIN_WINDOWS)
		return INQ_STEP_NOT_MINE;
	if (!read_in(unwinder, frame, I6, &fp) || !read_in(unwinder, frame, I7, &saved))
		return INQ_STEP_MISSING_MEMORY;
	if (fp == 0 && !frame->exact && !frame->scans) /* start-up code clears it */
		return INQ_STEP_OUTERMOST;
	uint64_t back = inq_return_target(unwinder, saved);
	enum inq_called called = inq_return_fits(unwinder, back);
	if (!same_stack(unwinder, frame->sp, fp) || !inq_may_execute(unwinder, back) || called == INQ_CALLED_NO)
		return INQ_STEP_NOT_MINE;
	turn(unwinder, &frame->registers, fp, &caller->registers);
	inq_registers_set(&caller->registers, arch->sp, fp);
	inq_registers_set(&caller->registers, arch->pc, back);
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

const struct inq_stepper inq_stepper_window = { "window", step };
