/* The run: inputs in, results out as they come, groups at the end.
 *
 * It holds no core and no result: what a result's line tells goes to the store, to the groups and to the user, and is
 * forgotten. So its memory grows with what the groups keep of each core, and not with the cores' size. */
#include "lib/io/provider.h"
#include "lib/signature/signature.h"
#include "lib/triage/collect.h"
#include "lib/triage/indexer.h"
#include "lib/triage/inputs.h"
#include "lib/triage/line.h"
#include "lib/triage/pool.h"
#include "lib/triage/readable.h"
#include "lib/triage/record.h"
#include "lib/triage/result.h"
#include "lib/triage/sandbox.h"
#include "lib/triage/shard.h"

#include <string.h>

struct run {
	struct inq_ctx ctx;
	const struct inq_triage_options *options;
	struct inq_collect collect;
	struct inq_inputs *inputs;
	struct inq_pool *pool;
	struct inq_indexer *indexer; /* NULL: there is to be no symbol cache */
	size_t told;		     /* warnings of ctx that were passed on */
	struct inq_arena *line;	     /* of the line that is being written */
};

static void tell_warnings(struct run *run)
{
	for (; run->told < run->ctx.warnings.count; run->told++)
		inq_collect_warn(&run->collect, run->ctx.warnings.items[run->told]);
}

static void on_begun(void *data, const char *path)
{
	struct run *run = data;
	inq_collect_begun(&run->collect, path);
}

/* Whether a result that a worker sent is of this item: of its path, or of a member of its archive. NULL when it is. */
static const char *belongs(const struct inq_item *item, const struct inq_triage_result *result)
{
	size_t length = strlen(item->path);
	bool member = item->kind == INQ_ITEM_ARCHIVE && strncmp(result->path, item->path, length) == 0 &&
		      strncmp(result->path + length, "//", 2) == 0;
	if (!member && strcmp(result->path, item->path) != 0)
		return "it is of another core";
	return result->size == item->size && result->mtime_ns == item->mtime_ns ? NULL : "it is of another file";
}

static void take(struct run *run, const struct inq_triage_result *result)
{
	struct inq_ctx ctx = { .arena = run->line };
	inq_collect_result(&run->collect, result, inq_line_write(&ctx, result));
	inq_arena_reset(run->line);
}

static const char *on_result(void *data, const struct inq_item *item, const char *body, size_t size)
{
	struct run *run = data;
	struct inq_record record;
	const char *why = inq_record_decode(body, size, &record);
	if (!why)
		why = belongs(item, &record.result);
	if (why)
		return why;
	take(run, &record.result);
	run->collect.progress.found += item->kind == INQ_ITEM_ARCHIVE;
	return NULL;
}

static void on_failed(void *data, const struct inq_item *item, const char *path, const char *reason,
		      uint64_t elapsed_ms)
{
	struct run *run = data;
	struct inq_triage_result result = inq_result_of_item(item, path);
	result.status = INQ_TRIAGE_FAILED;
	result.reason = reason;
	result.elapsed_ms = elapsed_ms;
	take(run, &result);
	run->collect.progress.found += item->kind == INQ_ITEM_ARCHIVE;
}

/* An archive was counted as one until its members were, and a compressed file that is no core gives nothing. */
static void on_ended(void *data, const struct inq_item *item, uint64_t results)
{
	struct run *run = data;
	run->collect.progress.found -= item->kind == INQ_ITEM_ARCHIVE || !results;
	inq_collect_finished(&run->collect, item);
}

static void on_waited(void *data)
{
	struct run *run = data;
	tell_warnings(run);
	if (run->indexer)
		inq_indexer_push(run->indexer);
	inq_collect_flush(&run->collect);
	inq_collect_progress(&run->collect, false);
}

static void on_want(void *data, const char *body, size_t size)
{
	struct run *run = data;
	if (!run->indexer)
		return;
	inq_indexer_ask(run->indexer, body, size);
	run->collect.progress.missed = inq_indexer_asked(run->indexer);
}

/* Whether the item is for this run at all. The time of what holds cores of its own is not theirs. */
static bool is_wanted(const struct run *run, const struct inq_item *item)
{
	uint64_t seen = item->seen != INQ_UNKNOWN ? item->seen : item->mtime_ns / UINT64_C(1000000000);
	bool simple = item->kind == INQ_ITEM_CORE || item->seen != INQ_UNKNOWN;
	if (run->options->shard_count && !inq_shard_has(item->identity, run->options->shard, run->options->shard_count))
		return false;
	return !simple || seen >= run->options->since;
}

/* Gives all inputs to the workers. */
static enum inq_status submit_all(struct run *run)
{
	struct inq_collect *collect = &run->collect;
	struct inq_item item;
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && inq_inputs_next(run->inputs, &item)) {
		if (!is_wanted(run, &item))
			continue;
		collect->progress.found++;
		if (collect->store && inq_store_has(collect->store, item.path, item.size, item.mtime_ns))
			collect->progress.skipped++;
		else
			status = inq_pool_submit(run->pool, &item);
	}
	collect->progress.all_found = true;
	tell_warnings(run);
	return status == INQ_OK ? inq_pool_drain(run->pool) : status;
}

/* What a store holds is lines: without what reads them there is no use in beginning. */
static enum inq_status check_lines(struct run *run)
{
	struct inq_triage_result result = inq_line_unknown("none", INQ_TRIAGE_OK), read;
	const char *line = inq_line_write(&run->ctx, &result), *why = NULL;
	if (!line || inq_line_read(&run->ctx, line, strlen(line), &read, &why) == INQ_NO_MEMORY)
		return inq_no_memory(&run->ctx);
	if (why)
		inq_collect_warn(&run->collect, why);
	return why ? INQ_UNUSABLE : INQ_OK;
}

static void tell_sandbox(struct run *run)
{
	unsigned layers = inq_sandbox_layers();
	if (run->options->no_sandbox)
		return;
	if (!(layers & INQ_SANDBOX_LANDLOCK))
		inq_collect_warn(&run->collect,
				 "this kernel has no Landlock: workers could read any file that you can");
	if (!(layers & INQ_SANDBOX_SECCOMP))
		inq_collect_warn(&run->collect, "this kernel has no seccomp: workers could use the network");
}

/* Who has named a folder is told when it cannot be used; without it everything still works. */
static void close_cache(struct run *run)
{
	const char *problem = run->indexer ? inq_indexer_problem(run->indexer) : NULL;
	const char *told = inq_arena_printf(run->ctx.arena, "%s: the symbol cache cannot be written to: %s",
					    run->options->cache ? run->options->cache : "", problem ? problem : "");
	if (problem && run->options->cache && told)
		inq_collect_warn(&run->collect, told);
	inq_indexer_destroy(run->indexer);
}

static bool open_cache(struct run *run, struct inq_pool_setup *setup)
{
	struct inq_indexer_setup indexer = { .analysis = setup->analysis, .options = run->options };
	setup->cache = inq_indexer_folder(run->ctx.arena, run->options);
	if (!setup->cache || setup->analysis->no_files)
		return true;
	indexer.folder = setup->cache;
	indexer.readable = inq_readable(&run->ctx, NULL, 0, NULL, setup->analysis, run->options);
	run->indexer = indexer.readable ? inq_indexer_create(&indexer) : NULL;
	return run->indexer != NULL;
}

/* Nearly every worker needs them, and has them from the start when they were opened before there are any: to open one takes
 * as long as to read a small core or two. */
static void open_usual_modules(const struct inq_pool_setup *setup)
{
	const char *why;
	if (setup->cache)
		inq_provider_open("crc32", INQ_PROVIDER_CHECKSUM, &why);
	inq_provider_open("zydis", INQ_PROVIDER_DECODE, &why);
}

static enum inq_status open_all(struct run *run, const char *const *paths, size_t count,
				const struct inq_options *analysis, const struct inq_triage_events *events,
				struct inq_pool_setup *setup)
{
	enum inq_status status = inq_collect_open(&run->ctx, run->options, events, &run->collect);
	if (status == INQ_OK && run->options->store)
		status = check_lines(run);
	if (status == INQ_OK)
		status = inq_rules_load(&run->ctx, run->options->rules, &setup->rules);
	if (status == INQ_OK)
		status = inq_inputs_open(&run->ctx, paths, count, run->options->from_file, &run->inputs);
	if (status != INQ_OK)
		return status;
	if (!open_cache(run, setup))
		return INQ_NO_MEMORY;
	open_usual_modules(setup);
	setup->readable = inq_readable(&run->ctx, paths, count, setup->cache, analysis, run->options);
	return setup->readable ? inq_pool_create(setup, &run->pool) : INQ_NO_MEMORY;
}

/* What came of the run as a whole. */
static enum inq_status judge(struct run *run, enum inq_status status)
{
	const struct inq_triage_progress *progress = &run->collect.progress;
	if (status != INQ_OK)
		return status;
	if (!progress->found && run->options->shard_count > 1)
		return INQ_OK; /* of few inputs, some shards have none */
	if (!progress->found) {
		inq_collect_warn(&run->collect, "there is no core in what was given");
		return INQ_UNUSABLE;
	}
	if (run->collect.store_failed)
		return INQ_UNUSABLE;
	return progress->failed || progress->partial || run->ctx.warnings.count ? INQ_PARTIAL : INQ_OK;
}

static enum inq_status run_all(struct run *run)
{
	tell_sandbox(run);
	enum inq_status status = submit_all(run);
	inq_collect_progress(&run->collect, true);
	if (status == INQ_OK && run->collect.progress.found)
		status = inq_collect_groups(&run->collect);
	return judge(run, status);
}

enum inq_status inq_triage_run(const char *const *paths, size_t count, const struct inq_options *analysis,
			       const struct inq_triage_options *options, const struct inq_triage_events *events)
{
	const struct inq_options usual = { 0 };
	struct run run = { .ctx = { .arena = inq_arena_create() }, .options = options, .line = inq_arena_create() };
	struct inq_pool_setup setup = { .analysis = analysis ? analysis : &usual, .options = options };
	setup.events = (struct inq_pool_events) { on_begun,  on_result, on_failed, on_ended,
						  on_waited, on_want,	&run,	   &run.collect.stop };
	enum inq_status status = !run.ctx.arena || !run.line ? INQ_NO_MEMORY : INQ_OK;
	if (status == INQ_OK)
		status = open_all(&run, paths, count, setup.analysis, events, &setup);
	if (status == INQ_OK)
		status = run_all(&run);
	tell_warnings(&run);
	inq_pool_destroy(run.pool);
	close_cache(&run);
	inq_inputs_close(run.inputs);
	inq_collect_close(&run.collect);
	inq_string_vec_release(&run.ctx.warnings);
	inq_arena_destroy(run.line);
	inq_arena_destroy(run.ctx.arena);
	return run.ctx.no_memory ? INQ_NO_MEMORY : status;
}
