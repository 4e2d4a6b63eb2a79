/* PHP: chunks of 2 MiB, aligned to that, in a ring. Each begins with the address of the heap (zend_mm_heap), which itself lies in
 * the head of one of them, and its neighbours' (Zend/zend_alloc.c: struct _zend_mm_chunk). Blocks of 2 MiB and more are mapped
 * by themselves, and listed: the list's head stands in the heap, before the address of that first chunk. */
#include "lib/classify/runtime.h"

#include "lib/base/checked.h"

enum { WORD = 8, HEAP_AT = 64, HEAP_WORDS = 64, NEXT = 8, PREVIOUS = 16, MOST_HUGE = 1 << 16 };
static const uint64_t CHUNK = 2 << 20;

static uint64_t word(struct inq_space *space, uint64_t address)
{
	uint64_t value = 0;
	return inq_space_integer(space, address, WORD, &value) ? value : 0;
}

static bool is_chunk(struct inq_space *space, uint64_t chunk)
{
	uint64_t heap = word(space, chunk), next = word(space, chunk + NEXT), previous = word(space, chunk + PREVIOUS);
	return heap && heap % CHUNK == HEAP_AT && word(space, heap - HEAP_AT) == heap && next && previous &&
	       next % CHUNK == 0 && previous % CHUNK == 0 && word(space, next + PREVIOUS) == chunk &&
	       word(space, previous + NEXT) == chunk;
}

/* Blocks that are mapped by themselves: address, size, next. */
static void claim_huge(struct inq_space *space, struct inq_claims *claims, uint64_t heap)
{
	uint64_t at = 0;
	for (uint64_t i = 1; i < HEAP_WORDS && !at; i++)
		if (word(space, heap + i * WORD) == heap - HEAP_AT)
			at = word(space, heap + (i - 1) * WORD);
	for (unsigned n = 0; at && n < MOST_HUGE; n++, at = word(space, at + 2 * WORD)) {
		uint64_t start = word(space, at), end;
		const struct inq_mapping *mapping = inq_space_mapping_at(space, start);
		if (!mapping || start % CHUNK || !inq_add(start, word(space, at + WORD), &end))
			return;
		inq_claim_part(claims, (size_t)(mapping - space->mappings.items), start, end, INQ_CLASS_ALLOCATOR,
			       "php", INQ_CERTAIN, "PHP's list of large blocks has it");
	}
}

/* Without memory: by the place alone. A kernel may place any large mapping so. */
static void claim_shape(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		uint64_t size = mapping->end - mapping->start;
		if (inq_is_plain_data(mapping) && mapping->start % CHUNK == 0 && size >= CHUNK)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "php", size % CHUNK ? INQ_POSSIBLE : INQ_LIKELY,
				  "at a multiple of 2 MiB, as PHP's chunks and large blocks are");
	}
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "php", "libphp", "frankenphp", NULL };
	struct inq_piece_run run = { .subclass = "php",
				     .evidence =
					     "chunks of PHP's heap: each points to the heap and to its neighbours" };
	uint64_t heap = 0;
	if (space->machine.bits != 64 || !inq_object_named(space, names))
		return;
	if (!inq_space_holds_memory(space))
		claim_shape(space, claims);
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		uint64_t chunk;
		if (!inq_is_plain_data(mapping) || !inq_align_up(mapping->start, CHUNK, &chunk))
			continue;
		for (; chunk < mapping->end && mapping->end - chunk >= CHUNK; chunk += CHUNK)
			if (is_chunk(space, chunk)) {
				inq_claim_run(claims, &run, i, chunk, chunk + CHUNK);
				if (word(space, chunk) != heap)
					claim_huge(space, claims, heap = word(space, chunk));
			}
	}
	inq_claim_run(claims, &run, SIZE_MAX, 0, 0);
}

const struct inq_runtime inq_runtime_php = { claim };
