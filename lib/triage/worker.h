/* The inside of a worker process: from the fork to its end. */
#ifndef INQ_TRIAGE_WORKER_H
#define INQ_TRIAGE_WORKER_H

#include "lib/triage/pool.h"

#include <sys/types.h>

/* Enters the sandbox, then takes items from the socket and sends their results, until the run `parent` is gone or the worker
 * has grown too large. Called right after fork, in the child: the process ends here. */
_Noreturn void inq_worker_main(int socket, pid_t parent, const struct inq_pool_setup *setup);

#endif
