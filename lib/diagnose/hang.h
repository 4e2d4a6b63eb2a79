/* A process that hangs: threads that wait for each other in a ring, or all for one that holds a lock. */
#ifndef INQ_DIAGNOSE_HANG_H
#define INQ_DIAGNOSE_HANG_H

#include "lib/diagnose/waits.h"

struct inq_hang {
	uint32_t thread; /* index: one in the ring, the one with the lowest; or who holds the lock */
	size_t ring;	 /* threads in the ring; 0: there is none */
	size_t waiters;	 /* threads that wait, directly or by others, for `thread` */
	uint64_t object; /* the lock that they wait for */
};

/* The largest ring; else the lock with the most waiters, at least two and at least half of all threads but its holder.
 * *ret: in the arena; NULL when there is neither. */
enum inq_status inq_find_hang(struct inq_ctx *ctx, const struct inq_wait *waits, size_t count,
			      const struct inq_hang **ret);

#endif
