/* Chunks, one after the other. */
#include "lib/heap/glibc/glibc.h"

#include <inttypes.h>

enum { CHECKPOINT_SHIFT = 20, CHAIN = 32 };

static uint64_t size_of(uint64_t head)
{
	return head & ~(uint64_t)INQ_GLIBC_FLAGS;
}

/* Fits the size of a chunk of a segment? Four words is the least. */
static bool is_size(const struct inq_glibc *glibc, uint64_t size)
{
	return size >= 4 * glibc->words.word && size % glibc->layout.align == 0;
}

static bool head_at(struct inq_glibc *glibc, uint64_t chunk, uint64_t *ret)
{
	return inq_word_at(&glibc->words, chunk + glibc->words.word, ret);
}

struct inq_glibc_walk inq_glibc_walk_from(struct inq_glibc *glibc, const struct inq_glibc_segment *segment,
					  uint64_t chunk)
{
	struct inq_glibc_walk walk = { .glibc = glibc, .segment = segment, .at = chunk };
	uint64_t top = glibc->arenas.items[segment->arena].top;
	walk.top = top >= segment->start && top < segment->end ? top : 0;
	if (!head_at(glibc, chunk, &walk.head))
		walk.damage = "it is not in the core";
	return walk;
}

/* A heap that is no longer the newest ends with chunks of two words, or of none: fenceposts. */
static bool at_fence(const struct inq_glibc_walk *walk)
{
	struct inq_glibc *glibc = walk->glibc;
	uint64_t size = size_of(walk->head), header = 2 * glibc->words.word, next;
	if (walk->top && walk->at < walk->top)
		return false;
	if (size == 0)
		return walk->segment->end - walk->at <= 4 * header;
	return size == header && head_at(glibc, walk->at + header, &next) && (size_of(next) & ~header) == 0;
}

static enum inq_glibc_step damaged(struct inq_glibc_walk *walk, const char *what)
{
	walk->damage = what;
	return INQ_GLIBC_DAMAGED;
}

static enum inq_glibc_step take_top(struct inq_glibc_walk *walk, struct inq_glibc_chunk *ret)
{
	*ret = (struct inq_glibc_chunk) { .start = walk->at, .size = walk->segment->end - walk->at, .top = true };
	walk->last = walk->at;
	walk->at = walk->segment->end;
	return INQ_GLIBC_CHUNK;
}

/* A free chunk is told twice: by the flag and prev_size of the chunk behind it, and by being in a list. Where an overrun has
 * hit the chunk behind, the list decides. */
static bool is_free(struct inq_glibc *glibc, uint64_t chunk, uint64_t size)
{
	unsigned word = glibc->words.word;
	uint64_t next, back;
	if (inq_word(&glibc->words, chunk + size) == size)
		return true;
	return inq_word_at(&glibc->words, chunk + 2 * word, &next) &&
	       inq_word_at(&glibc->words, next + 3 * word, &back) && back == chunk;
}

enum inq_glibc_step inq_glibc_next(struct inq_glibc_walk *walk, struct inq_glibc_chunk *ret)
{
	struct inq_glibc *glibc = walk->glibc;
	uint64_t size = size_of(walk->head), next;
	if (walk->at >= walk->segment->end)
		return INQ_GLIBC_END;
	if (walk->damage)
		return INQ_GLIBC_DAMAGED;
	if (walk->at == walk->top)
		return take_top(walk, ret);
	if (at_fence(walk))
		return INQ_GLIBC_END;
	if (!is_size(glibc, size))
		return damaged(walk, "that is no size of a chunk");
	if (size >= walk->segment->end - walk->at)
		return damaged(walk, "the chunk would end beyond the heap");
	if (walk->at < walk->top && size > walk->top - walk->at)
		return damaged(walk, "the chunk would overlap the top chunk");
	if (!head_at(glibc, walk->at + size, &next))
		return damaged(walk, "the memory behind it is not in the core");
	*ret = (struct inq_glibc_chunk) { .start = walk->at, .size = size, .in_use = next & INQ_GLIBC_PREV_INUSE };
	if (!ret->in_use && !is_free(glibc, walk->at, size))
		ret->in_use = ret->disputed = true;
	walk->last = walk->at;
	walk->at += size;
	walk->head = next;
	return INQ_GLIBC_CHUNK;
}

/* Chunks follow each other from here on: a good many of them, or up to the end. A free one is told twice. */
static bool chain_holds(const struct inq_glibc_walk *walk, uint64_t from)
{
	struct inq_glibc *glibc = walk->glibc;
	struct inq_glibc_walk try = inq_glibc_walk_from(glibc, walk->segment, from);
	struct inq_glibc_chunk chunk;
	for (unsigned i = 0; i < CHAIN; i++) {
		enum inq_glibc_step step = inq_glibc_next(&try, &chunk);
		if (step != INQ_GLIBC_CHUNK)
			return step == INQ_GLIBC_END && i > 0;
		if (chunk.top)
			return true;
		if (chunk.disputed)
			return false;
	}
	return true;
}

bool inq_glibc_resync(struct inq_glibc_walk *walk)
{
	struct inq_glibc *glibc = walk->glibc;
	uint64_t align = glibc->layout.align, head;
	for (uint64_t at = walk->at + align; at < walk->segment->end; at += align) {
		if (!head_at(glibc, at, &head))
			return false;
		if (!is_size(glibc, size_of(head)) && at != walk->top)
			continue;
		if (!chain_holds(walk, at))
			continue;
		*walk = inq_glibc_walk_from(glibc, walk->segment, at);
		return true;
	}
	return false;
}

/* The nearest chunk below `address` that an earlier walk left a mark at. */
static uint64_t begin_at(struct inq_glibc *glibc, struct inq_glibc_segment *segment, uint64_t address)
{
	size_t count = (size_t)((segment->end - segment->start) >> CHECKPOINT_SHIFT) + 1;
	if (!segment->checkpoints)
		segment->checkpoints = inq_arena_array(glibc->space->ctx->arena, count, sizeof *segment->checkpoints);
	size_t i = (size_t)((address - segment->start) >> CHECKPOINT_SHIFT);
	for (; segment->checkpoints && i > 0; i--)
		if (segment->checkpoints[i] && segment->checkpoints[i] <= address)
			return segment->checkpoints[i];
	return segment->start;
}

static void mark(struct inq_glibc_segment *segment, uint64_t chunk)
{
	uint64_t *slot =
		segment->checkpoints ? &segment->checkpoints[(chunk - segment->start) >> CHECKPOINT_SHIFT] : NULL;
	if (slot && !*slot)
		*slot = chunk;
}

bool inq_glibc_chunk_holding(struct inq_glibc *glibc, uint64_t address, struct inq_glibc_chunk *ret)
{
	const struct inq_glibc_segment *found = inq_glibc_segment_at(glibc, address);
	if (!found)
		return false;
	struct inq_glibc_segment *segment = &glibc->segments.items[found - glibc->segments.items];
	struct inq_glibc_walk walk = inq_glibc_walk_from(glibc, segment, begin_at(glibc, segment, address));
	while (walk.at <= address) {
		enum inq_glibc_step step = inq_glibc_next(&walk, ret);
		if (step == INQ_GLIBC_END || (step == INQ_GLIBC_DAMAGED && !inq_glibc_resync(&walk)))
			return false;
		if (step == INQ_GLIBC_CHUNK && ret->start <= address && address - ret->start < ret->size)
			return true;
		if (walk.at < segment->end)
			mark(segment, walk.at);
	}
	return false;
}

uint64_t inq_glibc_chunk_size(struct inq_glibc *glibc, uint64_t chunk)
{
	const struct inq_glibc_segment *segment = inq_glibc_segment_at(glibc, chunk);
	uint64_t head;
	if (!segment || !head_at(glibc, chunk, &head) || !is_size(glibc, size_of(head)) ||
	    size_of(head) > segment->end - chunk)
		return 0;
	return size_of(head);
}
