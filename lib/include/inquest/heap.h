/* The native heap of a process (malloc's), out of a core. Plain data, as in <inquest/report.h>. */
#ifndef INQUEST_HEAP_H
#define INQUEST_HEAP_H

#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct inq_heap_sum {
	uint64_t bytes, count;
};

/* A part of the heap that is managed on its own. */
struct inq_heap_arena {
	const char *kind;		  /* "main", "thread", "mmapped", …: in the words of the allocator */
	uint64_t start;			  /* address of its state or of its first byte */
	uint64_t size;			  /* bytes it has from the system */
	struct inq_heap_sum in_use, free; /* of chunks, headers included */
	uint64_t top;			  /* bytes never handed out, at its end */
	uint64_t overhead;		  /* bytes of headers of the arena itself */
	uint64_t unwalked;		  /* bytes that could not be told: damaged, or not in the core */
	uint64_t threads;		  /* attached to it; INQ_UNKNOWN */
};

/* How many chunks of one size there are. */
struct inq_heap_size {
	uint64_t size; /* of the chunk, header included */
	struct inq_heap_sum in_use, free;
};

enum inq_chunk_state { INQ_CHUNK_IN_USE, INQ_CHUNK_FREE, INQ_CHUNK_TOP };

struct inq_heap_chunk {
	uint64_t start, size; /* with its header */
	uint64_t user;	      /* what malloc gave: the first byte that the program may use */
	enum inq_chunk_state state;
	const char *where;  /* "tcache", "fastbin", "unsorted bin", "small bin", "large bin", "mmapped"; NULL */
	const char *symbol; /* that its first word points to (a C++ vtable names the class); NULL */
};

/* Damage, and who stands next to it. */
struct inq_heap_error {
	uint64_t address;
	const char *text; /* "the size of the chunk is 0x41414141: it was overwritten" */
	enum inq_confidence confidence;
	bool has_before;
	struct inq_heap_chunk before; /* the last good chunk below */
	struct inq_evidence evidence;
};

/* Blocks that nothing points to, grouped. */
struct inq_heap_cluster {
	uint64_t size; /* of each chunk */
	const char *symbol;
	struct inq_heap_sum sum;
	uint64_t example; /* address of one */
};

struct inq_heap {
	const char *allocator;	   /* "glibc", "jemalloc", "tcmalloc", "mimalloc", "musl" */
	const char *version_guess; /* "2.35 to 2.41"; NULL */
	enum inq_confidence confidence;
	struct inq_evidence evidence;
	const struct inq_heap_arena *arenas;
	size_t arena_count;
	struct inq_heap_sum in_use, free;
	uint64_t total;			     /* bytes that all arenas have from the system */
	const struct inq_heap_size *by_size; /* most bytes in use first */
	size_t size_count;
	const struct inq_heap_chunk *largest;
	size_t largest_count;
	const struct inq_heap_error *errors;
	size_t error_count;
	bool reconciled;     /* the sums are what the allocator itself counted */
	const char *checked; /* what was compared, for people; NULL */
	bool searched_leaks;
	const struct inq_heap_cluster *leaks, *types; /* most bytes first */
	size_t leak_count, type_count;
};

INQ_API const char *inq_chunk_state_name(enum inq_chunk_state state); /* "in use", "free", "top" */

#ifdef __cplusplus
}
#endif
#endif
