/* Where a vector of large items that is looked up by addresses has the item of one. Places are numbered as keys come, so that
 * the vector has only what was put into it: who gets the place behind its last item pushes one. Keys with the same slot share
 * their place: the user compares keys. A zeroed struct has handed out none; there are at most INQ_DENSE_PLACES. */
#ifndef INQ_BASE_DENSE_H
#define INQ_BASE_DENSE_H

#include <stddef.h>
#include <stdint.h>

enum { INQ_DENSE_PLACES = 1024 };

struct inq_dense {
	uint16_t slots[INQ_DENSE_PLACES]; /* a place plus 1; 0, or one that the vector has not got: none yet */
};

/* `count`: of the vector's items. Keys are addresses. */
static inline size_t inq_dense_place(struct inq_dense *dense, uint64_t address, size_t count)
{
	uint16_t *slot = &dense->slots[(address ^ address >> 10) % INQ_DENSE_PLACES];
	if (!*slot || *slot > count)
		*slot = (uint16_t)(count + 1);
	return *slot - 1U;
}

#endif
