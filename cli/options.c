/* Options: their tables, and what each does with its value. */
#include "cli/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool has_format(const char *name)
{
	const char *row;
	for (size_t i = 0; (row = inq_renderer_name(i)); i++)
		if (strcmp(row, name) == 0)
			return true;
	return false;
}

static void join_formats(char *to, size_t size)
{
	const char *row;
	size_t used = 0;
	to[0] = '\0';
	for (size_t i = 0; (row = inq_renderer_name(i)) && used < size; i++)
		used += (size_t)snprintf(to + used, size - used, "%s%s", i ? ", " : "", row);
}

static bool apply_format(struct inq_cli *cli, const char *value)
{
	char names[80];
	cli->format = value;
	if (has_format(value))
		return true;
	join_formats(names, sizeof(names));
	inq_tell_usage(cli->command, "format '%s' is not available in this version; these are: %s", value, names);
	return false;
}

static bool apply_json(struct inq_cli *cli, const char *value)
{
	(void)value;
	cli->format = "json";
	return true;
}

static bool apply_output(struct inq_cli *cli, const char *value)
{
	cli->output = strcmp(value, "-") == 0 ? NULL : value;
	return true;
}

static bool apply_color(struct inq_cli *cli, const char *value)
{
	static const char *const names[] = { "auto", "always", "never" };
	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(value, names[i]) == 0) {
			cli->color = (enum inq_color_mode)i;
			return true;
		}
	}
	inq_tell_usage(cli->command, "--color '%s' is none of auto, always, never", value);
	return false;
}

static bool apply_quiet(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->quiet = true;
}

static bool apply_verbose(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->verbose = true;
}

static bool apply_version(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->version = true;
}

static bool apply_help(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->help = true;
}

static bool apply_sysroot(struct inq_cli *cli, const char *value)
{
	cli->options.sysroot = value;
	return true;
}

static bool apply_exe(struct inq_cli *cli, const char *value)
{
	cli->options.exe = value;
	return true;
}

/* Appends to a NULL-terminated list. */
static bool append(const char ***list, size_t *count, const char *value)
{
	const char **longer = realloc(*list, (*count + 2) * sizeof(**list));
	if (!longer) {
		inq_tell("out of memory");
		return false;
	}
	longer[(*count)++] = value;
	longer[*count] = NULL;
	*list = longer;
	return true;
}

static bool apply_debug_dir(struct inq_cli *cli, const char *value)
{
	return append(&cli->debug_dirs, &cli->debug_dir_count, value);
}

static bool apply_map(struct inq_cli *cli, const char *value)
{
	return append(&cli->maps, &cli->map_count, value);
}

static bool apply_kind(struct inq_cli *cli, const char *value)
{
	struct inq_nearest nearest = { .word = value };
	const char *name;
	cli->options.kind = value;
	for (size_t i = 0; (name = inq_format_name(i)); i++) {
		if (strcmp(name, value) == 0)
			return true;
		inq_nearest_try(&nearest, name);
	}
	if (nearest.name)
		inq_tell("there is no kind '%s'; did you mean '%s'? 'inquest help kinds' lists all", value,
			 nearest.name);
	else
		inq_tell("there is no kind '%s'; 'inquest help kinds' lists all", value);
	return false;
}

static bool apply_no_files(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->options.no_files = true;
}

static bool apply_cache(struct inq_cli *cli, const char *value)
{
	cli->triage.cache = value;
	return true;
}

static bool apply_lines(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->options.all_lines = true;
}

static bool apply_debuginfod(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->options.debuginfod = true;
}

static bool apply_no_demangle(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->options.no_demangle = true;
}

static bool apply_pid(struct inq_cli *cli, const char *value)
{
	char *end;
	errno = 0;
	cli->options.pid = strtoull(value, &end, 10);
	if (value[0] >= '1' && value[0] <= '9' && !*end && !errno)
		return true;
	inq_tell_usage(cli->command, "--pid '%s' is not a process number", value);
	return false;
}

static bool apply_jvm_args(struct inq_cli *cli, const char *value)
{
	cli->options.jvm_args = value;
	return true;
}

static bool apply_jvm_version(struct inq_cli *cli, const char *value)
{
	cli->options.jvm_version = value;
	return true;
}

/* Taken by every command, so that a script can pass it always. */
static bool apply_jobs(struct inq_cli *cli, const char *value)
{
	char *end;
	errno = 0;
	unsigned long jobs = strtoul(value, &end, 10);
	cli->triage.jobs = (unsigned)jobs;
	if (value[0] >= '0' && value[0] <= '9' && !*end && !errno && jobs >= 1 && jobs <= 1024)
		return true;
	inq_tell_usage(cli->command, "--jobs '%s' is not a number of processes from 1 to 1024", value);
	return false;
}

static const struct inq_option common_options[] = {
	{ "format", 0, "FORMAT", "text (the default) or json", apply_format },
	{ "json", 0, NULL, "the same as --format json", apply_json },
	{ "output", 'o', "FILE", "write to FILE, which appears only once it is whole", apply_output },
	{ "color", 0, "WHEN", "auto (the default: on a terminal), always or never", apply_color },
	{ "jobs", 0, "N", "use N processes: triage, by default one for each CPU", apply_jobs },
	{ "quiet", 'q', NULL, "no warnings, only errors", apply_quiet },
	{ "verbose", 'v', NULL, "tell also what is usually folded", apply_verbose },
	{ "help", 'h', NULL, "this help", apply_help },
	{ "version", 0, NULL, "the version", apply_version },
	{ 0 }
};

static const struct inq_option analysis_options[] = {
	{ "sysroot", 0, "DIR", "look for every file inside DIR", apply_sysroot },
	{ "exe", 0, "FILE", "the executable, if not where the artefact says", apply_exe },
	{ "debug-dir", 0, "DIR", "look for debug files here, not in /usr/lib/debug", apply_debug_dir },
	{ "map", 0, "FILE", "attach an address map of the same process", apply_map },
	{ "kind", 0, "NAME", "the kind of the artefacts; 'inquest help kinds'", apply_kind },
	{ "no-files", 0, NULL, "use only what the artefacts hold, open no other file", apply_no_files },
	{ "cache", 0, "DIR", "keep what is dear to read of symbols in DIR; or none", apply_cache },
	{ "lines", 0, NULL, "source lines also where much must be unpacked for them", apply_lines },
	{ "debuginfod", 0, NULL, "fetch files that are missing here from debuginfod's servers", apply_debuginfod },
	{ "no-demangle", 0, NULL, "show names of C++, Rust and D as the linker has them", apply_no_demangle },
	{ "pid", 0, "N", "of a listing of several processes, take this one", apply_pid },
	{ "jvm-args", 0, "ARGS", "a JVM's command line, where no artefact tells it", apply_jvm_args },
	{ "jvm-version", 0, "VERSION", "a JVM's version, such as 1.4.2 or 17, likewise", apply_jvm_version },
	{ 0 }
};

const struct inq_option *inq_cli_options(const struct inq_command *command, size_t index)
{
	const struct inq_option *tables[4] = { 0 };
	size_t count = 0;
	if (command->own)
		tables[count++] = command->own;
	if (command->analyses)
		tables[count++] = analysis_options;
	tables[count++] = common_options;
	return index < count ? tables[index] : NULL;
}
