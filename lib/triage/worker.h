/* The inside of a worker process: from the fork to its end. */
#ifndef INQ_TRIAGE_WORKER_H
#define INQ_TRIAGE_WORKER_H

#include "lib/triage/pool.h"

#include <stdatomic.h>
#include <sys/types.h>

/* Shared with the run: how many tasks the worker has ended. When it dies, this tells at which task. */
struct inq_mark {
	_Atomic uint64_t ended;
};

/* Enters the sandbox, then takes items from the socket and sends their results, until the run `parent` is gone or the worker
 * has grown too large. Called right after fork, in the child: the process ends here. */
_Noreturn void inq_worker_main(int socket, pid_t parent, const struct inq_pool_setup *setup, struct inq_mark *mark);

#endif
