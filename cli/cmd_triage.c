/* inquest triage: many cores in, a short list of bugs out. */
#include "cli/command.h"
#include "cli/output.h"

#include <stdlib.h>
#include <string.h>

static bool apply_memory(struct inq_cli *cli, const char *value)
{
	if (inq_parse_size(value, &cli->triage.memory) && cli->triage.memory >= 1 << 20)
		return true;
	inq_tell_usage(cli->command, "--memory '%s' is no size from 1m on, such as 256m or 1g", value);
	return false;
}

static bool apply_timeout(struct inq_cli *cli, const char *value)
{
	if (inq_parse_seconds(value, &cli->triage.seconds))
		return true;
	inq_tell_usage(cli->command, "--timeout '%s' is no time, such as 60 or 5m", value);
	return false;
}

static bool apply_since(struct inq_cli *cli, const char *value)
{
	if (inq_parse_time(value, &cli->triage.since))
		return true;
	inq_tell_usage(cli->command, "--since '%s' is no time, such as 2026-11-22, 2026-11-22T08:00 or 7d", value);
	return false;
}

static bool apply_shard(struct inq_cli *cli, const char *value)
{
	const char *why;
	if (inq_triage_parse_shard(value, &cli->triage.shard, &cli->triage.shard_count, &why))
		return true;
	inq_tell_usage(cli->command, "--shard '%s': %s", value, why);
	return false;
}

static bool apply_from_file(struct inq_cli *cli, const char *value)
{
	cli->triage.from_file = value;
	return true;
}

static bool apply_store(struct inq_cli *cli, const char *value)
{
	cli->triage.store = value;
	return true;
}

static bool apply_rules(struct inq_cli *cli, const char *value)
{
	cli->triage.rules = value;
	return true;
}

static bool apply_group(struct inq_cli *cli, const char *value)
{
	cli->group = value;
	return true;
}

static bool apply_list(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->list = true;
}

static bool apply_no_sandbox(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->triage.no_sandbox = true;
}

static const struct inq_option own[] = {
	{ "from-file", 0, "FILE", "read paths from FILE, one a line; - is standard input", apply_from_file },
	{ "store", 0, "FILE", "keep results in FILE, and read only what is new or changed", apply_store },
	{ "memory", 0, "SIZE", "what one worker may use: 256m (the default), 1g", apply_memory },
	{ "timeout", 0, "TIME", "CPU time that one core may take: 60 (the default), 5m", apply_timeout },
	{ "rules", 0, "FILE", "rules for signatures, in place of the built-in ones", apply_rules },
	{ "shard", 0, "K/N|auto", "only part K of N of the inputs; auto: the cluster says", apply_shard },
	{ "since", 0, "TIME", "only what crashed since: 2026-11-22, 7d", apply_since },
	{ "list", 0, NULL, "the results in the store; reads no core", apply_list },
	{ "group", 0, "ID", "only this group, with its cores: a number or a hash", apply_group },
	{ "no-sandbox", 0, NULL, "do not lock the workers in", apply_no_sandbox },
	{ 0 }
};

/* What the events of the run write to. */
struct writing {
	struct inq_cli *cli;
	struct inq_sink *sink;
	struct inq_triage_progress progress; /* as it was told last */
	enum inq_status status;		     /* of the writing */
	bool bar;			     /* the progress line stands on the terminal */
	bool sums;			     /* they were written */
	size_t shown;			     /* groups */
};

static void clear_bar(struct writing *writing)
{
	if (writing->bar)
		inq_progress_clear();
	writing->bar = false;
}

/* JSON has all results, text the groups alone unless results are asked for. */
static bool shows_results(const struct inq_cli *cli)
{
	return !cli->group && (cli->verbose || cli->list || strcmp(cli->format, "json") == 0);
}

static bool on_result(void *data, const struct inq_triage_result *result, const char *line)
{
	struct writing *writing = data;
	if (!shows_results(writing->cli))
		return true;
	clear_bar(writing);
	writing->status = inq_render_triage_result(writing->cli->format, result, line, &writing->sink->output);
	return writing->status == INQ_OK;
}

static bool is_asked_for(const struct inq_cli *cli, const struct inq_triage_group *group)
{
	char *end;
	if (!cli->group)
		return !cli->list;
	unsigned long number = strtoul(cli->group, &end, 10);
	if (!*end)
		return number == group->number;
	const char *hash = group->signature ? group->signature->hash : NULL;
	return hash && strncmp(hash, cli->group, strlen(cli->group)) == 0;
}

static void write_sums(struct writing *writing)
{
	const struct inq_cli *cli = writing->cli;
	if (!writing->sums && !cli->group && !cli->list)
		writing->status = inq_render_triage_sums(cli->format, &writing->progress, &writing->sink->output);
	writing->sums = true;
}

static bool on_group(void *data, const struct inq_triage_group *group)
{
	struct writing *writing = data;
	struct inq_output output = writing->sink->output;
	clear_bar(writing);
	write_sums(writing);
	if (writing->status != INQ_OK || !is_asked_for(writing->cli, group))
		return writing->status == INQ_OK;
	output.verbose |= writing->cli->group != NULL;
	writing->shown++;
	writing->status = inq_render_triage_group(writing->cli->format, group, &output);
	return writing->status == INQ_OK;
}

static bool on_flush(void *data)
{
	struct writing *writing = data;
	if (!inq_sink_flush(writing->sink))
		writing->status = INQ_UNUSABLE;
	return writing->status == INQ_OK;
}

static void on_progress(void *data, const struct inq_triage_progress *progress)
{
	struct writing *writing = data;
	writing->progress = *progress;
	if (!inq_progress_wanted(writing->cli))
		return;
	on_flush(writing); /* lines stand above the bar */
	inq_progress_show(progress);
	writing->bar = true;
}

static void on_warning(void *data, const char *text)
{
	struct writing *writing = data;
	clear_bar(writing);
	if (!writing->cli->quiet)
		inq_tell("%s", text);
}

static enum inq_exit exit_of(const struct writing *writing, enum inq_status status)
{
	switch (status) {
	case INQ_OK:
		break;
	case INQ_PARTIAL:
		return INQ_EXIT_PARTIAL;
	case INQ_NO_MEMORY:
		inq_tell("out of memory");
		return INQ_EXIT_UNUSABLE;
	case INQ_UNUSABLE:
	case INQ_BAD_ARGUMENT:
		return INQ_EXIT_UNUSABLE;
	}
	if (!writing->cli->group || writing->shown)
		return INQ_EXIT_DONE;
	inq_tell("there is no group '%s'", writing->cli->group);
	return INQ_EXIT_UNUSABLE;
}

/* Reads cores, or only joins what was read before. */
static enum inq_status work(struct inq_cli *cli, const struct inq_triage_events *events, bool merge)
{
	const char *const *paths = (const char *const *)cli->operands;
	if (merge)
		return inq_triage_merge(paths + 1, cli->operand_count - 1, &cli->triage, events);
	if (cli->list || (cli->group && !cli->operand_count && cli->triage.store))
		return inq_triage_merge(&cli->triage.store, 1,
					&(struct inq_triage_options) { .since = cli->triage.since }, events);
	return inq_triage_run(paths, cli->operand_count, &cli->options, &cli->triage, events);
}

static enum inq_exit write_all(struct inq_cli *cli, bool merge)
{
	struct inq_sink sink;
	if (!inq_sink_open(&sink, cli))
		return INQ_EXIT_UNUSABLE;
	/* What a store has and no line has told, the next run would not tell either: then lines are not kept back. */
	if (!cli->triage.store)
		inq_sink_hold(&sink);
	struct writing writing = { .cli = cli, .sink = &sink };
	const struct inq_triage_events events = { on_result, on_group, on_progress, on_warning, on_flush, &writing };
	enum inq_status status = work(cli, &events, merge);
	clear_bar(&writing);
	if (status == INQ_OK || status == INQ_PARTIAL)
		write_sums(&writing); /* where there is no group */
	if (!inq_sink_close(&sink, writing.status))
		return INQ_EXIT_UNUSABLE;
	return exit_of(&writing, status);
}

static enum inq_exit run(struct inq_cli *cli)
{
	bool merge = cli->operand_count && strcmp(cli->operands[0], "merge") == 0;
	bool stored = cli->triage.store && (cli->list || cli->group);
	if (merge && cli->operand_count < 2)
		return inq_tell_usage(cli->command, "merge needs the stores or NDJSON files of shards");
	if (cli->list && !cli->triage.store)
		return inq_tell_usage(cli->command, "--list needs --store: it lists what a store holds");
	if (cli->list && cli->operand_count)
		return inq_tell_usage(cli->command, "--list reads no core, only the store");
	if (cli->map_count)
		return inq_tell_usage(cli->command, "--map is for one core: maps that lie beside a core join it");
	if (cli->options.debuginfod)
		return inq_tell_usage(cli->command, "--debuginfod: workers have no network; fetch the files first");
	if (!cli->operand_count && !cli->triage.from_file && !stored)
		return inq_tell_usage(cli->command, "triage needs cores, folders or archives of cores");
	return write_all(cli, merge);
}

static const char *const examples[] = { "inquest triage /var/lib/systemd/coredump",
					"the bugs behind all cores of this machine, the most urgent first",
					"inquest triage --store crashes.db cores/ archive.tar.zst",
					"and read only what is new the next time",
					"inquest triage cores/ --json | jq -r 'select(.status == \"failed\") | .path'",
					"for a script: one line for each core, then one for each group",
					"inquest triage --store crashes.db --group 1",
					"the cores of the most urgent group",
					"inquest triage merge shard-*.json",
					"the groups of what several machines read",
					NULL };

const struct inq_command inq_command_triage = {
	.name = "triage",
	.arguments = "PATH...|merge FILE...",
	.about = "many cores: how many bugs, which first, whose",
	.details = "Paths are cores (also compressed), archives, folders, patterns, and - for a list on\n"
		   "standard input. Each core is read in a worker process that is locked in: one that\n"
		   "kills its worker, or takes too long, costs itself only. Cores of like signature are\n"
		   "grouped and ranked.",
	.own = own,
	.analyses = true,
	.examples = examples,
	.run = run,
};
