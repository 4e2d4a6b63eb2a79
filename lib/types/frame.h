/* The parameters of a frame's function, with their values as far as the core and the frame's registers tell. */
#ifndef INQ_TYPES_FRAME_H
#define INQ_TYPES_FRAME_H

#include "lib/unwind/unwind.h"

#include <inquest/report.h>

/* One frame, or a function that was inlined at its pc. */
struct inq_typed_frame {
	uint64_t pc;
	bool back;			       /* pc is a return address */
	unsigned depth;			       /* 0: the innermost function at that pc */
	const struct inq_registers *registers; /* NULL: not known */
	bool readable;			       /* names of linkers are made readable in values */
};

struct inq_frame_parameters {
	const char *prototype; /* "int (int, char **)" */
	const struct inq_argument *arguments;
	size_t count;
};

/* False when no types of that function are known. The result is in the arena. */
bool inq_parameters_of_frame(struct inq_space *space, const struct inq_typed_frame *frame,
			     struct inq_frame_parameters *ret);

#endif
