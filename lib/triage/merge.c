/* Merging: results of stores and of files of lines, in any order, into one list and its groups.
 *
 * All go into one store (the one that the user names, else a temporary one, which spills to disk), which keeps each path once
 * and gives the paths in their order. So what comes out depends neither on the order of the files nor on how the inputs were
 * divided. A single store is read as it is. */
#include "lib/triage/collect.h"

#include "lib/io/source.h"
#include "lib/triage/line.h"

#include <string.h>

struct merge {
	struct inq_ctx ctx;
	struct inq_collect collect;
	uint64_t line; /* of the file that is read, from 1; 0: a store */
	size_t told;   /* warnings of ctx that were passed on */
	bool unused;   /* a file, or a line, was of no use */
	bool alone;    /* one file, and no store to put it into */
	enum inq_status status;
};

static void tell_warnings(struct merge *merge)
{
	for (; merge->told < merge->ctx.warnings.count; merge->told++)
		inq_collect_warn(&merge->collect, merge->ctx.warnings.items[merge->told]);
}

static void leave_out(struct merge *merge, const char *why)
{
	merge->unused = true;
	inq_warn(&merge->ctx, merge->line ? INQ_PLACE_LINE : INQ_PLACE_NONE, merge->line,
		 "a result is left out: its line cannot be used: %s", why);
	tell_warnings(merge);
}

/* Hands the result of a line to `take`, with the line as this version writes it: what came from elsewhere is not passed on as
 * it is. */
static bool with_result(struct merge *merge, const char *line, size_t length,
			enum inq_status (*take)(struct merge *merge, const struct inq_triage_result *result,
						const char *line))
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_triage_result result;
	const char *why = NULL, *clean;
	enum inq_status status = ctx.arena ? inq_line_read(&ctx, line, length, &result, &why) : INQ_NO_MEMORY;
	if (status == INQ_OK) {
		clean = inq_line_write(&ctx, &result);
		merge->status = clean ? take(merge, &result, clean) : INQ_NO_MEMORY;
	} else if (status == INQ_NO_MEMORY) {
		merge->status = status;
	} else if (why) {
		leave_out(merge, why);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return merge->status == INQ_OK;
}

static enum inq_status offer(struct merge *merge, const struct inq_triage_result *result, const char *line)
{
	return inq_store_offer(merge->collect.store, result, line);
}

static bool offer_line(void *data, const char *line, size_t length)
{
	return with_result(data, line, length, offer);
}

static bool offer_input(void *data, const char *path, uint64_t size, uint64_t mtime_ns)
{
	struct merge *merge = data;
	merge->status = inq_store_offer_finished(merge->collect.store, path, size, mtime_ns);
	return merge->status == INQ_OK;
}

static void add_store(struct merge *merge, const char *path)
{
	struct inq_store *store = NULL;
	merge->line = 0;
	enum inq_status status = inq_store_open(&merge->ctx, path, false, &store);
	if (status == INQ_OK)
		status = inq_store_each(store, offer_line, merge);
	if (status == INQ_OK && merge->status == INQ_OK)
		status = inq_store_each_input(store, offer_input, merge);
	merge->unused |= status != INQ_OK;
	inq_store_close(store);
}

/* The groups are made anew. A line of one may be long, as it names all members. */
static bool is_of_group(const char *line, size_t length)
{
	static const char begin[] = "{\"group\":";
	return length >= sizeof begin - 1 && memcmp(line, begin, sizeof begin - 1) == 0;
}

static void add_lines(struct merge *merge, const struct inq_source *source)
{
	const char *at = (const char *)source->data, *end = at + source->size;
	for (merge->line = 1; at < end && merge->status == INQ_OK; merge->line++) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((feed ? feed : end) - at);
		if (length && !is_of_group(at, length))
			offer_line(merge, at, length);
		at += length + (feed != NULL);
	}
}

/* What came first is asked for once: a pipe gives it once only. */
static enum inq_status add_content(struct merge *merge, const char *path, const struct inq_source *source)
{
	struct inq_store **store = &merge->collect.store;
	bool is_store = !source->compression && inq_store_detect(source->data, source->size);
	if (is_store && merge->alone)
		return inq_store_open(&merge->ctx, path, false, store);
	enum inq_status status = *store ? INQ_OK : inq_store_open(&merge->ctx, NULL, true, store);
	if (status != INQ_OK)
		return status;
	if (is_store)
		add_store(merge, path);
	else
		add_lines(merge, source);
	return merge->status;
}

static enum inq_status add_file(struct merge *merge, const char *path)
{
	struct inq_source *source = NULL;
	merge->ctx.artefact = path;
	enum inq_status status = inq_source_open(&merge->ctx, path, &source);
	merge->unused |= status != INQ_OK;
	status = source ? add_content(merge, path, source) : INQ_OK;
	inq_source_close(source);
	merge->ctx.artefact = NULL;
	tell_warnings(merge);
	return status;
}

static enum inq_status tell(struct merge *merge, const struct inq_triage_result *result, const char *line)
{
	struct inq_collect *collect = &merge->collect;
	const struct inq_triage_events *events = collect->events;
	if (result->seen != INQ_UNKNOWN && result->seen < collect->since)
		return INQ_OK;
	collect->progress.found++;
	collect->progress.done++;
	collect->progress.partial += result->status == INQ_TRIAGE_PARTIAL;
	collect->progress.failed += result->status == INQ_TRIAGE_FAILED;
	return !events->result || events->result(events->data, result, line) ? INQ_OK : INQ_UNUSABLE;
}

static bool tell_line(void *data, const char *line, size_t length)
{
	return with_result(data, line, length, tell);
}

/* All results in the order of their paths, then the groups. */
static enum inq_status tell_all(struct merge *merge)
{
	struct inq_collect *collect = &merge->collect;
	enum inq_status status = inq_store_each(collect->store, tell_line, merge);
	merge->unused |= status == INQ_PARTIAL;
	if (status == INQ_UNUSABLE || merge->status != INQ_OK)
		return merge->status == INQ_OK ? status : merge->status;
	collect->progress.all_found = true;
	inq_collect_progress(collect, true);
	if (!collect->progress.done) {
		inq_collect_warn(collect, "there is no result in what was given");
		return INQ_UNUSABLE;
	}
	status = inq_collect_groups(collect);
	return status == INQ_OK && merge->unused ? INQ_PARTIAL : status;
}

/* The store that all is in, once the files were added. */
static enum inq_status gather(struct merge *merge, const char *const *paths, size_t count)
{
	struct inq_store **store = &merge->collect.store;
	enum inq_status status = INQ_OK;
	merge->alone = count == 1 && !*store;
	for (size_t i = 0; i < count && status == INQ_OK; i++)
		status = add_file(merge, paths[i]);
	if (status == INQ_OK && !*store)
		return INQ_UNUSABLE; /* no file could be read: that was told */
	return status == INQ_OK ? inq_store_commit(*store) : status;
}

enum inq_status inq_triage_merge(const char *const *paths, size_t count, const struct inq_triage_options *options,
				 const struct inq_triage_events *events)
{
	struct merge merge = { .ctx = { .arena = inq_arena_create() } };
	if (!merge.ctx.arena)
		return INQ_NO_MEMORY;
	enum inq_status status = inq_collect_open(&merge.ctx, options, events, &merge.collect);
	if (status == INQ_OK)
		status = gather(&merge, paths, count);
	tell_warnings(&merge);
	if (status == INQ_OK)
		status = tell_all(&merge);
	inq_collect_close(&merge.collect);
	tell_warnings(&merge);
	inq_string_vec_release(&merge.ctx.warnings);
	inq_arena_destroy(merge.ctx.arena);
	return merge.ctx.no_memory ? INQ_NO_MEMORY : status;
}
