/* The fault behind a signal handler: many programs catch SIGSEGV, print something and call abort(), so that the core says
 * SIGABRT. What the processor really did is in the context that the kernel saved on the stack when it called the
 * handler. */
#ifndef INQ_DIAGNOSE_BEHIND_HANDLER_H
#define INQ_DIAGNOSE_BEHIND_HANDLER_H

#include "lib/diagnose/fault.h"

struct inq_original {
	struct inq_fault fault;
	uint64_t context; /* address of the signal frame; INQ_UNKNOWN for one that a text does not tell */
	bool unwound;	  /* the stack leads to it, frame by frame; false: found by searching the stack's bytes */
	unsigned nested;  /* how many handlers were interrupted by further signals, 0 for one handler */
	enum inq_confidence confidence;
};

/* The signal that a handler was called for, by the stack pointer of the signal's frame on the thread's stack. */
bool inq_handled_at(struct inq_space *space, const struct inq_thread *thread, uint64_t sp, struct inq_fault *ret);

/* True with *ret filled when `last`, the signal that ended the process, was raised inside a handler. */
bool inq_behind_handler(struct inq_space *space, const struct inq_fault *last, struct inq_original *ret);

/* The same for a handler that had not returned, in any thread, when the process was ended by another one, or by another thread: it
 * had passed the fault on, or hung. Never certain. */
bool inq_behind_waiting_handler(struct inq_space *space, const struct inq_fault *last, struct inq_original *ret);

/* The same by a stack that a text prints, of which `count` frames are to be believed. *frame: the interrupted one. */
bool inq_behind_printed_handler(struct inq_space *space, const struct inq_fault *last, size_t count,
				struct inq_original *ret, size_t *frame);

#endif
