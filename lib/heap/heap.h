/* The native heap. Each allocator is a row of allocators.def: it recognises itself in a process by its structures, walks its
 * chunks, and answers for an address. A process may have several. What was found is kept with the space.
 *
 * A new allocator: 1. lib/heap/NAME.c (or a folder) with one `const struct inq_allocator inq_allocator_NAME`; 2. its row. */
#ifndef INQ_HEAP_HEAP_H
#define INQ_HEAP_HEAP_H

#include "lib/space/model.h"

#include <inquest/heap.h>

/* A range of memory that an allocator has from the system. */
struct inq_heap_extent {
	uint64_t start, end;
	bool brk;	/* in the brk heap */
	bool large;	/* one chunk with a mapping of its own */
	uint64_t arena; /* address of its arena's state; 0 */
	const char *allocator;
	enum inq_confidence confidence;
	const char *evidence; /* a sentence */
};

INQ_VEC(inq_heap_extent_vec, struct inq_heap_extent)

enum { INQ_HEAP_CHECK = 1, INQ_HEAP_LEAKS = 2, INQ_HEAP_TYPES = 4 };

struct inq_allocator {
	const char *name;
	/* Finds the allocator's structures; NULL when this process does not use it. */
	void *(*find)(struct inq_space *space);
	void (*release)(void *state);
	/* Appends the extents, without walking chunks; `allocator` is filled for it. False when memory is out. */
	bool (*extents)(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret);
	/* Walks everything: INQ_HEAP_… say what beside the sums. Never NULL: of one that is only recognised, the
	 * extents are summed by inq_heap_sum_extents. */
	enum inq_status (*walk)(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret);
	/* The chunk that holds the address; false when it is in none, or that cannot be told. May be NULL. */
	bool (*chunk_at)(struct inq_space *space, void *state, uint64_t address, struct inq_heap_chunk *ret);
};

/* The `walk` of an allocator that is only recognised: the extents as arenas. */
enum inq_status inq_heap_sum_extents(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret);

/* Which ranges of memory are heaps', of all allocators that are recognised, by address and disjoint: for classification.
 * Kept with the space; none without a heap. */
enum inq_status inq_heap_extents(struct inq_space *space, const struct inq_heap_extent **ret, size_t *count);
/* The heap with most memory, walked. INQ_UNUSABLE when no allocator is recognised. */
enum inq_status inq_heap_walk(struct inq_space *space, unsigned parts, struct inq_heap *ret);
/* The chunk of an address; false when it is in no heap. */
bool inq_heap_chunk_at(struct inq_space *space, uint64_t address, struct inq_heap_chunk *ret);

#endif
