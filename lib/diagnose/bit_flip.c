/* One bit at a time: 64 look-ups for a register. Small numbers and text are what they are, not damaged pointers. */
#include "lib/diagnose/bit_flip.h"

#include "lib/diagnose/registers.h"

enum { SMALLEST_POINTER = 1 << 20 };

/* The one value a bit away that the access would have been permitted with; false for none or several. */
static bool only_good(const struct inq_space *space, uint64_t value, uint64_t offset, unsigned access, uint64_t *ret)
{
	unsigned good = 0;
	for (unsigned bit = 0; bit < space->machine.bits; bit++) {
		bool judged;
		uint64_t flipped = value ^ UINT64_C(1) << bit;
		if (!inq_access_permitted(space, flipped + offset, access, &judged) || !judged)
			continue;
		*ret = flipped;
		good++;
	}
	return good == 1;
}

enum inq_status inq_find_bit_flips(struct inq_space *space, const struct inq_fault *fault,
				   const struct inq_bit_flip **ret, size_t *count)
{
	const struct inq_operand *operand = inq_fault_operand(fault);
	uint64_t base, corrected;
	*count = 0;
	if (!operand || inq_space_mapping_at(space, fault->address) ||
	    !inq_register_value(space->machine.arch, &fault->registers, operand->base, &base) ||
	    base < SMALLEST_POINTER ||
	    !only_good(space, base, fault->address - base, inq_fault_access(fault), &corrected))
		return INQ_OK;
	struct inq_bit_flip *flip = inq_arena_alloc(space->ctx->arena, sizeof *flip);
	const char *name = inq_register_whole(space->machine.arch, operand->base);
	if (flip)
		name = inq_arena_copy(space->ctx->arena, name, strlen(name));
	if (!flip || !name)
		return inq_no_memory(space->ctx);
	*flip = (struct inq_bit_flip) {
		.register_name = name, .address = base, .corrected = corrected, .confidence = INQ_POSSIBLE
	};
	*ret = flip;
	*count = 1;
	return INQ_OK;
}
