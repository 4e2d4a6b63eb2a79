/* The next set bit. */
#include "lib/heap/bits.h"

static size_t last_filled(const uint64_t *map, size_t from)
{
	for (size_t at = from + 1; at-- > 0;)
		if (map[at])
			return at;
	return SIZE_MAX;
}

static size_t first_filled(const uint64_t *map, size_t words, size_t from)
{
	for (size_t at = from; at < words; at++)
		if (map[at])
			return at;
	return SIZE_MAX;
}

size_t inq_bits_below(const uint64_t *map, const uint64_t *sum, size_t bit)
{
	size_t at = bit / INQ_BITS;
	uint64_t word = map[at] & UINT64_MAX >> (INQ_BITS - 1 - bit % INQ_BITS);
	if (word)
		return at * INQ_BITS + inq_bits_highest(word);
	if (at == 0)
		return SIZE_MAX;
	at = sum ? inq_bits_below(sum, NULL, at - 1) : last_filled(map, at - 1);
	return at == SIZE_MAX ? SIZE_MAX : at * INQ_BITS + inq_bits_highest(map[at]);
}

size_t inq_bits_above(const uint64_t *map, size_t words, const uint64_t *sum, size_t bit)
{
	size_t at = bit / INQ_BITS;
	uint64_t word = bit % INQ_BITS == INQ_BITS - 1 ? 0 : map[at] & UINT64_MAX << (bit % INQ_BITS + 1);
	if (word)
		return at * INQ_BITS + inq_bits_lowest(word);
	at = sum ? inq_bits_above(sum, inq_bits_words(words), NULL, at) : first_filled(map, words, at + 1);
	return at == SIZE_MAX ? SIZE_MAX : at * INQ_BITS + inq_bits_lowest(map[at]);
}
