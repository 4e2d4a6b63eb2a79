/* Tasks and their queues. */
#include "lib/triage/task.h"

#include <stdlib.h>
#include <string.h>

/* A copy of the item with all its strings: made by the way that it goes to a worker. */
static bool copy_item(const struct inq_item *item, struct inq_job *job)
{
	const struct inq_slice all = { .parts = 1 };
	struct inq_bytes bytes = { 0 };
	struct inq_slice slice;
	bool good = inq_item_encode(item, &all, &bytes);
	size_t size = bytes.end - bytes.start;
	const char *body = good ? inq_arena_copy(job->arena, bytes.bytes + bytes.start, size) : NULL;
	free(bytes.bytes);
	return body && inq_item_decode(body, size, job->arena, &job->item, &slice);
}

static struct inq_job *create_job(const struct inq_item *item)
{
	struct inq_job *job = inq_alloc(sizeof *job);
	if (!job)
		return NULL;
	job->arena = inq_arena_create();
	if (job->arena && copy_item(item, job))
		return job;
	inq_job_destroy(job);
	return NULL;
}

void inq_job_destroy(struct inq_job *job)
{
	if (!job)
		return;
	inq_arena_destroy(job->arena);
	free(job);
}

static uint64_t weigh(const struct inq_item *item)
{
	enum { PACKS = 16 }; /* to a small part, as most cores are */
	uint64_t times = item->kind == INQ_ITEM_CORE ? 1 : PACKS;
	if (item->kind == INQ_ITEM_ARCHIVE || item->size > INQ_TASK_HEAVY / times)
		return INQ_TASK_HEAVY;
	return item->size * times;
}

struct inq_task *inq_task_of(struct inq_job *job, const struct inq_slice *slice)
{
	struct inq_task *task = inq_alloc(sizeof *task);
	if (!task)
		return NULL;
	*task = (struct inq_task) { .job = job, .slice = *slice, .weight = weigh(&job->item) };
	job->tasks++;
	return task;
}

struct inq_task *inq_task_create(const struct inq_item *item)
{
	const struct inq_slice all = { .parts = 1 };
	struct inq_job *job = create_job(item);
	struct inq_task *task = job ? inq_task_of(job, &all) : NULL;
	if (!task)
		inq_job_destroy(job);
	return task;
}

bool inq_task_end(struct inq_task *task)
{
	bool last = --task->job->tasks == 0;
	free(task->current);
	free(task);
	return last;
}

bool inq_task_send(const struct inq_task *task, struct inq_channel *channel)
{
	struct inq_bytes body = { 0 };
	bool good = inq_item_encode(&task->job->item, &task->slice, &body) &&
		    inq_channel_put(channel, INQ_MESSAGE_ITEM, body.bytes + body.start, body.end - body.start);
	free(body.bytes);
	return good;
}

void inq_task_begin(struct inq_task *task, const char *path, size_t length)
{
	free(task->current);
	task->current = path ? inq_alloc(length + 1) : NULL;
	if (task->current)
		memcpy(task->current, path, length);
}

void inq_tasks_append(struct inq_tasks *tasks, struct inq_task *task)
{
	task->next = NULL;
	if (tasks->last)
		tasks->last->next = task;
	else
		tasks->first = task;
	tasks->last = task;
	tasks->count++;
	tasks->weight += task->weight;
}

void inq_tasks_prepend(struct inq_tasks *tasks, struct inq_task *task)
{
	task->next = tasks->first;
	tasks->first = task;
	if (!tasks->last)
		tasks->last = task;
	tasks->count++;
	tasks->weight += task->weight;
}

struct inq_task *inq_tasks_take(struct inq_tasks *tasks)
{
	struct inq_task *task = tasks->first;
	if (!task)
		return NULL;
	tasks->first = task->next;
	if (!tasks->first)
		tasks->last = NULL;
	tasks->count--;
	tasks->weight -= task->weight;
	return task;
}

void inq_tasks_release(struct inq_tasks *tasks)
{
	struct inq_task *task;
	while ((task = inq_tasks_take(tasks))) {
		struct inq_job *job = task->job;
		if (inq_task_end(task))
			inq_job_destroy(job);
	}
}
