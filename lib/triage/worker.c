/* A worker: sets its limits, gives up its rights, then answers for one item after the other. */
#include "lib/triage/worker.h"

#include "lib/io/cache.h"
#include "lib/io/cache_folder.h"
#include "lib/triage/archive.h"
#include "lib/triage/channel.h"
#include "lib/triage/child.h"
#include "lib/triage/line.h"
#include "lib/triage/sandbox.h"
#include "lib/triage/want.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A worker that has done so many items makes room for a fresh one: what libraries lose on the way does not add up. */
enum { MOST_ITEMS = 5000 };
enum { MOST_FILES = 256 };

/* Exit statuses: only the run sees them. */
enum { GONE = 0, NO_DESCRIPTORS = 70, NO_LIMITS, NO_SANDBOX, NO_ROOM };

struct worker {
	const struct inq_pool_setup *setup;
	struct inq_options analysis;
	struct inq_channel channel;
	struct inq_cache_wants wants;
	const struct inq_item *item; /* the present one */
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

static void flush(struct worker *worker)
{
	if (inq_channel_flush(&worker->channel) != INQ_CHANNEL_DONE)
		_exit(GONE);
}

/* The run knows what it gave out; of the members of an archive it must be told before they can do harm. */
static bool begin(void *data, const char *path)
{
	struct worker *worker = data;
	inq_sandbox_limit_time(worker->seconds);
	if (strcmp(path, worker->item->path) == 0)
		return true;
	put(worker, INQ_MESSAGE_BEGIN, path, strlen(path));
	flush(worker);
	return true;
}

static bool end(void *data, const struct inq_triage_result *result)
{
	struct worker *worker = data;
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	const char *line = ctx.arena ? inq_line_write(&ctx, result) : NULL;
	if (!line)
		_exit(NO_ROOM);
	put(worker, INQ_MESSAGE_LINE, line, strlen(line));
	inq_arena_destroy(ctx.arena);
	return true;
}

static bool is_archive(struct inq_ctx *ctx, const struct inq_item *item)
{
	bool is = item->kind == INQ_ITEM_PACKED && inq_archive_is(ctx, item->path);
	inq_string_vec_release(&ctx->warnings);
	return is;
}

static void answer(struct worker *worker, const struct inq_message *message)
{
	const struct inq_result_sink sink = { begin, end, worker };
	const struct inq_pool_setup *setup = worker->setup;
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_item item;
	struct inq_slice slice;
	if (!ctx.arena || !inq_item_decode(message->body, message->size, ctx.arena, &item, &slice))
		_exit(NO_ROOM);
	worker->item = &item;
	bool archive = is_archive(&ctx, &item);
	if (!archive)
		inq_triage_analyse(&item, &slice, &worker->analysis, setup->options, setup->rules, &sink);
	inq_arena_destroy(ctx.arena);
	bool too_large = inq_sandbox_memory(worker->memory_fd) > worker->memory + worker->most_memory;
	char leaves = ++worker->items >= MOST_ITEMS || too_large;
	put(worker, archive ? INQ_MESSAGE_ARCHIVE : INQ_MESSAGE_END, &leaves, archive ? 0 : 1);
	flush(worker);
	if (leaves && !archive)
		_exit(GONE);
}

void inq_worker_main(int socket, pid_t parent, const struct inq_pool_setup *setup)
{
	struct worker worker = { .setup = setup };
	struct inq_message message;
	enter(&worker, socket, parent);
	for (;;) {
		enum inq_channel_state state = inq_channel_take(&worker.channel, &message);
		if (state == INQ_CHANNEL_DONE && message.kind == INQ_MESSAGE_ITEM)
			answer(&worker, &message);
		else if (state != INQ_CHANNEL_LATER || inq_channel_fill(&worker.channel) != INQ_CHANNEL_DONE)
			_exit(GONE);
	}
}
