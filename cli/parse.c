/* The command line: getopt_long over the tables of options that the command takes. */
#include "cli/command.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_OPTIONS = 48, LETTERS = 2 * MOST_OPTIONS + 3 };

/* The tables of one command as getopt_long wants them. `val` is an index into `rows`, above any letter. */
struct parser {
	const struct inq_option *rows[MOST_OPTIONS];
	struct option longs[MOST_OPTIONS + 1];
	char letters[LETTERS];
	size_t count;
};

enum { FIRST_VALUE = 256 };

static void fill(struct parser *parser, const struct inq_command *command)
{
	const struct inq_option *row;
	char *letter = parser->letters;
	*letter++ = '-'; /* operands come in their order, as value 1 */
	*letter++ = ':'; /* a missing argument is told apart, as ':' */
	for (size_t i = 0; (row = inq_cli_options(command, i)); i++) {
		for (; row->name && parser->count < MOST_OPTIONS; row++) {
			int takes = row->argument ? required_argument : no_argument;
			parser->longs[parser->count] =
				(struct option) { row->name, takes, NULL, FIRST_VALUE + (int)parser->count };
			parser->rows[parser->count++] = row;
			if (row->letter)
				*letter++ = row->letter;
			if (row->letter && row->argument)
				*letter++ = ':';
		}
	}
}

static const struct inq_option *row_of(const struct parser *parser, int value)
{
	if (value >= FIRST_VALUE)
		return parser->rows[value - FIRST_VALUE];
	for (size_t i = 0; i < parser->count; i++)
		if (parser->rows[i]->letter == value)
			return parser->rows[i];
	return NULL;
}

/* The option that comes nearest to one that was mistyped; of `--name=value` only the name counts. */
static const char *nearest_option(const struct parser *parser, const char *word)
{
	char name[64];
	size_t length = strcspn(word, "=");
	if (length >= sizeof(name))
		return NULL;
	memcpy(name, word, length);
	name[length] = '\0';
	struct inq_nearest nearest = { .word = name };
	for (size_t i = 0; i < parser->count; i++)
		inq_nearest_try(&nearest, parser->rows[i]->name);
	return nearest.name;
}

static void tell_unknown(const struct inq_cli *cli, const struct parser *parser, const char *word)
{
	const char *command = cli->command->name;
	if (optopt >= FIRST_VALUE) {
		inq_tell_usage(cli->command, "'%s': this option takes no value", word);
	} else if (optopt) {
		inq_tell_usage(cli->command, "'%s' has no option '-%c'", command, optopt);
	} else {
		const char *near = nearest_option(parser, word + 2);
		if (near)
			inq_tell_usage(cli->command, "'%s' has no option '%s'; did you mean '--%s'?", command, word,
				       near);
		else
			inq_tell_usage(cli->command, "'%s' has no option '%s'", command, word);
	}
}

/* One result of getopt_long: an operand, an option with its value, or a mistake. */
static bool take(struct inq_cli *cli, const struct parser *parser, int value, const char *word)
{
	switch (value) {
	case 1:
		cli->operands[cli->operand_count++] = optarg;
		return true;
	case ':':
		inq_tell_usage(cli->command, "'%s' needs a value", word);
		return false;
	case '?':
		tell_unknown(cli, parser, word);
		return false;
	default:
		return row_of(parser, value)->apply(cli, optarg);
	}
}

bool inq_cli_parse(struct inq_cli *cli, int argc, char **argv)
{
	struct parser parser = { 0 };
	int value;
	fill(&parser, cli->command);
	cli->format = "text";
	cli->operands = calloc((size_t)argc + 1, sizeof(*cli->operands));
	if (!cli->operands) {
		inq_tell("out of memory");
		return false;
	}
	opterr = 0;
	while ((value = getopt_long(argc, argv, parser.letters, parser.longs, NULL)) != -1)
		if (!take(cli, &parser, value, argv[optind - 1]))
			return false;
	cli->dashes = cli->operand_count;
	while (optind < argc)
		cli->operands[cli->operand_count++] = argv[optind++];
	cli->options.debug_dirs = cli->debug_dirs;
	return true;
}

void inq_cli_release(struct inq_cli *cli)
{
	inq_incident_destroy(cli->incident);
	inq_cache_destroy(cli->options.cache);
	free(cli->operands);
	free(cli->debug_dirs);
	free(cli->maps);
}
