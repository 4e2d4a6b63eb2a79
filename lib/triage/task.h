/* Tasks: what the pool gives to its workers. An item is one task; an archive, which may hold any number of cores, is as many as
 * there are workers. */
#ifndef INQ_TRIAGE_TASK_H
#define INQ_TRIAGE_TASK_H

#include "lib/triage/channel.h"

/* An item on its way. */
struct inq_job {
	struct inq_arena *arena;
	struct inq_item item;
	unsigned tasks;	  /* that have not ended */
	uint64_t results; /* so far */
};

/* Weighs as much as any, such as an archive. */
#define INQ_TASK_HEAVY (UINT64_C(64) << 20)

struct inq_task {
	struct inq_task *next;
	struct inq_job *job;
	struct inq_slice slice;
	uint64_t weight;  /* how much work it may be, in bytes of a core */
	uint64_t results; /* since it was given to a worker */
	char *current;	  /* what the worker begins, where it is not the item itself; NULL */
	unsigned stalls;  /* workers that died at it one after the other, and had begun nothing */
};

/* First in, first out; but those that a dead worker leaves behind go to the front. */
struct inq_tasks {
	struct inq_task *first, *last;
	size_t count;
	uint64_t weight; /* of all */
};

/* The item, copied, as one task. NULL without memory. */
struct inq_task *inq_task_create(const struct inq_item *item);
/* One more for the same item; NULL without memory. */
struct inq_task *inq_task_of(struct inq_job *job, const struct inq_slice *slice);
/* The task ends; true when it was the last of its job, which is then the caller's to destroy. */
bool inq_task_end(struct inq_task *task);
void inq_job_destroy(struct inq_job *job); /* NULL is fine */

bool inq_task_send(const struct inq_task *task, struct inq_channel *channel);
void inq_task_begin(struct inq_task *task, const char *path, size_t length); /* NULL: nothing */

void inq_tasks_append(struct inq_tasks *tasks, struct inq_task *task);
void inq_tasks_prepend(struct inq_tasks *tasks, struct inq_task *task);
struct inq_task *inq_tasks_take(struct inq_tasks *tasks); /* NULL: there is none */
void inq_tasks_release(struct inq_tasks *tasks);	  /* and all in it */

#endif
