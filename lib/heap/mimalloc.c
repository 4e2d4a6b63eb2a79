/* mimalloc 2.0. Segments of 32 MiB, aligned to that, are divided into slices of 64 KiB; one or more slices are a page of blocks of
 * one size, whose record stands at the head of the segment. A page keeps lists of its free blocks, each of which begins with
 * the address of the next; blocks behind `capacity` were never handed out. A segment's cookie is its address and a secret of the
 * process, exclusive or.
 *
 * Source: mimalloc 2.0.9, include/mimalloc-types.h (mi_segment_t, mi_page_t), src/segment.c (_mi_segment_page_start). */
#include "lib/heap/by_library.h"
#include "lib/heap/slabs.h"

enum {
	WORD = 8,
	SEGMENT = 32 << 20,
	SLICE = 64 << 10,
	MOST_SLICES = 512,
	SEGMENT_COOKIE = 27 * WORD,
	SEGMENT_SLICES = 28 * WORD,
	SEGMENT_INFO = 29 * WORD,
	SEGMENT_ENTRIES = 31 * WORD,
	SEGMENT_THREAD = 32 * WORD,
	SEGMENT_PAGES = 33 * WORD,
	PAGE_SIZE = 80,
	PAGE_COUNTS = 8, /* flags, capacity, reserved, 16 bits each */
	PAGE_FREE = 16,
	PAGE_USED = 24, /* 32 bits; then the size of a block */
	PAGE_LOCAL_FREE = 32,
	PAGE_THREAD_FREE = 40,
	THREAD_FREE_FLAGS = 3,
	SMALL = 1024, /* pages of blocks up to this size begin a little later */
	SMALL_OFFSET = 3 * 128
};

static const uint64_t LARGEST_SLICES = UINT64_C(1) << 30;

struct page {
	uint64_t at, start, size, block, capacity, reserved, used;
};

struct segment {
	uint64_t at, slices, info, entries, thread;
};

static uint64_t word(struct inq_slabs *slabs, uint64_t address)
{
	return inq_word(&slabs->words, address);
}

static bool read_segment(struct inq_slabs *slabs, const struct inq_mapping *mapping, uint64_t at, struct segment *ret)
{
	*ret = (struct segment) { .at = at,
				  .slices = word(slabs, at + SEGMENT_SLICES),
				  .info = word(slabs, at + SEGMENT_INFO),
				  .entries = word(slabs, at + SEGMENT_ENTRIES),
				  .thread = word(slabs, at + SEGMENT_THREAD) };
	return ret->slices && ret->slices < LARGEST_SLICES && ret->info && ret->info < ret->slices && ret->entries &&
	       ret->entries <= MOST_SLICES && ret->entries <= ret->slices && mapping->end - at >= ret->info * SLICE;
}

/* The page whose first slice has this number; its number of slices, 0 when there is none. Blocks are 0 bytes where the slices are
 * free. */
static uint64_t read_page(struct inq_slabs *slabs, const struct segment *segment, uint64_t slice, struct page *ret)
{
	uint64_t at = segment->at + SEGMENT_PAGES + slice * PAGE_SIZE, first = word(slabs, at);
	uint64_t counts = word(slabs, at + PAGE_COUNTS), use = word(slabs, at + PAGE_USED);
	uint64_t slices = first & UINT32_MAX;
	*ret = (struct page) { .at = at,
			       .size = slices * SLICE,
			       .start = segment->at + slice * SLICE,
			       .capacity = counts >> 16 & 0xffff,
			       .reserved = counts >> 32 & 0xffff,
			       .used = use & UINT32_MAX,
			       .block = use >> 32 };
	if (first >> 32 || slices > segment->slices - slice) /* the second is the way back to the first slice: 0 here */
		return 0;
	return slices;
}

/* Where the blocks begin: what is left of the page's size must be what it reserves. */
static bool add_page(struct inq_slabs *slabs, const struct page *page, uint32_t arena)
{
	uint64_t offset = page->block <= SMALL ? SMALL_OFFSET : 0, block = page->block;
	if (page->reserved == 1 && block > page->size)
		block = page->size; /* a huge page says only that it is huge */
	if (!block || page->capacity > page->reserved || page->used > page->capacity || page->size <= offset ||
	    (page->size - offset) / block < page->reserved)
		return false;
	return inq_slabs_add(slabs, &(struct inq_slab) { .start = page->start,
							 .end = page->start + page->size,
							 .first = page->start + offset,
							 .stride = block,
							 .record = page->at,
							 .slots = (uint32_t)page->reserved,
							 .arena = arena });
}

/* Adds the pages of a segment if they fill it without a gap. */
static void add_segment(struct inq_slabs *slabs, const struct segment *segment)
{
	struct page page;
	uint64_t at, slices;
	for (at = segment->info; at < segment->entries; at += slices)
		if (!(slices = read_page(slabs, segment, at, &page)))
			return;
	uint32_t arena = inq_slabs_arena(slabs, "thread", segment->thread);
	inq_slabs_add_rest(slabs, segment->at, segment->at + segment->info * SLICE, arena, false);
	for (at = segment->info; at < segment->entries; at += slices) {
		slices = read_page(slabs, segment, at, &page);
		if (!page.block)
			inq_slabs_add_rest(slabs, page.start, page.start + page.size, arena, true);
		else if (!add_page(slabs, &page, arena))
			inq_slabs_agree(slabs, false);
	}
}

static void find_segments(struct inq_slabs *slabs)
{
	const struct inq_space *space = slabs->words.space;
	uint64_t secret = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		uint64_t at;
		if (!inq_may_be_heap(space, mapping) || !inq_align_up(mapping->start, SEGMENT, &at))
			continue;
		for (; at < mapping->end && at - mapping->start < mapping->data_size; at += SEGMENT) {
			struct segment segment;
			uint64_t cookie = word(slabs, at + SEGMENT_COOKIE) ^ at;
			if (!read_segment(slabs, mapping, at, &segment) || (secret && cookie != secret))
				continue;
			size_t before = slabs->slabs.count;
			add_segment(slabs, &segment);
			if (slabs->slabs.count > before)
				secret = cookie;
		}
	}
}

/* Of blocks that other threads freed the page does not know yet that they are free. */
static void mark_free(struct inq_slabs *slabs)
{
	for (size_t i = 0; i < slabs->slabs.count; i++) {
		const struct inq_slab *slab = &slabs->slabs.items[i];
		uint64_t counts = word(slabs, slab->record + PAGE_COUNTS), capacity = counts >> 16 & 0xffff;
		uint64_t used = word(slabs, slab->record + PAGE_USED) & UINT32_MAX;
		for (uint64_t j = capacity; j < slab->slots; j++)
			inq_slabs_free(slabs, slab->first + j * slab->stride);
		size_t count = inq_slabs_free_list(slabs, word(slabs, slab->record + PAGE_FREE));
		count += inq_slabs_free_list(slabs, word(slabs, slab->record + PAGE_LOCAL_FREE));
		inq_slabs_agree(slabs, count + used == capacity);
		inq_slabs_free_list(slabs, word(slabs, slab->record + PAGE_THREAD_FREE) & ~(uint64_t)THREAD_FREE_FLAGS);
	}
}

static void *find(struct inq_space *space)
{
	struct inq_slabs *slabs = space->machine.bits == 64 ? inq_slabs_create(space) : NULL;
	if (!slabs)
		return NULL;
	slabs->version = "2.0";
	slabs->shape = "libmimalloc is mapped, and this is large and begins at a multiple of 4 MiB, as its segments do";
	slabs->align = 4 << 20;
	slabs->evidence =
		"segments of mimalloc: their pages fill them without a gap, and one secret makes all their cookies";
	find_segments(slabs);
	bool known = slabs->slabs.count || inq_has_library(space, "libmimalloc");
	if (!known || !inq_slabs_seal(slabs)) {
		inq_slabs_release(slabs);
		return NULL;
	}
	mark_free(slabs);
	return slabs;
}

const struct inq_allocator inq_allocator_mimalloc = {
	.name = "mimalloc",
	.find = find,
	.release = inq_slabs_release,
	.extents = inq_slabs_extents,
	.walk = inq_slabs_walk,
	.chunk_at = inq_slabs_chunk_at,
};
