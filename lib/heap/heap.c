/* The look-ups: which allocators a process has, asked once and kept with the space. */
#include "lib/heap/heap.h"

#include "lib/base/ranges.h"
#include "lib/heap/blocks.h"

#include <elf.h>
#include <string.h>

#define INQ_ALLOCATOR(name) extern const struct inq_allocator inq_allocator_##name;
#include "lib/heap/allocators.def"
#undef INQ_ALLOCATOR

static const struct inq_allocator *const allocators[] = {
#define INQ_ALLOCATOR(name) &inq_allocator_##name,
#include "lib/heap/allocators.def"
#undef INQ_ALLOCATOR
};

enum { ALLOCATORS = sizeof allocators / sizeof *allocators };

INQ_RANGES(extent, struct inq_heap_extent)

/* What is kept with the space. */
struct heaps {
	void *states[ALLOCATORS]; /* NULL: not this one */
	uint64_t bytes[ALLOCATORS];
	struct inq_heap_extent_vec extents;
};

const char *inq_chunk_state_name(enum inq_chunk_state state)
{
	static const char *const names[] = { "in use", "free", "top" };
	return (size_t)state < sizeof names / sizeof *names ? names[state] : "unknown";
}

static void destroy(void *kept)
{
	struct heaps *heaps = kept;
	for (size_t i = 0; i < ALLOCATORS; i++)
		if (heaps->states[i])
			allocators[i]->release(heaps->states[i]);
	inq_heap_extent_vec_release(&heaps->extents);
	free(heaps);
}

static int by_address(const void *a, const void *b)
{
	const struct inq_heap_extent *one = a, *other = b;
	return one->start < other->start ? -1 : one->start > other->start;
}

/* Where two allocators claim the same memory, the surer one is right; of equals the lower. */
static void settle(struct inq_heap_extent_vec *extents)
{
	size_t kept = 0;
	struct inq_heap_extent *all = extents->items;
	if (extents->count)
		qsort(all, extents->count, sizeof *all, by_address);
	for (size_t i = 0; i < extents->count; i++) {
		if (all[i].start >= all[i].end)
			continue;
		if (!kept || all[i].start >= all[kept - 1].end)
			all[kept++] = all[i];
		else if (all[i].confidence > all[kept - 1].confidence)
			all[kept - 1] = all[i];
	}
	extents->count = kept;
}

static bool ask(struct inq_space *space, struct heaps *heaps, size_t index)
{
	const struct inq_allocator *allocator = allocators[index];
	heaps->states[index] = allocator->find(space);
	if (!heaps->states[index])
		return true;
	size_t first = heaps->extents.count;
	bool done = allocator->extents(space, heaps->states[index], &heaps->extents);
	for (size_t i = first; i < heaps->extents.count; i++) {
		heaps->extents.items[i].allocator = allocator->name;
		heaps->bytes[index] += heaps->extents.items[i].end - heaps->extents.items[i].start;
	}
	return done;
}

static bool holds_memory(const struct inq_space *space)
{
	for (size_t i = 0; i < space->artefacts.count; i++)
		if (space->artefacts.items[i].holds_memory)
			return true;
	return false;
}

/* NULL only without memory. */
static struct heaps *heaps_of(struct inq_space *space)
{
	struct heaps *heaps = space->heap;
	if (heaps)
		return heaps;
	space->heap = heaps = inq_alloc(sizeof *heaps);
	if (!heaps) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	space->heap_destroy = destroy;
	for (size_t i = 0; holds_memory(space) && i < ALLOCATORS; i++)
		if (!ask(space, heaps, i))
			inq_no_memory(space->ctx);
	settle(&heaps->extents);
	return heaps;
}

enum inq_status inq_heap_extents(struct inq_space *space, const struct inq_heap_extent **ret, size_t *count)
{
	struct heaps *heaps = heaps_of(space);
	*ret = heaps ? heaps->extents.items : NULL;
	*count = heaps ? heaps->extents.count : 0;
	return heaps ? INQ_OK : INQ_NO_MEMORY;
}

/* The allocator with most memory; ALLOCATORS for none. */
static size_t largest(const struct heaps *heaps)
{
	size_t best = ALLOCATORS;
	for (size_t i = 0; i < ALLOCATORS; i++)
		if (heaps->states[i] && (best == ALLOCATORS || heaps->bytes[i] > heaps->bytes[best]))
			best = i;
	return best;
}

enum { MOST_TOLD = 4 };

enum inq_status inq_heap_sum_extents(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret)
{
	struct heaps *heaps = space->heap;
	struct inq_string_vec evidence = { 0 };
	struct inq_heap_arena *arenas = inq_arena_array(space->ctx->arena, heaps->extents.count, sizeof *arenas);
	(void)state;
	(void)parts;
	for (size_t i = 0; arenas && i < heaps->extents.count; i++) {
		const struct inq_heap_extent *extent = &heaps->extents.items[i];
		uint64_t size = extent->end - extent->start;
		if (strcmp(extent->allocator, ret->allocator) != 0)
			continue;
		arenas[ret->arena_count++] = (struct inq_heap_arena) { .kind = extent->large ? "large" : "extent",
								       .start = extent->start,
								       .size = size,
								       .unwalked = size,
								       .threads = INQ_UNKNOWN };
		ret->total += size;
		ret->confidence = extent->confidence > ret->confidence ? extent->confidence : ret->confidence;
		bool again = evidence.count && evidence.items[evidence.count - 1] == extent->evidence;
		if (!again && evidence.count < MOST_TOLD)
			inq_heap_say(space->ctx, &evidence, "%s", extent->evidence);
	}
	ret->arenas = arenas;
	ret->evidence = inq_heap_evidence(space->ctx, &evidence);
	ret->checked = "only recognised: this version cannot tell its blocks apart";
	return arenas ? INQ_OK : inq_no_memory(space->ctx);
}

enum inq_status inq_heap_walk(struct inq_space *space, unsigned parts, struct inq_heap *ret)
{
	struct heaps *heaps = heaps_of(space);
	*ret = (struct inq_heap) { 0 };
	if (!heaps)
		return INQ_NO_MEMORY;
	size_t best = largest(heaps);
	if (best == ALLOCATORS)
		return INQ_UNUSABLE;
	ret->allocator = allocators[best]->name;
	return allocators[best]->walk(space, heaps->states[best], parts, ret);
}

/* Most addresses that are asked for are of objects or of the main stack, and do not need the heaps to be found. */
static bool may_be_heap(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	uint64_t on_stack = inq_space_aux(space, AT_RANDOM, 0);
	return mapping && !inq_space_object_at(space, address) &&
	       (on_stack < mapping->start || on_stack >= mapping->end);
}

bool inq_heap_chunk_at(struct inq_space *space, uint64_t address, struct inq_heap_chunk *ret)
{
	struct heaps *heaps = may_be_heap(space, address) ? heaps_of(space) : NULL;
	const struct inq_heap_extent *extent =
		heaps ? extent_at(heaps->extents.items, heaps->extents.count, address) : NULL;
	bool found = false;
	for (size_t i = 0; extent && i < ALLOCATORS; i++)
		if (heaps->states[i] && allocators[i]->name == extent->allocator && allocators[i]->chunk_at)
			found = allocators[i]->chunk_at(space, heaps->states[i], address, ret);
	if (found)
		ret->symbol = inq_heap_kind(space, ret->user);
	return found;
}
