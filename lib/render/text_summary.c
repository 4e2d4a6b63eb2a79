/* The text of `map --summary`: what takes the address space, by class and by mapped file, largest first. Without -v it is one
 * screen of 24 lines. */
#include "lib/render/text.h"

#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE_COLUMN = 10, BAR = 20, MOST_CLASSES = 13, MOST_OBJECTS = 6 };

/* One line of either table. */
struct sum {
	const char *name;
	uint64_t size, resident, dumped, count;
};

struct known {
	bool resident, dumped;
};

static void put_size_cell(struct inq_text *text, uint64_t size)
{
	if (size == INQ_UNKNOWN)
		inq_str_putc(&text->work, '?');
	else if (size == 0)
		inq_str_putc(&text->work, '-');
	else
		inq_str_size(&text->work, size);
	inq_str_printf(&text->str, " %*s", SIZE_COLUMN, text->work.text);
	text->work.length = 0;
}

static void put_bar(struct inq_text *text, uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole : 0;
	if (part && share < 0.01)
		inq_str_puts(&text->str, "  <1 %  ");
	else
		inq_str_printf(&text->str, " %3.0f %%  ", share * 100);
	inq_put_bar(&text->str, share, BAR);
	inq_str_puts(&text->str, "  ");
}

static void put_header(struct inq_text *text, struct known known, const char *what)
{
	inq_str_printf(&text->str, "%7s %*s", "count", SIZE_COLUMN, "size");
	if (known.resident)
		inq_str_printf(&text->str, " %*s", SIZE_COLUMN, "resident");
	if (known.dumped)
		inq_str_printf(&text->str, " %*s", SIZE_COLUMN, "dumped");
	inq_str_printf(&text->str, " %5s  %-*s  %s", "share", BAR, "of the total", what);
	inq_text_newline(text);
}

static void put_sum(struct inq_text *text, struct known known, const struct sum *sum)
{
	inq_str_count(&text->work, sum->count);
	inq_str_printf(&text->str, "%7s", text->work.text);
	text->work.length = 0;
	put_size_cell(text, sum->size);
	if (known.resident)
		put_size_cell(text, sum->resident);
	if (known.dumped)
		put_size_cell(text, sum->dumped);
	put_bar(text, sum->size, text->report->memory_total);
	if (text->output->verbose)
		inq_put_name(&text->str, sum->name);
	else
		inq_put_basename(&text->str, sum->name);
	inq_text_newline(text);
}

static int by_name(const void *a, const void *b)
{
	const struct sum *one = a, *other = b;
	return one->name == other->name ? 0 : strcmp(one->name, other->name);
}

static int by_size(const void *a, const void *b)
{
	const struct sum *one = a, *other = b;
	if (one->size != other->size)
		return one->size < other->size ? 1 : -1;
	return strcmp(one->name, other->name);
}

static uint64_t add_known(uint64_t sum, uint64_t more)
{
	return more == INQ_UNKNOWN ? sum : sum == INQ_UNKNOWN ? more : sum + more;
}

static void merge(struct sum *into, const struct sum *from)
{
	into->size += from->size;
	into->count += from->count;
	into->resident = add_known(into->resident, from->resident);
	into->dumped = add_known(into->dumped, from->dumped);
}

/* Merges neighbours of equal name; returns how many are left. */
static size_t merge_equal(struct sum *sums, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		if (kept && by_name(&sums[kept - 1], &sums[i]) == 0)
			merge(&sums[kept - 1], &sums[i]);
		else
			sums[kept++] = sums[i];
	}
	return kept;
}

static struct sum *sum_objects(const struct inq_report *report, size_t *count)
{
	struct sum *sums = inq_alloc((report->region_count + 1) * sizeof(*sums));
	if (!sums)
		return NULL;
	*count = 0;
	for (size_t i = 0; i < report->region_count; i++) {
		const struct inq_region *region = &report->regions[i];
		if (region->object)
			sums[(*count)++] = (struct sum) { region->object, region->end - region->start,
							  region->resident_bytes, region->dumped_bytes, 1 };
	}
	*count = merge_equal(sums, *count); /* most equal names are neighbours: less to sort */
	qsort(sums, *count, sizeof(*sums), by_name);
	*count = merge_equal(sums, *count);
	qsort(sums, *count, sizeof(*sums), by_size);
	return sums;
}

/* The rest in one line, unless all were asked for. */
static void put_sums(struct inq_text *text, struct known known, struct sum *sums, size_t count, size_t most)
{
	size_t shown = text->output->verbose || count <= most + 1 ? count : most;
	for (size_t i = 0; i < shown && !text->stopped; i++)
		put_sum(text, known, &sums[i]);
	if (shown == count)
		return;
	for (size_t i = shown + 1; i < count; i++)
		merge(&sums[shown], &sums[i]);
	sums[shown].name = "others; -v lists them";
	put_sum(text, known, &sums[shown]);
}

static void put_classes(struct inq_text *text, struct known known, const struct sum *total)
{
	struct sum sums[INQ_CLASS_COUNT];
	size_t count = text->report->memory_count < INQ_CLASS_COUNT ? text->report->memory_count : INQ_CLASS_COUNT;
	for (size_t i = 0; i < count; i++) {
		const struct inq_memory_class *row = &text->report->memory[i];
		sums[i] =
			(struct sum) { inq_class_name(row->class_), row->size, row->resident, row->dumped, row->count };
	}
	put_header(text, known, "class");
	put_sums(text, known, sums, count, MOST_CLASSES);
	put_sum(text, known, total);
}

static struct sum total_of(const struct inq_report *report)
{
	struct sum total = { "total", report->memory_total, INQ_UNKNOWN, INQ_UNKNOWN, report->region_count };
	for (size_t i = 0; i < report->memory_count; i++) {
		total.resident = add_known(total.resident, report->memory[i].resident);
		total.dumped = add_known(total.dumped, report->memory[i].dumped);
	}
	return total;
}

void inq_text_summary(struct inq_text *text)
{
	struct sum total = total_of(text->report), *sums;
	struct known known = { total.resident != INQ_UNKNOWN, total.dumped != INQ_UNKNOWN };
	size_t count = 0;
	sums = sum_objects(text->report, &count);
	if (!sums) {
		text->work.failed = true;
		return;
	}
	put_classes(text, known, &total);
	if (count) {
		inq_text_newline(text);
		put_header(text, known, "mapped file");
		put_sums(text, known, sums, count, MOST_OBJECTS);
	}
	free(sums);
}
