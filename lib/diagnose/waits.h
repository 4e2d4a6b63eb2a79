/* What each thread waits for: a lock and who holds it, another thread's end, or a system call that blocks. */
#ifndef INQ_DIAGNOSE_WAITS_H
#define INQ_DIAGNOSE_WAITS_H

#include "lib/space/model.h"

#include <inquest/report.h>

enum { INQ_NO_OWNER = UINT32_MAX };

struct inq_wait {
	const char *what; /* "mutex 0x…, held by thread 12"; NULL: it runs, or nothing is known */
	uint64_t object;  /* address of what it waits for; 0 when it has none */
	uint32_t owner;	  /* index of the thread that must go on first; INQ_NO_OWNER */
	bool lock;	  /* `object` is a lock; false: the owner is a thread whose end is waited for */
};

/* One row for each thread of the space, in the arena. `threads`: the same with their frames, whose functions tell what a
 * futex is. */
enum inq_status inq_find_waits(struct inq_space *space, const struct inq_thread_info *threads,
			       const struct inq_wait **ret);

#endif
