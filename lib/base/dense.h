/* Where a table of large items that is looked up by a hash has the item of a key. Places are handed out one after the other
 * as keys come, so that a table that stays nearly empty, as most do, touches few pages of memory. Keys with the same slot
 * share their place: the user compares keys. A zeroed struct has handed out none; the table has INQ_DENSE_PLACES items. */
#ifndef INQ_BASE_DENSE_H
#define INQ_BASE_DENSE_H

#include <stddef.h>
#include <stdint.h>

enum { INQ_DENSE_PLACES = 1024 };

struct inq_dense {
	uint16_t slots[INQ_DENSE_PLACES]; /* a place plus 1; 0: none yet */
	uint16_t used;
};

static inline size_t inq_dense_place(struct inq_dense *dense, uint64_t hash)
{
	uint16_t *slot = &dense->slots[hash % INQ_DENSE_PLACES];
	if (!*slot)
		*slot = ++dense->used;
	return *slot - 1U;
}

#endif
