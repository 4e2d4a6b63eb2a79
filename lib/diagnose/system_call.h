/* System calls of Linux: which one a thread is in, by its registers, and what they are called. */
#ifndef INQ_DIAGNOSE_SYSTEM_CALL_H
#define INQ_DIAGNOSE_SYSTEM_CALL_H

#include "lib/unwind/unwind.h"

enum { INQ_CALL_ARGUMENTS = 2 };

struct inq_system_call {
	uint64_t number;
	const char *name; /* NULL for one that the table does not have */
	uint64_t arguments[INQ_CALL_ARGUMENTS];
};

/* The call that the registers tell of: the one that the thread is in (inq_in_system_call), or made last. False for a system or
 * processor whose convention is not known, and where the register is not there. */
bool inq_system_call(const struct inq_space *space, const struct inq_registers *registers, struct inq_system_call *ret);

/* True when the thread waits in the kernel, or was interrupted there. */
bool inq_in_system_call(struct inq_space *space, const struct inq_registers *registers);
/* True when the registers prove that the thread was in no call that sends a signal. Only x86's do. */
bool inq_sends_no_signal(struct inq_space *space, const struct inq_registers *registers);

#endif
