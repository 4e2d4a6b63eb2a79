/* Maps of bits, and the next set one in each direction. A second map may sum up the first, a bit for each of its words, so that
 * long stretches of nothing are passed over. */
#ifndef INQ_HEAP_BITS_H
#define INQ_HEAP_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INQ_BITS = 64 };

static inline size_t inq_bits_words(uint64_t bits)
{
	return (size_t)((bits + INQ_BITS - 1) / INQ_BITS);
}

static inline void inq_bits_set(uint64_t *map, size_t bit)
{
	map[bit / INQ_BITS] |= (uint64_t)1 << bit % INQ_BITS;
}

static inline void inq_bits_clear(uint64_t *map, size_t bit)
{
	map[bit / INQ_BITS] &= ~((uint64_t)1 << bit % INQ_BITS);
}

static inline bool inq_bits_get(const uint64_t *map, size_t bit)
{
	return map[bit / INQ_BITS] >> bit % INQ_BITS & 1;
}

static inline size_t inq_bits_highest(uint64_t word)
{
	return INQ_BITS - 1 - (size_t)__builtin_clzll(word);
}

static inline size_t inq_bits_lowest(uint64_t word)
{
	return (size_t)__builtin_ctzll(word);
}

/* The highest set bit at or below `bit`; SIZE_MAX for none. `sum` may be NULL. */
size_t inq_bits_below(const uint64_t *map, const uint64_t *sum, size_t bit);
/* The lowest set bit above `bit`. */
size_t inq_bits_above(const uint64_t *map, size_t words, const uint64_t *sum, size_t bit);

#endif
