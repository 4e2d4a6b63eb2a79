/* Frames: what kinds there are, why stacks end, and frames as texts print them. */
#ifndef INQ_SPACE_FRAME_H
#define INQ_SPACE_FRAME_H

#include "lib/base/ctx.h"

/* SIGNAL is the trampoline between a handler and what it interrupted; STUB is code that a run-time made for itself. */
enum inq_frame_kind { INQ_FRAME_NATIVE, INQ_FRAME_SIGNAL, INQ_FRAME_INLINE, INQ_FRAME_JAVA, INQ_FRAME_STUB };

/* Why a stack ends. */
enum inq_truncated {
	INQ_END_OUTERMOST,	/* the first frame of the thread: nothing is missing */
	INQ_END_MISSING_MEMORY, /* the stack is not in the artefact from there on */
	INQ_END_NO_UNWIND_INFO,
	INQ_END_LOOP, /* the next frame would be one that was seen, or the stack would go backwards */
	INQ_END_LIMIT,
	INQ_END_BROKEN_CHAIN, /* a text goes on, by a frame pointer that cannot be one */
	INQ_END_UNTOLD	      /* a text ends there, and does not say why */
};

/* A frame as a text prints it. What is not printed is INQ_UNKNOWN or NULL; strings are in the arena. */
struct inq_text_frame {
	uint64_t line; /* of the text */
	uint64_t pc;   /* return address, or the pc itself where `exact` */
	uint64_t base; /* frame pointer (mdb, x86) */
	const char *object;
	uint64_t offset; /* of the pc, from the object's load base */
	const char *symbol;
	uint64_t symbol_offset;
	const char *file;
	unsigned source_line;
	const char *arguments; /* without the parentheses */
	uint64_t context;      /* where the handler's argument says that the registers were saved */
	int signal;	       /* that interrupted it; 0: not printed */
	uint8_t kind;	       /* enum inq_frame_kind */
	bool exact;	       /* pc is the instruction itself, not what follows a call */
	bool interrupted;      /* a signal handler stands above it */
};

struct inq_text_stack {
	const struct inq_text_frame *frames; /* innermost first; NULL when no text tells of the stack */
	size_t count;
	enum inq_truncated end;
};

#endif
