/* The walk from a frame to its callers, and the rules that keep it honest: it ends, the stack only shrinks, and what is
 * below an unsure frame is not sure. */
#include "lib/unwind/stepper.h"

#define INQ_STEPPER(name) extern const struct inq_stepper inq_stepper_##name;
#include "lib/unwind/steppers.def"
#undef INQ_STEPPER

static const struct inq_stepper *const steppers[] = {
#define INQ_STEPPER(name) &inq_stepper_##name,
#include "lib/unwind/steppers.def"
#undef INQ_STEPPER
};

enum { STEPPER_COUNT = sizeof steppers / sizeof *steppers, MOST_SWITCHES = 64 };

static enum inq_step find_caller(struct inq_unwinder *unwinder, struct inq_walk_frame *frame,
				 struct inq_walk_frame *caller)
{
	enum inq_step step = INQ_STEP_NOT_MINE;
	for (size_t i = 0; i < STEPPER_COUNT && step == INQ_STEP_NOT_MINE; i++) {
		*caller = *frame;
		caller->exact = caller->left_stack = false;
		caller->registers.vectors = (struct inq_view) { 0 };
		caller->kind = INQ_FRAME_NATIVE;
		step = steppers[i]->step(unwinder, frame, caller);
	}
	return step;
}

/* The stack grows downwards, so every caller is above. Only a leaf that was interrupted may share its caller's stack
 * pointer, and only a signal may have moved to another stack: once, from an alternate stack back; or code that is known to. */
static bool goes_up(const struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	if (caller->left_stack)
		return ++caller->switches <= MOST_SWITCHES;
	if (caller->sp > frame->sp)
		return true;
	if (frame->kind == INQ_FRAME_SIGNAL && !frame->stack_switched) {
		caller->stack_switched = true;
		return true;
	}
	return caller->sp == frame->sp && frame->exact && caller->pc != frame->pc;
}

/* Whether the caller can be one; else *end says why the walk is over. */
static bool accept(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, struct inq_walk_frame *caller,
		   enum inq_truncated *end)
{
	const struct inq_arch *arch = unwinder->arch;
	if (!inq_registers_get(&caller->registers, arch->pc, &caller->pc))
		return false;
	if (!inq_registers_get(&caller->registers, arch->sp, &caller->sp))
		caller->sp = caller->registers.values[arch->sp]; /* at least, see frame_pointer.c */
	if (caller->confidence > frame->confidence)
		caller->confidence = frame->confidence;
	bool zero = caller->pc == 0 && caller->confidence > INQ_POSSIBLE;
	if (!caller->exact && !inq_may_return_to(unwinder, caller->pc))
		*end = zero || inq_is_entry(unwinder, frame) ? INQ_END_OUTERMOST : INQ_END_NO_UNWIND_INFO;
	else if (!goes_up(frame, caller))
		*end = INQ_END_LOOP;
	else
		return true;
	return false;
}

static struct inq_frame frame_of(const struct inq_walk_frame *cursor)
{
	return (struct inq_frame) { .pc = cursor->pc,
				    .sp = cursor->sp,
				    .exact = cursor->exact,
				    .kind = cursor->kind,
				    .found_by = cursor->found_by,
				    .confidence = cursor->confidence };
}

static bool start_at(const struct inq_arch *arch, const struct inq_registers *start, struct inq_walk_frame *frame)
{
	*frame = (struct inq_walk_frame) {
		.registers = *start, .exact = true, .found_by = INQ_FOUND_CONTEXT, .confidence = INQ_CERTAIN
	};
	if (!inq_registers_get(start, arch->pc, &frame->pc) || !inq_registers_get(start, arch->sp, &frame->sp))
		return false;
	if (arch->pc_mask)
		frame->pc &= arch->pc_mask;
	return true;
}

enum inq_truncated inq_unwind_walk(struct inq_space *space, const struct inq_registers *start, size_t limit,
				   inq_frame_visitor *visitor, void *data)
{
	struct inq_unwinder *unwinder = inq_unwinder_of(space);
	struct inq_walk_frame cursors[2], *frame = &cursors[0], *caller = &cursors[1];
	if (!unwinder || !start_at(unwinder->arch, start, frame))
		return INQ_END_NO_UNWIND_INFO;
	for (size_t count = 0; count < limit; count++) {
		enum inq_truncated end = INQ_END_NO_UNWIND_INFO;
		enum inq_step step = find_caller(unwinder, frame, caller); /* it may change the frame's kind */
		bool found = step == INQ_STEP_FOUND && accept(unwinder, frame, caller, &end);
		struct inq_frame seen = frame_of(frame);
		if (!visitor(data, &seen, &frame->registers))
			return INQ_END_LIMIT;
		if (step == INQ_STEP_OUTERMOST)
			return INQ_END_OUTERMOST;
		if (step == INQ_STEP_MISSING_MEMORY)
			return INQ_END_MISSING_MEMORY;
		if (!found)
			return end;
		struct inq_walk_frame *last = frame;
		frame = caller;
		caller = last;
	}
	return INQ_END_LIMIT;
}
