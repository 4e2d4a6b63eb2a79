/* inquest report: the whole post-mortem of one incident. */
#include "cli/command.h"

static enum inq_exit run(struct inq_cli *cli)
{
	bool usable;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command, "report needs an artefact: a core file, an address map");
	enum inq_exit status = inq_cli_analyse(cli, cli->operands, cli->operand_count, INQ_ALL, &usable);
	return usable ? inq_cli_render(cli, INQ_DOCUMENT_REPORT, status) : status;
}

static const char *const examples[] = { "inquest report core",
					"who died, of what, where",
					"inquest report core.1234.zst --sysroot /srv/target",
					"with the files of the machine that it comes from",
					"inquest report pmap.txt maps.txt -v",
					"several artefacts of one process, with everything that is known",
					"inquest report crash-folder/",
					"all that was kept of one crash",
					"inquest report core --json | jq .crash",
					"for a script",
					NULL };

const struct inq_command inq_command_report = {
	.name = "report",
	.arguments = "ARTEFACT...",
	.about = "the whole post-mortem of one incident, the answer first",
	.details = "Several artefacts are taken as of the same event and joined; where they\n"
		   "contradict each other the report says so, and what cannot be of the same\n"
		   "process is kept apart. A folder stands for the artefacts in it.",
	.analyses = true,
	.examples = examples,
	.run = run,
};
