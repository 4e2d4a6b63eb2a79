/* Look-up in arrays of ranges that are sorted by address and disjoint: INQ_RANGES(inq_segment, struct inq_segment) makes, for a
 * struct with the members `start` and `end`,
 *   inq_segment_from(items, count, address)  the index of the first that ends above the address; `count` when none does
 *   inq_segment_at(items, count, address)    the one that holds it; NULL */
#ifndef INQ_BASE_RANGES_H
#define INQ_BASE_RANGES_H

#include <stddef.h>
#include <stdint.h>

#define INQ_RANGES(name, type)                                                                                         \
	__attribute__((unused)) static inline size_t name##_from(const type *items, size_t count, uint64_t address)    \
	{                                                                                                              \
		size_t low = 0, high = count;                                                                          \
		while (low < high) {                                                                                   \
			size_t middle = low + (high - low) / 2;                                                        \
			if (items[middle].end > address)                                                               \
				high = middle;                                                                         \
			else                                                                                           \
				low = middle + 1;                                                                      \
		}                                                                                                      \
		return low;                                                                                            \
	}                                                                                                              \
	__attribute__((unused)) static inline const type *name##_at(const type *items, size_t count, uint64_t address) \
	{                                                                                                              \
		size_t index = name##_from(items, count, address);                                                     \
		return index < count && items[index].start <= address ? &items[index] : NULL;                          \
	}

#endif
