/* Which variable was it? From the way a pointer came into a register to its name and type, and the member behind it. */
#ifndef INQ_TYPES_POINTER_H
#define INQ_TYPES_POINTER_H

#include "lib/types/frame.h"

enum { INQ_MOST_LOADS = 4 };

/* Where a pointer came from: a register, or a word of memory; and, for each load after it, the offset that was read at. */
struct inq_pointer_origin {
	bool in_memory;
	uint64_t address; /* in_memory */
	uint8_t reg;	  /* index, else */
	unsigned load_count;
	int64_t loads[INQ_MOST_LOADS];
};

struct inq_pointer_use {
	const char *name;   /* "list->next" */
	const char *target; /* the type that it points to: "struct node" */
	const char *member; /* what of that is at the offset: "next", "slots[3].key"; NULL when there is none */
};

/* The pointer in this frame (its registers known) that came from there and is `expected` now, as memory or the register still
 * shows; and what `size` bytes at `offset` behind it are. False when it is not certain. */
bool inq_pointer_use(struct inq_space *space, const struct inq_typed_frame *frame,
		     const struct inq_pointer_origin *origin, uint64_t expected, uint64_t offset, uint64_t size,
		     struct inq_pointer_use *ret);

#endif
