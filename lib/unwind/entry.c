/* Where programs and threads begin. These functions have no caller, and often no call-frame information that says so. */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"

#include <string.h>

/* The System V ABIs' start-up code; thread starts of glibc and musl (clone), illumos (_lwp_start), FreeBSD (thread_start);
 * where goroutines return to. */
static const char *const names[] = { "_start",
				     "__start",
				     "_start_c",
				     "__clone",
				     "clone",
				     "__clone3",
				     "clone3",
				     "__thread_start",
				     "_lwp_start",
				     "thread_start",
				     "_rt0_amd64_linux",
				     "_rt0_arm64_linux",
				     "runtime.clone",
				     "runtime.clone.abi0",
				     "runtime.goexit",
				     "runtime.goexit.abi0" };

/* Without a name, the kernel's word on where the program began will do: no _start is longer. */
static bool is_start(const struct inq_space *space, uint64_t pc)
{
	enum { AT_ENTRY = 9, LONGEST = 128 };
	uint64_t entry = inq_space_aux(space, AT_ENTRY, 0) & ~UINT64_C(1); /* bit 0: Thumb */
	return entry && pc >= entry && pc - entry < LONGEST;
}

/* Go puts the address behind the first instruction of runtime.goexit where a goroutine's first function returns to: no call
 * stands before it (runtime/proc.go, newproc1). */
bool inq_is_goroutine_end(struct inq_unwinder *unwinder, uint64_t pc)
{
	static const char name[] = "runtime.goexit";
	struct inq_symbol symbol;
	struct inq_object *object = inq_space_object_at(unwinder->space, pc - 1);
	return object && inq_symbol_at(unwinder->space, object, pc - 1, &symbol) &&
	       strncmp(symbol.name, name, sizeof name - 1) == 0;
}

/* A return address that no call left behind: makecontext (glibc's __start_context) and other libraries of coroutines put the address of
 * a function there, in which a coroutine is to end. */
static bool is_planted(struct inq_unwinder *unwinder, uint64_t pc)
{
	return inq_after_call(unwinder, pc) == INQ_CALLED_NO && inq_cfi_begins_at(unwinder, pc);
}

bool inq_is_entry(struct inq_unwinder *unwinder, const struct inq_walk_frame *frame)
{
	struct inq_symbol symbol;
	uint64_t pc = inq_lookup_pc(frame);
	struct inq_object *object = inq_space_object_at(unwinder->space, pc);
	/* What was interrupted there may be the parent, still inside clone. */
	if (frame->exact)
		return false;
	if (!object || !inq_symbol_at(unwinder->space, object, pc, &symbol))
		return is_start(unwinder->space, pc) || is_planted(unwinder, frame->pc);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(symbol.name, names[i]) == 0)
			return true;
	return false;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	(void)caller;
	return inq_is_entry(unwinder, frame) ? INQ_STEP_OUTERMOST : INQ_STEP_NOT_MINE;
}

const struct inq_stepper inq_stepper_entry = { "entry", step };
