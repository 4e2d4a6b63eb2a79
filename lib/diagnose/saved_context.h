/* A signal frame in the process's memory, read and found valid. */
#ifndef INQ_DIAGNOSE_SAVED_CONTEXT_H
#define INQ_DIAGNOSE_SAVED_CONTEXT_H

#include "lib/diagnose/fault.h"
#include "lib/unwind/signal_rows.h"

/* Cheap: whether the bytes may be a signal frame at all. `view` begins at the record's first byte. */
bool inq_may_be_signal_frame(struct inq_space *space, const struct inq_signal_layout *layout,
			     const struct inq_view *view);

/* Reads the frame with the base `address` into *ret (signal, registers, fault address). False when anything in it
 * contradicts what a kernel writes: the interrupted pc must be code, or the address of the fault itself; the stack pointer
 * must belong to the frame's place; the processor's record of the fault must fit the siginfo.
 *
 * A handler without SA_SIGINFO gets a frame whose siginfo was never written. Where the stack leads to the frame (`led`),
 * the processor's record alone will do; the signal then has no code. */
bool inq_read_signal_frame(struct inq_space *space, const struct inq_signal_layout *layout, uint64_t address, bool led,
			   struct inq_fault *ret);

#endif
