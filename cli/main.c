/* The command `inquest`: finds the row of the command that was asked for and runs it. */
#include "cli/command.h"

#include <string.h>

static const char *nearest_command(const char *word)
{
	struct inq_nearest nearest = { .word = word };
	const struct inq_command *row;
	for (size_t i = 0; (row = inq_command_row(i)); i++)
		inq_nearest_try(&nearest, row->name);
	return nearest.name;
}

/* What stands in place of a command: --help, --version, or something unknown. */
static enum inq_exit no_command(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		inq_help_all(stdout);
		return INQ_EXIT_DONE;
	}
	if (strcmp(word, "--version") == 0) {
		printf("inquest %s\n", inq_version());
		return INQ_EXIT_DONE;
	}
	if (word[0] == '-')
		return inq_tell_usage(NULL, "'%s' before the command; options come after it", word);
	const char *near = nearest_command(word);
	if (near)
		return inq_tell_usage(NULL, "there is no command '%s'; did you mean '%s'?", word, near);
	return inq_tell_usage(NULL, "there is no command '%s'", word);
}

static enum inq_exit run(const struct inq_command *command, int argc, char **argv)
{
	struct inq_cli cli = { .command = command };
	enum inq_exit status = INQ_EXIT_USAGE;
	if (inq_cli_parse(&cli, argc, argv)) {
		status = INQ_EXIT_DONE;
		if (cli.help)
			inq_help_command(stdout, command);
		else if (cli.version)
			printf("inquest %s\n", inq_version());
		else
			status = command->run(&cli);
	}
	inq_cli_release(&cli);
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		inq_help_short(stderr);
		return INQ_EXIT_USAGE;
	}
	const struct inq_command *command = inq_command_find(argv[1]);
	enum inq_exit status = command ? run(command, argc - 1, argv + 1) : no_command(argv[1]);
	if (fflush(stdout) != 0) {
		inq_tell("standard output: could not be written; is the disk full?");
		return INQ_EXIT_UNUSABLE;
	}
	return (int)status;
}
