/* The JVM as people read it: version and collector, a table of generations and spaces, what else it has reserved. */
#include "lib/render/text.h"

#include <stdlib.h>
#include <string.h>

enum { NAME = 18, SIZE = 9, BAR = 8, PICTURE = 64, INDENT = 2 };

static const char *collector_name(const char *name)
{
	static const char *const names[][2] = { { "serial", "Serial" },
						{ "parallel", "Parallel" },
						{ "parnew", "ParNew" },
						{ "cms", "CMS" },
						{ "g1", "G1" },
						{ "z", "ZGC" },
						{ "z-generational", "generational ZGC" },
						{ "shenandoah", "Shenandoah" },
						{ "epsilon", "Epsilon" } };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i][0], name) == 0)
			return names[i][1];
	return name;
}

static const char *kind_name(const char *kind)
{
	if (!kind || strcmp(kind, "hotspot") == 0)
		return "HotSpot";
	return strcmp(kind, "openj9") == 0	   ? "OpenJ9"
	       : strcmp(kind, "native-image") == 0 ? "GraalVM native image"
						   : kind;
}

static void put_sentence(struct inq_text *text, const struct inq_jvm *jvm)
{
	struct inq_str *work = &text->work;
	inq_put_name(work, kind_name(jvm->kind));
	if (jvm->version) {
		inq_str_putc(work, ' ');
		inq_put_name(work, jvm->version);
		if (jvm->major && strtoul(jvm->version, NULL, 10) > jvm->major) /* until 8 HotSpot counted for itself */
			inq_str_printf(work, " (JDK %u)", jvm->major);
	} else if (jvm->major) {
		inq_str_printf(work, " %u", jvm->major);
	}
	if (jvm->vm_name) {
		inq_str_puts(work, ", ");
		inq_put_name(work, jvm->vm_name);
	}
	if (jvm->collector) {
		inq_str_puts(work, ", ");
		inq_put_name(work, collector_name(jvm->collector));
		inq_str_puts(work, " collector");
	}
	if (jvm->has_heap && jvm->heap.reserved != INQ_UNKNOWN) {
		inq_str_puts(work, ", heap of ");
		inq_str_size(work, jvm->heap.reserved);
	}
	inq_str_putc(work, '.');
}

static void put_cell(struct inq_text *text, uint64_t size)
{
	struct inq_str *work = &text->work;
	if (size == INQ_UNKNOWN)
		inq_str_putc(work, '-');
	else
		inq_str_size(work, size);
	inq_str_printf(&text->str, " %*s", SIZE, work->text);
	work->length = 0;
}

static void put_bar(struct inq_text *text, uint64_t part, uint64_t whole)
{
	if (part == INQ_UNKNOWN || whole == INQ_UNKNOWN || !whole)
		return;
	double share = (double)part / (double)whole;
	inq_str_printf(&text->str, " %3.0f %% ", share * 100);
	inq_put_bar(&text->str, share, BAR);
}

/* How sure, and why, under the row. */
static void put_evidence(struct inq_text *text, const struct inq_jvm_area *area, unsigned indent)
{
	for (size_t i = 0; text->output->verbose && i < area->evidence.count; i++) {
		inq_text_pad(text, indent - 1);
		inq_str_putc(&text->str, '-');
		if (i == 0 && area->confidence)
			inq_str_printf(&text->work, "%s: ", inq_confidence_name(area->confidence));
		inq_put_name(&text->work, area->evidence.items[i]);
		inq_text_wrap(text, indent + 1, INQ_COLOR_NONE);
		inq_text_newline(text);
	}
}

/* "profiled nmethods" under "code cache" needs no second word. */
static void put_area_name(struct inq_text *text, const char *name, unsigned indent)
{
	const char *second = indent > INDENT ? strstr(name, " nmethods") : NULL;
	inq_put_name(&text->work, name);
	if (second)
		text->work.length = (size_t)(second - name);
	inq_text_pad(text, indent);
	inq_str_add(&text->str, text->work.text, text->work.length);
	if (indent + text->work.length >= INDENT + NAME) /* a long name has a line of its own */
		inq_text_newline(text);
	text->work.length = 0;
	inq_text_pad(text, INDENT + NAME);
}

static void put_row(struct inq_text *text, const struct inq_jvm_area *area, unsigned depth)
{
	unsigned indent = INDENT + 2 * depth;
	put_area_name(text, area->name, indent);
	if (area->start != INQ_UNKNOWN)
		inq_str_hex(&text->str, area->start, text->digits);
	else
		inq_str_printf(&text->str, "%-*s", text->digits, "-");
	put_cell(text, area->reserved);
	put_cell(text, area->committed);
	put_cell(text, area->used);
	put_bar(text, area->used, area->committed);
	inq_text_newline(text);
	put_evidence(text, area, indent + 2);
}

static void put_tree(struct inq_text *text, const struct inq_jvm_area *area, unsigned depth)
{
	put_row(text, area, depth);
	for (size_t i = 0; i < area->part_count && depth < 3; i++)
		put_tree(text, &area->parts[i], depth + 1);
}

static void put_table_head(struct inq_text *text)
{
	inq_str_printf(&text->str, "  %-*s%-*s %*s %*s %*s  of committed", NAME, "memory", text->digits, "start", SIZE,
		       "reserved", SIZE, "committed", SIZE, "used");
	inq_text_newline(text);
}

static void put_areas(struct inq_text *text, const struct inq_jvm *jvm)
{
	put_table_head(text);
	if (jvm->has_heap)
		put_tree(text, &jvm->heap, 0);
	if (jvm->has_code_cache)
		put_tree(text, &jvm->code_cache, 0);
	if (jvm->has_metaspace)
		put_row(text, &jvm->metaspace, 0);
	if (jvm->has_class_space)
		put_row(text, &jvm->class_space, 0);
	if (jvm->has_cds)
		put_row(text, &jvm->cds, 0);
	for (size_t i = 0; i < jvm->side_table_count; i++)
		put_row(text, &jvm->side_tables[i], 0);
	if (jvm->has_perfdata)
		put_row(text, &jvm->perfdata, 0);
}

/* The types of regions, in the order in which they are counted and drawn. */
static const struct {
	const char *type;
	char mark;
} types[] = { { "eden", 'E' },	    { "survivor", 'S' }, { "old", 'O' },
	      { "humongous", 'H' }, { "archive", 'A' },	 { "free", '-' } };

static char mark_of(const struct inq_jvm_region *region)
{
	for (size_t i = 0; region->type && i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(region->type, types[i].type) == 0)
			return types[i].mark;
	return '?';
}

static void put_region_counts(struct inq_text *text, const struct inq_jvm *jvm)
{
	uint64_t counts[256] = { 0 };
	for (size_t i = 0; i < jvm->region_count; i++)
		counts[(unsigned char)mark_of(&jvm->regions[i])]++;
	inq_str_count(&text->work, jvm->region_count);
	inq_str_puts(&text->work, jvm->region_size && jvm->region_size != INQ_UNKNOWN ? " of " : " committed");
	if (jvm->region_size && jvm->region_size != INQ_UNKNOWN)
		inq_str_size(&text->work, jvm->region_size);
	const char *between = ": ";
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		uint64_t count = counts[(unsigned char)types[i].mark];
		if (!count)
			continue;
		inq_str_puts(&text->work, between);
		inq_str_count(&text->work, count);
		inq_str_printf(&text->work, " %s (%c)", types[i].type, types[i].mark);
		between = ", ";
	}
	inq_text_paragraph(text, "regions");
}

/* One line from the heap's start to its end; each place shows the type that takes most of it, a dot what is not
 * committed. */
static void put_picture(struct inq_text *text, const struct inq_jvm *jvm)
{
	uint64_t size = jvm->heap.end - jvm->heap.start;
	size_t at = 0;
	if (!jvm->has_heap || jvm->heap.start == INQ_UNKNOWN || size < PICTURE)
		return;
	inq_str_putc(&text->work, '|');
	for (unsigned i = 0; i < PICTURE; i++) {
		uint64_t start = jvm->heap.start + size / PICTURE * i, end = start + size / PICTURE, most = 0;
		uint64_t taken[256] = { 0 };
		char mark = '.';
		while (at < jvm->region_count && jvm->regions[at].end <= start)
			at++;
		for (size_t j = at; j < jvm->region_count && jvm->regions[j].start < end; j++) {
			const struct inq_jvm_region *region = &jvm->regions[j];
			unsigned char of = (unsigned char)mark_of(region);
			taken[of] += (region->end < end ? region->end : end) -
				     (region->start > start ? region->start : start);
			mark = taken[of] > most ? (char)of : mark;
			most = taken[of] > most ? taken[of] : most;
		}
		inq_str_putc(&text->work, mark);
	}
	inq_str_putc(&text->work, '|');
	inq_text_paragraph(text, "");
}

static void put_regions(struct inq_text *text, const struct inq_jvm *jvm)
{
	if (!jvm->region_count)
		return;
	put_region_counts(text, jvm);
	bool typed = false;
	for (size_t i = 0; i < jvm->region_count && !typed; i++)
		typed = jvm->regions[i].type != NULL;
	if (typed)
		put_picture(text, jvm);
}

static bool is_default(const struct inq_jvm_flag *flag)
{
	return flag->origin && strcmp(flag->origin, "default") == 0;
}

/* Sizes are told as such: what is whole MiB, and the largest number, which stands for none. */
static void put_value(struct inq_str *work, const char *value)
{
	bool number = *value && strspn(value, "0123456789") == strlen(value);
	uint64_t size = number ? strtoull(value, NULL, 10) : 0;
	if (size == UINT64_MAX)
		inq_str_puts(work, "unlimited");
	else if (size && size % (1 << 20) == 0)
		inq_str_size(work, size);
	else
		inq_put_name(work, value);
}

/* Those that someone set; with -v also what the JVM chose itself, and the defaults that shape the memory. */
static void put_flags(struct inq_text *text, const struct inq_jvm *jvm)
{
	bool first = true, verbose = text->output->verbose;
	for (size_t i = 0; i < jvm->flag_count; i++) {
		const struct inq_jvm_flag *flag = &jvm->flags[i];
		bool ergonomic = flag->origin && strcmp(flag->origin, "ergonomic") == 0;
		if (!verbose && (is_default(flag) || ergonomic))
			continue;
		inq_str_puts(&text->work, first ? "" : ", ");
		inq_put_name(&text->work, flag->name);
		inq_str_puts(&text->work, " = ");
		put_value(&text->work, flag->value);
		if (flag->origin && strcmp(flag->origin, "command line") != 0)
			inq_str_printf(&text->work, " (%s)", flag->origin);
		first = false;
	}
	if (!first)
		inq_text_paragraph(text, "flags");
}

static void put_oops(struct inq_text *text, const struct inq_jvm *jvm)
{
	struct inq_str *work = &text->work;
	if (!jvm->oops_mode)
		return;
	if (strcmp(jvm->oops_mode, "off") == 0) {
		inq_str_puts(work, "whole addresses: compressed oops are off");
	} else {
		inq_str_printf(work, "compressed to 32 bits, %s: base ", jvm->oops_mode);
		inq_put_address(work, jvm->narrow_oop_base, 1);
		inq_str_printf(work, ", shift %u", jvm->narrow_oop_shift);
	}
	inq_text_paragraph(text, "references");
}

static void put_sources(struct inq_text *text, const struct inq_jvm *jvm)
{
	struct inq_str *work = &text->work;
	for (size_t i = 0; i < jvm->evidence.count; i++) {
		inq_put_name(work, jvm->evidence.items[i]);
		if (i == 0 && jvm->confidence)
			inq_str_printf(work, " (%s)", inq_confidence_name(jvm->confidence));
		inq_text_paragraph(text, i ? "" : "known by");
	}
	if (jvm->as_of) {
		inq_str_puts(work, "the figures are those of ");
		inq_put_name(work, jvm->as_of);
		inq_text_paragraph(text, "as of");
	}
	for (size_t i = 0; i < jvm->alternative_count; i++) {
		inq_put_name(work, jvm->alternatives[i].text);
		if (jvm->alternatives[i].confidence)
			inq_str_printf(work, " (%s)", inq_confidence_name(jvm->alternatives[i].confidence));
		inq_text_paragraph(text, i ? "" : "or else");
	}
	for (size_t i = 0; i < jvm->disagreements.count; i++) {
		inq_put_name(work, jvm->disagreements.items[i]);
		inq_text_paragraph(text, i ? "" : "disagree");
	}
}

void inq_text_jvm(struct inq_text *text)
{
	const struct inq_jvm *jvm = text->report->jvm;
	if (!jvm)
		return;
	if (jvm->code_cache.end <= UINT64_C(1) << 48)
		text->digits = text->report->process.bits == 32 ? 8 : 12;
	put_sentence(text, jvm);
	inq_text_wrap(text, 0, INQ_COLOR_BOLD);
	inq_text_newline(text);
	inq_text_newline(text);
	put_areas(text, jvm);
	inq_text_newline(text);
	put_regions(text, jvm);
	if (jvm->thread_count) {
		inq_str_count(&text->work, jvm->thread_count);
		inq_str_puts(&text->work, " of Java and of the compilers");
		inq_text_paragraph(text, "threads");
	}
	put_oops(text, jvm);
	put_flags(text, jvm);
	put_sources(text, jvm);
}

/* The paragraph of a report. */
void inq_text_report_jvm(struct inq_text *text)
{
	const struct inq_jvm *jvm = text->report->jvm;
	struct inq_str *work = &text->work;
	if (!jvm)
		return;
	put_sentence(text, jvm);
	for (size_t i = 0; jvm->has_heap && i <= jvm->heap.part_count; i++) {
		const struct inq_jvm_area *area = i ? &jvm->heap.parts[i - 1] : &jvm->heap;
		inq_str_putc(work, i ? ',' : ' ');
		inq_str_puts(work, i ? " " : "");
		inq_put_name(work, i ? area->name : "Heap");
		inq_str_putc(work, ' ');
		if (area->used != INQ_UNKNOWN) {
			inq_str_size(work, area->used);
			inq_str_puts(work, " of ");
		}
		inq_str_size(work, area->committed != INQ_UNKNOWN ? area->committed : area->reserved);
	}
	if (jvm->has_heap)
		inq_str_puts(work, "; `inquest jvm` says more.");
	inq_text_paragraph(text, "JVM");
}
