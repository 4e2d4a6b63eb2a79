/* The bit maps of blocks. */
#include "lib/heap/blocks.h"

#include "lib/base/ranges.h"

INQ_RANGES(range, struct inq_block_range)

enum { MAPS = 4, ONE_BLOCK = 63 };

struct inq_blocks inq_blocks(struct inq_space *space, unsigned header, unsigned overhang)
{
	return (struct inq_blocks) {
		.words = inq_words(space), .header = header, .overhang = overhang, .low = UINT64_MAX
	};
}

void inq_blocks_release(struct inq_blocks *blocks)
{
	for (size_t i = 0; i < blocks->ranges.count; i++)
		free(blocks->ranges.items[i].starts); /* one allocation holds all */
	inq_block_range_vec_release(&blocks->ranges);
}

bool inq_blocks_add(struct inq_blocks *blocks, uint64_t start, uint64_t end, unsigned shift, bool one)
{
	struct inq_block_range *range = inq_block_range_vec_push(&blocks->ranges);
	if (!range)
		return false;
	*range = (struct inq_block_range) { .start = start, .end = end, .shift = one ? ONE_BLOCK : shift };
	range->words = inq_bits_words(((end - start) >> range->shift) + 1);
	size_t filled = inq_bits_words(range->words);
	range->starts = inq_alloc((range->words * MAPS + filled) * sizeof *range->starts);
	if (!range->starts) {
		blocks->ranges.count--;
		return false;
	}
	range->live = range->starts + range->words;
	range->marked = range->live + range->words;
	range->pending = range->marked + range->words;
	range->filled = range->pending + range->words;
	blocks->low = start < blocks->low ? start : blocks->low;
	blocks->high = end > blocks->high ? end : blocks->high;
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct inq_block_range *one = a, *other = b;
	return one->start < other->start ? -1 : one->start > other->start;
}

void inq_blocks_sort(struct inq_blocks *blocks)
{
	if (blocks->ranges.count)
		qsort(blocks->ranges.items, blocks->ranges.count, sizeof *blocks->ranges.items, by_address);
}

struct inq_block_range *inq_blocks_range(struct inq_blocks *blocks, uint64_t address)
{
	struct inq_block_range_vec *ranges = &blocks->ranges;
	size_t index = range_from(ranges->items, ranges->count, address);
	return index < ranges->count && ranges->items[index].start <= address ? &ranges->items[index] : NULL;
}

void inq_blocks_put(struct inq_blocks *blocks, uint64_t start, bool live)
{
	struct inq_block_range *range = inq_blocks_range(blocks, start);
	if (!range)
		return;
	size_t bit = inq_block_bit(range, start);
	inq_bits_set(range->starts, bit);
	inq_bits_set(range->filled, bit / INQ_BITS);
	if (live)
		inq_bits_set(range->live, bit);
}

void inq_blocks_not_live(struct inq_blocks *blocks, uint64_t start)
{
	struct inq_block_range *range = inq_blocks_range(blocks, start);
	if (range)
		inq_bits_clear(range->live, inq_block_bit(range, start));
}

uint64_t inq_block_end(const struct inq_block_range *range, size_t bit)
{
	size_t next = inq_bits_above(range->starts, range->words, range->filled, bit);
	return next == SIZE_MAX ? range->end : inq_block_address(range, next);
}

void inq_blocks_each(struct inq_blocks *blocks, inq_block_fn *each, void *data)
{
	for (size_t r = 0; r < blocks->ranges.count; r++) {
		struct inq_block_range *range = &blocks->ranges.items[r];
		for (size_t w = 0; w < range->words; w++)
			for (uint64_t left = range->live[w]; left; left &= left - 1) {
				size_t bit = w * INQ_BITS + inq_bits_lowest(left);
				uint64_t start = inq_block_address(range, bit);
				each(blocks, data, start, inq_block_end(range, bit) - start,
				     inq_bits_get(range->marked, bit));
			}
	}
}
