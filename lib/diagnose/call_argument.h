/* What a call was given, by the instructions before it. */
#ifndef INQ_DIAGNOSE_CALL_ARGUMENT_H
#define INQ_DIAGNOSE_CALL_ARGUMENT_H

#include "lib/space/model.h"

/* The constant text that the call before `returns_to` passes as the argument (0 to 3); NULL for none. x86-64 only. */
const char *inq_constant_argument(struct inq_space *space, uint64_t returns_to, unsigned argument);

#endif
