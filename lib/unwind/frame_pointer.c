/* Chains of frame pointers: each points to where the caller's was saved, beside the return address. Believed as long as
 * they go up within the stack and every return address follows a call. */
#include "lib/unwind/stepper.h"

/* Both in one mapping: a frame pointer that leads out of the stack is none. */
static bool same_stack(const struct inq_unwinder *unwinder, uint64_t sp, uint64_t fp)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, sp);
	return mapping && fp >= sp && fp < mapping->end;
}

/* x86: a function that was interrupted before it has set its frame pointer (push %rbp; mov %rsp,%rbp) has its return address
 * at the stack pointer, or one word above. *words: how far. Facts: System V ABI, AMD64 supplement, section 3.2.2. */
static bool in_prologue(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame, unsigned *words)
{
	static const uint8_t mark[] = { 0xf3, 0x0f, 0x1e }, push = 0x55, move = 0x89, move_to = 0xe5;
	bool wide = unwinder->slot == 8;
	const uint8_t *text = inq_space_peek(unwinder->space, frame->pc - 1, 5, NULL);
	if (!frame->exact || unwinder->arch->lr != INQ_NO_REGISTER || !text)
		return false;
	const uint8_t *next = text + 1;
	*words = 0;
	if (next[0] == push || memcmp(next, mark, sizeof mark) == 0) /* endbr64, endbr32 */
		return true;
	*words = 1;
	const uint8_t *after_rex = next + wide; /* 0x48 in 64-bit code */
	return text[0] == push && (!wide || next[0] == 0x48) && after_rex[0] == move && after_rex[1] == move_to;
}

/* Code that was made at run time belongs to no object, and may push the address to go back to: Java's interpreter does. */
static bool may_be_pushed(const struct inq_unwinder *unwinder, uint64_t back)
{
	return !inq_space_object_at(unwinder->space, back);
}

/* A zero says that a stack ends only where it was followed so far; after a guess, and above code that keeps no frame pointer,
 * it is a zero like others. */
static enum inq_step ends_here(const struct inq_walk_frame *frame)
{
	bool chained = frame->found_by == INQ_FOUND_FRAME_POINTER && !frame->scans;
	bool followed = chained || frame->confidence > INQ_POSSIBLE;
	return followed && !frame->omits_fp ? INQ_STEP_OUTERMOST : INQ_STEP_NOT_MINE;
}

static enum inq_step finish(struct inq_unwinder *unwinder, struct inq_walk_frame *caller, uint64_t saved)
{
	uint64_t back = inq_return_target(unwinder, saved);
	if (back == 0)
		return ends_here(caller);
	enum inq_called called = inq_return_fits(unwinder, back);
	if (!inq_may_return_to(unwinder, back) || (called == INQ_CALLED_NO && !may_be_pushed(unwinder, back)))
		return INQ_STEP_NOT_MINE;
	inq_registers_set(&caller->registers, unwinder->arch->pc, back);
	inq_registers_forget(&caller->registers, unwinder->arch->lr);
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = called == INQ_CALLED_YES ? INQ_LIKELY : INQ_POSSIBLE;
	return INQ_STEP_FOUND;
}

/* The frame pointer is still the caller's. */
static enum inq_step step_prologue(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
				   struct inq_walk_frame *caller, unsigned words)
{
	uint64_t saved, at = frame->sp + words * unwinder->slot;
	if (!inq_unwinder_read(unwinder, at, unwinder->slot, &saved))
		return INQ_STEP_MISSING_MEMORY;
	inq_registers_set(&caller->registers, unwinder->arch->sp, at + unwinder->slot);
	return finish(unwinder, caller, saved);
}

/* By one kind of record. */
static enum inq_step step_record(struct inq_unwinder *unwinder, const struct inq_frame_record *record, uint64_t fp,
				 struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	int64_t slot = unwinder->slot;
	uint64_t saved_fp, saved_pc;
	if (!inq_unwinder_read(unwinder, fp + (uint64_t)(record->saved_fp * slot), unwinder->slot, &saved_fp) ||
	    !inq_unwinder_read(unwinder, fp + (uint64_t)(record->saved_pc * slot), unwinder->slot, &saved_pc))
		return INQ_STEP_MISSING_MEMORY;
	if (!saved_pc && saved_fp) /* the first frame has neither */
		return INQ_STEP_NOT_MINE;
	caller->registers.valid = 0; /* what the function saved besides is not known */
	inq_registers_set(&caller->registers, arch->fp, saved_fp);
	inq_registers_set(&caller->registers, arch->sp, fp + (uint64_t)(record->caller_sp * slot));
	if (!record->sp_exact)
		inq_registers_forget(&caller->registers, arch->sp);
	return finish(unwinder, caller, saved_pc);
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	enum inq_step found = INQ_STEP_NOT_MINE;
	uint64_t fp;
	unsigned words;
	if (!arch->frame_record_count || !inq_registers_get(&frame->registers, arch->fp, &fp))
		return INQ_STEP_NOT_MINE;
	if (in_prologue(unwinder, frame, &words))
		return step_prologue(unwinder, frame, caller, words);
	if (fp == 0 && !frame->exact) /* the ABIs let start-up code clear it; other code has zeros in it too */
		return frame->found_by == INQ_FOUND_CFI && inq_scan_finds(unwinder, frame) ? INQ_STEP_NOT_MINE
											   : ends_here(frame);
	if (fp % unwinder->word || !same_stack(unwinder, frame->sp, fp))
		return INQ_STEP_NOT_MINE;
	for (size_t i = 0; i < arch->frame_record_count && found == INQ_STEP_NOT_MINE; i++)
		found = step_record(unwinder, &arch->frame_records[i], fp, caller);
	return found;
}

const struct inq_stepper inq_stepper_frame_pointer = { "frame-pointer", step };
