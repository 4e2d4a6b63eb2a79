/* Sums over the chunks of a heap, for every allocator: by size, the largest. */
#ifndef INQ_HEAP_TALLY_H
#define INQ_HEAP_TALLY_H

#include "lib/space/model.h"

#include <inquest/heap.h>

/* What is counted of one kind of chunk: of a size, and of a first word where that tells kinds apart. */
struct inq_count {
	uint64_t size, word; /* size 0: a free slot */
	struct inq_heap_sum in_use, free;
	uint64_t example;
};

/* A hash table with open addressing. Beyond the limit, or when memory is out, all goes to `rest`. */
struct inq_counts {
	struct inq_count *slots;
	size_t capacity, used;
	struct inq_count rest;
};

struct inq_count *inq_counts_get(struct inq_counts *counts, uint64_t size, uint64_t word);
void inq_counts_release(struct inq_counts *counts);
/* The used slots to the front, those with most bytes in use first. */
size_t inq_counts_sort(struct inq_counts *counts);

enum { INQ_HEAP_LARGEST = 20 };

struct inq_tally {
	struct inq_counts sizes;
	struct inq_heap_chunk largest[INQ_HEAP_LARGEST]; /* in use, the largest first */
	size_t largest_count;
};

void inq_tally_chunk(struct inq_tally *tally, struct inq_heap_arena *arena, const struct inq_heap_chunk *chunk);
/* A chunk that was counted as in use is free after all. */
void inq_tally_was_free(struct inq_tally *tally, struct inq_heap_arena *arena, uint64_t start, uint64_t size);
/* Puts the sums into the result, whose arenas are filled, and releases the tally. */
enum inq_status inq_tally_finish(struct inq_tally *tally, struct inq_space *space, struct inq_heap *ret);

/* A sentence in the arena, appended; without memory it is left out. */
void inq_heap_say(struct inq_ctx *ctx, struct inq_string_vec *to, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The sentences in the arena; the vector is released. */
struct inq_evidence inq_heap_evidence(struct inq_ctx *ctx, struct inq_string_vec *from);

#endif
