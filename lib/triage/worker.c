/* A worker: sets its limits, gives up its rights, then answers for one item after the other. */
#include "lib/triage/worker.h"

#include "lib/triage/archive.h"
#include "lib/triage/channel.h"
#include "lib/triage/line.h"
#include "lib/triage/sandbox.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A worker that has done so many items makes room for a fresh one: what libraries lose on the way does not add up. */
enum { MOST_ITEMS = 5000 };
enum { CHANNEL_FD = 3, MOST_FILES = 256 };

/* Exit statuses: only the run sees them. */
enum { GONE = 0, NO_DESCRIPTORS = 70, NO_LIMITS, NO_SANDBOX, NO_ROOM };

struct worker {
	const struct inq_pool_setup *setup;
	struct inq_options analysis;
	struct inq_channel channel;
	const struct inq_item *item; /* the present one */
	double seconds;
	int memory_fd;
	uint64_t memory;      /* its own, before the first item */
	uint64_t most_memory; /* and how much more makes it too large to go on */
	unsigned items;
};

/* Nothing of the run's stays open: not its store, not its output. */
static bool keep_only(int socket, bool keep_errors)
{
	int aside = fcntl(socket, F_DUPFD, CHANNEL_FD); /* where the standard descriptors are not */
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool good = aside >= 0 && null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0;
	if (!keep_errors)
		good = good && dup2(null, STDERR_FILENO) >= 0;
	good = good && dup2(aside, CHANNEL_FD) >= 0;
	if (syscall(SYS_close_range, CHANNEL_FD + 1, ~0U, 0) == 0)
		return good;
	for (int fd = CHANNEL_FD + 1; fd < (int)sysconf(_SC_OPEN_MAX); fd++)
		close(fd);
	return good;
}

/* Ends with the run, whatever ends that; and leaves it to the run what becomes of Ctrl-C. */
static void set_signals(pid_t parent)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(GONE);
}

static void enter(struct worker *worker, int socket, pid_t parent)
{
	const char *why;
	const struct inq_triage_options *options = worker->setup->options;
	uint64_t memory = options->memory ? options->memory : INQ_TRIAGE_MEMORY;
	set_signals(parent);
	if (!keep_only(socket, options->no_sandbox))
		_exit(NO_DESCRIPTORS);
	if (!inq_sandbox_limit(memory, MOST_FILES))
		_exit(NO_LIMITS);
	worker->memory_fd = inq_sandbox_memory_open();
	if (!options->no_sandbox && !inq_sandbox_enter(worker->setup->readable))
		_exit(NO_SANDBOX);
	worker->analysis = *worker->setup->analysis;
	inq_cache_create(NULL, &worker->analysis.cache, &why); /* without it each core has its files opened anew */
	worker->channel = (struct inq_channel) { .fd = CHANNEL_FD, .wait = true };
	worker->seconds = options->seconds > 0 ? options->seconds : INQ_TRIAGE_SECONDS;
	worker->memory = inq_sandbox_memory(worker->memory_fd);
	worker->most_memory = memory / 2;
}

static void put(struct worker *worker, enum inq_message_kind kind, const char *body, size_t size)
{
	if (!inq_channel_put(&worker->channel, kind, body, size))
		_exit(NO_ROOM);
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
