/* A slot: a worker as the run sees it, with what it was given and since when it is at it. Workers come and go, slots stay. */
#ifndef INQ_TRIAGE_SLOT_H
#define INQ_TRIAGE_SLOT_H

#include "lib/triage/pool.h"
#include "lib/triage/task.h"

#include <sys/types.h>

struct inq_mark;

enum { INQ_REASON_SIZE = 128 };

struct inq_slot {
	pid_t pid; /* 0: there is no worker */
	struct inq_channel channel;
	struct inq_tasks tasks; /* given to the worker, and not answered */
	/* How many tasks the worker has ended: by its answers, and by the mark in memory that it shares with the run. It sends
	 * its answers a few at a time, so the mark may be ahead of them. */
	uint64_t answered, seen;
	struct inq_mark *mark;
	uint64_t began;	 /* when the present core was begun, in ns of the monotonic clock */
	uint64_t cpu;	 /* and what CPU time the worker had used, in ns; INQ_UNKNOWN: nobody has looked yet */
	bool leaving;	 /* it has asked to be replaced */
	bool distrusted; /* its answers are not believed */
	char killed[INQ_REASON_SIZE]; /* why the run ended it; "" */
};

void inq_slot_release(struct inq_slot *slot); /* when there is no worker any more */

/* Forks the worker. False with errno. */
bool inq_slot_start(struct inq_slot *slot, const struct inq_pool_setup *setup);
/* The worker is ended if it still runs, and forgotten; its tasks stay. Puts down why it ended. */
void inq_slot_bury(struct inq_slot *slot, double seconds, char reason[static INQ_REASON_SIZE]);

/* Gives it a task; false without memory. */
bool inq_slot_give(struct inq_slot *slot, struct inq_task *task);
/* How many of its tasks, from the first on, the worker ended without the answers having come. */
size_t inq_slot_unheard(const struct inq_slot *slot);
/* The next core begins now. */
void inq_slot_restart_clock(struct inq_slot *slot);
uint64_t inq_slot_elapsed_ms(const struct inq_slot *slot);

/* Ends a worker that takes more than `seconds` of CPU time for a core, or gives no sign of life for far longer. */
void inq_slot_check_time(struct inq_slot *slot, double seconds);

#endif
