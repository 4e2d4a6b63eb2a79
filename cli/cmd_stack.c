/* inquest stack: backtraces, of the thread that crashed or of all. */
#include "cli/command.h"

#include <errno.h>
#include <stdlib.h>

static bool apply_all(struct inq_cli *cli, const char *value)
{
	(void)value;
	if (cli->threads == INQ_THREADS_CRASHED)
		cli->threads = INQ_THREADS_ALL;
	return true;
}

static bool apply_unique(struct inq_cli *cli, const char *value)
{
	(void)value;
	cli->threads = INQ_THREADS_UNIQUE;
	return true;
}

static bool apply_limit(struct inq_cli *cli, const char *value)
{
	char *end;
	errno = 0;
	cli->limit = strtoul(value, &end, 10);
	if (value[0] >= '1' && value[0] <= '9' && !*end && !errno)
		return true;
	inq_tell_usage(cli->command, "--limit '%s' is not a number of frames from 1 on", value);
	return false;
}

static const struct inq_option own[] = {
	{ "all-threads", 'a', NULL, "of every thread, the one that crashed first", apply_all },
	{ "unique", 'u', NULL, "of every thread, equal stacks once, most first", apply_unique },
	{ "limit", 'l', "N", "of each stack the N innermost frames", apply_limit },
	{ 0 }
};

static enum inq_document document_of(const struct inq_cli *cli)
{
	switch (cli->threads) {
	case INQ_THREADS_ALL:
		return INQ_DOCUMENT_STACK_ALL;
	case INQ_THREADS_UNIQUE:
		return INQ_DOCUMENT_STACK_UNIQUE;
	case INQ_THREADS_CRASHED:
		break;
	}
	return INQ_DOCUMENT_STACK;
}

static enum inq_exit run(struct inq_cli *cli)
{
	bool usable;
	unsigned stacks = cli->threads == INQ_THREADS_CRASHED ? INQ_FIRST_STACK : INQ_STACKS;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command, "stack needs an artefact: a core file");
	cli->options.all_arguments = cli->threads == INQ_THREADS_ALL || cli->verbose;
	enum inq_exit status = inq_cli_analyse(cli, cli->operands, cli->operand_count,
					       INQ_OBJECTS | INQ_FILES | INQ_THREADS | stacks, &usable);
	if (!usable)
		return status;
	if (inq_incident_report(cli->incident)->thread_count == 0) {
		inq_tell("%s: no thread is told of: an address map has no stacks, a core file has", cli->operands[0]);
		return INQ_EXIT_UNUSABLE;
	}
	return inq_cli_render(cli, document_of(cli), status);
}

static const char *const examples[] = { "inquest stack core",
					"how the thread that crashed got there",
					"inquest stack --unique core",
					"where all threads are: each stack once, with how many wait there",
					"inquest stack -a -l 8 core --json | jq '.threads[].frames[0].symbol'",
					"for a script",
					NULL };

const struct inq_command inq_command_stack = {
	.name = "stack",
	.arguments = "ARTEFACT...",
	.about = "backtraces: of the crashed thread, or of all",
	.details = "Each frame says how it was found: from saved registers, by call-frame\n"
		   "information, by a frame pointer or link register, or by a guess. Recursion is\n"
		   "folded.",
	.own = own,
	.analyses = true,
	.examples = examples,
	.run = run,
};
