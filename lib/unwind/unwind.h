/* Backtraces: from the registers of a thread to its callers, each frame with how it was found and how sure that is.
 *
 * The walk is generic: it knows memory by address (lib/space) and asks the steppers (stepper.h, steppers.def) in turn for
 * the caller's registers; the first that can answer wins. Confidence only falls on the way: below a frame found by a scan
 * nothing is certain. Ends are told from breaks by `truncated_by`. */
#ifndef INQ_UNWIND_UNWIND_H
#define INQ_UNWIND_UNWIND_H

#include "lib/space/model.h"

/* Registers of one frame, in the order of the processor's row; bit i of `valid`: values[i] is known. */
struct inq_registers {
	uint64_t values[INQ_MAX_REGISTERS];
	uint64_t valid;
	struct inq_view
		vectors; /* the floating-point and vector registers, see struct inq_arch_vectors; size 0: not known */
};

enum inq_found_by {
	INQ_FOUND_CONTEXT,	/* the thread's own registers, or a saved context */
	INQ_FOUND_CFI,		/* call-frame information */
	INQ_FOUND_SIGNAL_FRAME, /* the context that the kernel saved when it delivered a signal */
	INQ_FOUND_FRAME_POINTER,
	INQ_FOUND_LINK_REGISTER,
	INQ_FOUND_SCAN, /* the first word of the stack that looks like a return address */
	INQ_FOUND_TEXT	/* a text artefact says so */
};

struct inq_frame {
	uint64_t pc; /* return address, or the exact pc where `exact` */
	uint64_t sp; /* stack pointer in that frame */
	bool exact; /* pc is the instruction itself (the top frame, one interrupted by a signal), not what follows a call */
	uint8_t kind;	    /* enum inq_frame_kind */
	uint8_t found_by;   /* enum inq_found_by */
	uint8_t confidence; /* enum inq_confidence */
};

INQ_VEC(inq_frame_vec, struct inq_frame)

struct inq_stack {
	struct inq_frame_vec frames; /* innermost first */
	enum inq_truncated truncated_by;
};

/* Told of each frame with its registers, innermost first; returns false to end the walk (INQ_END_LIMIT). */
typedef bool inq_frame_visitor(void *data, const struct inq_frame *frame, const struct inq_registers *registers);

/* Walks from `start`. `limit`: most frames. Opens objects' files only where a frame falls into them. */
enum inq_truncated inq_unwind_walk(struct inq_space *space, const struct inq_registers *start, size_t limit,
				   inq_frame_visitor *visitor, void *data);

/* The registers of a thread as it ended. */
struct inq_registers inq_registers_of_thread(const struct inq_thread *thread, const struct inq_arch *arch);

/* The stack of a thread. INQ_NO_MEMORY, or INQ_OK with at least frame 0 if the thread has a pc. The caller releases
 * ret->frames. */
enum inq_status inq_unwind_thread(struct inq_space *space, const struct inq_thread *thread, size_t limit,
				  struct inq_stack *ret);

/* The canonical frame address of the frame with these registers, by call-frame information; `address` is its pc, or the byte
 * before a return address (then not `exact`). False when there is none. */
bool inq_unwind_cfa(struct inq_space *space, const struct inq_registers *registers, uint64_t address, bool exact,
		    uint64_t *ret);

/* The registers of that frame's caller, likewise; its pc is where the frame returns to. False also for what a signal
 * interrupted, which is no caller. */
bool inq_unwind_caller(struct inq_space *space, const struct inq_registers *registers, uint64_t address, bool exact,
		       struct inq_registers *ret);

const char *inq_found_by_name(enum inq_found_by found_by);    /* "cfi", …: the contract's */
const char *inq_truncated_name(enum inq_truncated truncated); /* "outermost", … */
const char *inq_frame_kind_name(enum inq_frame_kind kind);

#endif
