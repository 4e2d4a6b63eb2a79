/* What gdb prints of threads beside their stacks: `info registers`, and the table of `info threads`. */
#ifndef INQ_FORMATS_STACKS_GDB_THREADS_H
#define INQ_FORMATS_STACKS_GDB_THREADS_H

#include "formats/stacks/stack_text.h"

/* A row of `info threads`: "* 1    Thread 0x7f12 (LWP 1234) "name" FRAME". */
struct inq_gdb_row {
	uint64_t tid, line;
	struct inq_span name, frame;
	bool current;
};

INQ_VEC(inq_gdb_row_vec, struct inq_gdb_row)

struct inq_gdb_threads {
	struct inq_gdb_row_vec rows;
	struct inq_thread registers; /* of the thread that gdb was looking at: only its registers are filled */
};

bool inq_gdb_is_table(struct inq_span line);
bool inq_gdb_is_register(struct inq_span line);

/* Takes a register or a row of the table; false when the line is neither. */
bool inq_gdb_take_register(struct inq_stack_text *stack, struct inq_gdb_threads *threads);
bool inq_gdb_take_row(struct inq_stack_text *stack, struct inq_gdb_threads *threads);

#endif
