/* The text of `map`: the table of regions. Its columns are those that the artefacts can fill. */
#include "lib/render/text.h"

#include <string.h>

enum { SIZE_COLUMN = 9, CONFIDENCE_COLUMN = 8 };

struct columns {
	unsigned class_; /* width of the widest class that occurs */
	bool permissions, resident, dumped;
};

static struct columns find_columns(struct inq_text *text)
{
	struct columns columns = { .class_ = 5 };
	for (size_t i = 0; i < text->report->region_count; i++) {
		const struct inq_region *region = &text->report->regions[i];
		text->work.length = 0;
		inq_put_class(&text->work, region->class_, region->subclass);
		if (text->work.length > columns.class_)
			columns.class_ = (unsigned)text->work.length;
		columns.permissions |= (region->permissions & INQ_PERM_KNOWN) != 0;
		columns.resident |= region->resident_bytes != INQ_UNKNOWN;
		columns.dumped |= region->dumped_bytes != INQ_UNKNOWN;
	}
	text->work.length = 0;
	return columns;
}

/* Appends the cell that was composed in text->work, right-aligned in `width` columns. */
static void put_right(struct inq_text *text, unsigned width)
{
	for (size_t i = text->work.length; i < width; i++)
		inq_str_putc(&text->str, ' ');
	inq_str_add(&text->str, text->work.text ? text->work.text : "", text->work.length);
	text->work.length = 0;
}

static void put_left(struct inq_text *text, unsigned width)
{
	size_t length = text->work.length;
	inq_str_add(&text->str, text->work.text ? text->work.text : "", length);
	for (; length < width; length++)
		inq_str_putc(&text->str, ' ');
	text->work.length = 0;
}

/* A part of `whole`: most are all or nothing, and a word is read faster than two equal sizes. */
static void put_part(struct inq_text *text, uint64_t part, uint64_t whole)
{
	if (part == INQ_UNKNOWN)
		inq_str_putc(&text->work, '?');
	else if (part == 0)
		inq_str_putc(&text->work, '-');
	else if (part == whole)
		inq_str_puts(&text->work, "all");
	else
		inq_str_size(&text->work, part);
	inq_str_putc(&text->str, ' ');
	put_right(text, SIZE_COLUMN);
}

static void put_header(struct inq_text *text, const struct columns *columns)
{
	inq_text_pad(text, 0);
	inq_str_printf(&text->str, "%-*s %-*s %*s", text->digits, "start", text->digits, "end", SIZE_COLUMN, "size");
	if (columns->permissions)
		inq_str_puts(&text->str, " perm");
	inq_str_printf(&text->str, " %-*s %-*s", columns->class_, "class", CONFIDENCE_COLUMN, "sure");
	if (columns->resident)
		inq_str_printf(&text->str, " %*s", SIZE_COLUMN, "resident");
	if (columns->dumped)
		inq_str_printf(&text->str, " %*s", SIZE_COLUMN, "dumped");
	inq_str_puts(&text->str, " name");
	inq_text_newline(text);
}

static void put_region_name(struct inq_text *text, const struct inq_region *region)
{
	const char *name = region->object ? region->object : region->name;
	if (!name)
		return;
	inq_str_putc(&text->str, ' ');
	if (text->output->verbose)
		inq_put_name(&text->str, name);
	else
		inq_put_basename(&text->str, name);
	if (region->thread != INQ_UNKNOWN)
		inq_str_printf(&text->str, " (thread %llu)", (unsigned long long)region->thread);
}

/* Why the class was chosen, under the row. */
static void put_evidence(struct inq_text *text, const struct inq_region *region)
{
	for (size_t i = 0; i < region->evidence.count; i++) {
		inq_put_name(&text->work, region->evidence.items[i]);
		inq_str_puts(&text->str, "    -");
		inq_text_wrap(text, 6, INQ_COLOR_NONE);
		inq_text_newline(text);
	}
	if (region->huge_bytes && region->huge_bytes != INQ_UNKNOWN) {
		inq_str_puts(&text->str, "    - ");
		inq_str_size(&text->str, region->huge_bytes);
		inq_str_puts(&text->str, " of it in transparent huge pages");
		inq_text_newline(text);
	}
}

static void put_region(struct inq_text *text, const struct columns *columns, const struct inq_region *region)
{
	uint64_t size = region->end - region->start;
	inq_str_hex(&text->str, region->start, text->digits);
	inq_str_putc(&text->str, ' ');
	inq_str_hex(&text->str, region->end, text->digits);
	inq_str_putc(&text->str, ' ');
	inq_str_size(&text->work, size);
	put_right(text, SIZE_COLUMN);
	inq_str_putc(&text->str, ' ');
	if (columns->permissions) {
		inq_put_permissions(&text->work, region->permissions);
		put_left(text, 5);
	}
	inq_put_class(&text->work, region->class_, region->subclass);
	put_left(text, columns->class_ + 1);
	inq_str_puts(&text->work, region->confidence ? inq_confidence_name(region->confidence) : "?");
	put_left(text, CONFIDENCE_COLUMN);
	if (columns->resident)
		put_part(text, region->resident_bytes, size);
	if (columns->dumped)
		put_part(text, region->dumped_bytes, size);
	put_region_name(text, region);
	while (text->str.length && text->str.text[text->str.length - 1] == ' ')
		text->str.length--;
	inq_text_newline(text);
	if (text->output->verbose)
		put_evidence(text, region);
}

static void put_total(struct inq_text *text)
{
	struct inq_str *str = &text->str;
	uint64_t resident = 0, dumped = 0;
	bool resident_known = false, dumped_known = false;
	for (size_t i = 0; i < text->report->memory_count; i++) {
		const struct inq_memory_class *row = &text->report->memory[i];
		if (row->resident != INQ_UNKNOWN && (resident_known = true))
			resident += row->resident;
		if (row->dumped != INQ_UNKNOWN && (dumped_known = true))
			dumped += row->dumped;
	}
	inq_str_count(str, text->report->region_count);
	inq_str_puts(str, text->report->region_count == 1 ? " region, " : " regions, ");
	inq_str_size(str, text->report->memory_total);
	if (resident_known) {
		inq_str_puts(str, ", resident ");
		inq_str_size(str, resident);
	}
	if (dumped_known) {
		inq_str_puts(str, ", dumped ");
		inq_str_size(str, dumped);
	}
	inq_text_newline(text);
}

void inq_text_map(struct inq_text *text)
{
	struct columns columns = find_columns(text);
	if (text->report->region_count)
		put_header(text, &columns);
	for (size_t i = 0; i < text->report->region_count && !text->stopped; i++)
		put_region(text, &columns, &text->report->regions[i]);
	put_total(text);
}
