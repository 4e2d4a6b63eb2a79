/* mimalloc 3, linked into a program of any name: its arenas of 1 GiB and more, or what a program asks for, begin
 * with their record: their address and size, and the address and the number of slices of 64 KiB once more
 * (include/mimalloc/types.h, src/arena.c: mi_arena_t). Measured with Bun 1.4. What lib/heap knows of a mapped
 * libmimalloc is told there. */
#include "lib/classify/runtime.h"

enum { WORD = 8, ADDRESS = 0, SIZE = 1, AGAIN = 5, SLICES = 6, RECORD_WORDS = 7, SLICE = 64 << 10 };
static const uint64_t ALIGNMENT = 4 << 20, LEAST = 64 << 20;

static bool has_record(struct inq_space *space, const struct inq_mapping *mapping)
{
	struct inq_view record;
	uint64_t size = mapping->end - mapping->start;
	return mapping->start % ALIGNMENT == 0 && size >= LEAST &&
	       inq_space_view(space, mapping->start, RECORD_WORDS * WORD, &record) &&
	       inq_view_get(&record, ADDRESS * WORD, WORD) == mapping->start &&
	       inq_view_get(&record, SIZE * WORD, WORD) == size &&
	       inq_view_get(&record, AGAIN * WORD, WORD) == mapping->start &&
	       inq_view_get(&record, SLICES * WORD, WORD) == size / SLICE;
}

/* Only likely: what another system has in an arena, it knows better. */
static void claim(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; space->machine.bits == 64 && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (inq_is_plain_data(mapping) && mapping->data_size && has_record(space, mapping))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "mimalloc", INQ_LIKELY,
				  "an arena of mimalloc: it begins with its own address and size");
	}
}

const struct inq_runtime inq_runtime_mimalloc = { claim };
