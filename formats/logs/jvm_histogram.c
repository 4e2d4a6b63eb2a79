/* Class histograms of a JVM: `jcmd PID GC.class_histogram`, `jmap -histo`, -XX:+PrintClassHistogram (HotSpot,
 * heapInspection.cpp): "   1:   INSTANCES   BYTES  CLASS (MODULE)", the module since JDK 9; `jhsdb jmap --histo` of a core
 * (sun.jvm.hotspot.oops.ObjectHistogram), which separates by tabs and writes "byte[]" for "[B"; OpenJ9's jmap, whose
 * number has no colon. All end with the row Total, but for OpenJ9's, of which that is not known. jcmd prints "PID:" first. */
#include "formats/format.h"
#include "formats/text.h"

#include <inttypes.h>

INQ_VEC(class_vec, struct inq_jvm_class)

enum { MOST_ODD = 16 };

struct table {
	struct inq_ctx *ctx;
	struct inq_input *input;
	struct inq_builder *builder;
	struct inq_text text;
	struct class_vec classes;
	struct inq_jvm_histogram histogram;
	uint64_t next;			     /* the number that the next row is due to have */
	uint64_t told_instances, told_bytes; /* of the row Total */
	bool total, gap, no_colon;
};

static bool is_heading(struct inq_span line, bool *no_colon)
{
	struct inq_span rest = inq_span_skip_blanks(line);
	if (!inq_span_is(inq_span_word(&rest), "num"))
		return false;
	rest = inq_span_skip_blanks(rest);
	*no_colon = inq_span_starts(rest, "object count");
	if (!*no_colon && !inq_span_starts(rest, "#instances"))
		return false;
	return inq_span_find(rest, "class name") > 0 || inq_span_find(rest, "Class description") > 0;
}

/* "4711:", which jcmd prints before anything else. */
static bool is_pid(struct inq_span line, uint64_t *pid)
{
	struct inq_span rest = inq_span_trim_end(line);
	return inq_take_decimal(&rest, pid) && inq_span_is(rest, ":");
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	bool no_colon;
	uint64_t pid;
	if (is_pid(text.line, &pid) && !inq_text_next(&text))
		return 0;
	return is_heading(text.line, &no_colon) ? 90 : 0;
}

static const char *keep(struct table *table, struct inq_span span)
{
	return span.length ? inq_build_string(table->builder, span.text, span.length) : NULL;
}

/* "B" of "[B": JVM specification, table 4.3-A. */
static const char *primitive(char letter)
{
	static const struct {
		char letter;
		const char *name;
	} names[] = { { 'B', "byte" }, { 'C', "char" }, { 'D', "double" }, { 'F', "float" },
		      { 'I', "int" },  { 'J', "long" }, { 'S', "short" },  { 'Z', "boolean" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].letter == letter)
			return names[i].name;
	return NULL;
}

/* Arrays as Java writes them, whichever tool printed the table: "[[I" is int[][], "[Ljava.lang.Object;" its class with []. */
static const char *class_name(struct table *table, struct inq_span name)
{
	enum { MOST_DIMENSIONS = 255 };
	unsigned dimensions = 0;
	struct inq_span element = name;
	while (dimensions < MOST_DIMENSIONS && inq_take_char(&element, '['))
		dimensions++;
	const char *simple = element.length == 1 ? primitive(element.text[0]) : NULL;
	bool object = element.length > 2 && element.text[0] == 'L' && element.text[element.length - 1] == ';';
	if (!dimensions || (!simple && !object))
		return keep(table, name);
	if (simple)
		element = (struct inq_span) { simple, strlen(simple) };
	else
		element = (struct inq_span) { element.text + 1, element.length - 2 };
	struct inq_arena *arena = table->ctx->arena;
	char *text = inq_arena_alloc(arena, element.length + 2 * dimensions + 1);
	if (!text)
		return NULL;
	memcpy(text, element.text, element.length);
	for (unsigned i = 0; i < dimensions; i++)
		memcpy(text + element.length + 2 * i, "[]", 2);
	return text;
}

/* "java.util.HashMap (java.base@17.0.15)" */
static bool take_class(struct table *table, struct inq_span text, struct inq_jvm_class *row)
{
	struct inq_span name = inq_span_trim_end(inq_span_skip_blanks(text));
	ptrdiff_t open = inq_span_ends(name, ")") ? inq_span_find(name, " (") : -1;
	if (open > 0) {
		struct inq_span module = inq_span_after(name, (size_t)open + 2);
		module.length--;
		row->module = keep(table, module);
		name.length = (size_t)open;
	}
	row->name = class_name(table, name);
	return row->name != NULL;
}

/* Rows are numbered: a number that is left out is a row that is left out. */
static void expect(struct table *table, uint64_t number)
{
	if (number != table->next && !table->gap) {
		inq_warn(table->ctx, INQ_PLACE_LINE, table->text.number,
			 "row %" PRIu64 " comes where row %" PRIu64
			 " is due: rows were left out or moved; those that are there were taken",
			 number, table->next);
		table->gap = true;
	}
	table->next = number + 1;
}

enum row { ROW_NONE, ROW_KEPT, ROW_TOTAL, ROW_NO_MEMORY };

static bool take_counts(struct inq_span *rest, uint64_t *instances, uint64_t *bytes)
{
	return inq_span_decimal(inq_span_word(rest), instances) && inq_span_decimal(inq_span_word(rest), bytes);
}

/* "Total         71466        3367200"; "Total : \t5\t400" */
static enum row read_total(struct table *table, struct inq_span rest)
{
	struct inq_span after = rest;
	if (inq_span_is(inq_span_word(&after), ":"))
		rest = after;
	if (!take_counts(&rest, &table->told_instances, &table->told_bytes))
		return ROW_NONE;
	table->total = true;
	return ROW_TOTAL;
}

static enum row read_row(struct table *table, struct inq_span line)
{
	struct inq_span rest = line, first = inq_span_word(&rest);
	struct inq_jvm_class row = { 0 }, *slot;
	uint64_t number;
	if (inq_span_is(first, "Total"))
		return read_total(table, rest);
	if (!inq_take_decimal(&first, &number) || first.length != (table->no_colon ? 0 : 1) ||
	    (first.length && *first.text != ':') || !take_counts(&rest, &row.instances, &row.bytes) ||
	    !inq_span_skip_blanks(rest).length)
		return ROW_NONE;
	expect(table, number);
	slot = take_class(table, rest, &row) ? class_vec_push(&table->classes) : NULL;
	if (!slot)
		return ROW_NO_MEMORY;
	*slot = row;
	return ROW_KEPT;
}

static void accept(struct table *table)
{
	table->input->end = table->text.next;
	table->input->end_line = table->text.number + 1;
}

static enum inq_status read_rows(struct table *table)
{
	unsigned odd = 0;
	while (odd < MOST_ODD && inq_text_next(&table->text)) {
		struct inq_span line = table->text.line;
		if (!line.length || inq_span_is_rule(line))
			continue;
		inq_build_at(table->builder, INQ_PLACE_LINE, table->text.number);
		enum row row = read_row(table, line);
		if (row == ROW_NO_MEMORY)
			return inq_no_memory(table->ctx);
		if (row == ROW_NONE && inq_format_at_line(table->input, &table->text))
			break;
		odd = row == ROW_NONE ? odd + 1 : 0;
		if (row != ROW_NONE)
			accept(table);
		if (row == ROW_TOTAL)
			break;
	}
	return INQ_OK;
}

static bool find_heading(struct table *table)
{
	uint64_t pid;
	while (inq_text_next(&table->text)) {
		accept(table);
		if (is_heading(table->text.line, &table->no_colon)) {
			table->histogram.line = table->text.number;
			return true;
		}
		if (is_pid(table->text.line, &pid)) {
			inq_build_at(table->builder, INQ_PLACE_LINE, table->text.number);
			inq_build_process(table->builder)->pid = table->builder->artefact->pid = pid;
		}
	}
	return false;
}

static enum inq_status keep_table(struct table *table)
{
	struct inq_jvm_histogram *histogram = &table->histogram, *slot;
	struct inq_jvm_class *classes = inq_arena_array(table->ctx->arena, table->classes.count, sizeof *classes);
	if (!classes)
		return inq_no_memory(table->ctx);
	for (size_t i = 0; i < table->classes.count; i++) {
		classes[i] = table->classes.items[i];
		if (inq_add(histogram->instances, classes[i].instances, &histogram->instances) &&
		    inq_add(histogram->bytes, classes[i].bytes, &histogram->bytes))
			continue;
		inq_warn(table->ctx, INQ_PLACE_LINE, histogram->line,
			 "the counts add up to more than 64 bits hold; nothing of it was used");
		return INQ_UNUSABLE;
	}
	histogram->classes = classes;
	histogram->class_count = table->classes.count;
	slot = inq_histogram_vec_push(&table->builder->space->histograms);
	if (!slot)
		return inq_no_memory(table->ctx);
	*slot = *histogram;
	inq_build_detail(table->builder, "%zu classes, %" PRIu64 " instances, %" PRIu64 " bytes", slot->class_count,
			 slot->instances, slot->bytes);
	return INQ_OK;
}

/* Whether all rows are there, by their numbers and by the row Total. */
static enum inq_status check_total(struct table *table)
{
	const struct inq_jvm_histogram *histogram = &table->histogram;
	if (!table->total && !table->no_colon) {
		inq_warn(table->ctx, INQ_PLACE_LINE, table->text.number, "the row Total is missing: the table is cut");
		return INQ_PARTIAL;
	}
	if (table->total && (table->told_instances != histogram->instances || table->told_bytes != histogram->bytes)) {
		inq_warn(table->ctx, INQ_PLACE_LINE, table->text.number,
			 "Total says %" PRIu64 " instances and %" PRIu64 " bytes, the rows add up to %" PRIu64
			 " and %" PRIu64 ": rows were left out or changed",
			 table->told_instances, table->told_bytes, histogram->instances, histogram->bytes);
		return INQ_PARTIAL;
	}
	return table->gap ? INQ_PARTIAL : INQ_OK;
}

static enum inq_status read_histogram(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct table table = { .ctx = ctx, .input = input, .builder = builder, .next = 1 };
	table.text = inq_text_begin(input->source->data, input->source->size, input->offset, input->line);
	table.histogram.artefact = ctx->artefact;
	enum inq_status status = find_heading(&table) ? read_rows(&table) : INQ_OK;
	if (status == INQ_OK && !table.classes.count) {
		inq_warn(ctx, INQ_PLACE_LINE, input->line,
			 "a heading of a class histogram without rows; nothing of it was used");
		status = INQ_UNUSABLE;
	}
	if (status == INQ_OK)
		status = keep_table(&table);
	class_vec_release(&table.classes);
	return status == INQ_OK ? check_total(&table) : status;
}

const struct inq_format inq_format_jvm_histogram = {
	.name = "jvm-histogram",
	.about = "a JVM's objects by class: jcmd GC.class_histogram, jmap -histo",
	.text = true,
	.begins = { INQ_DIGITS, INQ_CHARACTER('n') },
	.probe_line = probe,
	.read = read_histogram,
};
