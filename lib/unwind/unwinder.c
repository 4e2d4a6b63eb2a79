/* What the steppers share: memory, registers, and what is kept between walks. */
#include "lib/unwind/stepper.h"

#include <stdlib.h>

static void destroy(void *kept)
{
	struct inq_unwinder *unwinder = kept;
	for (size_t i = 0; unwinder->cfi && i < unwinder->space->objects.count; i++)
		inq_cfi_known_close(unwinder->cfi[i]);
	free(unwinder->cfi);
	inq_kept_row_vec_release(&unwinder->rows);
	free(unwinder->layouts);
	inq_exidx_release(unwinder);
	free(unwinder);
}

struct inq_unwinder *inq_unwinder_of(struct inq_space *space)
{
	const struct inq_arch *arch = space->machine.arch;
	if (space->unwinder || !arch)
		return space->unwinder;
	struct inq_unwinder *unwinder = inq_alloc(sizeof *unwinder);
	if (!unwinder) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	unwinder->space = space;
	unwinder->arch = arch;
	unwinder->word = space->machine.bits == 32 ? 4 : 8;
	unwinder->slot = arch->slot ? arch->slot : unwinder->word;
	inq_dwarf_map_init(&unwinder->map, arch);
	space->unwinder = unwinder;
	space->unwinder_destroy = destroy;
	return unwinder;
}

/* Walks go up one stack for long: the next of what is held of it is kept at hand. */
static bool keep_stack(struct inq_unwinder *unwinder, uint64_t address)
{
	enum { PAGE = 4096, AT_HAND = 16 << 20 };
	struct inq_range held;
	if (!inq_space_held(unwinder->space, address, &held))
		return false;
	uint64_t start = address & ~(uint64_t)(PAGE - 1);
	start = start > held.start ? start : held.start;
	unwinder->stack_start = start;
	return inq_space_view_from(unwinder->space, start, AT_HAND, &unwinder->stack);
}

bool inq_unwinder_read(struct inq_unwinder *unwinder, uint64_t address, unsigned size, uint64_t *ret)
{
	uint8_t bytes[8];
	const struct inq_view view = { .data = bytes, .size = sizeof bytes, .big = unwinder->space->machine.big };
	if (inq_view_at(&unwinder->stack, address - unwinder->stack_start, size, ret))
		return true;
	if (size > sizeof bytes || address > UINT64_MAX - size)
		return false;
	if (keep_stack(unwinder, address) && inq_view_at(&unwinder->stack, address - unwinder->stack_start, size, ret))
		return true;
	if (inq_space_read(unwinder->space, address, bytes, size) > INQ_READ_FILE)
		return false;
	return inq_view_at(&view, 0, size, ret);
}

void inq_registers_keep_preserved(const struct inq_arch *arch, struct inq_registers *registers)
{
	registers->valid &= arch->preserved;
}

uint64_t inq_return_target(const struct inq_unwinder *unwinder, uint64_t saved)
{
	const struct inq_arch *arch = unwinder->arch;
	uint64_t target = saved + arch->return_skip;
	if (arch->pc_mask)
		target &= arch->pc_mask;
	if (unwinder->word == 4)
		target = (uint32_t)target;
	return arch->return_mask ? target & arch->return_mask : target;
}

bool inq_may_execute(const struct inq_unwinder *unwinder, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(unwinder->space, address);
	return mapping && (!(mapping->permissions & INQ_PERM_KNOWN) || (mapping->permissions & INQ_PERM_EXECUTE));
}
