/* Commands: one file and one row each.
 *
 * A new command: 1. cli/cmd_NAME.c with one `const struct inq_command inq_command_NAME`; 2. its row in commands.def;
 * 3. docs/man/inquest-NAME.1 and the completions, which a test compares with the row. docs/adding/command.md walks
 * through one. Help and the parsing of options are made from the rows. */
#ifndef INQ_CLI_COMMAND_H
#define INQ_CLI_COMMAND_H

#include <inquest/inquest.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The contract's exit statuses. */
enum inq_exit { INQ_EXIT_DONE = 0, INQ_EXIT_UNUSABLE = 1, INQ_EXIT_USAGE = 2, INQ_EXIT_PARTIAL = 3 };

struct inq_cli;

struct inq_option {
	const char *name;     /* long, without dashes; NULL ends a table */
	char letter;	      /* 0: it has none */
	const char *argument; /* NULL: it takes none */
	const char *about;
	/* Stores the value; false, after a message, when it is no good. */
	bool (*apply)(struct inq_cli *cli, const char *value);
};

struct inq_command {
	const char *name, *arguments, *about;
	const char *details;	      /* a paragraph for --help */
	const struct inq_option *own; /* options of this command alone; NULL */
	bool analyses;		      /* takes the options about artefacts and files */
	const char *const *examples;  /* "command line", "what it does", …, NULL */
	enum inq_exit (*run)(struct inq_cli *cli);
};

/* Whose stacks `stack` prints. */
enum inq_threads_mode { INQ_THREADS_CRASHED, INQ_THREADS_ALL, INQ_THREADS_UNIQUE };

enum inq_color_mode { INQ_COLOR_AUTO, INQ_COLOR_ALWAYS, INQ_COLOR_NEVER };

/* One run of the command: what was asked for, and how far it got. */
struct inq_cli {
	const struct inq_command *command;
	char **operands;
	size_t operand_count;
	size_t dashes; /* index of the first operand after "--"; operand_count without one */
	struct inq_options options;
	const char **debug_dirs, **maps; /* NULL-terminated */
	size_t debug_dir_count, map_count;
	const char *format, *output;
	enum inq_color_mode color;
	enum inq_threads_mode threads;
	unsigned heap; /* INQ_HEAP_CHECKED | …: what beside the sums */
	struct inq_diff_options diff;
	struct inq_triage_options triage;
	const char *group; /* of a triage show this one only: its number, or how its hash begins */
	bool list;	   /* of a store the results */
	size_t limit;	   /* frames of a stack; 0: all */
	bool quiet, verbose, summary, help, version;
	struct inq_incident *incident;
	size_t told; /* warnings printed so far */
};

/* commands.c: the row of a name, NULL for none; the rows in order, NULL after the last. */
const struct inq_command *inq_command_find(const char *name);
const struct inq_command *inq_command_row(size_t index);

/* parse.c: fills `cli` from the command's name and the arguments that follow it. False after a message; release it
 * in any case. */
bool inq_cli_parse(struct inq_cli *cli, int argc, char **argv);
void inq_cli_release(struct inq_cli *cli);
/* options.c: the tables of options that a command takes, for index 0 … until NULL. */
const struct inq_option *inq_cli_options(const struct inq_command *command, size_t index);

/* help.c */
void inq_help_command(FILE *to, const struct inq_command *command);
void inq_help_all(FILE *to);
void inq_help_short(FILE *to);

/* values.c: what options take; false when the value is none. Sizes: "4096", "64k", "1m"; lengths of time in seconds: "90",
 * "10m", "1h", "7d"; points of time in seconds since 1970: "2026-11-22", "2026-11-22T08:00", or so long ago: "7d". */
bool inq_parse_size(const char *value, uint64_t *ret);
bool inq_parse_seconds(const char *value, double *ret);
bool inq_parse_time(const char *value, uint64_t *ret);

/* terminal.c: whether colours may be used, and how wide to write on descriptor `fd`. */
bool inq_terminal_color(const struct inq_cli *cli, int fd);
unsigned inq_terminal_width(int fd);

/* progress.c: the line on standard error that says how far a batch is. */
bool inq_progress_wanted(const struct inq_cli *cli);
void inq_progress_show(const struct inq_triage_progress *progress);
void inq_progress_clear(void);

/* tell.c: "inquest: …" on standard error; names from outside are made safe to print. */
void inq_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same as wrong usage: points to --help and returns INQ_EXIT_USAGE. */
enum inq_exit inq_tell_usage(const struct inq_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Finds what a mistyped word was meant to be: set `word`, try every name, and `name` is the nearest that is near
 * enough, or NULL. */
struct inq_nearest {
	const char *word, *name;
	unsigned distance;
};
void inq_nearest_try(struct inq_nearest *nearest, const char *name);

/* incident.c: what the commands that analyse have in common. */
/* Adds the first `count` operands and the --map files, and works out `parts`. INQ_EXIT_DONE, INQ_EXIT_PARTIAL, or
 * INQ_EXIT_UNUSABLE when some artefact gave nothing; *usable tells whether there is anything to report. */
enum inq_exit inq_cli_analyse(struct inq_cli *cli, char *const *paths, size_t count, unsigned parts, bool *usable);
/* Prints the warnings that are new since the last call; unless `always`, -q keeps them back. */
void inq_cli_tell_warnings(struct inq_cli *cli, bool always);
/* Renders the incident's report as `document`; `status` is what came before, returned unless the writing fails. */
enum inq_exit inq_cli_render(struct inq_cli *cli, enum inq_document document, enum inq_exit status);
/* The worse of two exit statuses: unusable, then partial, then done. */
enum inq_exit inq_exit_worse(enum inq_exit one, enum inq_exit other);

#endif
