/* The allocator row of glibc: finds everything, tells its extents, and answers for an address. */
#include "lib/heap/glibc/glibc.h"

static void release(void *state)
{
	struct inq_glibc *glibc = state;
	inq_glibc_arena_vec_release(&glibc->arenas);
	inq_glibc_segment_vec_release(&glibc->segments);
	inq_glibc_mmapped_vec_release(&glibc->mmapped);
	inq_glibc_tcache_vec_release(&glibc->tcaches);
	inq_glibc_cached_vec_release(&glibc->cached);
	free(glibc);
}

static bool find_all(struct inq_glibc *glibc)
{
	const struct inq_space *space = glibc->space;
	bool possible = space->os == INQ_OS_LINUX || space->os == INQ_OS_UNKNOWN;
	return possible && inq_glibc_find_main(glibc) && inq_glibc_find_arenas(glibc) == INQ_OK &&
	       inq_glibc_find_mmapped(glibc) == INQ_OK;
}

static void *find(struct inq_space *space)
{
	struct inq_glibc *glibc = inq_alloc(sizeof *glibc);
	if (!glibc) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	glibc->space = space;
	glibc->words = inq_words(space);
	if (find_all(glibc))
		return glibc;
	release(glibc);
	return NULL;
}

static bool add_extent(struct inq_heap_extent_vec *to, struct inq_heap_extent extent)
{
	struct inq_heap_extent *slot = inq_heap_extent_vec_push(to);
	if (slot)
		*slot = extent;
	return slot;
}

static bool is_brk(const struct inq_glibc *glibc, const struct inq_glibc_segment *segment)
{
	uint64_t base = glibc->parameters.sbrk_base;
	return segment->arena == 0 && (!glibc->parameters.known || (base >= segment->base && base < segment->end));
}

static bool extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret)
{
	const struct inq_glibc *glibc = state;
	bool done = true;
	(void)space;
	for (size_t i = 0; done && i < glibc->segments.count; i++) {
		const struct inq_glibc_segment *segment = &glibc->segments.items[i];
		bool brk = is_brk(glibc, segment);
		done = add_extent(ret,
				  (struct inq_heap_extent) {
					  .start = segment->base,
					  .end = segment->end,
					  .brk = brk,
					  .arena = glibc->arenas.items[segment->arena].address,
					  .confidence = INQ_CERTAIN,
					  .evidence = brk ? "main_arena of glibc's malloc has its top chunk at the end"
							  : "an arena of glibc's malloc has this heap in its chain" });
	}
	for (size_t i = 0; done && i < glibc->mmapped.count; i++) {
		const struct inq_glibc_mmapped *chunk = &glibc->mmapped.items[i];
		done = add_extent(
			ret, (struct inq_heap_extent) {
				     .start = chunk->base,
				     .end = chunk->start + chunk->size,
				     .large = true,
				     .confidence = glibc->mmapped_add_up ? INQ_CERTAIN : INQ_LIKELY,
				     .evidence = "begins with the header of a chunk that malloc mapped by itself" });
	}
	return done;
}

static bool chunk_at(struct inq_space *space, void *state, uint64_t address, struct inq_heap_chunk *ret)
{
	struct inq_glibc *glibc = state;
	struct inq_glibc_chunk chunk;
	const struct inq_glibc_mmapped *mmapped = inq_glibc_mmapped_at(glibc, address);
	(void)space;
	if (mmapped) {
		chunk = (struct inq_glibc_chunk) { .start = mmapped->start, .size = mmapped->size, .in_use = true };
		inq_glibc_describe(glibc, &chunk, ret);
		ret->where = "mmapped";
		return true;
	}
	if (!inq_glibc_chunk_holding(glibc, address, &chunk) || inq_glibc_collect_size(glibc, chunk.size) != INQ_OK)
		return false;
	inq_glibc_describe(glibc, &chunk, ret);
	return true;
}

const struct inq_allocator inq_allocator_glibc = {
	.name = "glibc",
	.find = find,
	.release = release,
	.extents = extents,
	.walk = inq_glibc_walk_all,
	.chunk_at = chunk_at,
};
