/* Go's table of functions tells for every address how deep the frame is: what Go itself unwinds with, and all that a program is
 * left with that was built without debug information. It says nothing of other registers than the stack pointer.
 * Facts: Go's sources, runtime/traceback.go, runtime/symtab.go (funcspdelta), runtime/signal_*.go (preparePanic, pushCall),
 * internal/goarch (MinFrameSize, StackAlign). */
#include "lib/unwind/stepper.h"

#include "lib/symbol/symbol.h"

#include <string.h>

/* What a processor's frames are like. */
static const struct go_machine {
	uint16_t machine;
	uint8_t injected; /* bytes on the stack of a call that the run-time makes a fault or a signal look like */
	bool pushed;	  /* a call pushes the return address; else it is at the stack pointer once the frame is made */
	bool saves_fp;	  /* right below the return address */
} machines[] = {
	{ 3, 0, true, true },	  /* 386 */
	{ 62, 0, true, true },	  /* amd64 */
	{ 183, 16, false, true }, /* arm64 */
	{ 40, 4, false, false },  /* arm */
	{ 243, 8, false, false }, /* riscv64 */
	{ 22, 8, false, false },  /* s390x */
	{ 21, 32, false, false }, /* ppc64, ppc64le */
};

static const struct go_machine *find_machine(const struct inq_arch *arch)
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (machines[i].machine == arch->machine)
			return &machines[i];
	return NULL;
}

/* Functions that the run-time makes an interrupted one call: they return to the very instruction. */
static bool is_injected(const char *function)
{
	return strcmp(function, "runtime.sigpanic") == 0 || strcmp(function, "runtime.asyncPreempt") == 0 ||
	       strcmp(function, "runtime.debugCallV2") == 0;
}

/* The function saves its caller's frame pointer there, if it saves it at all: then it leads further up. */
static void restore_fp(struct inq_unwinder *unwinder, uint64_t at, uint64_t sp, struct inq_registers *registers)
{
	uint64_t saved;
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, at);
	if (!mapping || !inq_unwinder_read(unwinder, at, unwinder->slot, &saved))
		return;
	if (saved == 0 || (saved > sp && saved < mapping->end))
		inq_registers_set(registers, unwinder->arch->fp, saved);
}

/* Where the return address is; false: in the link register. */
static bool find_return(const struct go_machine *machine, const struct inq_walk_frame *frame, uint64_t depth,
			uint64_t *ret)
{
	*ret = machine->pushed ? frame->sp + depth : frame->sp;
	return machine->pushed || depth;
}

static enum inq_step read_return(struct inq_unwinder *unwinder, const struct go_machine *machine,
				 const struct inq_walk_frame *frame, uint64_t depth, uint64_t *ret)
{
	uint64_t at;
	if (find_return(machine, frame, depth, &at))
		return inq_unwinder_read(unwinder, at, unwinder->slot, ret) ? INQ_STEP_FOUND : INQ_STEP_MISSING_MEMORY;
	bool known = frame->exact && inq_registers_get(&frame->registers, unwinder->arch->lr, ret);
	return known ? INQ_STEP_FOUND : INQ_STEP_NOT_MINE;
}

/* Processors with a link register have it saved below where an injected call's frame ends. */
static void leave_injected(struct inq_unwinder *unwinder, const struct go_machine *machine, uint64_t sp,
			   struct inq_walk_frame *caller)
{
	uint64_t saved;
	caller->exact = true;
	if (machine->pushed)
		return;
	if (inq_unwinder_read(unwinder, sp, unwinder->slot, &saved))
		inq_registers_set(&caller->registers, unwinder->arch->lr, saved);
	inq_registers_set(&caller->registers, unwinder->arch->sp, sp + machine->injected);
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	const struct inq_arch *arch = unwinder->arch;
	const struct go_machine *machine = find_machine(arch);
	struct inq_go_frame go;
	uint64_t back, at, address = inq_lookup_pc(frame);
	struct inq_object *object = machine ? inq_space_object_at(unwinder->space, address) : NULL;
	if (!object || !inq_symbol_go_frame(unwinder->space, object, address, &go) || go.depth % unwinder->slot)
		return INQ_STEP_NOT_MINE;
	enum inq_step step = read_return(unwinder, machine, frame, go.depth, &back);
	if (step != INQ_STEP_FOUND)
		return step;
	if (!inq_may_return_to(unwinder, back))
		return INQ_STEP_NOT_MINE;
	uint64_t sp = frame->sp + go.depth + (machine->pushed ? unwinder->slot : 0);
	caller->registers.valid = 0;
	if (machine->saves_fp && find_return(machine, frame, go.depth, &at) && go.depth >= unwinder->slot)
		restore_fp(unwinder, at - unwinder->slot, frame->sp + go.depth, &caller->registers);
	inq_registers_set(&caller->registers, arch->sp, sp);
	inq_registers_set(&caller->registers, arch->pc, back);
	if (is_injected(go.function))
		leave_injected(unwinder, machine, sp, caller);
	caller->found_by = INQ_FOUND_CFI;
	caller->confidence = INQ_CERTAIN;
	return INQ_STEP_FOUND;
}

const struct inq_stepper inq_stepper_go_table = { "go-table", step };
