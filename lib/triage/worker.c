/* A worker: sets its limits, gives up its rights, then answers for one item after the other. */
#include "lib/triage/worker.h"

#include "lib/io/cache.h"
#include "lib/io/cache_folder.h"
#include "lib/triage/archive.h"
#include "lib/triage/channel.h"
#include "lib/triage/child.h"
#include "lib/triage/record.h"
#include "lib/triage/sandbox.h"
#include "lib/triage/want.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* A worker that has done so many items makes room for a fresh one: what libraries lose on the way does not add up. */
enum { MOST_ITEMS = 5000 };
enum { MOST_FILES = 256 };
/* Answers are sent a few at a time, unless that takes long. */
enum { MOST_HELD = 16, LONGEST_HELD_MS = 20 };

/* Exit statuses: only the run sees them. */
enum { GONE = 0, NO_DESCRIPTORS = 70, NO_LIMITS, NO_SANDBOX, NO_ROOM };

struct worker {
	const struct inq_pool_setup *setup;
	struct inq_options analysis;
	struct inq_channel channel;
	struct inq_bytes record; /* of the last result */
	struct inq_cache_wants wants;
	const struct inq_item *item; /* the present one */
	struct inq_mark *mark;
	unsigned held;	  /* items that have ended since answers were sent */
	uint64_t flushed; /* when that was, in ms */
	uint64_t limited; /* when the limit of time was set, in ms; 0: never */
	double seconds;
	int memory_fd;
	uint64_t memory;      /* its own, before the first item */
	uint64_t most_memory; /* and how much more makes it too large to go on */
	unsigned items;
};

/* Ends with the run, whatever ends that; and leaves it to the run what becomes of Ctrl-C. */
static void set_signals(pid_t parent)
{
	inq_child_reset_signals();
	signal(SIGINT, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(GONE);
}

static void put(struct worker *worker, enum inq_message_kind kind, const char *body, size_t size)
{
	if (!inq_channel_put(&worker->channel, kind, body, size))
		_exit(NO_ROOM);
}

/* Goes with the next message. */
static void want(void *data, const struct inq_cache_name *name)
{
	struct worker *worker = data;
	struct inq_bytes body;
	if (!inq_want_encode(name, &body))
		return;
	put(worker, INQ_MESSAGE_WANT, body.bytes, body.end);
	free(body.bytes);
}

static void enter(struct worker *worker, int socket, pid_t parent)
{
	const struct inq_triage_options *options = worker->setup->options;
	uint64_t memory = options->memory ? options->memory : INQ_TRIAGE_MEMORY;
	set_signals(parent);
	if (!inq_child_keep_only(socket, options->no_sandbox))
		_exit(NO_DESCRIPTORS);
	if (!inq_sandbox_limit(&(struct inq_sandbox_limits) { .memory = memory, .files = MOST_FILES }))
		_exit(NO_LIMITS);
	worker->memory_fd = inq_sandbox_memory_open();
	if (!options->no_sandbox && !inq_sandbox_enter(worker->setup->readable, NULL))
		_exit(NO_SANDBOX);
	worker->analysis = *worker->setup->analysis;
	worker->wants = (struct inq_cache_wants) { want, worker };
	/* Without memory for it, each core has its files opened anew. */
	inq_cache_create_reader(worker->setup->cache, &worker->wants, &worker->analysis.cache);
	worker->channel = (struct inq_channel) { .fd = INQ_CHILD_CHANNEL, .wait = true };
	worker->seconds = options->seconds > 0 ? options->seconds : INQ_TRIAGE_SECONDS;
	worker->memory = inq_sandbox_memory(worker->memory_fd);
	worker->most_memory = memory / 2;
}

static uint64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void flush(struct worker *worker)
{
	if (inq_channel_flush(&worker->channel) != INQ_CHANNEL_DONE)
		_exit(GONE);
	worker->held = 0;
	worker->flushed = now_ms();
}

/* CPU time is never more than time: a limit that was set a moment ago is as good as a new one. */
static void limit_time(struct worker *worker)
{
	enum { MOMENT_MS = 200 };
	uint64_t now = now_ms();
	if (worker->limited && now - worker->limited < MOMENT_MS)
		return;
	inq_sandbox_limit_time(worker->seconds);
	worker->limited = now;
}

/* The run knows what it gave out; of the members of an archive it must be told before they can do harm. */
static bool begin(void *data, const char *path)
{
	struct worker *worker = data;
	limit_time(worker);
	if (strcmp(path, worker->item->path) == 0)
		return true;
	put(worker, INQ_MESSAGE_BEGIN, path, strlen(path));
	flush(worker);
	return true;
}

static bool end(void *data, const struct inq_triage_result *result)
{
	struct worker *worker = data;
	struct inq_bytes *record = &worker->record;
	record->start = record->end = 0;
	if (!inq_record_encode(result, record))
		_exit(NO_ROOM);
	put(worker, INQ_MESSAGE_RESULT, record->bytes, record->end);
	return true;
}

static bool is_archive(struct inq_ctx *ctx, const struct inq_item *item)
{
	bool is = item->kind == INQ_ITEM_PACKED && inq_archive_is(ctx, item->path);
	inq_string_vec_release(&ctx->warnings);
	return is;
}

static bool is_too_large(const struct worker *worker)
{
	return inq_sandbox_memory(worker->memory_fd) > worker->memory + worker->most_memory;
}

/* Puts down the end of an item. What may take long has its answer sent at once. */
static void finish(struct worker *worker, bool archive)
{
	bool due = ++worker->held >= MOST_HELD || worker->item->kind == INQ_ITEM_ARCHIVE ||
		   now_ms() - worker->flushed >= LONGEST_HELD_MS;
	char leaves = ++worker->items >= MOST_ITEMS || (due && is_too_large(worker));
	put(worker, archive ? INQ_MESSAGE_ARCHIVE : INQ_MESSAGE_END, &leaves, archive ? 0 : 1);
	if (due || leaves)
		flush(worker);
	atomic_fetch_add(&worker->mark->ended, 1);
	if (leaves && !archive)
		_exit(GONE);
}

static void answer(struct worker *worker, const struct inq_message *message)
{
	const struct inq_result_sink sink = { begin, end, worker };
	const struct inq_pool_setup *setup = worker->setup;
	struct inq_ctx ctx = { .arena = inq_cache_take_arena(worker->analysis.cache) };
	struct inq_item item;
	struct inq_slice slice;
	if (!ctx.arena || !inq_item_decode(message->body, message->size, ctx.arena, &item, &slice))
		_exit(NO_ROOM);
	worker->item = &item;
	bool archive = is_archive(&ctx, &item);
	if (!archive)
		inq_triage_analyse(&item, &slice, &worker->analysis, setup->options, setup->rules, &sink);
	finish(worker, archive);
	inq_cache_give_arena(worker->analysis.cache, ctx.arena);
}

/* Nothing is held back while the worker waits for work. */
static void fill(struct worker *worker)
{
	flush(worker);
	if (inq_channel_fill(&worker->channel) != INQ_CHANNEL_DONE)
		_exit(GONE);
	worker->flushed = now_ms();
}

void inq_worker_main(int socket, pid_t parent, const struct inq_pool_setup *setup, struct inq_mark *mark)
{
	struct worker worker = { .setup = setup, .mark = mark };
	struct inq_message message;
	enter(&worker, socket, parent);
	for (;;) {
		enum inq_channel_state state = inq_channel_take(&worker.channel, &message);
		if (state == INQ_CHANNEL_LATER)
			fill(&worker);
		else if (state == INQ_CHANNEL_DONE && message.kind == INQ_MESSAGE_ITEM)
			answer(&worker, &message);
		else
			_exit(GONE);
	}
}
