/* errno of a thread: what the last call that failed said. It may be long ago. */
#ifndef INQ_DIAGNOSE_LAST_ERROR_H
#define INQ_DIAGNOSE_LAST_ERROR_H

#include "lib/space/model.h"

/* Where errno lies from the thread pointer on: the word at `slot`, or, where that is 0, `distance`. */
struct inq_errno_place {
	uint64_t slot, distance;
};

/* What the code of __errno_location at `function` says, as compilers write it for glibc and musl; x86-64 and AArch64. */
bool inq_errno_place(const struct inq_machine *machine, const struct inq_view *code, uint64_t function,
		     struct inq_errno_place *ret);

/* False when it cannot be told. */
bool inq_last_error(struct inq_space *space, const struct inq_thread *thread, uint32_t *ret);

#endif
