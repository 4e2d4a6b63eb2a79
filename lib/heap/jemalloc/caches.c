/* Caches of threads (tcache) of jemalloc 5.3 on x86-64. A thread's variables hold an array of bins, one for each size class: the
 * top of a stack of free blocks, how many it served, and the low 16 bits of three addresses: the low water mark, the stack when
 * full and when empty. The stacks stand one behind the other, so where one ends the next begins: so the array is known.
 *
 * Source: jemalloc 5.3, include/jemalloc/internal/{tcache_structs,cache_bin}.h, src/cache_bin.c. */
#include "lib/heap/jemalloc/caches.h"

enum {
	WORD = 8,
	BIN = 24, /* head, requests, three times 16 bits */
	BIN_LIMITS = 16,
	ENOUGH_BINS = 20,
	MOST_BINS = 80,
	MOST_CACHED = 1 << 12,
	SEARCHED = 16 << 10 /* of variables below the thread pointer */
};

struct bin {
	uint64_t head;
	uint16_t full, empty;
};

static bool read_bin(struct inq_words *words, uint64_t at, struct bin *ret)
{
	uint64_t limits;
	if (!inq_word_at(words, at, &ret->head) || !inq_word_at(words, at + BIN_LIMITS, &limits))
		return false;
	ret->full = limits >> 16 & 0xffff;
	ret->empty = limits >> 32 & 0xffff;
	uint16_t room = (uint16_t)(ret->empty - ret->full), used = (uint16_t)(ret->empty - (uint16_t)ret->head);
	return ret->head && ret->head % WORD == 0 && room && room % WORD == 0 && used <= room;
}

/* How many bins stand there, each of which begins where the last one ends. */
static size_t count_bins(struct inq_words *words, uint64_t at)
{
	struct bin bin, last = { 0 };
	size_t count = 0;
	for (; count < MOST_BINS && read_bin(words, at + count * BIN, &bin); count++, last = bin)
		if (count && bin.full != last.empty)
			break;
	return count;
}

static void mark_bin(struct inq_slabs *slabs, const struct bin *bin)
{
	uint16_t used = (uint16_t)(bin->empty - (uint16_t)bin->head);
	for (uint64_t at = 0; at < used && at < MOST_CACHED * WORD; at += WORD)
		inq_slabs_free(slabs, inq_word(&slabs->words, bin->head + at));
}

static bool mark_thread(struct inq_slabs *slabs, uint64_t pointer)
{
	struct inq_words *words = &slabs->others;
	for (uint64_t below = SEARCHED; below; below -= WORD) {
		size_t count = count_bins(words, pointer - below);
		struct bin bin;
		if (count < ENOUGH_BINS)
			continue;
		for (size_t i = 0; i < count; i++)
			if (read_bin(words, pointer - below + i * BIN, &bin)) {
				mark_bin(slabs, &bin);
				inq_slabs_own(slabs, bin.head);
			}
		return true;
	}
	return false;
}

size_t inq_jemalloc_mark_cached(struct inq_slabs *slabs)
{
	const struct inq_space *space = slabs->words.space;
	uint64_t pointer;
	size_t count = 0;
	for (size_t i = 0; i < space->threads.count; i++)
		if (inq_thread_control_block(space, &space->threads.items[i], &pointer) && pointer > SEARCHED)
			count += mark_thread(slabs, pointer);
	return count;
}
