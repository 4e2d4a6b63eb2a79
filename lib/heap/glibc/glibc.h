/* glibc's malloc: its records, found by structure in a process without debug information.
 *
 *   main_arena ─next→ arena ─next→ … ─next→ main_arena
 *      │                └─ heaps: 64 MiB-aligned mappings, chained by `prev`: chunks from the first one to the top chunk
 *      └─ the brk heap: system_mem bytes that end with the top chunk
 *
 * Invariant of a segment (a heap, or the brk heap): the chunks cover it without a gap, each begins where the one before it
 * ends. In use is told by the PREV_INUSE bit of the chunk after; those in tcaches and fastbins look as if in use.
 *
 * Source: glibc's malloc/malloc.c, malloc/arena.c of 2.17 to 2.43. */
#ifndef INQ_HEAP_GLIBC_GLIBC_H
#define INQ_HEAP_GLIBC_GLIBC_H

#include "lib/heap/heap.h"
#include "lib/heap/tally.h"
#include "lib/heap/words.h"

enum { INQ_GLIBC_PREV_INUSE = 1, INQ_GLIBC_MMAPPED = 2, INQ_GLIBC_NON_MAIN = 4, INQ_GLIBC_FLAGS = 7 };
enum { INQ_GLIBC_BINS = 127, INQ_GLIBC_NEWEST = 99, INQ_GLIBC_MOST_ARENAS = 1 << 14 };

/* Offsets in struct malloc_state. */
struct inq_glibc_layout {
	unsigned top, bins, fastbins, fastbin_count, next, attached, system_mem, size; /* attached 0: there is none */
	unsigned align;								       /* of what malloc gives */
	unsigned oldest, newest; /* 2.oldest to 2.newest have it */
};

struct inq_glibc_arena {
	uint64_t address, top, system_mem, attached, flags;
	bool main;
	bool top_bad; /* the top chunk's size cannot be */
};

struct inq_glibc_segment {
	uint64_t base;	     /* of what the system gave: the heap_info, or the beginning of the brk heap */
	uint64_t start, end; /* of the chunks */
	uint32_t arena;
	uint64_t *checkpoints; /* chunk_at: a chunk's address for each megabyte, 0 for none yet */
};

/* A free chunk that looks as if in use. */
struct inq_glibc_cached {
	uint64_t chunk, size;
	const char *where;
	uint64_t list; /* address of the tcache or arena */
};

struct inq_glibc_tcache {
	uint64_t address; /* of the structure: user data of its chunk */
	unsigned kind;	  /* index into the kinds: lists.c */
};

struct inq_glibc_mmapped {
	uint64_t base; /* of the mapping: where the alignment is wider than a header, the chunk begins behind it */
	uint64_t start, size;
};

/* mp_: what malloc counts of itself. */
struct inq_glibc_parameters {
	bool known;
	uint64_t mmaps, mmapped_bytes, sbrk_base;
};

INQ_VEC(inq_glibc_arena_vec, struct inq_glibc_arena)
INQ_VEC(inq_glibc_segment_vec, struct inq_glibc_segment)
INQ_VEC(inq_glibc_cached_vec, struct inq_glibc_cached)
INQ_VEC(inq_glibc_tcache_vec, struct inq_glibc_tcache)
INQ_VEC(inq_glibc_mmapped_vec, struct inq_glibc_mmapped)
INQ_VEC(inq_heap_error_vec, struct inq_heap_error)

enum { INQ_GLIBC_SIZES = 128 }; /* of chunks that may be in a tcache or fastbin, in steps of the alignment */

struct inq_glibc {
	struct inq_space *space;
	struct inq_words words;
	struct inq_glibc_layout layout;
	uint64_t main;	    /* address of main_arena */
	bool by_symbol;	    /* the structure alone did not show it */
	unsigned heap_info; /* bytes of it; 0: no thread arena tells */
	bool links_known, safe_links;
	struct inq_glibc_arena_vec arenas;
	struct inq_glibc_segment_vec segments; /* by address */
	struct inq_glibc_mmapped_vec mmapped;  /* by address */
	bool mmapped_add_up;		       /* to what mp_ counts */
	struct inq_glibc_parameters parameters;
	struct inq_glibc_tcache_vec tcaches;
	struct inq_glibc_cached_vec cached;    /* by address, as far as it was collected */
	bool begun, collected;		       /* the tcaches are known; all lists were followed */
	bool collected_sizes[INQ_GLIBC_SIZES]; /* those of one size, in steps of the alignment */
	const char *chain_broken;	       /* why the chain of arenas ends early */
};

/* A chunk on the way through a segment. */
struct inq_glibc_chunk {
	uint64_t start, size;
	bool in_use, top;
	bool disputed; /* the chunk behind it says that it is free, but it is in no list: taken to be in use */
};

enum inq_glibc_step { INQ_GLIBC_CHUNK, INQ_GLIBC_END, INQ_GLIBC_DAMAGED };

struct inq_glibc_walk {
	struct inq_glibc *glibc;
	const struct inq_glibc_segment *segment;
	uint64_t at;   /* where the next chunk begins */
	uint64_t head; /* its size and flags */
	uint64_t top;  /* of the arena, when it is in this segment; else 0 */
	uint64_t last; /* the last good chunk; 0 */
	const char *damage;
};

/* layout.c: the layouts that a machine may have, for index 0 … ; false after the last. */
bool inq_glibc_layout(const struct inq_space *space, unsigned index, struct inq_glibc_layout *ret);
/* True when a malloc_state of this layout may be at the address, as far as itself tells. */
bool inq_glibc_arena_fits(struct inq_words *words, const struct inq_glibc_layout *layout, uint64_t address);
/* Rounds up so that user data behind the header is aligned. */
uint64_t inq_glibc_align(const struct inq_glibc *glibc, uint64_t address);

/* find.c: fills `main` and `layout`; false when there is no main_arena. */
bool inq_glibc_find_main(struct inq_glibc *glibc);

/* arenas.c: the arenas, and the segments that they manage. INQ_NO_MEMORY or INQ_OK. */
enum inq_status inq_glibc_find_arenas(struct inq_glibc *glibc);
const struct inq_glibc_segment *inq_glibc_segment_at(const struct inq_glibc *glibc, uint64_t address);

/* mmapped.c: mp_, and the chunks that have a mapping of their own. */
enum inq_status inq_glibc_find_mmapped(struct inq_glibc *glibc);

/* chunks.c: chunks of a segment in the order of their addresses. A walk may begin at any chunk. */
struct inq_glibc_walk inq_glibc_walk_from(struct inq_glibc *glibc, const struct inq_glibc_segment *segment,
					  uint64_t chunk);
enum inq_glibc_step inq_glibc_next(struct inq_glibc_walk *walk, struct inq_glibc_chunk *ret);
/* After damage: moves on to the next place where chunks follow each other again; false when there is none. */
bool inq_glibc_resync(struct inq_glibc_walk *walk);
/* The chunk of an address by the chunks alone, caches not looked at. */
bool inq_glibc_chunk_holding(struct inq_glibc *glibc, uint64_t address, struct inq_glibc_chunk *ret);
/* size of the chunk by its own header; 0 when that is in no segment or cannot be. */
uint64_t inq_glibc_chunk_size(struct inq_glibc *glibc, uint64_t chunk);

/* lists.c: tcaches and fastbins. `errors` may be NULL. */
struct inq_glibc_check;
enum inq_status inq_glibc_collect(struct inq_glibc *glibc);
/* Only the lists that a chunk of this size may be in: a heap's lists can be long, and lead all over its pages. */
enum inq_status inq_glibc_collect_size(struct inq_glibc *glibc, uint64_t size);
/* Is the chunk a tcache that was not known? It is added then. */
void inq_glibc_try_tcache(struct inq_glibc *glibc, uint64_t chunk, uint64_t size);
bool inq_glibc_is_tcache_size(const struct inq_glibc *glibc, uint64_t size);
/* Follows all lists again, and puts what is wrong with them into the errors; fills `cached`. */
enum inq_status inq_glibc_follow_lists(struct inq_glibc *glibc, struct inq_glibc_check *check);
const struct inq_glibc_cached *inq_glibc_cached_at(const struct inq_glibc *glibc, uint64_t chunk);
/* Which releases by the tcaches seen: narrows [*oldest, *newest]. */
void inq_glibc_tcache_versions(const struct inq_glibc *glibc, unsigned *oldest, unsigned *newest);

/* check.c: damage, kept with its place. Functions accept a NULL check: nothing is kept. */
enum { INQ_GLIBC_MOST_ERRORS = 64 };
struct inq_glibc_check {
	struct inq_glibc *glibc;
	struct inq_heap_error_vec errors;
	uint64_t dropped;
	bool no_memory;
};
void inq_glibc_error(struct inq_glibc_check *check, uint64_t address, const char *evidence, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The lists of free chunks of every arena: links, sizes, neighbours. */
void inq_glibc_check_bins(struct inq_glibc_check *check);
/* One free chunk as its neighbours see it. */
void inq_glibc_check_free(struct inq_glibc_check *check, const struct inq_glibc_chunk *chunk);
/* One whose state is told differently. */
void inq_glibc_check_disputed(struct inq_glibc_check *check, const struct inq_glibc_chunk *chunk);
/* Sorts the errors, and says who stands below each. */
void inq_glibc_check_finish(struct inq_glibc_check *check);

/* version.c: "2.35 to 2.41", and the sentences that say why. */
const char *inq_glibc_version(struct inq_glibc *glibc, struct inq_string_vec *evidence);

/* walk.c: the whole heap, for the allocator row. */
enum inq_status inq_glibc_walk_all(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret);

/* describe.c: the chunk as the report has it. */
void inq_glibc_describe(struct inq_glibc *glibc, const struct inq_glibc_chunk *chunk, struct inq_heap_chunk *ret);
const struct inq_glibc_mmapped *inq_glibc_mmapped_at(const struct inq_glibc *glibc, uint64_t address);

#endif
