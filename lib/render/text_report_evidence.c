/* The second half of `report`: the memory, the files, the notes, what contradicts, what would help. */
#include "lib/render/text.h"

#include <string.h>

enum { MOST_FILES = 12, BUILD_ID_SHORT = 12 };

/* "label (3)" style parts of one sentence: a comma before all but the first. */
static void put_part(struct inq_str *work, bool *first, const char *what, const char *between)
{
	inq_str_puts(work, *first ? "" : between);
	inq_str_puts(work, what);
	*first = false;
}

static void put_memory(struct inq_text *text)
{
	const struct inq_report *report = text->report;
	struct inq_str *work = &text->work;
	bool first = true;
	uint64_t dumped = INQ_UNKNOWN;
	if (!report->region_count)
		return;
	inq_str_size(work, report->memory_total);
	inq_str_puts(work, " in ");
	inq_str_count(work, report->region_count);
	inq_str_puts(work, report->region_count == 1 ? " region: " : " regions: ");
	for (size_t i = 0; i < report->memory_count; i++) {
		const struct inq_memory_class *row = &report->memory[i];
		put_part(work, &first, inq_class_name(row->class_), ", ");
		inq_str_putc(work, ' ');
		inq_str_size(work, row->size);
		if (row->dumped != INQ_UNKNOWN)
			dumped = (dumped == INQ_UNKNOWN ? 0 : dumped) + row->dumped;
	}
	if (dumped != INQ_UNKNOWN) {
		inq_str_puts(work, "; the core holds ");
		inq_str_size(work, dumped);
		inq_str_puts(work, " of it");
	}
	inq_text_paragraph(text, "memory");
}

/* Those that a reader must know of: the others are only counted. A text is mostly read on another machine, where it goes
 * without saying that the files are not there; a core wants them. */
static bool is_trouble(const struct inq_report *report, const struct inq_object_info *object)
{
	bool core = report->region_count && report->regions[0].dumped_bytes != INQ_UNKNOWN;
	bool missed = object->file == INQ_FILE_MISSING && core;
	return missed || object->file == INQ_FILE_MISMATCHED || object->deleted;
}

static void put_build_id(struct inq_str *work, const struct inq_object_info *object, bool whole)
{
	if (!object->build_id)
		return;
	size_t length = strlen(object->build_id);
	inq_str_puts(work, ", build ID ");
	inq_str_add(work, object->build_id, whole || length <= BUILD_ID_SHORT ? length : BUILD_ID_SHORT);
	inq_str_puts(work, whole || length <= BUILD_ID_SHORT ? "" : "…");
}

static void put_object(struct inq_text *text, const struct inq_object_info *object)
{
	struct inq_str *work = &text->work;
	bool verbose = text->output->verbose;
	if (verbose) {
		inq_put_address(work, object->base, text->digits);
		inq_str_putc(work, ' ');
	}
	inq_put_name(work, object->path);
	inq_str_printf(work, ": %s", inq_file_state_name(object->file));
	inq_str_puts(work, object->deleted && !object->file_note ? ", deleted" : "");
	put_build_id(work, object, verbose);
	if (object->file_path && strcmp(object->file_path, object->path) != 0) {
		inq_str_puts(work, ", looked at ");
		inq_put_name(work, object->file_path);
	}
	if (object->file_note && (verbose || object->file != INQ_FILE_MISSING)) {
		inq_str_puts(work, "; ");
		inq_put_name(work, object->file_note);
	}
	if (verbose && inq_symbols_name(object->symbols))
		inq_str_printf(work, ", symbols: %s", inq_symbols_name(object->symbols));
	inq_text_wrap(text, INQ_TEXT_LABEL, is_trouble(text->report, object) ? INQ_COLOR_BAD : INQ_COLOR_NONE);
	inq_text_newline(text);
}

static void put_file_counts(struct inq_text *text)
{
	static const enum inq_file_state order[] = { INQ_FILE_MATCHED, INQ_FILE_MISMATCHED, INQ_FILE_MISSING,
						     INQ_FILE_UNCHECKED };
	const struct inq_report *report = text->report;
	uint64_t counts[INQ_FILE_MISSING + 1] = { 0 };
	bool first = true;
	for (size_t i = 0; i < report->object_count; i++)
		counts[report->objects[i].file]++;
	inq_str_count(&text->work, report->object_count);
	inq_str_puts(&text->work, report->object_count == 1 ? " object: " : " objects: ");
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!counts[order[i]])
			continue;
		put_part(&text->work, &first, "", ", ");
		inq_str_count(&text->work, counts[order[i]]);
		inq_str_printf(&text->work, " %s", inq_file_state_name(order[i]));
	}
	inq_text_paragraph(text, "files");
}

static void put_files(struct inq_text *text)
{
	const struct inq_report *report = text->report;
	size_t shown = 0, left_out = 0;
	if (!report->object_count)
		return;
	put_file_counts(text);
	for (size_t i = 0; i < report->object_count && !text->stopped; i++) {
		const struct inq_object_info *object = &report->objects[i];
		if (!text->output->verbose && !is_trouble(report, object))
			continue;
		if (!text->output->verbose && shown == MOST_FILES) {
			left_out++;
			continue;
		}
		put_object(text, object);
		shown++;
	}
	if (left_out) {
		inq_str_puts(&text->work, "and ");
		inq_str_count(&text->work, left_out);
		inq_str_puts(&text->work, " more; -v lists them");
		inq_text_paragraph(text, "");
	}
}

static void put_notes(struct inq_text *text)
{
	bool first = true;
	for (size_t i = 0; i < text->report->note_count; i++) {
		const struct inq_note_count *note = &text->report->notes[i];
		if (note->name)
			continue;
		put_part(&text->work, &first, first ? "not understood: " : "", ", ");
		inq_put_name(&text->work, note->owner);
		inq_str_printf(&text->work, " type 0x%llx", (unsigned long long)note->type);
		if (note->count > 1)
			inq_str_printf(&text->work, " (%llu times)", (unsigned long long)note->count);
	}
	if (!first)
		inq_text_paragraph(text, "notes");
}

static void put_contradictions(struct inq_text *text)
{
	for (size_t i = 0; i < text->report->contradiction_count; i++) {
		const struct inq_contradiction *contradiction = &text->report->contradictions[i];
		bool first = true;
		if (i == 0) {
			inq_text_newline(text);
			inq_text_color(text, INQ_COLOR_BAD, "  contradictions");
			inq_text_newline(text);
		}
		for (size_t j = 0; j < contradiction->evidence.count; j++) {
			put_part(&text->work, &first, "", "; ");
			inq_put_name(&text->work, contradiction->evidence.items[j]);
		}
		inq_text_paragraph(text, contradiction->what);
	}
}

static void put_missing(struct inq_text *text)
{
	for (size_t i = 0; i < text->report->missing_count; i++) {
		const struct inq_missing *missing = &text->report->missing[i];
		inq_put_name(&text->work, missing->what);
		if (missing->why) {
			inq_str_puts(&text->work, ": ");
			inq_put_name(&text->work, missing->why);
		}
		if (missing->how) {
			inq_str_puts(&text->work, "; ");
			inq_put_name(&text->work, missing->how);
		}
		inq_text_paragraph(text, i ? "" : "missing");
	}
}

static void put_warnings(struct inq_text *text)
{
	size_t count = text->report->warning_count;
	if (!count)
		return;
	inq_str_count(&text->work, count);
	inq_str_puts(&text->work, count == 1 ? " warning, on standard error" : " warnings, on standard error");
	inq_text_paragraph(text, "warnings");
}

void inq_text_report_evidence(struct inq_text *text)
{
	put_memory(text);
	inq_text_report_jvm(text);
	inq_text_report_histogram(text);
	inq_text_report_kmem(text);
	put_files(text);
	put_notes(text);
	put_contradictions(text);
	put_missing(text);
	put_warnings(text);
}
