/* inquest identify: what kind of artefact each file is. */
#include "cli/command.h"

/* An unknown kind is not told twice: its row in the answer says what was tried. What cannot be read is an error. */
static enum inq_exit identify(struct inq_cli *cli, const char *path)
{
	const struct inq_report *report = inq_incident_report(cli->incident);
	const char *const *warnings;
	size_t before = report->artefact_count;
	bool known = inq_incident_identify(cli->incident, path) <= INQ_PARTIAL;
	bool readable = report->artefact_count > before && report->artefacts[before].size != INQ_UNKNOWN;
	if (known || !readable)
		inq_cli_tell_warnings(cli, !known);
	else
		cli->told = inq_incident_warnings(cli->incident, &warnings);
	for (size_t i = before; i < report->artefact_count; i++)
		known &= report->artefacts[i].kind != NULL;
	return known ? INQ_EXIT_DONE : INQ_EXIT_UNUSABLE;
}

static enum inq_exit run(struct inq_cli *cli)
{
	enum inq_exit status = INQ_EXIT_DONE;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command, "identify needs a file");
	if (inq_incident_create(&cli->options, &cli->incident) != INQ_OK) {
		inq_tell("out of memory");
		return INQ_EXIT_UNUSABLE;
	}
	for (size_t i = 0; i < cli->operand_count; i++)
		status = inq_exit_worse(status, identify(cli, cli->operands[i]));
	return inq_cli_render(cli, INQ_DOCUMENT_IDENTIFY, status);
}

static const char *const examples[] = { "inquest identify core.1234 pmap.txt",
					"kind, system, architecture, and whether anything is missing",
					"inquest identify --json * | jq '.files[] | select(.complete == false)'",
					"those that are damaged or cut", NULL };

const struct inq_command inq_command_identify = {
	.name = "identify",
	.arguments = "FILE...",
	.about = "what kind of artefact each file is, and from which system",
	.examples = examples,
	.run = run,
};
