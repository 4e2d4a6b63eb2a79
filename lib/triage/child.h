/* What every process that a run starts does first: it keeps nothing of the run's but its end of a socket. */
#ifndef INQ_TRIAGE_CHILD_H
#define INQ_TRIAGE_CHILD_H

#include <stdbool.h>

/* Where the socket is then: behind the standard descriptors. */
enum { INQ_CHILD_CHANNEL = 3 };

/* Nothing of the run's stays open: not its store, not its output; `keep_errors`: but standard error. */
bool inq_child_keep_only(int socket, bool keep_errors);
/* Signals do again what they do in a process that has set nothing. */
void inq_child_reset_signals(void);

#endif
