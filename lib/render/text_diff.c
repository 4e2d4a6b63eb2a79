/* Differences as people read them: what to think of it, then a table for each level, what changed most first. */
#include "lib/render/text.h"

#include <math.h>
#include <string.h>

enum { SIZE = 10, MOST = 20, SPARK = 24 };

static void put_size_cell(struct inq_text *text, uint64_t size)
{
	if (size)
		inq_str_size(&text->work, size);
	else
		inq_str_putc(&text->work, '-');
	inq_str_printf(&text->str, " %*s", SIZE, text->work.text);
	text->work.length = 0;
}

static void put_signed_cell(struct inq_text *text, double bytes, const char *unit)
{
	inq_str_putc(&text->work, bytes < 0 ? '-' : '+');
	inq_str_size(&text->work, (uint64_t)fabs(bytes));
	inq_str_puts(&text->work, unit);
	inq_str_printf(&text->str, " %*s", SIZE + 1 + (int)strlen(unit), text->work.text);
	text->work.length = 0;
}

/* One bar for each value, from the least to the most; a long series is thinned out. */
static void put_spark(struct inq_text *text, const struct inq_diff_row *row, size_t count)
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	uint64_t least = UINT64_MAX, most = 0;
	size_t shown = count < SPARK ? count : SPARK;
	for (size_t i = 0; i < count; i++) {
		least = row->values[i] < least ? row->values[i] : least;
		most = row->values[i] > most ? row->values[i] : most;
	}
	double height = (double)(most - least);
	inq_str_putc(&text->str, ' ');
	for (size_t i = 0; i < shown; i++) {
		uint64_t value = row->values[shown > 1 ? i * (count - 1) / (shown - 1) : 0];
		unsigned step = height > 0 ? (unsigned)(7 * (double)(value - least) / height + 0.5) : 0;
		inq_str_puts(&text->str, bars[step < 8 ? step : 7]);
	}
}

/* How many blocks or instances it is, where that is told and changed. */
static void put_counts(struct inq_text *text, const struct inq_diff_row *row)
{
	if (row->count_before == row->count_after)
		return;
	inq_str_puts(&text->str, ", ");
	inq_str_count(&text->str, row->count_before);
	inq_str_puts(&text->str, " → ");
	inq_str_count(&text->str, row->count_after);
}

static void put_name(struct inq_text *text, const struct inq_diff_row *row)
{
	inq_str_putc(&text->str, ' ');
	if (row->start != INQ_UNKNOWN) {
		inq_str_hex(&text->str, row->start, 12);
		inq_str_putc(&text->str, ' ');
	}
	if (text->output->verbose)
		inq_put_name(&text->str, row->name);
	else
		inq_put_basename(&text->str, row->name);
	if (row->class_ && strcmp(row->class_, row->name) != 0)
		inq_str_printf(&text->str, " (%s)", row->class_);
	put_counts(text, row);
	if (row->appeared)
		inq_text_color(text, INQ_COLOR_DOUBT, " new");
	if (row->went)
		inq_text_color(text, INQ_COLOR_LABEL, " gone");
	if (row->steady)
		inq_str_printf(&text->str, " steady, r² %.3f", row->fit);
}

static void put_row(struct inq_text *text, const struct inq_diff *diff, const struct inq_diff_row *row)
{
	put_signed_cell(text, (double)row->change, "");
	put_size_cell(text, row->before);
	put_size_cell(text, row->after);
	if (row->has_rate)
		put_signed_cell(text, row->rate * 3600, "/h");
	if (diff->count > 2)
		put_spark(text, row, diff->count);
	put_name(text, row);
	inq_text_newline(text);
}

static void put_head(struct inq_text *text, const struct inq_diff *diff, const struct inq_diff_row *row)
{
	inq_str_printf(&text->str, " %*s %*s %*s", SIZE + 1, "change", SIZE, diff->count > 2 ? "first" : "before", SIZE,
		       diff->count > 2 ? "last" : "after");
	if (row->has_rate)
		inq_str_printf(&text->str, " %*s", SIZE + 3, "rate");
	if (diff->count > 2)
		inq_text_pad(text, (unsigned)(text->str.length - text->line) + 2 +
					   (diff->count < SPARK ? (unsigned)diff->count : SPARK));
	inq_str_putc(&text->str, ' ');
	inq_str_puts(&text->str, row->level);
	inq_text_newline(text);
}

/* The rows of one level; returns how many there are. */
static size_t put_level(struct inq_text *text, const struct inq_diff *diff, const struct inq_diff_row *rows,
			size_t left)
{
	size_t count = 1;
	while (count < left && strcmp(rows[count].level, rows[0].level) == 0)
		count++;
	size_t shown = text->output->verbose || count <= MOST + 1 ? count : MOST;
	inq_text_newline(text);
	put_head(text, diff, rows);
	for (size_t i = 0; i < shown && !text->stopped; i++)
		put_row(text, diff, &rows[i]);
	if (shown < count) {
		inq_str_printf(&text->str, "  … %zu more; -v lists them", count - shown);
		inq_text_newline(text);
	}
	return count;
}

void inq_text_diff(struct inq_text *text, const struct inq_diff *diff)
{
	for (size_t i = 0; i < diff->finding_count; i++) {
		const struct inq_diagnosis *finding = &diff->findings[i];
		inq_put_name(&text->work, finding->text);
		inq_str_putc(&text->work, '.');
		inq_text_wrap(text, 0, i ? INQ_COLOR_NONE : INQ_COLOR_BOLD);
		inq_text_newline(text);
		for (size_t j = 0; j < finding->evidence.count; j++) {
			inq_str_puts(&text->str, "  - ");
			inq_put_name(&text->work, finding->evidence.items[j]);
			inq_text_wrap(text, 4, INQ_COLOR_NONE);
			inq_text_newline(text);
		}
	}
	for (size_t i = 0; i < diff->row_count && !text->stopped;)
		i += put_level(text, diff, &diff->rows[i], diff->row_count - i);
}
