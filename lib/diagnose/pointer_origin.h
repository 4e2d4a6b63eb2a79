/* How the pointer at a fault came into its register: by the instructions before, which load it from a variable, or from a
 * member behind another pointer. */
#ifndef INQ_DIAGNOSE_POINTER_ORIGIN_H
#define INQ_DIAGNOSE_POINTER_ORIGIN_H

#include "lib/diagnose/fault.h"
#include "lib/types/pointer.h"

/* Names the pointer in the register (the whole one: "rax") that the instruction at fault goes through, and what `size` bytes at
 * `offset` behind it are. False where types are not known, or the way is not certain. */
bool inq_pointer_at_fault(struct inq_space *space, const struct inq_fault *fault, const char *reg, uint64_t offset,
			  uint64_t size, struct inq_pointer_use *ret);

#endif
