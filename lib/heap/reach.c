/* Which blocks a chain of pointers leads to, from registers, stacks and data: what a conservative garbage collector does. Any
 * word that may be an address in a block is taken for a pointer to it, so a block may be missed as a leak, but what is told
 * to be lost was pointed to by nothing that the core holds.
 *
 * Blocks still to be looked into are on a list of fixed size; what does not fit is marked `pending` and found by a sweep over
 * the map, so that memory stays bounded. */
#include "lib/heap/blocks.h"

enum { MOST_LISTED = 1 << 18, RED_ZONE = 128 };

struct reach {
	struct inq_blocks *blocks;
	uint64_t list[MOST_LISTED]; /* addresses of blocks */
	size_t count;
	bool full;
	struct inq_block_range *last;
	size_t next_range;	  /* of the roots: the first that ends above where they are scanned */
	uint64_t *stack_pointers; /* sorted */
	size_t stack_pointer_count;
};

static void take(struct reach *reach, uint64_t value)
{
	struct inq_block_range *range = reach->last;
	if (!range || value < range->start || value >= range->end) {
		range = inq_blocks_range(reach->blocks, value);
		if (!range)
			return;
		reach->last = range;
	}
	size_t bit = inq_bits_below(range->starts, range->filled, inq_block_bit(range, value));
	if (bit == SIZE_MAX || !inq_bits_get(range->live, bit) || inq_bits_get(range->marked, bit))
		return;
	inq_bits_set(range->marked, bit);
	if (reach->count < MOST_LISTED) {
		reach->list[reach->count++] = inq_block_address(range, bit);
	} else {
		inq_bits_set(range->pending, bit);
		reach->full = true;
	}
}

static void scan(struct reach *reach, struct inq_words *words, uint64_t from, uint64_t to)
{
	const struct inq_blocks *blocks = reach->blocks;
	uint64_t low = blocks->low, span = blocks->high - low;
	unsigned word = words->word;
	from = (from + word - 1) & ~(uint64_t)(word - 1);
	while (from < to) {
		uint64_t size = to - from;
		const uint8_t *data = inq_words_piece(words, from, &size);
		if (!data || size < word)
			return;
		size &= ~(uint64_t)(word - 1);
		for (uint64_t i = 0; i < size; i += word) {
			uint64_t value = inq_words_load(words, data + i);
			if (value - low < span)
				take(reach, value);
		}
		from += size;
	}
}

static void scan_block(struct reach *reach, struct inq_words *words, uint64_t start)
{
	struct inq_block_range *range = inq_blocks_range(reach->blocks, start);
	uint64_t end = inq_block_end(range, inq_block_bit(range, start));
	scan(reach, words, start + reach->blocks->header, end + reach->blocks->overhang);
}

/* Blocks that found no place on the list are looked for once it is empty. */
static void refill(struct reach *reach)
{
	reach->full = false;
	reach->blocks->marked_late++;
	for (size_t r = 0; r < reach->blocks->ranges.count; r++) {
		struct inq_block_range *range = &reach->blocks->ranges.items[r];
		for (size_t w = 0; w < range->words; w++)
			while (range->pending[w]) {
				if (reach->count == MOST_LISTED) {
					reach->full = true;
					return;
				}
				size_t bit = w * INQ_BITS + inq_bits_lowest(range->pending[w]);
				range->pending[w] &= range->pending[w] - 1;
				reach->list[reach->count++] = inq_block_address(range, bit);
			}
	}
}

static void drain(struct reach *reach, struct inq_words *words)
{
	while (reach->count || reach->full) {
		if (!reach->count)
			refill(reach);
		while (reach->count)
			scan_block(reach, words, reach->list[--reach->count]);
	}
}

static int by_value(const void *a, const void *b)
{
	const uint64_t *one = a, *other = b;
	return *one < *other ? -1 : *one > *other;
}

static bool list_stack_pointers(struct reach *reach, const struct inq_space *space)
{
	reach->stack_pointers = inq_alloc((space->threads.count + 1) * sizeof *reach->stack_pointers);
	if (!reach->stack_pointers)
		return false;
	for (size_t i = 0; i < space->threads.count; i++)
		reach->stack_pointer_count += inq_thread_sp(space, &space->threads.items[i],
							    &reach->stack_pointers[reach->stack_pointer_count]);
	qsort(reach->stack_pointers, reach->stack_pointer_count, sizeof *reach->stack_pointers, by_value);
	return true;
}

/* What lies below the stack pointer is dead: where the mapping's live part begins. */
static uint64_t alive_from(const struct reach *reach, const struct inq_mapping *mapping)
{
	size_t low = 0, high = reach->stack_pointer_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (reach->stack_pointers[middle] >= mapping->start)
			high = middle;
		else
			low = middle + 1;
	}
	bool is_stack = low < reach->stack_pointer_count && reach->stack_pointers[low] < mapping->end;
	if (!is_stack || reach->stack_pointers[low] - mapping->start < RED_ZONE)
		return mapping->start;
	return reach->stack_pointers[low] - RED_ZONE;
}

/* A mapping without the ranges of blocks that are in it. Mappings come by ascending address, as the ranges do. */
static void scan_around(struct reach *reach, struct inq_words *words, uint64_t from, uint64_t to)
{
	const struct inq_block_range_vec *ranges = &reach->blocks->ranges;
	while (from < to) {
		while (reach->next_range < ranges->count && ranges->items[reach->next_range].end <= from)
			reach->next_range++;
		const struct inq_block_range *range =
			reach->next_range < ranges->count ? &ranges->items[reach->next_range] : NULL;
		if (!range || range->start >= to) {
			scan(reach, words, from, to);
			return;
		}
		if (range->start > from)
			scan(reach, words, from, range->start);
		from = range->end;
	}
}

static void scan_roots(struct reach *reach, struct inq_words *words)
{
	const struct inq_space *space = words->space;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if ((mapping->permissions & INQ_PERM_KNOWN) && !(mapping->permissions & INQ_PERM_WRITE))
			continue;
		reach->blocks->unseen += mapping->end - mapping->start - mapping->data_size;
		scan_around(reach, words, alive_from(reach, mapping), mapping->start + mapping->data_size);
	}
	const struct inq_arch *arch = space->machine.arch;
	for (size_t i = 0; arch && i < space->threads.count; i++)
		for (uint8_t r = 0; r < arch->register_count; r++) {
			uint64_t value;
			if (inq_thread_register(space, &space->threads.items[i], r, &value))
				take(reach, value);
		}
}

enum inq_status inq_blocks_reach(struct inq_blocks *blocks)
{
	struct reach *reach = inq_alloc(sizeof *reach);
	if (!reach)
		return inq_no_memory(blocks->words.space->ctx);
	struct inq_words words = blocks->words;
	reach->blocks = blocks;
	bool listed = list_stack_pointers(reach, words.space);
	if (listed) {
		scan_roots(reach, &words);
		drain(reach, &words);
	}
	free(reach->stack_pointers);
	free(reach);
	return listed ? INQ_OK : inq_no_memory(words.space->ctx);
}
