/* A chunk as the report has it: what malloc gave, its state, and which list it is in. */
#include "lib/heap/glibc/glibc.h"

enum { MOST_UNSORTED = 1 << 12 };

static bool is_unsorted(struct inq_glibc *glibc, const struct inq_glibc_arena *arena, uint64_t chunk)
{
	unsigned word = glibc->words.word;
	uint64_t bin = arena->address + glibc->layout.bins - 2 * word, at = bin;
	for (unsigned i = 0; i < MOST_UNSORTED; i++) {
		if (!inq_word_at(&glibc->words, at + 2 * word, &at) || at == bin)
			return false;
		if (at == chunk)
			return true;
	}
	return false;
}

/* MIN_LARGE_SIZE: 64 small bins; one step less where the alignment is wider than two words. */
static const char *bin_of(struct inq_glibc *glibc, const struct inq_glibc_chunk *chunk)
{
	const struct inq_glibc_segment *segment = inq_glibc_segment_at(glibc, chunk->start);
	uint64_t align = glibc->layout.align, small = align > 2 * glibc->words.word ? 63 : 64;
	if (segment && is_unsorted(glibc, &glibc->arenas.items[segment->arena], chunk->start))
		return "unsorted bin";
	return chunk->size < small * align ? "small bin" : "large bin";
}

void inq_glibc_describe(struct inq_glibc *glibc, const struct inq_glibc_chunk *chunk, struct inq_heap_chunk *ret)
{
	*ret = (struct inq_heap_chunk) { .start = chunk->start,
					 .size = chunk->size,
					 .user = chunk->start + 2 * glibc->words.word,
					 .state = chunk->in_use ? INQ_CHUNK_IN_USE : INQ_CHUNK_FREE };
	if (chunk->top) {
		ret->state = INQ_CHUNK_TOP;
		return;
	}
	const struct inq_glibc_cached *cached = inq_glibc_cached_at(glibc, chunk->start);
	if (cached) {
		ret->state = INQ_CHUNK_FREE;
		ret->where = cached->where;
	} else if (!chunk->in_use) {
		ret->where = bin_of(glibc, chunk);
	}
}
