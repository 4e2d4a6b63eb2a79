/* siginfo_t of each system: what the kernel tells of a signal, in a note of a core or on the stack of a handler. */
#ifndef INQ_SPACE_SIGINFO_H
#define INQ_SPACE_SIGINFO_H

#include "lib/space/model.h"

/* Number, code, and fault address or sender, out of a siginfo_t; the rest of *signal stays. False when it holds none. */
bool inq_siginfo_read(enum inq_os os, const struct inq_machine *machine, const struct inq_view *info,
		      struct inq_signal *signal);

/* Cheap: whether the bytes may be a siginfo_t at all: a signal's number, one of the codes, no error. */
bool inq_siginfo_may_be(enum inq_os os, const struct inq_machine *machine, const struct inq_view *info);

#endif
