/* Both sides of the indexer: what the run passes on, and the process that works it off. */
#include "lib/triage/indexer.h"

#include "lib/base/hash.h"
#include "lib/io/cache_folder.h"
#include "lib/triage/child.h"
#include "lib/triage/sandbox.h"
#include "lib/triage/want.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	MOST_WISHES = 1024, /* of a run: what a worker that was taken over can ask for is bounded */
	MOST_STARTS = 4,    /* files that kill it do so a few times only */
	MOST_FILES = 64,
	MOST_SECONDS = 20, /* of CPU time for one object */
	MOST_FILE = 260 << 20,
	NICE = 10
};

struct inq_indexer {
	struct inq_indexer_setup setup;
	struct inq_channel channel; /* fd -1: there is no process */
	unsigned starts;
	const char *problem;
	uint64_t asked[MOST_WISHES]; /* hashes of what was asked for */
	size_t count;
};

const char *inq_indexer_folder(struct inq_arena *arena, const struct inq_triage_options *options)
{
	const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
	if (options->cache)
		return strcmp(options->cache, "none") == 0 ? NULL : options->cache;
	if (cache && cache[0] == '/') /* XDG Base Directory Specification: others are to be ignored */
		return inq_arena_printf(arena, "%s/inquest", cache);
	return home && home[0] == '/' ? inq_arena_printf(arena, "%s/.cache/inquest", home) : NULL;
}

struct inq_indexer *inq_indexer_create(const struct inq_indexer_setup *setup)
{
	struct inq_indexer *indexer = inq_alloc(sizeof *indexer);
	if (!indexer)
		return NULL;
	indexer->setup = *setup;
	indexer->channel.fd = -1;
	return indexer;
}

void inq_indexer_destroy(struct inq_indexer *indexer)
{
	if (!indexer)
		return;
	inq_indexer_push(indexer);
	inq_channel_release(&indexer->channel);
	free(indexer);
}

uint64_t inq_indexer_asked(const struct inq_indexer *indexer)
{
	return indexer->count;
}

const char *inq_indexer_problem(const struct inq_indexer *indexer)
{
	return indexer->problem;
}

/* It may go on for a while when the run has ended; who looks for crashes of today need not wait for those of tomorrow. */
static void enter(const struct inq_indexer_setup *setup, int socket)
{
	const struct inq_triage_options *options = setup->options;
	uint64_t memory = options->memory ? options->memory : INQ_TRIAGE_MEMORY;
	const struct inq_sandbox_limits limits = { .memory = memory, .files = MOST_FILES, .file_size = MOST_FILE };
	inq_child_reset_signals();
	if (!inq_child_keep_only(socket, options->no_sandbox) || !inq_sandbox_limit(&limits))
		_exit(EXIT_FAILURE);
	setpriority(PRIO_PROCESS, 0, NICE);
	if (!options->no_sandbox && !inq_sandbox_enter(setup->readable, setup->folder))
		_exit(EXIT_FAILURE);
}

/* One that cannot be found or used costs nobody but who asked. */
static void fulfil(const struct inq_indexer_setup *setup, const struct inq_message *message)
{
	struct inq_want want;
	struct inq_cache *cache;
	const char *why;
	inq_sandbox_limit_time(MOST_SECONDS);
	if (!inq_want_decode(message->body, message->size, &want) ||
	    inq_cache_create(setup->folder, &cache, &why) != INQ_OK)
		_exit(EXIT_FAILURE);
	inq_cache_fill(cache, setup->analysis, want.path, want.build_id, want.build_id_size);
	inq_cache_destroy(cache);
}

static _Noreturn void work(const struct inq_indexer_setup *setup, int socket)
{
	struct inq_channel channel = { .fd = INQ_CHILD_CHANNEL, .wait = true };
	struct inq_message message;
	enter(setup, socket);
	for (;;) {
		enum inq_channel_state state = inq_channel_take(&channel, &message);
		if (state == INQ_CHANNEL_DONE && message.kind == INQ_MESSAGE_WANT)
			fulfil(setup, &message);
		else if (state != INQ_CHANNEL_LATER || inq_channel_fill(&channel) != INQ_CHANNEL_DONE)
			_exit(EXIT_SUCCESS);
	}
}

/* Twice removed: it may outlive the run, and then is nobody's child to be waited for. */
static bool fork_twice(const struct inq_indexer_setup *setup, int socket)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		pid_t again = fork();
		if (again == 0)
			work(setup, socket);
		_exit(again < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}

/* Whether there is a folder to write to, and a way to let a process write to nothing else. */
static const char *find_problem(const struct inq_indexer_setup *setup)
{
	const char *why;
	if (!setup->options->no_sandbox && !(inq_sandbox_layers() & INQ_SANDBOX_LANDLOCK))
		return "this kernel has no Landlock, so nothing is written to it";
	struct inq_cache_folder *folder = inq_cache_folder_open(setup->folder, &why);
	inq_cache_folder_close(folder);
	if (!folder)
		return why;
	return access(setup->folder, W_OK) == 0 ? NULL : strerror(errno);
}

static bool start(struct inq_indexer *indexer)
{
	int ends[2];
	if (!indexer->starts)
		indexer->problem = find_problem(&indexer->setup);
	if (indexer->problem || indexer->starts++ == MOST_STARTS ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	bool good = fork_twice(&indexer->setup, ends[1]);
	close(ends[1]);
	if (good)
		indexer->channel = (struct inq_channel) { .fd = ends[0] };
	else
		close(ends[0]);
	return good;
}

/* Whoever makes two wishes with one hash has one of them unfulfilled. */
static bool is_new(struct inq_indexer *indexer, uint64_t hash)
{
	for (size_t i = 0; i < indexer->count; i++)
		if (indexer->asked[i] == hash)
			return false;
	indexer->asked[indexer->count++] = hash;
	return true;
}

void inq_indexer_ask(struct inq_indexer *indexer, const char *body, size_t size)
{
	struct inq_want want;
	if (indexer->problem || indexer->count == MOST_WISHES || !inq_want_decode(body, size, &want) ||
	    !is_new(indexer, inq_hash_bytes(body, size)))
		return;
	if (indexer->channel.fd >= 0 || start(indexer))
		inq_channel_put(&indexer->channel, INQ_MESSAGE_WANT, body, size);
}

void inq_indexer_push(struct inq_indexer *indexer)
{
	struct inq_channel *channel = &indexer->channel;
	if (channel->fd >= 0 &&
	    (inq_channel_flush(channel) == INQ_CHANNEL_CLOSED || inq_channel_fill(channel) != INQ_CHANNEL_LATER))
		inq_channel_release(channel); /* it is gone, or says something, which it never does */
}
