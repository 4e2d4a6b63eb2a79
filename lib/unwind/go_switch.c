/* Functions of Go's run-time that go on upon another stack, where call-frame information leads nowhere: systemstack and asmcgocall
 * leave the goroutine's stack with its frame pointer still set; morestack, for a stack that is full, keeps in the goroutine's
 * record where it was. Others are entered as no call would (go_table.c).
 * Facts: Go's runtime/asm_amd64.s (systemstack, asmcgocall, morestack), runtime/traceback.go, runtime/runtime2.go (g, m, gobuf: the
 * same since Go 1.5 as far as they are read here). */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"

#include <string.h>

enum { EM_X86_64 = 62, SLOT = 8, LARGEST_FRAME = 8192, NEWSTACK = 512 };

/* In struct g: its stack, its m (which begins with the g that has the system's stack), and where it goes on. */
enum { G_LOW = 0, G_HIGH = 8, G_M = 48, G_SP = 56, G_PC = 64, G_SELF = 72 };

static const char *const switching[] = { "runtime.systemstack", "runtime.asmcgocall" };
static const char *const made_up[] = { "runtime.sigpanic", "runtime.asyncPreempt", "runtime.debugCallV2" };
static const char *const growing[] = { "runtime.morestack" };

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

/* The goroutine `g` stands behind a call of morestack, at the beginning of a function that has no frame yet. */
static bool is_growing(struct inq_unwinder *unwinder, uint64_t g, struct left *ret)
{
	struct inq_call call;
	struct inq_go_frame go;
	uint64_t self, m, system, low, high;
	if (g % SLOT || !inq_unwinder_read(unwinder, g + G_SELF, SLOT, &self) || self != g ||
	    !inq_unwinder_read(unwinder, g + G_M, SLOT, &m) || !inq_unwinder_read(unwinder, m, SLOT, &system) ||
	    system == g || !inq_unwinder_read(unwinder, g + G_SP, SLOT, &ret->sp) ||
	    !inq_unwinder_read(unwinder, g + G_PC, SLOT, &ret->back) ||
	    !inq_unwinder_read(unwinder, g + G_LOW, SLOT, &low) ||
	    !inq_unwinder_read(unwinder, g + G_HIGH, SLOT, &high) || ret->sp < low || ret->sp >= high ||
	    !inq_call_target(unwinder, ret->back, &call))
		return false;
	struct inq_object *object = inq_space_object_at(unwinder->space, call.target);
	return object && inq_symbol_go_frame(unwinder->space, object, call.target, &go) &&
	       strncmp(go.function, growing[0], strlen(growing[0])) == 0; /* or morestack_noctxt, which goes on there */
}

/* newstack, which morestack has called upon the system's stack, has the goroutine's record among its variables. */
static enum inq_step find_goroutine(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame,
				    struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	struct left left;
	uint64_t g, end = frame->sp >= NEWSTACK ? frame->sp - NEWSTACK : 0;
	for (uint64_t at = frame->sp; at > end; at -= SLOT) {
		if (!inq_unwinder_read(unwinder, at, SLOT, &g) || !is_growing(unwinder, g, &left))
			continue;
		caller->registers.valid = 0;
		inq_registers_set(&caller->registers, arch->sp, left.sp);
		inq_registers_set(&caller->registers, arch->pc, left.back);
		caller->left_stack = true;
		caller->found_by = INQ_FOUND_CONTEXT;
		caller->confidence = INQ_CERTAIN;
		return INQ_STEP_FOUND;
	}
	return INQ_STEP_OUTERMOST;
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
	return is_one_of(go.function, growing, sizeof growing / sizeof *growing)
		       ? find_goroutine(unwinder, frame, caller)
		       : INQ_STEP_NOT_MINE;
}

const struct inq_stepper inq_stepper_go_switch = { "go-switch", step };
