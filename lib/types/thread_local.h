/* Thread-local variables of the executable: whose block of them an address is in. */
#ifndef INQ_TYPES_THREAD_LOCAL_H
#define INQ_TYPES_THREAD_LOCAL_H

#include "lib/space/model.h"

/* The executable, and where the block of the thread begins that holds the address. Linux with glibc, x86-64; false for any
 * other, and where the thread's own record contradicts. */
bool inq_thread_local_block(struct inq_space *space, uint64_t address, struct inq_object **object, uint64_t *start);

#endif
