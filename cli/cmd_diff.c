/* inquest diff: two or more artefacts of the same kind, and what differs. */
#include "cli/command.h"
#include "cli/output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool apply_interval(struct inq_cli *cli, const char *value)
{
	if (inq_parse_seconds(value, &cli->diff.interval))
		return true;
	inq_tell_usage(cli->command, "--interval '%s' is no time, such as 90, 10m or 1h", value);
	return false;
}

static bool apply_threshold(struct inq_cli *cli, const char *value)
{
	if (inq_parse_size(value, &cli->diff.threshold))
		return true;
	inq_tell_usage(cli->command, "--threshold '%s' is no size, such as 4096, 64k or 1m", value);
	return false;
}

static bool apply_heap(struct inq_cli *cli, const char *value)
{
	(void)value;
	cli->diff.kind = "heap";
	cli->heap |= INQ_FILES | INQ_HEAP | INQ_HEAP_TYPED;
	return true;
}

static const struct inq_option own[] = {
	{ "heap", 0, NULL, "of cores: the native heaps, by arena, size and kind of block", apply_heap },
	{ "interval", 'i', "TIME", "between one artefact and the next: 90, 10m, 1h; gives rates", apply_interval },
	{ "threshold", 't', "SIZE", "leave out what changed by less: 64k, 1m", apply_threshold },
	{ 0 }
};

struct inputs {
	struct inq_incident **incidents;
	const struct inq_report **reports;
	size_t count;
};

/* Each operand is an incident of its own. */
static enum inq_exit read_all(struct inq_cli *cli, struct inputs *inputs)
{
	enum inq_exit status = INQ_EXIT_DONE;
	for (size_t i = 0; i < cli->operand_count; i++) {
		bool usable;
		unsigned parts = cli->heap ? cli->heap : INQ_REGIONS | INQ_KERNEL;
		enum inq_exit one = inq_cli_analyse(cli, &cli->operands[i], 1, INQ_OBJECTS | parts, &usable);
		status = inq_exit_worse(status, one);
		inputs->incidents[inputs->count] = cli->incident;
		cli->incident = NULL;
		cli->told = 0;
		if (!inputs->incidents[inputs->count])
			return INQ_EXIT_UNUSABLE;
		inputs->reports[inputs->count] = inq_incident_report(inputs->incidents[inputs->count]);
		inputs->count++;
		if (!usable)
			return INQ_EXIT_UNUSABLE;
	}
	return status;
}

static enum inq_exit render(struct inq_cli *cli, const struct inq_diff *diff, enum inq_exit status)
{
	struct inq_sink sink;
	if (!inq_sink_open(&sink, cli))
		return INQ_EXIT_UNUSABLE;
	return inq_sink_close(&sink, inq_render_diff(cli->format, diff, &sink.output)) ? status : INQ_EXIT_UNUSABLE;
}

static enum inq_exit compare(struct inq_cli *cli, const struct inputs *inputs, enum inq_exit status)
{
	const struct inq_diff *diff;
	enum inq_status made = inq_diff_create(inputs->reports, inputs->count, &cli->diff, &diff);
	if (made == INQ_UNUSABLE && cli->heap)
		inq_tell("%s and %s have not both a native heap that can be walked: two cores are needed; 'inquest "
			 "heap' "
			 "says what is in each",
			 cli->operands[0], cli->operands[inputs->count - 1]);
	else if (made == INQ_UNUSABLE)
		inq_tell("%s and %s are not of the same kind: two address maps (or cores), two ::kmastat, two "
			 "::memstat or two class histograms can be compared; `inquest identify` says what they are",
			 cli->operands[0], cli->operands[inputs->count - 1]);
	else if (made != INQ_OK)
		inq_tell("out of memory");
	if (made != INQ_OK)
		return INQ_EXIT_UNUSABLE;
	status = render(cli, diff, status);
	inq_diff_destroy(diff);
	return status;
}

static enum inq_exit run(struct inq_cli *cli)
{
	struct inputs inputs = { 0 };
	if (cli->operand_count < 2)
		return inq_tell_usage(cli->command, "diff needs two artefacts of the same kind, the older first");
	inputs.incidents = calloc(cli->operand_count, sizeof *inputs.incidents);
	inputs.reports = calloc(cli->operand_count, sizeof *inputs.reports);
	enum inq_exit status = INQ_EXIT_UNUSABLE;
	if (inputs.incidents && inputs.reports)
		status = read_all(cli, &inputs);
	else
		inq_tell("out of memory");
	if (status != INQ_EXIT_UNUSABLE)
		status = compare(cli, &inputs, status);
	for (size_t i = 0; i < inputs.count; i++)
		inq_incident_destroy(inputs.incidents[i]);
	free(inputs.incidents);
	free(inputs.reports);
	return status;
}

static const char *const examples[] = { "inquest diff smaps.monday smaps.friday",
					"what grew, by class, object and region",
					"inquest diff --interval 1h pmap.*",
					"a series: what grows steadily, and how fast",
					"inquest diff -t 1m kmastat.1 kmastat.2",
					"which caches of a kernel changed by a MiB or more",
					"inquest diff --heap core.1 core.2",
					"which blocks of the native heap became more, by size and kind",
					"inquest diff histo.1 histo.2 histo.3",
					"which classes of a JVM grow: jcmd PID GC.class_histogram",
					NULL };

const struct inq_command inq_command_diff = {
	.name = "diff",
	.arguments = "OLD NEW...",
	.about = "what grew, appeared or went between two artefacts or more",
	.details = "Compares address maps (texts or cores), native heaps (cores, --heap), a JVM's\n"
		   "class histograms, ::kmastat or ::memstat, the oldest first. What is resident is\n"
		   "compared where all tell it, else the size.",
	.own = own,
	.analyses = true,
	.examples = examples,
	.run = run,
};
