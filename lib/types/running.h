/* A function as it was running in a frame: what frame.c and pointer.c share. */
#ifndef INQ_TYPES_RUNNING_H
#define INQ_TYPES_RUNNING_H

#include "lib/types/frame.h"
#include "lib/types/location.h"

struct inq_running {
	struct inq_space *space;
	struct inq_function function;
	struct inq_type_unit *unit;
	struct inq_scope scope;
};

/* False when no types of the frame's function are known. `variables`: with its variables, too. */
bool inq_running_open(struct inq_space *space, const struct inq_typed_frame *frame, bool variables,
		      struct inq_running *ret);

#endif
