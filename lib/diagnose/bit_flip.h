/* Damaged memory: a register that would hold a good address if one of its bits were another. */
#ifndef INQ_DIAGNOSE_BIT_FLIP_H
#define INQ_DIAGNOSE_BIT_FLIP_H

#include "lib/diagnose/fault.h"

/* The registers of the access that failed; *ret in the arena. Only a register that has exactly one good neighbour is told,
 * so that an address between many mappings gives nothing. */
enum inq_status inq_find_bit_flips(struct inq_space *space, const struct inq_fault *fault,
				   const struct inq_bit_flip **ret, size_t *count);

#endif
