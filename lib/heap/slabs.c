/* Heaps of slabs: sorted by address, with one bit for each block. */
#include "lib/heap/slabs.h"

#include "lib/heap/bits.h"
#include "lib/heap/by_library.h"
#include "lib/heap/tally.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { WORD = 8, MOST_SLOTS = 1 << 20, MOST_SLABS = 1 << 22, MOST_ARENAS = 1 << 12, MOST_FAULTS = 64 };

struct inq_slabs *inq_slabs_create(struct inq_space *space)
{
	struct inq_slabs *slabs = inq_alloc(sizeof *slabs);
	if (slabs)
		slabs->words = slabs->others = inq_words(space);
	else
		inq_no_memory(space->ctx);
	return slabs;
}

void inq_slabs_release(void *state)
{
	struct inq_slabs *slabs = state;
	inq_slab_vec_release(&slabs->slabs);
	inq_slab_rest_vec_release(&slabs->rests);
	inq_slab_arena_vec_release(&slabs->arenas);
	inq_slab_fault_vec_release(&slabs->faults);
	inq_address_vec_release(&slabs->own);
	free(slabs->free);
	free(slabs);
}

uint32_t inq_slabs_arena(struct inq_slabs *slabs, const char *kind, uint64_t id)
{
	struct inq_slab_arena *arena;
	for (size_t i = 0; i < slabs->arenas.count; i++)
		if (slabs->arenas.items[i].kind == kind && slabs->arenas.items[i].id == id)
			return (uint32_t)i;
	if (slabs->arenas.count == MOST_ARENAS || !(arena = inq_slab_arena_vec_push(&slabs->arenas)))
		return 0;
	*arena = (struct inq_slab_arena) { kind, id };
	return (uint32_t)(slabs->arenas.count - 1);
}

static bool is_mapped(const struct inq_slabs *slabs, uint64_t start, uint64_t end)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(slabs->words.space, start);
	return start < end && mapping && !mapping->file && mapping->permissions & INQ_PERM_WRITE && end <= mapping->end;
}

bool inq_slabs_add(struct inq_slabs *slabs, const struct inq_slab *slab)
{
	uint64_t size, end;
	bool aligned = slab->stride % WORD == 0 && slab->first % WORD == 0;
	bool fits = slab->stride && aligned && slab->slots && slab->slots <= MOST_SLOTS && slab->first >= slab->start &&
		    inq_mul(slab->stride, slab->slots, &size) && inq_add(slab->first, size, &end) && end <= slab->end;
	if (!fits || !is_mapped(slabs, slab->start, slab->end) || slabs->slabs.count == MOST_SLABS)
		return false;
	struct inq_slab *slot = inq_slab_vec_push(&slabs->slabs);
	if (slot)
		*slot = *slab;
	return slot;
}

bool inq_slabs_add_rest(struct inq_slabs *slabs, uint64_t start, uint64_t end, uint32_t arena, bool is_free)
{
	struct inq_slab_rest *slot = is_mapped(slabs, start, end) && slabs->rests.count < MOST_SLABS
					     ? inq_slab_rest_vec_push(&slabs->rests)
					     : NULL;
	if (slot)
		*slot = (struct inq_slab_rest) { start, end, arena, is_free };
	return slot;
}

static int by_address(const void *a, const void *b)
{
	const struct inq_slab *one = a, *other = b;
	return one->start < other->start ? -1 : one->start > other->start;
}

/* Of slabs that overlap the lower is kept: damage, or records that are no more. */
bool inq_slabs_seal(struct inq_slabs *slabs)
{
	struct inq_slab *all = slabs->slabs.items;
	size_t kept = 0, bits = 0;
	if (slabs->slabs.count)
		qsort(all, slabs->slabs.count, sizeof *all, by_address);
	for (size_t i = 0; i < slabs->slabs.count; i++) {
		if (kept && all[i].start < all[kept - 1].end)
			continue;
		all[kept] = all[i];
		all[kept++].bit = bits;
		bits += all[i].slots;
	}
	slabs->slabs.count = kept;
	slabs->free = inq_alloc((inq_bits_words(bits) + 1) * sizeof *slabs->free);
	return slabs->free || inq_no_memory(slabs->words.space->ctx) == INQ_OK;
}

/* The number of the block that holds the address; false when none does. */
static bool slot_at(const struct inq_slab *slab, uint64_t address, uint32_t *ret)
{
	if (address < slab->first || (address - slab->first) / slab->stride >= slab->slots)
		return false;
	*ret = (uint32_t)((address - slab->first) / slab->stride);
	return true;
}

bool inq_slabs_free(struct inq_slabs *slabs, uint64_t address)
{
	const struct inq_slab *slab = inq_slab_at(slabs->slabs.items, slabs->slabs.count, address);
	uint32_t slot;
	if (!slab || !slot_at(slab, address, &slot) || (address - slab->first) % slab->stride ||
	    inq_bits_get(slabs->free, slab->bit + slot))
		return false;
	inq_bits_set(slabs->free, slab->bit + slot);
	return true;
}

static void note_fault(struct inq_slabs *slabs, uint64_t at, uint64_t to)
{
	struct inq_slab_fault *fault =
		slabs->faults.count < MOST_FAULTS ? inq_slab_fault_vec_push(&slabs->faults) : NULL;
	if (fault)
		*fault = (struct inq_slab_fault) { at, to };
}

size_t inq_slabs_free_list(struct inq_slabs *slabs, uint64_t first)
{
	size_t count = 0;
	uint64_t last = 0, at = first;
	for (; at && inq_slabs_free(slabs, at); at = inq_word(&slabs->others, at)) {
		last = at;
		count++;
	}
	if (at && last)
		note_fault(slabs, last, at);
	return count;
}

void inq_slabs_own(struct inq_slabs *slabs, uint64_t address)
{
	uint64_t *slot = slabs->own.count < MOST_SLOTS ? inq_address_vec_push(&slabs->own) : NULL;
	if (slot)
		*slot = address;
}

void inq_slabs_agree(struct inq_slabs *slabs, bool agree)
{
	slabs->agree += agree;
	slabs->differ += !agree;
}

static bool add_extent(struct inq_heap_extent_vec *ret, size_t first, const struct inq_slabs *slabs, uint64_t start,
		       uint64_t end, const struct inq_mapping *brk)
{
	struct inq_heap_extent *last = ret->count > first ? &ret->items[ret->count - 1] : NULL;
	if (last && last->end == start) {
		last->end = end;
		return true;
	}
	struct inq_heap_extent *extent = inq_heap_extent_vec_push(ret);
	if (extent)
		*extent = (struct inq_heap_extent) { .start = start,
						     .end = end,
						     .brk = brk && start >= brk->start && end <= brk->end,
						     .confidence = INQ_CERTAIN,
						     .evidence = slabs->evidence };
	return extent;
}

bool inq_slabs_extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret)
{
	const struct inq_slabs *slabs = state;
	const struct inq_mapping *brk = inq_brk_mapping(space);
	size_t first = ret->count;
	bool done = true;
	if (!slabs->slabs.count)
		return slabs->align ? inq_extents_aligned(space, ret, slabs->align, slabs->shape)
				    : inq_extents_brk(space, ret, slabs->shape);
	for (size_t i = 0; done && i < slabs->slabs.count; i++) {
		const struct inq_slab *slab = &slabs->slabs.items[i];
		done = add_extent(ret, first, slabs, slab->start, slab->end, brk);
	}
	for (size_t i = 0; done && i < slabs->rests.count; i++)
		done = add_extent(ret, first, slabs, slabs->rests.items[i].start, slabs->rests.items[i].end, brk);
	return done;
}

bool inq_slabs_is_free(const struct inq_slabs *slabs, const struct inq_slab *slab, uint32_t slot)
{
	return inq_bits_get(slabs->free, slab->bit + slot);
}

static struct inq_heap_chunk chunk_of(const struct inq_slabs *slabs, const struct inq_slab *slab, uint32_t slot)
{
	uint64_t start = inq_slab_block(slab, slot);
	bool is_free = inq_slabs_is_free(slabs, slab, slot);
	return (struct inq_heap_chunk) { .start = start,
					 .size = slab->stride,
					 .user = start,
					 .state = is_free ? INQ_CHUNK_FREE : INQ_CHUNK_IN_USE };
}

bool inq_slabs_chunk_at(struct inq_space *space, void *state, uint64_t address, struct inq_heap_chunk *ret)
{
	const struct inq_slabs *slabs = state;
	const struct inq_slab *slab = inq_slab_at(slabs->slabs.items, slabs->slabs.count, address);
	uint32_t slot;
	(void)space;
	if (!slab || !slot_at(slab, address, &slot))
		return false;
	*ret = chunk_of(slabs, slab, slot);
	return true;
}

/* It begins where its lowest memory does. */
static void grow_arena(struct inq_heap_arena *arena, uint64_t start, uint64_t end)
{
	arena->start = start < arena->start ? start : arena->start;
	arena->size += end - start;
}

static void count_slabs(const struct inq_slabs *slabs, struct inq_tally *tally, struct inq_heap_arena *arenas)
{
	for (size_t i = 0; i < slabs->slabs.count; i++) {
		const struct inq_slab *slab = &slabs->slabs.items[i];
		struct inq_heap_arena *arena = &arenas[slab->arena];
		for (uint32_t slot = 0; slot < slab->slots; slot++) {
			struct inq_heap_chunk chunk = chunk_of(slabs, slab, slot);
			inq_tally_chunk(tally, arena, &chunk);
		}
		grow_arena(arena, slab->start, slab->end);
		arena->overhead += slab->end - slab->start - slab->stride * slab->slots;
	}
	for (size_t i = 0; i < slabs->rests.count; i++) {
		const struct inq_slab_rest *rest = &slabs->rests.items[i];
		struct inq_heap_arena *arena = &arenas[rest->arena];
		struct inq_heap_chunk chunk = { .start = rest->start,
						.size = rest->end - rest->start,
						.state = INQ_CHUNK_FREE };
		grow_arena(arena, rest->start, rest->end);
		if (rest->free)
			inq_tally_chunk(tally, arena, &chunk);
		else
			arena->overhead += chunk.size;
	}
}

enum inq_status inq_slabs_walk(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret)
{
	struct inq_slabs *slabs = state;
	struct inq_ctx *ctx = space->ctx;
	struct inq_tally tally = { 0 };
	struct inq_string_vec evidence = { 0 };
	struct inq_heap_arena *arenas = inq_arena_array(ctx->arena, slabs->arenas.count, sizeof *arenas);
	if (!slabs->slabs.count)
		return inq_heap_sum_extents(space, state, parts, ret);
	if (!arenas)
		return inq_no_memory(ctx);
	for (size_t i = 0; i < slabs->arenas.count; i++)
		arenas[i] = (struct inq_heap_arena) { .kind = slabs->arenas.items[i].kind,
						      .start = UINT64_MAX,
						      .threads = INQ_UNKNOWN };
	count_slabs(slabs, &tally, arenas);
	ret->arenas = arenas;
	for (size_t i = 0; i < slabs->arenas.count; i++)
		if (arenas[i].size)
			arenas[ret->arena_count++] = arenas[i];
	ret->version_guess = slabs->version;
	ret->confidence = INQ_CERTAIN;
	ret->reconciled = slabs->agree && !slabs->differ;
	inq_heap_say(ctx, &evidence, "%s", slabs->evidence);
	if (slabs->differ)
		inq_heap_say(ctx, &evidence,
			     "of %zu rows of blocks %zu have another number of free blocks than they say",
			     slabs->agree + slabs->differ, slabs->differ);
	else
		inq_heap_say(ctx, &evidence, "each of %zu rows of blocks has as many free blocks as it says",
			     slabs->agree);
	ret->evidence = inq_heap_evidence(ctx, &evidence);
	ret->checked = slabs->not_found;
	enum inq_status status = inq_tally_finish(&tally, space, ret);
	return status == INQ_OK ? inq_slabs_search(slabs, parts, ret) : status;
}
