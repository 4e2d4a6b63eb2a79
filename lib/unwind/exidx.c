/* The stepper of 32-bit Arm's exception tables, which code has in place of .eh_frame. They hold where a function calls
 * another; where it was interrupted they hold but for its first and last instructions, so the result must fit the text. */
#include "lib/unwind/stepper.h"

#include "lib/unwind/ehabi/run.h"

#include <stdlib.h>

enum { EM_ARM = 40 };

static bool read_memory(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	struct inq_unwinder *unwinder = data;
	return inq_unwinder_read(unwinder, address, size, ret);
}

/* The index of the object, found on first use; NULL when memory is out. */
static struct inq_ehabi_index *index_of(struct inq_unwinder *unwinder, struct inq_object *object)
{
	struct inq_space *space = unwinder->space;
	size_t i = (size_t)(object - space->objects.items);
	if (!unwinder->ehabi)
		unwinder->ehabi = inq_alloc(space->objects.count * sizeof(struct inq_ehabi_index *));
	if (unwinder->ehabi && !unwinder->ehabi[i]) {
		unwinder->ehabi[i] = inq_alloc(sizeof **unwinder->ehabi);
		if (unwinder->ehabi[i])
			inq_ehabi_open(space, object, unwinder->ehabi[i]);
	}
	if (unwinder->ehabi && unwinder->ehabi[i])
		return unwinder->ehabi[i];
	inq_no_memory(space->ctx);
	return NULL;
}

static const struct inq_ehabi_entry *find_entry(struct inq_unwinder *unwinder, uint64_t pc)
{
	const struct inq_ehabi_memory memory = { read_memory, unwinder };
	struct inq_object *object = inq_space_object_at(unwinder->space, pc);
	struct inq_ehabi_index *index = object ? index_of(unwinder, object) : NULL;
	return index && inq_ehabi_find(index, &memory, pc) && !index->last.cannot_unwind ? &index->last : NULL;
}

/* The instructions of the index use the processor's numbers, in which arch/arm.c has the registers. */
static enum inq_ehabi_result run(struct inq_unwinder *unwinder, const struct inq_ehabi_entry *entry,
				 const struct inq_registers *before, struct inq_registers *after)
{
	const struct inq_ehabi_memory memory = { read_memory, unwinder };
	struct inq_ehabi_registers registers = { .valid = (uint32_t)before->valid };
	memcpy(registers.values, before->values, sizeof registers.values);
	enum inq_ehabi_result result = inq_ehabi_run(entry->code, entry->size, &memory, &registers);
	memcpy(after->values, registers.values, sizeof registers.values);
	after->valid = registers.valid & ((1U << INQ_EHABI_REGISTERS) - 1);
	return result;
}

/* r0 … r3 and r12 do not outlive a call, unless they were popped; the call itself wrote lr. */
static void forget_lost(const struct inq_arch *arch, struct inq_registers *registers)
{
	inq_registers_keep_preserved(arch, registers);
	registers->valid |= 1U << arch->sp | 1U << arch->pc;
}

static enum inq_step step(struct inq_unwinder *unwinder, struct inq_walk_frame *frame, struct inq_walk_frame *caller)
{
	uint64_t pc = inq_lookup_pc(frame), back;
	if (unwinder->arch->machine != EM_ARM)
		return INQ_STEP_NOT_MINE;
	const struct inq_ehabi_entry *entry = find_entry(unwinder, pc);
	if (!entry || (frame->exact && pc == entry->start)) /* nothing was pushed yet */
		return INQ_STEP_NOT_MINE;
	enum inq_ehabi_result result = run(unwinder, entry, &frame->registers, &caller->registers);
	if (result == INQ_EHABI_REFUSED && !frame->exact)
		return INQ_STEP_OUTERMOST;
	if (result == INQ_EHABI_NO_BYTES)
		return INQ_STEP_MISSING_MEMORY;
	if (result != INQ_EHABI_DONE)
		return INQ_STEP_NOT_MINE;
	back = inq_return_target(unwinder, caller->registers.values[unwinder->arch->pc]);
	if (frame->exact && inq_return_fits(unwinder, back) == INQ_CALLED_NO)
		return INQ_STEP_NOT_MINE;
	inq_registers_set(&caller->registers, unwinder->arch->pc, back);
	forget_lost(unwinder->arch, &caller->registers);
	caller->found_by = INQ_FOUND_CFI;
	caller->confidence = frame->exact || entry->generic ? INQ_LIKELY : INQ_CERTAIN;
	return INQ_STEP_FOUND;
}

void inq_exidx_release(struct inq_unwinder *unwinder)
{
	for (size_t i = 0; unwinder->ehabi && i < unwinder->space->objects.count; i++)
		free(unwinder->ehabi[i]);
	free(unwinder->ehabi);
}

const struct inq_stepper inq_stepper_exidx = { "exidx", step };
