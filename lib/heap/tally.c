/* Sums over the chunks of a heap. */
#include "lib/heap/tally.h"

#include "lib/heap/blocks.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1 << 10, MOST_SLOTS = 1 << 21, SIZES_SHOWN = 1 << 12 };

static size_t slot_of(const struct inq_counts *counts, uint64_t size, uint64_t word)
{
	uint64_t hash = (size ^ word * 0x9e3779b97f4a7c15) * 0xff51afd7ed558ccd;
	size_t mask = counts->capacity - 1, at = (size_t)(hash >> 32) & mask;
	while (counts->slots[at].size && (counts->slots[at].size != size || counts->slots[at].word != word))
		at = (at + 1) & mask;
	return at;
}

static bool grow(struct inq_counts *counts)
{
	struct inq_counts larger = { .capacity = counts->capacity ? counts->capacity * 2 : FIRST_SLOTS };
	if (larger.capacity > MOST_SLOTS)
		return false;
	larger.slots = inq_alloc(larger.capacity * sizeof *larger.slots);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < counts->capacity; i++)
		if (counts->slots[i].size)
			larger.slots[slot_of(&larger, counts->slots[i].size, counts->slots[i].word)] = counts->slots[i];
	free(counts->slots);
	counts->slots = larger.slots;
	counts->capacity = larger.capacity;
	return true;
}

struct inq_count *inq_counts_get(struct inq_counts *counts, uint64_t size, uint64_t word)
{
	if (!size)
		return &counts->rest;
	if (counts->used * 2 >= counts->capacity && !grow(counts) && counts->used + 1 >= counts->capacity)
		return &counts->rest;
	struct inq_count *slot = &counts->slots[slot_of(counts, size, word)];
	if (!slot->size) {
		counts->used++;
		slot->size = size;
		slot->word = word;
	}
	return slot;
}

void inq_counts_release(struct inq_counts *counts)
{
	free(counts->slots);
	*counts = (struct inq_counts) { 0 };
}

static int by_bytes(const void *a, const void *b)
{
	const struct inq_count *one = a, *other = b;
	if (one->in_use.bytes != other->in_use.bytes)
		return one->in_use.bytes < other->in_use.bytes ? 1 : -1;
	if (one->free.bytes != other->free.bytes)
		return one->free.bytes < other->free.bytes ? 1 : -1;
	if (one->size != other->size)
		return one->size < other->size ? 1 : -1;
	return one->word < other->word ? -1 : one->word > other->word;
}

size_t inq_counts_sort(struct inq_counts *counts)
{
	size_t count = 0;
	for (size_t i = 0; i < counts->capacity; i++)
		if (counts->slots[i].size)
			counts->slots[count++] = counts->slots[i];
	if (count)
		qsort(counts->slots, count, sizeof *counts->slots, by_bytes);
	return count;
}

static void add(struct inq_heap_sum *sum, uint64_t bytes)
{
	sum->bytes += bytes;
	sum->count++;
}

static void keep_largest(struct inq_tally *tally, const struct inq_heap_chunk *chunk)
{
	size_t at = tally->largest_count;
	if (at == INQ_HEAP_LARGEST && tally->largest[at - 1].size >= chunk->size)
		return;
	at = at < INQ_HEAP_LARGEST ? tally->largest_count++ : at - 1;
	for (; at > 0 && tally->largest[at - 1].size < chunk->size; at--)
		tally->largest[at] = tally->largest[at - 1];
	tally->largest[at] = *chunk;
}

void inq_tally_chunk(struct inq_tally *tally, struct inq_heap_arena *arena, const struct inq_heap_chunk *chunk)
{
	if (chunk->state == INQ_CHUNK_TOP) {
		arena->top += chunk->size;
		return;
	}
	struct inq_count *count = inq_counts_get(&tally->sizes, chunk->size, 0);
	bool in_use = chunk->state == INQ_CHUNK_IN_USE;
	add(in_use ? &count->in_use : &count->free, chunk->size);
	add(in_use ? &arena->in_use : &arena->free, chunk->size);
	if (in_use)
		keep_largest(tally, chunk);
}

static void drop_largest(struct inq_tally *tally, uint64_t start)
{
	for (size_t i = 0; i < tally->largest_count; i++)
		if (tally->largest[i].start == start) {
			size_t after = --tally->largest_count - i;
			memmove(&tally->largest[i], &tally->largest[i + 1], after * sizeof *tally->largest);
			return;
		}
}

static void move(struct inq_heap_sum *from, struct inq_heap_sum *to, uint64_t bytes)
{
	if (!from->count || from->bytes < bytes)
		return;
	from->count--;
	from->bytes -= bytes;
	add(to, bytes);
}

void inq_tally_was_free(struct inq_tally *tally, struct inq_heap_arena *arena, uint64_t start, uint64_t size)
{
	struct inq_count *count = inq_counts_get(&tally->sizes, size, 0);
	move(&count->in_use, &count->free, size);
	move(&arena->in_use, &arena->free, size);
	if (tally->largest_count && tally->largest[tally->largest_count - 1].size <= size)
		drop_largest(tally, start);
}

static void total(struct inq_heap *heap)
{
	for (size_t i = 0; i < heap->arena_count; i++) {
		const struct inq_heap_arena *arena = &heap->arenas[i];
		heap->total += arena->size;
		heap->in_use.bytes += arena->in_use.bytes;
		heap->in_use.count += arena->in_use.count;
		heap->free.bytes += arena->free.bytes;
		heap->free.count += arena->free.count;
	}
}

enum inq_status inq_tally_finish(struct inq_tally *tally, struct inq_space *space, struct inq_heap *ret)
{
	struct inq_ctx *ctx = space->ctx;
	size_t count = inq_counts_sort(&tally->sizes);
	count = count < SIZES_SHOWN ? count : SIZES_SHOWN;
	struct inq_heap_size *sizes = inq_arena_array(ctx->arena, count, sizeof *sizes);
	struct inq_heap_chunk *largest = inq_arena_array(ctx->arena, tally->largest_count, sizeof *largest);
	if (sizes && largest) {
		for (size_t i = 0; i < count; i++) {
			const struct inq_count *from = &tally->sizes.slots[i];
			sizes[i] = (struct inq_heap_size) { from->size, from->in_use, from->free };
		}
		for (size_t i = 0; i < tally->largest_count; i++) {
			largest[i] = tally->largest[i];
			largest[i].symbol = inq_heap_kind(space, largest[i].user);
		}
		ret->by_size = sizes;
		ret->size_count = count;
		ret->largest = largest;
		ret->largest_count = tally->largest_count;
	}
	total(ret);
	inq_counts_release(&tally->sizes);
	return sizes && largest ? INQ_OK : inq_no_memory(ctx);
}

void inq_heap_say(struct inq_ctx *ctx, struct inq_string_vec *to, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(ctx->arena, format, arguments);
	va_end(arguments);
	const char **slot = text ? inq_string_vec_push(to) : NULL;
	if (slot)
		*slot = text;
	else
		inq_no_memory(ctx);
}

struct inq_evidence inq_heap_evidence(struct inq_ctx *ctx, struct inq_string_vec *from)
{
	struct inq_evidence evidence = { 0 };
	const char **items = inq_arena_array(ctx->arena, from->count, sizeof *items);
	if (items && from->count) {
		memcpy(items, from->items, from->count * sizeof *items);
		evidence = (struct inq_evidence) { items, from->count };
	} else if (!items) {
		inq_no_memory(ctx);
	}
	inq_string_vec_release(from);
	return evidence;
}
