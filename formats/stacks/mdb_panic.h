/* A panic of the Solaris or illumos kernel, in texts of mdb: ::status, ::panicinfo, and the console's lines in ::msgbuf. */
#ifndef INQ_FORMATS_STACKS_MDB_PANIC_H
#define INQ_FORMATS_STACKS_MDB_PANIC_H

#include "formats/stacks/stack_text.h"

struct inq_mdb_panic {
	bool info;     /* in the table of ::panicinfo */
	bool awaited;  /* the console's message stands in one of the next lines */
	bool console;  /* frames may follow */
	size_t thread; /* of the panic; SIZE_MAX */
	size_t prefix; /* so many bytes the log puts before each line */
};

struct inq_mdb_panic inq_mdb_panic_begin(void);
/* Whether the line begins a text of a panic. */
bool inq_mdb_panic_begins(const struct inq_text *at);
/* "fffffe0012345700 unix:die+df ()": a frame as the kernel prints it. */
bool inq_mdb_panic_is_frame(struct inq_span line);
/* Takes a line that tells of the panic. */
bool inq_mdb_panic_take(struct inq_stack_text *stack, struct inq_mdb_panic *panic);
/* "panic message: TEXT" of ::status: the crash is the kernel's. */
void inq_mdb_panic_message(struct inq_stack_text *stack, struct inq_mdb_panic *panic, struct inq_span message);
/* Takes the kernel's own way of dying off the stack of the thread that panicked: the frame below it is where it went wrong. */
void inq_mdb_panic_trim(struct inq_builder *builder);

#endif
