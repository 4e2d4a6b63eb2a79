/* A class histogram as people read it: how much there is in all, then whose objects take it, largest first. */
#include "lib/render/text.h"

enum { MOST = 20, SIZE = 10, COUNT = 12, BAR = 20 };

static void put_row(struct inq_text *text, const struct inq_jvm_class *row, uint64_t total)
{
	double share = total ? (double)row->bytes / (double)total : 0;
	inq_str_size(&text->work, row->bytes);
	inq_str_printf(&text->str, "%*s %5.1f %%", SIZE + 2, text->work.text, 100 * share);
	text->work.length = 0;
	inq_str_count(&text->work, row->instances);
	inq_str_printf(&text->str, " %*s  ", COUNT, text->work.text);
	text->work.length = 0;
	inq_put_bar(&text->str, share, BAR);
	inq_str_puts(&text->str, "  ");
	inq_put_name(&text->str, row->name);
	if (row->module && text->output->verbose) {
		inq_str_puts(&text->str, " (");
		inq_put_name(&text->str, row->module);
		inq_str_putc(&text->str, ')');
	}
	inq_text_newline(text);
}

void inq_text_histogram(struct inq_text *text)
{
	const struct inq_jvm_histogram *histogram = text->report->histograms;
	if (!text->report->histogram_count)
		return;
	size_t count = histogram->class_count;
	size_t shown = text->output->verbose || count <= MOST + 1 ? count : MOST;
	inq_str_count(&text->work, histogram->instances);
	inq_str_puts(&text->work, " objects of ");
	inq_str_count(&text->work, count);
	inq_str_puts(&text->work, " classes take ");
	inq_str_size(&text->work, histogram->bytes);
	inq_str_putc(&text->work, '.');
	inq_text_wrap(text, 0, INQ_COLOR_BOLD);
	inq_text_newline(text);
	inq_text_newline(text);
	inq_str_printf(&text->str, "%*s %7s %*s  %-*s  class", SIZE + 2, "memory", "share", COUNT, "objects", BAR, "");
	inq_text_newline(text);
	for (size_t i = 0; i < shown && !text->stopped; i++)
		put_row(text, &histogram->classes[i], histogram->bytes);
	if (shown < count) {
		inq_str_printf(&text->str, "  … %zu more; -v lists them", count - shown);
		inq_text_newline(text);
	}
}

/* The largest few, in a report. */
void inq_text_report_histogram(struct inq_text *text)
{
	enum { FEW = 3 };
	const struct inq_jvm_histogram *histogram = text->report->histograms;
	struct inq_str *work = &text->work;
	if (!text->report->histogram_count)
		return;
	inq_str_count(work, histogram->instances);
	inq_str_puts(work, " objects take ");
	inq_str_size(work, histogram->bytes);
	for (size_t i = 0; i < histogram->class_count && i < FEW; i++) {
		inq_str_puts(work, i ? ", " : ": ");
		inq_put_name(work, histogram->classes[i].name);
		inq_str_putc(work, ' ');
		inq_str_size(work, histogram->classes[i].bytes);
	}
	inq_str_puts(work, "; `inquest jvm` lists them");
	inq_text_paragraph(text, "objects");
}
