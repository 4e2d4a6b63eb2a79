/* The supervisor: gives tasks out, takes answers in, and deals with workers that die or take too long. One thread, one poll():
 * nothing here waits for a worker in any other place. */
#include "lib/triage/pool.h"

#include "lib/triage/slot.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORKERS = 1024, TICK_MS = 100 };
/* Who died on the way to a member was perhaps not killed by the archive: it is tried again before all members are given up. */
enum { MOST_STALLS = 3 };
/* A worker has the next task at hand when it ends one, and many when they are small: to wake a process takes as long as to
 * read a tenth of a small core. But none waits behind what takes long. */
enum { DEPTH = 2, MOST_SMALL = 32, SMALL = 16 << 20, SMALL_ARCHIVE = 1 << 20 };
/* More than any archive holds: a worker that was taken over could make up members without end. */
#define MOST_RESULTS (UINT64_C(1) << 22)

struct inq_pool {
	struct inq_pool_setup setup;
	struct inq_tasks waiting;
	struct inq_slot *slots;
	struct pollfd *polls;
	unsigned count;
	double seconds;
	bool no_memory;
};

static unsigned processors(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	return count > 0 ? (unsigned)count : 1;
}

enum inq_status inq_pool_create(const struct inq_pool_setup *setup, struct inq_pool **ret)
{
	struct inq_pool *pool = inq_alloc(sizeof *pool);
	if (!pool)
		return INQ_NO_MEMORY;
	unsigned jobs = setup->options->jobs ? setup->options->jobs : processors();
	pool->setup = *setup;
	pool->count = jobs < MOST_WORKERS ? jobs : MOST_WORKERS;
	pool->seconds = setup->options->seconds > 0 ? setup->options->seconds : INQ_TRIAGE_SECONDS;
	pool->slots = inq_alloc(pool->count * sizeof *pool->slots);
	pool->polls = inq_alloc(pool->count * sizeof *pool->polls);
	if (!pool->slots || !pool->polls) {
		inq_pool_destroy(pool);
		return INQ_NO_MEMORY;
	}
	for (unsigned i = 0; i < pool->count; i++)
		pool->slots[i].channel.fd = -1;
	*ret = pool;
	return INQ_OK;
}

/* They end side by side, and while the run goes on. */
static void dismiss(const struct inq_pool *pool)
{
	for (unsigned i = 0; pool->slots && i < pool->count; i++)
		if (pool->slots[i].pid)
			kill(pool->slots[i].pid, SIGKILL);
}

void inq_pool_destroy(struct inq_pool *pool)
{
	char reason[INQ_REASON_SIZE];
	if (!pool)
		return;
	dismiss(pool);
	for (unsigned i = 0; pool->slots && i < pool->count; i++) {
		if (pool->slots[i].pid)
			inq_slot_bury(&pool->slots[i], pool->seconds, reason);
		inq_slot_release(&pool->slots[i]);
	}
	inq_tasks_release(&pool->waiting);
	free(pool->slots);
	free(pool->polls);
	free(pool);
}

/* Ends a task; with the last one of its item, the item. */
static void end_task(struct inq_pool *pool, struct inq_task *task)
{
	const struct inq_pool_events *events = &pool->setup.events;
	struct inq_job *job = task->job;
	if (!inq_task_end(task))
		return;
	events->ended(events->data, &job->item, job->results);
	inq_job_destroy(job);
}

static void fail(struct inq_pool *pool, const struct inq_slot *slot, struct inq_task *task, const char *path,
		 const char *reason)
{
	const struct inq_pool_events *events = &pool->setup.events;
	task->job->results++;
	events->failed(events->data, &task->job->item, path, reason, inq_slot_elapsed_ms(slot));
}

/* Behind what an archive gave already, and what the worker died of. False when that got no further than the last time. */
static bool go_on_behind(struct inq_task *task)
{
	uint64_t step = task->results + (task->current ? 1 : 0);
	task->slice.skip += step;
	task->results = 0;
	task->stalls = 0;
	inq_task_begin(task, NULL, 0);
	return step > 0;
}

/* What becomes of the task at which a worker died. */
static void blame(struct inq_pool *pool, const struct inq_slot *slot, struct inq_task *task, const char *reason)
{
	const struct inq_item *item = &task->job->item;
	bool archive = item->kind == INQ_ITEM_ARCHIVE;
	if (archive && !task->current && !task->results && ++task->stalls < MOST_STALLS) {
		inq_tasks_prepend(&pool->waiting, task);
		return;
	}
	if (task->current)
		fail(pool, slot, task, task->current, reason);
	else if (!task->results)
		fail(pool, slot, task, item->path, reason);
	if (archive && task->job->results < MOST_RESULTS && go_on_behind(task))
		inq_tasks_prepend(&pool->waiting, task);
	else
		end_task(pool, task);
}

/* A task that the worker ended, but for its answer: it is done again, unless that was nearly the whole of it. */
static void repeat(struct inq_pool *pool, const struct inq_slot *slot, struct inq_task *task, const char *reason)
{
	if (!task->results && task->job->item.kind != INQ_ITEM_ARCHIVE && ++task->stalls < MOST_STALLS)
		inq_tasks_prepend(&pool->waiting, task);
	else
		blame(pool, slot, task, reason);
}

/* A worker has ended, or is not to be believed any more. Of the tasks that it had, one was begun: the first that is not ended
 * by its mark. */
static void bury(struct inq_pool *pool, struct inq_slot *slot)
{
	char reason[INQ_REASON_SIZE];
	inq_slot_bury(slot, pool->seconds, reason);
	struct inq_tasks left = slot->tasks;
	size_t ended = slot->distrusted ? 0 : inq_slot_unheard(slot);
	bool begun = !slot->leaving;
	slot->tasks = (struct inq_tasks) { 0 };
	for (struct inq_task *task; (task = inq_tasks_take(&left));) {
		if (ended)
			repeat(pool, slot, task, reason);
		else if (begun)
			blame(pool, slot, task, reason);
		else
			inq_tasks_prepend(&pool->waiting, task);
		begun &= ended > 0;
		ended -= ended > 0;
	}
}

static void distrust(struct inq_slot *slot, const char *why)
{
	snprintf(slot->killed, sizeof slot->killed, "the worker's answer cannot be used: %s", why);
	slot->distrusted = true;
}

static void take_result(struct inq_pool *pool, struct inq_slot *slot, struct inq_task *task,
			const struct inq_message *message)
{
	const struct inq_pool_events *events = &pool->setup.events;
	const struct inq_item *item = &task->job->item;
	const char *why = NULL;
	if (task->job->results >= (item->kind == INQ_ITEM_ARCHIVE ? MOST_RESULTS : 1))
		why = "it has more results than there can be";
	else
		why = events->result(events->data, item, message->body, message->size);
	if (why) {
		distrust(slot, why);
		return;
	}
	task->results++;
	task->job->results++;
	inq_task_begin(task, NULL, 0);
	inq_slot_restart_clock(slot);
}

/* The members of an archive are shared out among the workers. Each reads all of it, so little ones are not. */
static void add_parts(struct inq_pool *pool, struct inq_job *job)
{
	unsigned parts = job->item.size < SMALL_ARCHIVE ? 1 : pool->count;
	job->item.kind = INQ_ITEM_ARCHIVE;
	for (unsigned part = 0; part < parts; part++) {
		struct inq_slice slice = { .part = part, .parts = parts };
		struct inq_task *more = inq_task_of(job, &slice);
		if (more)
			inq_tasks_append(&pool->waiting, more);
		pool->no_memory |= !more;
	}
}

static void end_first(struct inq_pool *pool, struct inq_slot *slot)
{
	slot->answered++;
	end_task(pool, inq_tasks_take(&slot->tasks));
	inq_slot_restart_clock(slot);
}

/* A compressed file turned out to be an archive. */
static void take_archive(struct inq_pool *pool, struct inq_slot *slot, struct inq_task *task)
{
	if (task->job->item.kind != INQ_ITEM_PACKED || task->results) {
		distrust(slot, "it calls an archive what is none");
		return;
	}
	add_parts(pool, task->job);
	end_first(pool, slot);
}

static void take_end(struct inq_pool *pool, struct inq_slot *slot, const struct inq_message *message)
{
	slot->leaving = message->size > 0 && message->body[0];
	end_first(pool, slot);
}

/* Only members of the archive are told of: "cores.tar//a/core.1". */
static bool is_member(const struct inq_item *item, const struct inq_message *message)
{
	size_t length = strlen(item->path);
	return item->kind == INQ_ITEM_ARCHIVE && message->size > length + 2 &&
	       memcmp(message->body, item->path, length) == 0 && memcmp(message->body + length, "//", 2) == 0;
}

static void take_begin(struct inq_pool *pool, struct inq_slot *slot, struct inq_task *task,
		       const struct inq_message *message)
{
	const struct inq_pool_events *events = &pool->setup.events;
	if (!is_member(&task->job->item, message)) {
		distrust(slot, "it begins what it was not given");
		return;
	}
	inq_task_begin(task, message->body, message->size);
	if (task->current)
		events->begun(events->data, task->current);
	pool->no_memory |= !task->current;
	inq_slot_restart_clock(slot);
}

static void take_message(struct inq_pool *pool, struct inq_slot *slot, const struct inq_message *message)
{
	struct inq_task *task = slot->tasks.first;
	if (!task || slot->leaving) {
		distrust(slot, "it answers what it was not asked");
		return;
	}
	switch (message->kind) {
	case INQ_MESSAGE_BEGIN:
		take_begin(pool, slot, task, message);
		break;
	case INQ_MESSAGE_RESULT:
		take_result(pool, slot, task, message);
		break;
	case INQ_MESSAGE_END:
		take_end(pool, slot, message);
		break;
	case INQ_MESSAGE_WANT:
		pool->setup.events.want(pool->setup.events.data, message->body, message->size);
		break;
	case INQ_MESSAGE_ARCHIVE:
		take_archive(pool, slot, task);
		break;
	case INQ_MESSAGE_ITEM:
		distrust(slot, "it asks for what it is to do");
		break;
	}
}

/* All that a worker has sent. A closed channel comes last, behind what was sent before. */
static void listen_to(struct inq_pool *pool, struct inq_slot *slot)
{
	const struct inq_pool_events *events = &pool->setup.events;
	enum inq_channel_state state = inq_channel_fill(&slot->channel), taken;
	struct inq_message message;
	while ((taken = inq_channel_take(&slot->channel, &message)) == INQ_CHANNEL_DONE && !slot->killed[0] &&
	       !*events->stop)
		take_message(pool, slot, &message);
	if (taken == INQ_CHANNEL_CLOSED && !slot->killed[0])
		distrust(slot, "it is no message");
	if (state == INQ_CHANNEL_CLOSED || slot->killed[0])
		bury(pool, slot);
}

static bool may_take(const struct inq_slot *slot)
{
	const struct inq_tasks *tasks = &slot->tasks;
	if (slot->leaving || slot->killed[0])
		return false;
	return tasks->count < DEPTH ? tasks->weight < INQ_TASK_HEAVY
				    : tasks->count < MOST_SMALL && tasks->weight < SMALL;
}

/* An idle worker, else a new one, else one that is at its last task. NULL: there is none; *failed tells that one could
 * not be started. */
static struct inq_slot *find_slot(struct inq_pool *pool, bool *failed)
{
	struct inq_slot *best = NULL;
	for (unsigned i = 0; i < pool->count; i++) {
		struct inq_slot *slot = &pool->slots[i];
		if (slot->pid && may_take(slot) && (!best || slot->tasks.count < best->tasks.count))
			best = slot;
	}
	for (unsigned i = 0; (!best || best->tasks.count) && i < pool->count && !*failed; i++) {
		if (pool->slots[i].pid)
			continue;
		*failed = !inq_slot_start(&pool->slots[i], &pool->setup);
		return *failed ? best : &pool->slots[i];
	}
	return best;
}

static bool has_workers(const struct inq_pool *pool)
{
	for (unsigned i = 0; i < pool->count; i++)
		if (pool->slots[i].pid)
			return true;
	return false;
}

/* Gives out what waits. INQ_UNUSABLE when there is nobody to give it to. */
static enum inq_status give_out(struct inq_pool *pool)
{
	const struct inq_pool_events *events = &pool->setup.events;
	bool failed = false;
	while (pool->waiting.first) {
		struct inq_slot *slot = find_slot(pool, &failed);
		if (!slot)
			break;
		struct inq_task *task = inq_tasks_take(&pool->waiting);
		if (!slot->tasks.first)
			events->begun(events->data, task->job->item.path);
		if (!inq_slot_give(slot, task)) {
			inq_tasks_prepend(&pool->waiting, task);
			return INQ_NO_MEMORY;
		}
	}
	return failed && !has_workers(pool) ? INQ_UNUSABLE : INQ_OK;
}

static void prepare_polls(struct inq_pool *pool)
{
	for (unsigned i = 0; i < pool->count; i++) {
		struct inq_slot *slot = &pool->slots[i];
		bool later = slot->pid && inq_channel_flush(&slot->channel) == INQ_CHANNEL_LATER;
		pool->polls[i] = (struct pollfd) { .fd = slot->pid ? slot->channel.fd : -1,
						   .events = (short)(POLLIN | (later ? POLLOUT : 0)) };
	}
}

/* Waits for the workers for a moment, and deals with what they say. */
static enum inq_status go_round(struct inq_pool *pool)
{
	const struct inq_pool_events *events = &pool->setup.events;
	enum inq_status status = give_out(pool);
	if (status != INQ_OK)
		return status;
	prepare_polls(pool);
	if (poll(pool->polls, pool->count, TICK_MS) < 0 && errno != EINTR)
		return INQ_UNUSABLE;
	for (unsigned i = 0; i < pool->count && !*events->stop; i++) {
		if (pool->polls[i].revents & (POLLIN | POLLHUP | POLLERR))
			listen_to(pool, &pool->slots[i]);
		inq_slot_check_time(&pool->slots[i], pool->seconds);
	}
	events->waited(events->data);
	if (pool->no_memory)
		return INQ_NO_MEMORY;
	return *events->stop ? INQ_UNUSABLE : INQ_OK;
}

enum inq_status inq_pool_submit(struct inq_pool *pool, const struct inq_item *item)
{
	struct inq_task *task = inq_task_create(item);
	if (!task)
		return INQ_NO_MEMORY;
	if (item->kind == INQ_ITEM_ARCHIVE) {
		add_parts(pool, task->job);
		end_task(pool, task);
	} else {
		inq_tasks_append(&pool->waiting, task);
	}
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && pool->waiting.first) {
		status = give_out(pool);
		if (status == INQ_OK && pool->waiting.first)
			status = go_round(pool);
	}
	return status;
}

static bool is_busy(const struct inq_pool *pool)
{
	bool busy = pool->waiting.first;
	for (unsigned i = 0; i < pool->count; i++)
		busy |= pool->slots[i].tasks.first != NULL;
	return busy;
}

enum inq_status inq_pool_drain(struct inq_pool *pool)
{
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && is_busy(pool))
		status = go_round(pool);
	dismiss(pool);
	return status;
}
