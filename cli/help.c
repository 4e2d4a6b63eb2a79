/* Help, made from the rows of commands and options. */
#include "cli/command.h"

#include <string.h>

enum { OPTION_COLUMN = 24 };

static void put_option(FILE *to, const struct inq_option *option)
{
	char words[OPTION_COLUMN * 2];
	snprintf(words, sizeof(words), "%c%c%s --%s%s%s", option->letter ? '-' : ' ',
		 option->letter ? option->letter : ' ', option->letter ? "," : " ", option->name,
		 option->argument ? " " : "", option->argument ? option->argument : "");
	fprintf(to, "  %-*s %s\n", OPTION_COLUMN, words, option->about);
}

static void put_examples(FILE *to, const char *const *examples)
{
	fputs("\nExamples:\n", to);
	for (; examples[0]; examples += 2)
		fprintf(to, "  %s\n      %s\n", examples[0], examples[1]);
}

void inq_help_command(FILE *to, const struct inq_command *command)
{
	const struct inq_option *table;
	fprintf(to, "Usage: inquest %s [OPTION]... %s\n", command->name, command->arguments);
	fprintf(to, "%s.\n", command->about);
	if (command->details)
		fprintf(to, "\n%s\n", command->details);
	fputs("\nOptions:\n", to);
	for (size_t i = 0; (table = inq_cli_options(command, i)); i++)
		for (; table->name; table++)
			put_option(to, table);
	if (command->examples)
		put_examples(to, command->examples);
}

static void put_commands(FILE *to)
{
	const struct inq_command *row;
	for (size_t i = 0; (row = inq_command_row(i)); i++)
		fprintf(to, "  %-10s %s\n", row->name, row->about);
}

void inq_help_all(FILE *to)
{
	fputs("Usage: inquest COMMAND [OPTION]... ARGUMENT...\n"
	      "Explains why a program crashed, from what it left behind: core files and address\n"
	      "maps (pmap, /proc/PID/maps, smaps, mdb, hs_err logs), on any machine.\n\nCommands:\n",
	      to);
	put_commands(to);
	fputs("\n'inquest COMMAND --help' tells each command's options, with examples.\n"
	      "'-' is standard input; gzip, zstd, xz, lz4 and bzip2 files are read as they are.\n"
	      "\nExit status: 0 done; 1 an artefact could not be used at all; 2 wrong usage;\n"
	      "3 done, but partial: an artefact is damaged or cut.\n",
	      to);
}

void inq_help_short(FILE *to)
{
	fputs("Inquest explains why a program crashed. Try:\n\n"
	      "  inquest report core              the whole story of a core file\n"
	      "  inquest where core 7f3a5c001113  what is at an address\n"
	      "  inquest map core                 what fills the address space\n"
	      "  inquest identify *               what kind of file each is\n"
	      "  inquest help                     all the commands and options\n",
	      to);
}
