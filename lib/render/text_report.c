/* The text of `report`: the answer first, then who died, of what, where, with which registers. What it rests on
 * (memory, files, notes, what is missing) is in text_report_evidence.c. */
#include "lib/render/text.h"

#include <string.h>

enum { MOST_FRAMES = 20 }; /* of each stack: the rest is told by `inquest stack` */

/* The verdict, with the confidence at the right end of its last line, or of a line of its own where it does not fit. */
static void put_verdict(struct inq_text *text)
{
	const struct inq_report *report = text->report;
	const char *sure = report->verdict_confidence ? inq_confidence_name(report->verdict_confidence) : NULL;
	if (!report->verdict)
		return;
	inq_put_name(&text->work, report->verdict);
	inq_text_wrap(text, 0, INQ_COLOR_BOLD);
	if (sure) {
		unsigned used = inq_columns(text->str.text + text->line, text->str.length - text->line);
		unsigned to = text->width - (unsigned)strlen(sure);
		if (used + 2 > to)
			inq_text_newline(text);
		for (used = used + 2 > to ? 0 : used; used < to; used++)
			inq_str_putc(&text->str, ' ');
		inq_text_color(text, inq_confidence_color(report->verdict_confidence), sure);
	}
	inq_text_newline(text);
	inq_text_newline(text);
}

/* What is not of the reported process is said before the answer: nothing of it is in that. */
static void put_apart(struct inq_text *text)
{
	bool any = false;
	for (size_t i = 0; i < text->report->contradiction_count; i++) {
		const struct inq_contradiction *contradiction = &text->report->contradictions[i];
		if (strcmp(contradiction->what, "process") != 0 || !contradiction->evidence.count)
			continue;
		inq_put_name(&text->work, contradiction->evidence.items[0]);
		inq_str_puts(&text->work, ".");
		inq_text_wrap(text, 0, INQ_COLOR_BAD);
		inq_text_newline(text);
		any = true;
	}
	if (any)
		inq_text_newline(text);
}

/* Of several artefacts: what each was good for. */
static void put_gave(struct inq_str *work, const struct inq_artefact_info *artefact)
{
	if (!artefact->gave)
		return;
	inq_str_puts(work, ": ");
	inq_str_puts(work, *artefact->gave ? artefact->gave : "nothing new, checked against the others");
}

static void put_artefacts(struct inq_text *text)
{
	for (size_t i = 0; i < text->report->artefact_count; i++) {
		const struct inq_artefact_info *artefact = &text->report->artefacts[i];
		struct inq_str *work = &text->work;
		inq_put_name(work, artefact->path);
		if (artefact->line > 1)
			inq_str_printf(work, ":%llu", (unsigned long long)artefact->line);
		inq_str_printf(work, " (%s", artefact->kind ? artefact->kind : "not used");
		if (artefact->size != INQ_UNKNOWN) {
			inq_str_puts(work, ", ");
			inq_str_size(work, artefact->size);
		}
		if (artefact->compression)
			inq_str_printf(work, ", %s", artefact->compression);
		inq_str_puts(work, artefact->recognised_only ? ", not read by this version" : "");
		inq_str_puts(work, artefact->other_process ? ", of another process)" : ")");
		if (text->report->artefact_count > 1)
			put_gave(work, artefact);
		inq_text_paragraph(text, i ? "" : "from");
	}
}

static void put_partial(struct inq_text *text)
{
	bool first = true;
	for (size_t i = 0; i < text->report->artefact_count; i++) {
		const struct inq_artefact_info *artefact = &text->report->artefacts[i];
		if (!artefact->partial)
			continue;
		inq_put_name(&text->work, artefact->path);
		if (artefact->missing_bytes && artefact->missing_bytes != INQ_UNKNOWN) {
			inq_str_puts(&text->work, " is cut off: it holds ");
			inq_str_size(&text->work, artefact->size);
			inq_str_puts(&text->work, ", and ");
			inq_str_size(&text->work, artefact->missing_bytes);
			inq_str_puts(&text->work, " more that its headers promise are missing");
		} else {
			inq_str_puts(&text->work, " is damaged or incomplete: see the warnings");
		}
		inq_text_paragraph(text, first ? "partial" : "");
		first = false;
	}
	if (first && text->report->partial) {
		inq_str_puts(&text->work, "some of the input could not be read: see the warnings");
		inq_text_paragraph(text, "partial");
	}
}

static void put_ids(struct inq_str *work, const struct inq_process_info *process)
{
	if (process->pid != INQ_UNKNOWN)
		inq_str_printf(work, "%spid %llu", work->length ? ", " : "", (unsigned long long)process->pid);
	if (process->uid != INQ_UNKNOWN)
		inq_str_printf(work, "%suid %llu", work->length ? ", " : "", (unsigned long long)process->uid);
	if (process->threads != INQ_UNKNOWN && process->threads) {
		inq_str_puts(work, work->length ? ", " : "");
		inq_str_count(work, process->threads);
		inq_str_puts(work, process->threads == 1 ? " thread" : " threads");
	}
}

/* "x86_64 Linux"; of a map, which names no processor, "64-bit Solaris". */
static void put_system(struct inq_str *work, const struct inq_process_info *process)
{
	static const char *const names[][2] = { { "linux", "Linux" },
						{ "solaris", "Solaris" },
						{ "freebsd", "FreeBSD" },
						{ "netbsd", "NetBSD" },
						{ "openbsd", "OpenBSD" } };
	const char *os = process->os;
	for (size_t i = 0; os && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(os, names[i][0]) == 0)
			os = names[i][1];
	if (!process->arch && !process->bits && !os)
		return;
	inq_str_puts(work, work->length ? ", " : "");
	if (process->arch)
		inq_put_name(work, process->arch);
	else if (process->bits)
		inq_str_printf(work, "%u-bit", process->bits);
	inq_str_puts(work, os && (process->arch || process->bits) ? " " : "");
	inq_put_name(work, os);
}

static void put_process(struct inq_text *text)
{
	const struct inq_process_info *process = &text->report->process;
	struct inq_str *work = &text->work;
	inq_put_name(work, process->name ? process->name : process->exe);
	put_ids(work, process);
	put_system(work, process);
	if (process->started) {
		inq_str_puts(work, ", started ");
		inq_put_name(work, process->started);
	}
	if (work->length)
		inq_text_paragraph(text, "process");
	if (process->args && *process->args) {
		inq_put_name(work, process->args);
		inq_text_paragraph(text, "command");
	}
	if (process->parents) {
		inq_put_name(work, process->parents);
		inq_text_paragraph(text, "parents");
	}
}

static unsigned widest_register(const struct inq_thread_info *thread)
{
	size_t widest = 0;
	for (size_t i = 0; i < thread->register_count; i++)
		if (strlen(thread->registers[i].name) > widest)
			widest = strlen(thread->registers[i].name);
	return (unsigned)widest;
}

/* Segment selectors are the same in every process of a system: only -v shows them. */
static bool is_selector(const char *name)
{
	return strlen(name) == 2 && name[1] == 's' && strchr("cdefgs", name[0]);
}

/* As many on a line as fit, each "name value" in a cell of one width, the names right-aligned. */
static void put_registers(struct inq_text *text, const struct inq_thread_info *thread)
{
	unsigned digits = text->report->process.bits == 32 ? 8 : 16, name = widest_register(thread), column = 0;
	unsigned columns = (text->width - INQ_TEXT_INDENT + 1) / (name + 1 + digits + 1);
	for (size_t i = 0; i < thread->register_count; i++) {
		const struct inq_register_info *row = &thread->registers[i];
		if (!text->output->verbose && is_selector(row->name))
			continue;
		inq_str_printf(&text->str, "%*s ", name + (column ? 1 : INQ_TEXT_INDENT), row->name);
		inq_str_hex(&text->str, row->value, digits);
		if (++column < columns)
			continue;
		inq_text_newline(text);
		column = 0;
	}
	if (column)
		inq_text_newline(text);
}

static void put_pointers(struct inq_text *text, const struct inq_thread_info *thread)
{
	int name = (int)widest_register(thread);
	bool first = true;
	for (size_t i = 0; thread->points_to && i < thread->register_count; i++) {
		const struct inq_location *location = &thread->points_to[i];
		if (!location->mapped || thread->registers[i].value == thread->pc)
			continue;
		inq_str_printf(&text->work, "%-*s ", name, thread->registers[i].name);
		inq_put_location(&text->work, location);
		inq_text_paragraph(text, first ? "pointing" : "");
		first = false;
	}
}

/* How much of the stack is in use, and the frames on it. */
static void put_stack(struct inq_text *text, const struct inq_thread_info *thread)
{
	struct inq_str *work = &text->work;
	if (thread->sp != INQ_UNKNOWN && text->report->region_count) {
		const struct inq_region *region =
			inq_region_at(text->report->regions, text->report->region_count, thread->sp);
		inq_str_puts(work, "sp ");
		inq_put_address(work, thread->sp, 1);
		inq_str_puts(work, region ? " is in " : " is in no mapping that is known");
		if (region && region->name)
			inq_put_name(work, region->name);
		else if (region)
			inq_str_printf(work, "memory of class %s", inq_class_name(region->class_));
	}
	if (thread->stack_start != INQ_UNKNOWN) {
		inq_str_puts(work, ", ");
		inq_str_size(work, thread->stack_used);
		inq_str_puts(work, " of ");
		inq_str_size(work, thread->stack_end - thread->stack_start);
		inq_str_puts(work, " in use");
	}
	if (work->length)
		inq_text_paragraph(text, "stack");
	inq_text_thread_stack(text, thread, MOST_FRAMES);
}

/* The others: the first was told in full. */
static void put_threads(struct inq_text *text)
{
	const struct inq_report *report = text->report;
	for (size_t i = 1; i < report->thread_count && !text->stopped; i++) {
		inq_put_thread(&text->work, &report->threads[i]);
		inq_text_paragraph(text, "thread");
		inq_text_thread_stack(text, &report->threads[i], MOST_FRAMES);
		put_registers(text, &report->threads[i]);
	}
	inq_text_stack_legend(text);
}

static void put_first_thread(struct inq_text *text, const struct inq_thread_info *thread)
{
	inq_text_newline(text);
	put_stack(text, thread);
	inq_text_stack_legend(text);
	inq_text_newline(text);
	if (thread->register_count) {
		inq_text_color(text, INQ_COLOR_LABEL, "  registers");
		inq_text_newline(text);
	}
	put_registers(text, thread);
	put_pointers(text, thread);
}

/* The bug that the crash is of, as triage tells it from others. */
static void put_signature(struct inq_text *text)
{
	const struct inq_signature *signature = &text->report->signature;
	if (!signature->hash || !text->report->has_crash)
		return;
	inq_put_name(&text->work, signature->text);
	inq_str_printf(&text->work, "  %s, %s", signature->hash, inq_severity_name(signature->severity));
	inq_text_paragraph(text, "group");
}

void inq_text_report(struct inq_text *text)
{
	const struct inq_report *report = text->report;
	put_apart(text);
	put_verdict(text);
	put_partial(text);
	put_artefacts(text);
	put_process(text);
	if (report->has_crash)
		inq_text_crash(text);
	put_signature(text);
	if (report->thread_count)
		put_first_thread(text, &report->threads[0]);
	if (text->output->verbose)
		put_threads(text);
	inq_text_newline(text);
	inq_text_report_evidence(text);
}
