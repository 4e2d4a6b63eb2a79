/* Functions of Go's run-time that go on upon another stack, where call-frame information leads nowhere: systemstack and asmcgocall
 * leave the goroutine's stack with its frame pointer still set. Others are entered as no call would (go_table.c), or leave nothing
 * behind that leads back.
 * Facts: Go's runtime/asm_amd64.s (systemstack, asmcgocall, morestack), runtime/traceback.go. */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"

#include <string.h>

enum { EM_X86_64 = 62, SLOT = 8, LARGEST_FRAME = 8192 };

static const char *const switching[] = { "runtime.systemstack", "runtime.asmcgocall" };
static const char *const made_up[] = { "runtime.sigpanic", "runtime.asyncPreempt", "runtime.debugCallV2" };
static const char *const ending[] = { "runtime.morestack" };

/* The name, maybe with the ending of a function in assembly. */
static bool is_one_of(const char *function, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(names[i]);
		if (strncmp(function, names[i], length) == 0 &&
		    (!function[length] || strcmp(function + length, ".abi0") == 0))
			return true;
	}
	return false;
}

/* Where the goroutine goes on, and its registers there. */
struct left {
	uint64_t fp, sp, back;
};

static bool is_called(struct inq_unwinder *unwinder, uint64_t function, uint64_t at, uint64_t *back)
{
	struct inq_call call;
	return inq_unwinder_read(unwinder, at, SLOT, back) && inq_call_target(unwinder, *back, &call) &&
	       call.target == function;
}

/* Go 1.21 and up: at `fp` the function has pushed its caller's, above it is the return address: behind a call of this function. */
static bool by_record(struct inq_unwinder *unwinder, uint64_t function, uint64_t fp, struct left *ret)
{
	ret->sp = fp + 2 * SLOT;
	return is_called(unwinder, function, fp + SLOT, &ret->back) && inq_unwinder_read(unwinder, fp, SLOT, &ret->fp);
}

/* Before, the frame pointer is still the caller's. The return address is below, as far as the caller's frame is deep. */
static bool by_depth(struct inq_unwinder *unwinder, uint64_t function, uint64_t fp, struct left *ret)
{
	struct inq_go_frame go;
	for (uint64_t at = fp - SLOT; fp - at <= LARGEST_FRAME && fp >= LARGEST_FRAME; at -= SLOT) {
		if (!is_called(unwinder, function, at, &ret->back))
			continue;
		struct inq_object *object = inq_space_object_at(unwinder->space, ret->back - 1);
		if (!object || !inq_symbol_go_frame(unwinder->space, object, ret->back - 1, &go) || at + go.depth != fp)
			continue;
		ret->fp = fp;
		ret->sp = at + SLOT;
		return true;
	}
	return false;
}

static bool find_left(struct inq_unwinder *unwinder, uint64_t function, uint64_t fp, struct left *ret)
{
	return by_record(unwinder, function, fp, ret) || by_depth(unwinder, function, fp, ret);
}

/* The frame pointer is in its register, or where the function that was called upon the new stack has pushed it: Go's call-frame
 * information does not speak of it. */
static enum inq_step leave_stack(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
				 struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	uint64_t fp, pc = inq_lookup_pc(frame);
	struct inq_symbol symbol;
	struct left left;
	if (!inq_symbol_at(unwinder->space, inq_space_object_at(unwinder->space, pc), pc, &symbol))
		return INQ_STEP_NOT_MINE;
	bool found =
		inq_registers_get(&frame->registers, arch->fp, &fp) && find_left(unwinder, symbol.start, fp, &left);
	if (!found && (!inq_unwinder_read(unwinder, frame->sp - 2 * SLOT, SLOT, &fp) ||
		       !find_left(unwinder, symbol.start, fp, &left)))
		return INQ_STEP_NOT_MINE;
	caller->registers.valid = 0;
	inq_registers_set(&caller->registers, arch->fp, left.fp);
	inq_registers_set(&caller->registers, arch->sp, left.sp);
	inq_registers_set(&caller->registers, arch->pc, left.back);
	caller->left_stack = true;
	caller->found_by = INQ_FOUND_FRAME_POINTER;
	caller->confidence = INQ_CERTAIN;
	return INQ_STEP_FOUND;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	struct inq_go_frame go;
	uint64_t pc = inq_lookup_pc(frame);
	if (unwinder->arch->machine != EM_X86_64 || frame->exact || inq_cfi_is_kept(unwinder, frame))
		return INQ_STEP_NOT_MINE;
	struct inq_object *object = inq_space_object_at(unwinder->space, pc);
	if (!object || !inq_symbol_go_frame(unwinder->space, object, pc, &go))
		return INQ_STEP_NOT_MINE;
	if (is_one_of(go.function, switching, sizeof switching / sizeof *switching))
		return leave_stack(unwinder, frame, caller);
	if (is_one_of(go.function, made_up, sizeof made_up / sizeof *made_up))
		return inq_stepper_go_table.step(unwinder, frame, caller);
	return is_one_of(go.function, ending, sizeof ending / sizeof *ending) ? INQ_STEP_OUTERMOST : INQ_STEP_NOT_MINE;
}

const struct inq_stepper inq_stepper_go_switch = { "go-switch", step };
