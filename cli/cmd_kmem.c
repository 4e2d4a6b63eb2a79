/* inquest kmem: the kernel's memory, from the tables that mdb and kstat print. */
#include "cli/command.h"

static enum inq_exit run(struct inq_cli *cli)
{
	bool usable;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command,
				      "kmem needs a text: of ::memstat, ::kmastat, ::umastat, kstat, vmstat");
	enum inq_exit status = inq_cli_analyse(cli, cli->operands, cli->operand_count, INQ_KERNEL, &usable);
	if (!usable)
		return status;
	if (inq_incident_report(cli->incident)->kernel_memory)
		return inq_cli_render(cli, INQ_DOCUMENT_KMEM, status);
	inq_tell("%s: no table of the kernel's memory is in it; `inquest identify` says what it is", cli->operands[0]);
	return INQ_EXIT_UNUSABLE;
}

static const char *const examples[] = { "inquest kmem memstat.txt",
					"where the machine's memory is, and whether it is short",
					"inquest kmem memstat.txt kmastat.txt kstat.txt",
					"who in the kernel holds it: tables of one machine explain each other",
					"echo ::kmastat | mdb -k | inquest kmem -v -",
					"all caches, largest first",
					NULL };

const struct inq_command inq_command_kmem = {
	.name = "kmem",
	.arguments = "TEXT...",
	.about = "the kernel's memory: ::memstat, ::kmastat, kstat explained",
	.details = "Reads what mdb prints for ::memstat, ::kmastat and ::umastat, of all releases of\n"
		   "Solaris and illumos, kstat and vmstat. Checks that the figures fit together, says\n"
		   "who holds the memory and what to think of it.",
	.analyses = true,
	.examples = examples,
	.run = run,
};
