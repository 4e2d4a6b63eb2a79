/* inquest jvm: the Java virtual machine of a process. */
#include "cli/command.h"

static bool apply_text_only(struct inq_cli *cli, const char *value)
{
	(void)value;
	return cli->options.jvm_text_only = true;
}

static const struct inq_option own[] = {
	{ "text-only", 0, NULL, "use the address map alone, though a core would tell more", apply_text_only }, { 0 }
};

/* None found is no answer: said on standard error, with what might help. */
static enum inq_exit no_jvm(const struct inq_cli *cli)
{
	inq_tell("%s: no JVM was found: no libjvm.so among the mapped files, no performance counters of one, and no "
		 "layout of its heap; `inquest map` shows what is there, and --jvm-args and --jvm-version help where a "
		 "map names no files",
		 cli->operands[0]);
	return INQ_EXIT_UNUSABLE;
}

static enum inq_exit run(struct inq_cli *cli)
{
	bool usable;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command,
				      "jvm needs an artefact: a core file, an address map, an hsperfdata file, a "
				      "class histogram");
	enum inq_exit status =
		inq_cli_analyse(cli, cli->operands, cli->operand_count, INQ_OBJECTS | INQ_FILES | INQ_JVM, &usable);
	if (!usable)
		return status;
	const struct inq_report *report = inq_incident_report(cli->incident);
	if (!report->jvm && !report->histogram_count)
		return no_jvm(cli);
	return inq_cli_render(cli, INQ_DOCUMENT_JVM, status);
}

static const char *const examples[] = { "inquest jvm core",
					"version, collector, generations, code cache and flags",
					"inquest jvm --jvm-args '-Xmx512m -server' --jvm-version 1.4.2 pmap.txt",
					"the generations by arithmetic on an address map",
					"inquest jvm --json /tmp/hsperfdata_me/4711",
					"what the JVM's own counters said last",
					"jcmd 4711 GC.class_histogram | inquest jvm -",
					"whose objects fill the heap, and whether the table adds up",
					NULL };

const struct inq_command inq_command_jvm = {
	.name = "jvm",
	.arguments = "ARTEFACT...",
	.about = "the Java virtual machine: version, collector, heap, code cache",
	.details =
		"Reads the tables by which HotSpot describes itself out of a core; where they are not held, its "
		"performance counters; else it works the layout out of the address map, the JVM's command line and its "
		"version. Each figure says how it is known with -v.",
	.own = own,
	.analyses = true,
	.examples = examples,
	.run = run,
};
