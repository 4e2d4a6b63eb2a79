/* Heaps of slabs: rows of blocks of one size, each of which is free or in use. jemalloc's slabs, tcmalloc's spans and mimalloc's
 * pages are such; a block with memory of its own is a slab of one. An allocator finds its slabs and says which blocks are
 * free; walking and looking up are the same for all.
 *
 * Order: ranges, arenas and slabs are added; then inq_slabs_seal; then free blocks are marked. */
#ifndef INQ_HEAP_SLABS_H
#define INQ_HEAP_SLABS_H

#include "lib/base/ranges.h"
#include "lib/heap/heap.h"
#include "lib/heap/words.h"

struct inq_slab {
	uint64_t start, end;	/* the memory that is the slab's */
	uint64_t first, stride; /* the first block, and from one to the next */
	uint64_t record;	/* address of what the allocator knows of it */
	uint32_t slots, arena;	/* arena: index of `arenas` */
	size_t bit;		/* of its first block in `free` */
};

/* Memory of the allocator without blocks: its own records, free pages. */
struct inq_slab_rest {
	uint64_t start, end;
	uint32_t arena;
	bool free; /* else the allocator's own */
};

struct inq_slab_arena {
	const char *kind;
	uint64_t id;
};

/* A list of free blocks that cannot be: the block (0: the list's head) at `at` points to `to`. */
struct inq_slab_fault {
	uint64_t at, to;
};

INQ_VEC(inq_slab_vec, struct inq_slab)
INQ_RANGES(inq_slab, struct inq_slab)
INQ_VEC(inq_slab_fault_vec, struct inq_slab_fault)
INQ_VEC(inq_address_vec, uint64_t)
INQ_VEC(inq_slab_rest_vec, struct inq_slab_rest)
INQ_VEC(inq_slab_arena_vec, struct inq_slab_arena)

struct inq_slabs {
	struct inq_words words, others; /* two windows: one for tables, one for what they point to */
	struct inq_slab_vec slabs;	/* by address and disjoint, once sealed */
	struct inq_slab_rest_vec rests;
	struct inq_slab_arena_vec arenas;
	uint64_t *free;	      /* one bit for each block */
	size_t agree, differ; /* slabs whose own count of free blocks is what was found, or is not */
	struct inq_slab_fault_vec faults;
	struct inq_address_vec
		own;	       /* in blocks that the allocator has for itself: their pointers are not the program's */
	const char *version;   /* "5.3" */
	const char *evidence;  /* a sentence about the memory */
	const char *not_found; /* which free blocks count as in use; NULL for none */
	const char *
		shape; /* without slabs: what is said of large memory at multiples of `align`, or (0) of the brk heap */
	uint64_t align;
};

/* NULL when memory is out. */
struct inq_slabs *inq_slabs_create(struct inq_space *space);
void inq_slabs_release(void *slabs);

/* The index of the arena of that kind and number, which is added when it is new. */
uint32_t inq_slabs_arena(struct inq_slabs *slabs, const char *kind, uint64_t id);
/* False when memory is out, or when it cannot be: no blocks, too many, beyond the slab or its mapping; it is left out then. */
bool inq_slabs_add(struct inq_slabs *slabs, const struct inq_slab *slab);
bool inq_slabs_add_rest(struct inq_slabs *slabs, uint64_t start, uint64_t end, uint32_t arena, bool free);
/* False when memory is out. */
bool inq_slabs_seal(struct inq_slabs *slabs);

/* Marks the block that begins at the address as free; false when none does, or it is marked. */
bool inq_slabs_free(struct inq_slabs *slabs, uint64_t address);
/* Follows a list of free blocks, each of which begins with the address of the next; how many were marked. */
size_t inq_slabs_free_list(struct inq_slabs *slabs, uint64_t first);
/* Where a block begins, and whether it is free. */
static inline uint64_t inq_slab_block(const struct inq_slab *slab, uint32_t slot)
{
	return slab->first + slot * slab->stride;
}
bool inq_slabs_is_free(const struct inq_slabs *slabs, const struct inq_slab *slab, uint32_t slot);
/* slab_search.c: errors, kinds and leaks, as `parts` asks. */
enum inq_status inq_slabs_search(struct inq_slabs *slabs, unsigned parts, struct inq_heap *ret);
/* Says that the block which holds the address is the allocator's own. */
void inq_slabs_own(struct inq_slabs *slabs, uint64_t address);
/* Says whether the slab's own count agrees. */
void inq_slabs_agree(struct inq_slabs *slabs, bool agree);

/* The functions of struct inq_allocator; the state is a sealed struct inq_slabs. */
bool inq_slabs_extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret);
enum inq_status inq_slabs_walk(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret);
bool inq_slabs_chunk_at(struct inq_space *space, void *state, uint64_t address, struct inq_heap_chunk *ret);

#endif
