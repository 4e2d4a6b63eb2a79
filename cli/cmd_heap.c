/* inquest heap: the native heap, its damage, its leaks. */
#include "cli/command.h"

#include <string.h>

static bool apply_check(struct inq_cli *cli, const char *value)
{
	(void)value;
	cli->heap |= INQ_HEAP_CHECKED;
	return true;
}

static bool apply_leaks(struct inq_cli *cli, const char *value)
{
	(void)value;
	cli->heap |= INQ_HEAP_LEAKED;
	return true;
}

static bool apply_types(struct inq_cli *cli, const char *value)
{
	(void)value;
	cli->heap |= INQ_HEAP_TYPED;
	return true;
}

static const struct inq_option own[] = {
	{ "check", 'c', NULL, "find damage: lists of free chunks, every neighbour", apply_check },
	{ "leaks", 0, NULL, "find blocks that no pointer leads to, by kind", apply_leaks },
	{ "types", 't', NULL, "all blocks in use, by size and kind", apply_types },
	{ 0 }
};

static bool holds_memory(const struct inq_report *report)
{
	for (size_t i = 0; i < report->artefact_count; i++)
		if (report->artefacts[i].kind && strcmp(report->artefacts[i].kind, "elf-core") == 0)
			return true;
	return false;
}

static enum inq_exit run(struct inq_cli *cli)
{
	bool usable;
	if (cli->operand_count == 0)
		return inq_tell_usage(cli->command, "heap needs a core file");
	enum inq_exit status = inq_cli_analyse(cli, cli->operands, cli->operand_count,
					       INQ_OBJECTS | INQ_FILES | INQ_HEAP | cli->heap, &usable);
	if (!usable)
		return status;
	const struct inq_report *report = inq_incident_report(cli->incident);
	if (report->heap)
		return inq_cli_render(cli, INQ_DOCUMENT_HEAP, status);
	if (holds_memory(report))
		inq_tell("%s: no allocator that is known was found in it; 'inquest map' shows what fills the memory",
			 cli->operands[0]);
	else
		inq_tell("%s: an address map holds no memory, so there is no heap to walk; a core file is needed",
			 cli->operands[0]);
	return INQ_EXIT_UNUSABLE;
}

static const char *const examples[] = { "inquest heap core",
					"what the heap holds: by arena, by size, the largest blocks",
					"inquest heap --check core",
					"is it damaged, where, and who stands next to it",
					"inquest heap --leaks --types core",
					"what it is full of, and what nothing points to any more",
					NULL };

const struct inq_command inq_command_heap = {
	.name = "heap",
	.arguments = "CORE...",
	.about = "the native heap: arenas, sizes, damage, leaks",
	.details = "Walks every chunk of malloc's heap, without debug information, and says whether\n"
		   "the sums are what malloc itself counted. glibc is walked; other allocators are\n"
		   "recognised and summed up.",
	.own = own,
	.analyses = true,
	.examples = examples,
	.run = run,
};
