/* What is looked for in heaps of slabs beyond the sums: free lists that cannot be, blocks by kind, and blocks that no pointer
 * leads to. Rows of blocks that are neighbours share an index (blocks.h); the allocator's own records and free memory are in it as
 * blocks that are not in use, so that what stands there is not taken for pointers of the program. */
#include "lib/heap/blocks.h"
#include "lib/heap/slabs.h"

#include <inttypes.h>

enum { SMALL_SHIFT = 3, USUAL_SHIFT = 4 };

/* Blocks of 8 bytes, and those of 24, begin at any multiple of 8. */
static unsigned shift_of(const struct inq_slab *slab)
{
	return (slab->first | slab->stride | slab->end) % (1 << USUAL_SHIFT) ? SMALL_SHIFT : USUAL_SHIFT;
}

/* Slabs from `first` on that follow each other without a gap and have the same shift; a slab of one block is by itself. */
static size_t run_end(const struct inq_slabs *slabs, size_t first)
{
	const struct inq_slab *all = slabs->slabs.items;
	size_t end = first + 1;
	while (end < slabs->slabs.count && all[first].slots > 1 && all[end].slots > 1 &&
	       all[end].start == all[end - 1].end && shift_of(&all[end]) == shift_of(&all[first]))
		end++;
	return end;
}

static bool add_ranges(const struct inq_slabs *slabs, struct inq_blocks *blocks)
{
	const struct inq_slab *all = slabs->slabs.items;
	bool done = true;
	for (size_t i = 0, end; done && i < slabs->slabs.count; i = end) {
		end = run_end(slabs, i);
		bool one = all[i].slots == 1;
		done = inq_blocks_add(blocks, one ? all[i].first : all[i].start,
				      one ? all[i].first + all[i].stride : all[end - 1].end, shift_of(&all[i]), one);
	}
	for (size_t i = 0; done && i < slabs->rests.count; i++)
		done = inq_blocks_add(blocks, slabs->rests.items[i].start, slabs->rests.items[i].end, 0, true);
	inq_blocks_sort(blocks);
	return done;
}

/* What is before and behind a slab's blocks ends them. */
static void put_blocks(const struct inq_slabs *slabs, struct inq_blocks *blocks)
{
	for (size_t i = 0; i < slabs->slabs.count; i++) {
		const struct inq_slab *slab = &slabs->slabs.items[i];
		uint64_t end = inq_slab_block(slab, slab->slots);
		if (slab->slots > 1 && slab->first > slab->start)
			inq_blocks_put(blocks, slab->start, false);
		for (uint32_t slot = 0; slot < slab->slots; slot++)
			inq_blocks_put(blocks, inq_slab_block(slab, slot), !inq_slabs_is_free(slabs, slab, slot));
		if (slab->slots > 1 && end < slab->end)
			inq_blocks_put(blocks, end, false);
	}
}

static void leave_own_out(const struct inq_slabs *slabs, struct inq_blocks *blocks)
{
	for (size_t i = 0; i < slabs->own.count; i++) {
		uint64_t address = slabs->own.items[i];
		const struct inq_slab *slab = inq_slab_at(slabs->slabs.items, slabs->slabs.count, address);
		if (slab && address >= slab->first)
			inq_blocks_not_live(blocks, address - (address - slab->first) % slab->stride);
	}
}

static enum inq_status group(struct inq_blocks *blocks, unsigned parts, struct inq_heap *ret)
{
	enum inq_status status = INQ_OK;
	if (parts & INQ_HEAP_TYPES)
		status = inq_blocks_cluster(blocks, false, &ret->types, &ret->type_count);
	if (status == INQ_OK && parts & INQ_HEAP_LEAKS) {
		status = inq_blocks_reach(blocks);
		if (status == INQ_OK)
			status = inq_blocks_cluster(blocks, true, &ret->leaks, &ret->leak_count);
		ret->searched_leaks = status == INQ_OK;
	}
	return status;
}

static const char *fault_text(struct inq_slabs *slabs, const struct inq_slab_fault *fault)
{
	struct inq_arena *arena = slabs->words.space->ctx->arena;
	const struct inq_slab *slab = inq_slab_at(slabs->slabs.items, slabs->slabs.count, fault->to);
	bool block = slab && fault->to >= slab->first && (fault->to - slab->first) % slab->stride == 0;
	return inq_arena_printf(arena,
				block ? "the list of free blocks comes to 0x%" PRIx64
					" twice: it was freed twice, or the link at 0x%" PRIx64
					" was written to after the block was freed"
				      : "the list of free blocks goes on at 0x%" PRIx64
					", where no block begins: the link at 0x%" PRIx64
					" was written to after the block was freed",
				fault->to, fault->at);
}

static enum inq_status tell_faults(struct inq_slabs *slabs, struct inq_heap *ret)
{
	struct inq_ctx *ctx = slabs->words.space->ctx;
	size_t count = slabs->faults.count;
	struct inq_heap_error *errors = inq_arena_array(ctx->arena, count, sizeof *errors);
	for (size_t i = 0; errors && i < count; i++) {
		const struct inq_slab_fault *fault = &slabs->faults.items[i];
		errors[i] = (struct inq_heap_error) { .address = fault->at,
						      .text = fault_text(slabs, fault),
						      .confidence = INQ_LIKELY };
		if (!errors[i].text)
			return inq_no_memory(ctx);
	}
	ret->errors = errors;
	ret->error_count = errors ? count : 0;
	return errors ? INQ_OK : inq_no_memory(ctx);
}

enum inq_status inq_slabs_search(struct inq_slabs *slabs, unsigned parts, struct inq_heap *ret)
{
	enum inq_status status = parts & INQ_HEAP_CHECK ? tell_faults(slabs, ret) : INQ_OK;
	if (status != INQ_OK || !(parts & (INQ_HEAP_TYPES | INQ_HEAP_LEAKS)))
		return status;
	struct inq_blocks blocks = inq_blocks(slabs->words.space, 0, 0);
	if (add_ranges(slabs, &blocks)) {
		put_blocks(slabs, &blocks);
		leave_own_out(slabs, &blocks);
		status = group(&blocks, parts, ret);
	} else {
		status = inq_no_memory(slabs->words.space->ctx);
	}
	inq_blocks_release(&blocks);
	return status;
}
