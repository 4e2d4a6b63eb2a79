/* inquest map: the address map, region by region or summed up. */
#include "cli/command.h"

static bool apply_summary(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->summary = true;
}

static const struct inq_option own[] = {
	{ "summary", 's', NULL, "sums by class and by mapped file instead of the rows", apply_summary }, { 0 }
};

static enum inq_exit run(struct inq_cli *cli)
{
	bool usable;
	enum inq_document document = cli->summary ? INQ_DOCUMENT_MAP_SUMMARY : INQ_DOCUMENT_MAP;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command, "map needs an artefact: a core file, an address map");
	enum inq_exit status =
		inq_cli_analyse(cli, cli->operands, cli->operand_count, INQ_OBJECTS | INQ_FILES | INQ_REGIONS, &usable);
	return usable ? inq_cli_render(cli, document, status) : status;
}

static const char *const examples[] = { "inquest map core",
					"every region with its class and how sure it is",
					"inquest map --summary pmap.txt",
					"what takes the address space, by class and by mapped file",
					"inquest map -v core",
					"and why each region was given its class",
					NULL };

const struct inq_command inq_command_map = {
	.name = "map",
	.arguments = "ARTEFACT...",
	.about = "the address map: every region with its class",
	.own = own,
	.analyses = true,
	.examples = examples,
	.run = run,
};
