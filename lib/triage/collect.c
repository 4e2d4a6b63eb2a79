/* Results come together: store, groups, numbers, the user's callbacks. */
#include "lib/triage/collect.h"

#include "lib/triage/line.h"

#include <time.h>

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

enum inq_status inq_collect_open(struct inq_ctx *ctx, const struct inq_triage_options *options,
				 const struct inq_triage_events *events, struct inq_collect *ret)
{
	*ret = (struct inq_collect) { .ctx = ctx, .events = events, .since = options->since, .began = now() };
	ret->groups = inq_groups_create();
	if (!ret->groups)
		return inq_no_memory(ctx);
	return options->store ? inq_store_open(ctx, options->store, true, &ret->store) : INQ_OK;
}

void inq_collect_close(struct inq_collect *collect)
{
	if (collect->store)
		inq_store_close(collect->store);
	inq_groups_destroy(collect->groups);
}

static enum inq_status add_to_groups(struct inq_groups *groups, const struct inq_triage_result *result)
{
	const struct inq_group_member member = {
		.path = result->path,
		.program = result->process.exe ? result->process.exe : result->process.name,
		.version = result->process.version ? result->process.version : result->process.exe_build_id,
		.host = result->process.host,
		.seen = result->seen,
		.signature = &result->signature,
		.reason = result->reason,
		.status = result->status
	};
	return inq_groups_add(groups, &member);
}

/* Without its store a run is still worth finishing: the user has the lines. The store itself says what is wrong. */
static void check_store(struct inq_collect *collect, enum inq_status status)
{
	collect->store_failed |= status != INQ_OK;
}

/* What was found is not held back while a slow core is read. */
static void commit(struct inq_collect *collect)
{
	if (collect->store && !collect->store_failed && collect->uncommitted)
		check_store(collect, inq_store_commit(collect->store));
	collect->uncommitted = false;
}

static bool is_too_old(const struct inq_collect *collect, const struct inq_triage_result *result)
{
	return result->seen != INQ_UNKNOWN && result->seen < collect->since;
}

void inq_collect_result(struct inq_collect *collect, const struct inq_triage_result *result, const char *line)
{
	const struct inq_triage_events *events = collect->events;
	struct inq_triage_progress *progress = &collect->progress;
	if (!line) {
		inq_no_memory(collect->ctx);
		collect->stop = true;
		return;
	}
	/* The store has also what is too old to be shown: its input counts as read. */
	if (collect->store && !collect->store_failed)
		check_store(collect, inq_store_put(collect->store, result, line));
	collect->uncommitted = true;
	collect->last = now();
	if (is_too_old(collect, result))
		return;
	progress->done++;
	progress->partial += result->status == INQ_TRIAGE_PARTIAL;
	progress->failed += result->status == INQ_TRIAGE_FAILED;
	if (add_to_groups(collect->groups, result) != INQ_OK) {
		inq_no_memory(collect->ctx);
		collect->stop = true;
	}
	if (events->result && !events->result(events->data, result, line))
		collect->stop = true;
	inq_collect_progress(collect, false);
}

void inq_collect_flush(struct inq_collect *collect)
{
	const struct inq_triage_events *events = collect->events;
	if (events->flush && !events->flush(events->data))
		collect->stop = true;
}

void inq_collect_finished(struct inq_collect *collect, const struct inq_item *item)
{
	if (collect->store && !collect->store_failed)
		check_store(collect, inq_store_finished(collect->store, item->path, item->size, item->mtime_ns));
}

void inq_collect_begun(struct inq_collect *collect, const char *path)
{
	collect->progress.current = path;
	inq_collect_progress(collect, false);
	collect->progress.current = NULL; /* the path is the caller's */
}

void inq_collect_warn(struct inq_collect *collect, const char *text)
{
	if (collect->events->warning)
		collect->events->warning(collect->events->data, text);
}

void inq_collect_progress(struct inq_collect *collect, bool at_once)
{
	const struct inq_triage_events *events = collect->events;
	double time = now();
	if (!at_once && time - collect->told < 0.2)
		return;
	if (time - collect->last > 1)
		commit(collect);
	collect->told = time;
	collect->progress.seconds = time - collect->began;
	collect->progress.groups = inq_groups_hashes(collect->groups);
	if (events->progress)
		events->progress(events->data, &collect->progress);
}

struct regrouping {
	struct inq_collect *collect;
	struct inq_groups *groups;
	enum inq_status status;
};

static bool add_line(void *data, const char *line, size_t length)
{
	struct regrouping *regrouping = data;
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_triage_result result;
	const char *why = NULL;
	enum inq_status status = ctx.arena ? inq_line_read(&ctx, line, length, &result, &why) : INQ_NO_MEMORY;
	if (status == INQ_OK && !is_too_old(regrouping->collect, &result))
		status = add_to_groups(regrouping->groups, &result);
	else if (status == INQ_UNUSABLE && why)
		inq_warn(regrouping->collect->ctx, INQ_PLACE_NONE, 0, "a line of the store is left out: %s", why);
	if (status == INQ_NO_MEMORY)
		regrouping->status = status;
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return regrouping->status == INQ_OK;
}

/* The store has what earlier runs found, and of a file that was read again only the last result. */
static enum inq_status take_from_store(struct inq_collect *collect)
{
	struct regrouping regrouping = { .collect = collect, .groups = inq_groups_create() };
	if (!regrouping.groups)
		return INQ_NO_MEMORY;
	commit(collect);
	enum inq_status status = inq_store_each(collect->store, add_line, &regrouping);
	if (status == INQ_OK || status == INQ_PARTIAL) /* a damaged one says so, and still has the others */
		status = regrouping.status;
	if (status != INQ_OK) {
		inq_groups_destroy(regrouping.groups);
		return status;
	}
	inq_groups_destroy(collect->groups);
	collect->groups = regrouping.groups;
	return INQ_OK;
}

enum inq_status inq_collect_groups(struct inq_collect *collect)
{
	const struct inq_triage_events *events = collect->events;
	const struct inq_triage_group *groups;
	size_t count;
	enum inq_status status = INQ_OK;
	if (collect->store && !collect->store_failed)
		status = take_from_store(collect);
	if (status == INQ_OK)
		status = inq_groups_make(collect->groups, &groups, &count);
	if (status != INQ_OK)
		return status;
	collect->progress.groups = count;
	if (events->progress)
		events->progress(events->data, &collect->progress);
	for (size_t i = 0; events->group && i < count; i++)
		if (!events->group(events->data, &groups[i]))
			return INQ_UNUSABLE;
	return INQ_OK;
}
