/* Whom to believe, by the table of kinds; and what each artefact gave. */
#include "lib/incident/witness.h"

#include "lib/base/str.h"

#include <string.h>

static const struct inq_witness rows[] = {
#define INQ_WITNESS(kind, class_) { kind, INQ_WITNESS_##class_ },
#include "lib/incident/witnesses.def"
#undef INQ_WITNESS
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

const struct inq_witness *inq_witness_row(size_t index)
{
	return index < ROW_COUNT ? &rows[index] : NULL;
}

size_t inq_witness_rank(const char *kind)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (strcmp(rows[i].kind, kind) == 0)
			return i;
	return ROW_COUNT;
}

enum inq_witness_class inq_witness_class_of(const char *kind)
{
	size_t rank = inq_witness_rank(kind);
	return rank < ROW_COUNT ? rows[rank].class_ : INQ_WITNESS_OTHER;
}

static bool tells_sizes(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (space->mappings.items[i].usage)
			return true;
	return false;
}

static size_t count_registers(const struct inq_space *space)
{
	size_t count = 0;
	for (size_t i = 0; i < space->threads.count; i++)
		count += space->threads.items[i].registers != NULL;
	return count;
}

static size_t count_stacks(const struct inq_space *space)
{
	size_t count = 0;
	for (size_t i = 0; i < space->threads.count; i++)
		count += space->threads.items[i].stack.count > 0;
	return count;
}

static bool tells_signal(const struct inq_space *space)
{
	return space->threads.count && space->threads.items[0].signal.number;
}

static bool tells_process(const struct inq_space *space)
{
	const struct inq_process *process = &space->process;
	return process->pid != INQ_UNKNOWN || process->name || process->args || process->exe;
}

static bool tells_kernel(const struct inq_space *space)
{
	const struct inq_kernel_tables *kernel = &space->kernel;
	return kernel->memstats.count || kernel->kmastats.count || kernel->kstats.count || kernel->vmstats.count;
}

/* Adds the word when this is the first to tell. */
static bool take(struct inq_str *text, bool tells, bool *taken, const char *what)
{
	if (!tells || *taken)
		return false;
	*taken = true;
	inq_str_puts(text, text->length ? ", " : "");
	inq_str_puts(text, what);
	return true;
}

const char *inq_witness_gives(const struct inq_space *space, struct inq_given *given)
{
	struct inq_str text = { 0 };
	size_t registers = count_registers(space), stacks = count_stacks(space);
	bool again = false; /* tables add up: each gives its own */
	take(&text, space->artefacts.count && space->artefacts.items[0].holds_memory, &given->memory, "memory");
	take(&text, space->mappings.count, &given->map, "address map");
	take(&text, tells_sizes(space), &given->sizes, "resident sizes");
	if (take(&text, registers, &given->registers, "registers"))
		inq_str_printf(&text, " of %zu thread%s", registers, registers == 1 ? "" : "s");
	if (take(&text, stacks, &given->stacks, "stack"))
		inq_str_printf(&text, "%s of %zu thread%s", stacks == 1 ? "" : "s", stacks, stacks == 1 ? "" : "s");
	take(&text, tells_signal(space), &given->signal, "signal");
	take(&text, tells_process(space), &given->process, "process");
	take(&text, tells_kernel(space), &again, "kernel memory");
	again = false;
	take(&text, space->histograms.count, &again, "class histogram");
	const char *copy =
		text.failed ? NULL : inq_arena_copy(space->ctx->arena, text.text ? text.text : "", text.length);
	inq_str_release(&text);
	if (!copy)
		inq_no_memory(space->ctx);
	return copy;
}
