/* The bad pointer was read out of a block that is free: a register still points to the block, and the block holds the pointer.
 * What stands at the beginning of a free block is the allocator's own link, which is mostly no good pointer for the program. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/registers.h"
#include "lib/heap/heap.h"

#include <inttypes.h>

enum { MOST_BYTES = 4096, NEAR = 4096, SMALLEST = 1 << 16 };

/* The pointer that was used: between these two values. */
struct wanted {
	uint64_t low, high;
};

/* What the instruction says, else whatever is not far below the fault address. Small ones are null pointers. */
static bool wanted_pointer(const struct inq_case *crash, struct wanted *ret)
{
	const struct inq_operand *operand = inq_fault_operand(crash->fault);
	uint64_t base, address = crash->fault->has_address ? crash->fault->address : crash->fault->pc;
	if (operand && inq_register_value(crash->space->machine.arch, &crash->fault->registers, operand->base, &base))
		*ret = (struct wanted) { base, base };
	else if (inq_case_bad_pc(crash))
		*ret = (struct wanted) { crash->fault->pc, crash->fault->pc };
	else
		*ret = (struct wanted) { address > NEAR ? address - NEAR : 0, address };
	return ret->low >= SMALLEST;
}

/* The address in the chunk at which such a pointer stands; 0. */
static uint64_t place_in(const struct inq_case *crash, const struct inq_heap_chunk *chunk, struct wanted wanted)
{
	uint64_t size = chunk->size - (chunk->user - chunk->start), value;
	struct inq_view view;
	unsigned word = crash->space->machine.bits == 32 ? 4 : 8;
	size = size < MOST_BYTES ? size : MOST_BYTES;
	if (chunk->user - chunk->start > chunk->size || !inq_space_view(crash->space, chunk->user, size, &view))
		return 0;
	for (uint64_t at = 0; at + word <= size; at += word)
		if (inq_view_word_at(&view, at, &value) && value >= wanted.low && value <= wanted.high)
			return chunk->user + at;
	return 0;
}

static void tell(const struct inq_case *crash, struct inq_finding *ret, const char *name, uint64_t value,
		 const struct inq_heap_chunk *chunk, uint64_t place)
{
	ret->text = "use after free: the bad pointer was read from a block that had been freed";
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret,
			  "%s = 0x%" PRIx64 " points into the free %" PRIu64 "-byte chunk at 0x%" PRIx64 "%s%s", name,
			  value, chunk->size, chunk->start, chunk->where ? ", which is in a " : "",
			  chunk->where ? chunk->where : "");
	inq_find_evidence(crash, ret, "%" PRIu64 " bytes into that block stands the pointer that was used",
			  place - chunk->user);
	if (chunk->where && place - chunk->user < 16)
		inq_find_evidence(crash, ret, "there the allocator keeps its own link once a block is free");
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_arch *arch = crash->space->machine.arch;
	struct wanted wanted;
	struct inq_heap_chunk chunk;
	if (!arch || (!inq_case_memory_fault(crash) && !inq_case_bad_pc(crash)) || !wanted_pointer(crash, &wanted))
		return false;
	for (uint8_t i = 0; i < arch->register_count; i++) {
		uint64_t value = crash->fault->registers.values[i];
		bool valid = crash->fault->registers.valid >> i & 1 && i != arch->thread_pointer;
		if (!valid || !inq_heap_chunk_at(crash->space, value, &chunk) || chunk.state != INQ_CHUNK_FREE)
			continue;
		uint64_t place = place_in(crash, &chunk, wanted);
		if (!place)
			continue;
		tell(crash, ret, arch->registers[i].name, value, &chunk, place);
		return true;
	}
	return false;
}

const struct inq_cause inq_cause_use_after_free = { .id = "use-after-free", .find = find };
