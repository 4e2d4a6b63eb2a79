/* inquest help: the same words as --help. */
#include "cli/command.h"

#include <string.h>

static void put_kinds(void)
{
	const char *name;
	puts("The kinds of artefact, for --kind:");
	for (size_t i = 0; (name = inq_format_name(i)); i++)
		printf("  %-18s %s\n", name, inq_format_about(i) ? inq_format_about(i) : "");
}

static enum inq_exit run(struct inq_cli *cli)
{
	if (cli->operand_count == 0) {
		inq_help_all(stdout);
		return INQ_EXIT_DONE;
	}
	const char *topic = cli->operands[0];
	const struct inq_command *command = inq_command_find(topic);
	if (strcmp(topic, "kinds") == 0)
		put_kinds();
	else if (command)
		inq_help_command(stdout, command);
	else
		return inq_tell_usage(NULL, "there is no help on '%s'", topic);
	return INQ_EXIT_DONE;
}

static const char *const examples[] = { "inquest help where", "the options of one command, with examples",
					"inquest help kinds", "what --kind takes", NULL };

const struct inq_command inq_command_help = {
	.name = "help",
	.arguments = "[COMMAND|kinds]",
	.about = "explain a command, or list the kinds of artefact",
	.examples = examples,
	.run = run,
};
