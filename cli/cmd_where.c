/* inquest where: what each address falls in. Addresses on the command line are all checked before anything is
 * printed; those on standard input are answered as they come, so that any number of them needs no more memory. */
#include "cli/lines.h"
#include "cli/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The operands by what they are: paths first, then addresses, each in the order given. */
struct question {
	char **paths, **addresses;
	size_t path_count, address_count;
	bool from_input; /* "-" among the addresses */
};

/* The first operand is an artefact, and so is every other that names a file, up to "--". A "-" after an artefact asks
 * for the addresses on standard input, unless that is an artefact already. */
static void sort_operands(const struct inq_cli *cli, struct question *question)
{
	for (size_t i = 0; i < cli->operand_count; i++) {
		char *operand = cli->operands[i];
		bool dash = strcmp(operand, "-") == 0;
		bool before = i < cli->dashes;
		if (i == 0 || (before && !dash && access(operand, F_OK) == 0))
			question->paths[question->path_count++] = operand;
		else if (dash)
			question->from_input = true;
		else
			question->addresses[question->address_count++] = operand;
	}
}

/* A plain address needs no word of how it was asked. */
static bool is_plain(const char *text)
{
	return !strpbrk(text, "+`");
}

static enum inq_status locate(struct inq_cli *cli, const char *text, struct inq_location *location, const char **why)
{
	uint64_t address;
	enum inq_status status = inq_incident_parse_address(cli->incident, text, &address, why);
	if (status == INQ_OK)
		status = inq_incident_locate(cli->incident, address, location);
	if (status == INQ_OK && !is_plain(text))
		location->asked = text;
	return status;
}

struct answering {
	struct inq_cli *cli;
	struct inq_rendering *rendering;
	struct inq_location *locations; /* of the command line */
	enum inq_exit status;
};

/* False, with all of them told, when some are no addresses. */
static bool locate_all(struct answering *answering, const struct question *question)
{
	bool good = true;
	for (size_t i = 0; i < question->address_count; i++) {
		const char *text = question->addresses[i], *why = NULL;
		if (locate(answering->cli, text, &answering->locations[i], &why) == INQ_OK)
			continue;
		inq_tell("'%s': %s", text, why ? why : "neither a file nor an address");
		good = false;
	}
	return good;
}

/* Whoever waits for an answer before asking on gets it. */
static bool flush(void *data)
{
	struct answering *answering = data;
	return inq_render_flush(answering->rendering) == INQ_OK;
}

static void tell_bad_line(struct answering *answering, uint64_t number, const char *line, const char *why)
{
	answering->status = inq_exit_worse(answering->status, INQ_EXIT_PARTIAL);
	if (!answering->cli->quiet)
		inq_tell("standard input:%llu: '%.80s': %s; left out", (unsigned long long)number, line,
			 why ? why : "not an address");
}

static void answer_input(struct answering *answering)
{
	struct inq_lines *lines = calloc(1, sizeof(*lines));
	struct inq_location location;
	const char *line, *why;
	bool bad = false, going = lines != NULL;
	if (!lines)
		inq_tell("out of memory");
	while (going && (line = inq_lines_next(lines, flush, answering, &bad))) {
		why = bad ? "not a line of text" : NULL;
		if (!bad && !*line)
			continue;
		if (!bad && locate(answering->cli, line, &location, &why) == INQ_OK)
			going = inq_render_location(answering->rendering, &location) == INQ_OK;
		else
			tell_bad_line(answering, lines->number, line, why);
	}
	if (!lines || lines->failed) {
		inq_tell("standard input: could not be read: %s", strerror(errno));
		answering->status = INQ_EXIT_UNUSABLE;
	}
	free(lines);
}

static enum inq_exit answer(struct answering *answering, const struct question *question)
{
	struct inq_cli *cli = answering->cli;
	struct inq_sink sink;
	if (!inq_sink_open(&sink, cli))
		return INQ_EXIT_UNUSABLE;
	enum inq_status status =
		inq_render_begin(cli->format, inq_incident_report(cli->incident), &sink.output, &answering->rendering);
	if (status == INQ_OK) {
		for (size_t i = 0; i < question->address_count; i++)
			inq_render_location(answering->rendering, &answering->locations[i]);
		if (question->from_input)
			answer_input(answering);
		status = inq_render_end(answering->rendering);
	}
	if (!inq_sink_close(&sink, status))
		return INQ_EXIT_UNUSABLE;
	inq_cli_tell_warnings(cli, false);
	return answering->status;
}

static enum inq_exit ask(struct inq_cli *cli, const struct question *question)
{
	struct answering answering = { .cli = cli };
	bool usable;
	answering.status = inq_cli_analyse(cli, question->paths, question->path_count,
					   INQ_OBJECTS | INQ_FILES | INQ_REGIONS, &usable);
	if (!usable)
		return answering.status;
	answering.locations = calloc(question->address_count + 1, sizeof(*answering.locations));
	if (!answering.locations) {
		inq_tell("out of memory");
		return INQ_EXIT_UNUSABLE;
	}
	enum inq_exit status = locate_all(&answering, question) ? answer(&answering, question) : INQ_EXIT_USAGE;
	free(answering.locations);
	return status;
}

static enum inq_exit run(struct inq_cli *cli)
{
	struct question question = { 0 };
	enum inq_exit status = INQ_EXIT_UNUSABLE;
	question.paths = calloc(2 * cli->operand_count + 1, sizeof(char *));
	if (!question.paths) {
		inq_tell("out of memory");
		return status;
	}
	question.addresses = question.paths + cli->operand_count;
	sort_operands(cli, &question);
	if (question.path_count == 0)
		status = inq_tell_usage(cli->command, "where needs an artefact and an address");
	else if (question.address_count == 0 && !question.from_input)
		status =
			inq_tell_usage(cli->command, "where needs an address, or '-' to read them from standard input");
	else if (question.from_input && strcmp(question.paths[0], "-") == 0)
		status = inq_tell_usage(cli->command, "standard input cannot be the artefact and the addresses");
	else
		status = ask(cli, &question);
	free(question.paths);
	return status;
}

static const char *const examples[] = { "inquest where core 7f3a5c001113 0x7ffe00001000",
					"object, section, symbol and class of two addresses",
					"inquest where core libfoo.so+0x1113 'libfoo.so.1`main+0x12'",
					"the other way round: where these places were in memory",
					"inquest where pmap.txt - < addresses",
					"one answer a line, as fast as the addresses come",
					NULL };

const struct inq_command inq_command_where = {
	.name = "where",
	.arguments = "ARTEFACT... ADDRESS...",
	.about = "which object, symbol or region each address falls in",
	.details = "An argument that names a file is an artefact, another is an address: hexadecimal\n"
		   "with or without 0x, OBJECT+OFFSET, OBJECT`ADDRESS or OBJECT`SYMBOL+OFFSET. What\n"
		   "follows '--' is always an address. '-' after an artefact reads addresses from\n"
		   "standard input, one a line.",
	.analyses = true,
	.examples = examples,
	.run = run,
};
