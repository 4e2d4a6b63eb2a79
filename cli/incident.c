/* What the commands that analyse have in common: artefacts in, warnings and the exit status out. */
#include "cli/command.h"
#include "cli/output.h"

#include <string.h>

enum inq_exit inq_exit_worse(enum inq_exit one, enum inq_exit other)
{
	static const unsigned weight[] = {
		[INQ_EXIT_DONE] = 0, [INQ_EXIT_PARTIAL] = 1, [INQ_EXIT_UNUSABLE] = 2, [INQ_EXIT_USAGE] = 3
	};
	return weight[one] >= weight[other] ? one : other;
}

void inq_cli_tell_warnings(struct inq_cli *cli, bool always)
{
	const char *const *warnings;
	size_t count = inq_incident_warnings(cli->incident, &warnings);
	for (; cli->told < count; cli->told++)
		if (always || !cli->quiet)
			inq_tell("%s", warnings[cli->told]);
}

static enum inq_exit exit_of(enum inq_status status)
{
	switch (status) {
	case INQ_OK:
		return INQ_EXIT_DONE;
	case INQ_PARTIAL:
		return INQ_EXIT_PARTIAL;
	case INQ_NO_MEMORY:
		inq_tell("out of memory");
		break;
	case INQ_UNUSABLE:
	case INQ_BAD_ARGUMENT:
		break;
	}
	return INQ_EXIT_UNUSABLE;
}

/* Of an artefact that cannot be used, the warnings are the error: -q does not keep them back. */
static enum inq_exit add(struct inq_cli *cli, const char *path, bool *usable)
{
	size_t told = cli->told;
	enum inq_exit status = exit_of(inq_incident_add(cli->incident, path));
	inq_cli_tell_warnings(cli, status == INQ_EXIT_UNUSABLE);
	if (status != INQ_EXIT_UNUSABLE)
		*usable = true;
	else if (cli->told == told)
		inq_tell("%s: nothing in it could be used", path);
	return status;
}

/* A cache that cannot be used costs time and nothing else. */
static void open_cache(struct inq_cli *cli)
{
	const char *folder = cli->triage.cache, *why = "memory is out";
	if (!folder || strcmp(folder, "none") == 0 || cli->options.cache)
		return;
	if (inq_cache_create(folder, &cli->options.cache, &why) != INQ_OK && !cli->quiet)
		inq_tell("%s: the symbol cache is not used: %s", folder, why);
}

enum inq_exit inq_cli_analyse(struct inq_cli *cli, char *const *paths, size_t count, unsigned parts, bool *usable)
{
	*usable = false;
	open_cache(cli);
	enum inq_exit status = exit_of(inq_incident_create(&cli->options, &cli->incident));
	if (status != INQ_EXIT_DONE)
		return status;
	for (size_t i = 0; i < count; i++)
		status = inq_exit_worse(status, add(cli, paths[i], usable));
	for (size_t i = 0; i < cli->map_count; i++)
		status = inq_exit_worse(status, add(cli, cli->maps[i], usable));
	if (!*usable)
		return INQ_EXIT_UNUSABLE;
	enum inq_exit analysed = exit_of(inq_incident_analyse(cli->incident, parts));
	inq_cli_tell_warnings(cli, analysed == INQ_EXIT_UNUSABLE);
	*usable = analysed != INQ_EXIT_UNUSABLE;
	return inq_exit_worse(status, analysed);
}

enum inq_exit inq_cli_render(struct inq_cli *cli, enum inq_document document, enum inq_exit status)
{
	struct inq_sink sink;
	if (!inq_sink_open(&sink, cli))
		return INQ_EXIT_UNUSABLE;
	enum inq_status rendered = inq_render(cli->format, document, inq_incident_report(cli->incident), &sink.output);
	if (!inq_sink_close(&sink, rendered))
		return INQ_EXIT_UNUSABLE;
	inq_cli_tell_warnings(cli, false);
	return status;
}
