/* The native heap. Each allocator is a row of allocators.def: it recognises itself in a process by its structures, walks its
 * chunks, and answers for an address. What was found is kept with the space.
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
};

enum { INQ_HEAP_CHECK = 1, INQ_HEAP_LEAKS = 2, INQ_HEAP_TYPES = 4 };

struct inq_allocator {
	const char *name;
	/* Finds the allocator's structures; NULL when this process does not use it. In the arena. */
	void *(*find)(struct inq_space *space);
	/* The extents, by address, without walking chunks. */
	enum inq_status (*extents)(struct inq_space *space, void *state, const struct inq_heap_extent **ret,
				   size_t *count);
	/* Walks everything: INQ_HEAP_… say what beside the sums. */
	enum inq_status (*walk)(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret);
	/* The chunk that holds the address; false when it is in none, or that cannot be told. */
	bool (*chunk_at)(struct inq_space *space, void *state, uint64_t address, struct inq_heap_chunk *ret);
};

/* Which ranges of memory are the heap's: for classification. Kept with the space; 0 extents without a heap. */
enum inq_status inq_heap_extents(struct inq_space *space, const struct inq_heap_extent **ret, size_t *count,
				 const char **allocator);
/* The whole heap, walked. INQ_UNUSABLE when no allocator is recognised. */
enum inq_status inq_heap_walk(struct inq_space *space, unsigned parts, struct inq_heap *ret);
/* The chunk of an address; false when it is in no heap. */
bool inq_heap_chunk_at(struct inq_space *space, uint64_t address, struct inq_heap_chunk *ret);

#endif
