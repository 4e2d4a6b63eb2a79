/* Lists of threads with their stacks, as mdb prints them: the lines that are not frames. */
#ifndef INQ_FORMATS_STACKS_MDB_THREADS_H
#define INQ_FORMATS_STACKS_MDB_THREADS_H

#include "formats/stacks/stack_text.h"

enum inq_mdb_list { INQ_MDB_NONE, INQ_MDB_FINDSTACK, INQ_MDB_THREADLIST, INQ_MDB_THREADLIST_VERBOSE, INQ_MDB_STACKS };

/* What the lines above say: which list it is, and the thread of its last row. */
struct inq_mdb_threads {
	enum inq_mdb_list list;
	uint64_t row;
	bool command; /* one was typed since the last frame: what follows is another stack */
};

/* The list that begins with this line. */
enum inq_mdb_list inq_mdb_list_heading(struct inq_span line);
/* Takes a line that begins a thread or says who it is. A frame in brackets becomes one without, and is not taken. */
bool inq_mdb_threads_take(struct inq_stack_text *stack, struct inq_mdb_threads *threads);
/* Whether the line is a frame of ::stacks, "swtch+0x145", which no other list prints without parentheses. */
bool inq_mdb_threads_place(const struct inq_mdb_threads *threads, struct inq_span line);

#endif
