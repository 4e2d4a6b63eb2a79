/* A slot: a worker as the run sees it, with what it was given and since when it is at it. Workers come and go, slots stay. */
#ifndef INQ_TRIAGE_SLOT_H
#define INQ_TRIAGE_SLOT_H

#include "lib/triage/pool.h"
#include "lib/triage/task.h"

#include <sys/types.h>

enum { INQ_REASON_SIZE = 128 };

struct inq_slot {
	pid_t pid; /* 0: there is no worker */
	struct inq_channel channel;
	struct inq_tasks tasks; /* the first is being worked at, the next waits at the worker */
	uint64_t began, cpu; /* when the present core was begun: the monotonic clock and the worker's CPU time, in ns */
	bool leaving;	     /* it has asked to be replaced */
	char killed[INQ_REASON_SIZE]; /* why the run ended it; "" */
};

/* Forks the worker. False with errno. */
bool inq_slot_start(struct inq_slot *slot, const struct inq_pool_setup *setup);
/* The worker is ended if it still runs, and forgotten; its tasks stay. Puts down why it ended. */
void inq_slot_bury(struct inq_slot *slot, double seconds, char reason[static INQ_REASON_SIZE]);

/* Gives it a task; false without memory. */
bool inq_slot_give(struct inq_slot *slot, struct inq_task *task);
/* The next core begins now. */
void inq_slot_restart_clock(struct inq_slot *slot);
uint64_t inq_slot_elapsed_ms(const struct inq_slot *slot);

/* Ends a worker that takes more than `seconds` of CPU time for a core, or gives no sign of life for far longer. */
void inq_slot_check_time(struct inq_slot *slot, double seconds);

#endif
