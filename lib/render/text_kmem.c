/* The kernel's memory as people read it: categories with bars, who holds most, what lies idle, what does not fit. */
#include "lib/render/text.h"

#include <stdlib.h>
#include <string.h>

enum { SIZE = 10, BAR = 20, MOST_CACHES = 15, MOST_FAMILIES = 10, MOST_ARENAS = 8, NAME = 26 };

static void put_cell(struct inq_text *text, uint64_t size)
{
	inq_str_size(&text->work, size);
	inq_str_printf(&text->str, "  %*s", SIZE, text->work.text);
	text->work.length = 0;
}

static void put_share(struct inq_text *text, uint64_t permille)
{
	inq_str_printf(&text->str, " %3u.%u %%  ", (unsigned)(permille / 10), (unsigned)(permille % 10));
}

static void put_bar(struct inq_text *text, uint64_t permille)
{
	inq_put_bar(&text->str, (double)permille / 1000, BAR);
	inq_str_puts(&text->str, "  ");
}

static void put_about(struct inq_text *text, const char *about, unsigned column)
{
	if (!about)
		return;
	inq_text_pad(text, column);
	inq_str_puts(&text->work, about);
	inq_text_wrap(text, column, INQ_COLOR_NONE);
}

/* ---- ::memstat ---- */

static void put_category(struct inq_text *text, const struct inq_memstat *memstat, const struct inq_memstat_row *row)
{
	uint64_t whole = memstat->total_bytes;
	uint64_t permille =
		whole && whole != INQ_UNKNOWN ? (uint64_t)((double)row->bytes * 1000 / (double)whole + 0.5) : 0;
	put_cell(text, row->bytes);
	put_share(text, permille);
	if (!row->depth)
		put_bar(text, permille);
	else
		inq_text_pad(text, 2 + SIZE + 10 + BAR + 2);
	inq_put_name(&text->str, row->name);
	inq_text_newline(text);
	if (row->about && text->output->verbose) {
		put_about(text, row->about, 2 + SIZE + 10 + BAR + 4);
		inq_text_newline(text);
	}
}

static void put_memstat(struct inq_text *text, const struct inq_memstat *memstat)
{
	inq_str_printf(&text->str, "  %*s   share", SIZE, "memory");
	inq_text_pad(text, 2 + SIZE + 10 + BAR + 2);
	inq_str_puts(&text->str, "what for");
	inq_text_newline(text);
	for (size_t i = 0; i < memstat->row_count && !text->stopped; i++)
		put_category(text, memstat, &memstat->rows[i]);
	if (memstat->total_bytes != INQ_UNKNOWN) {
		put_cell(text, memstat->total_bytes);
		inq_text_pad(text, 2 + SIZE + 10 + BAR + 2);
		inq_str_puts(&text->str, "total");
		if (memstat->page_size)
			inq_str_printf(&text->str, ", in pages of %u KiB", (unsigned)(memstat->page_size >> 10));
		inq_text_newline(text);
	}
	inq_text_newline(text);
}

/* ---- ::kmastat ---- */

static void put_idle(struct inq_text *text, const struct inq_kernel_holder *holder)
{
	uint64_t used = holder->idle == INQ_UNKNOWN || !holder->bytes ? 0 : holder->bytes - holder->idle;
	if (holder->idle == INQ_UNKNOWN)
		inq_str_puts(&text->str, "     -  ");
	else
		inq_str_printf(&text->str, " %3.0f %%  ",
			       holder->bytes ? 100.0 * (double)used / (double)holder->bytes : 0);
}

static void put_holder(struct inq_text *text, const struct inq_kernel_holder *holder, bool idle)
{
	put_cell(text, holder->bytes);
	put_share(text, holder->permille);
	if (idle)
		put_idle(text, holder);
	put_bar(text, holder->permille);
	unsigned column = (unsigned)(text->str.length - text->line);
	inq_put_name(&text->str, holder->name);
	if (holder->about && text->width >= column + NAME + 24)
		put_about(text, holder->about, column + NAME);
	inq_text_newline(text);
}

static void put_holders(struct inq_text *text, const struct inq_kernel_memory *kernel, const char *kind, size_t most)
{
	size_t shown = 0;
	bool idle = strcmp(kind, "arena") != 0;
	inq_str_printf(&text->str, "  %*s   share   %s", SIZE, "memory", idle ? "in use  " : "");
	inq_text_pad(text, 2 + SIZE + (idle ? 17 : 10) + BAR + 2);
	inq_str_puts(&text->str, kind);
	inq_text_newline(text);
	for (size_t i = 0; i < kernel->holder_count && !text->stopped; i++) {
		const struct inq_kernel_holder *holder = &kernel->holders[i];
		if (strcmp(holder->kind, kind) != 0 || !holder->bytes || (shown >= most && !text->output->verbose))
			continue;
		put_holder(text, holder, idle);
		shown++;
	}
	inq_text_newline(text);
}

static void put_tree(struct inq_text *text, const struct inq_kmastat *kmastat)
{
	inq_str_printf(&text->str, "  %*s  %*s  vmem arena, under the one it gets its memory from", SIZE, "in use",
		       SIZE, "total");
	inq_text_newline(text);
	for (size_t i = 0; i < kmastat->vmem_count && !text->stopped; i++) {
		const struct inq_vmem_row *row = &kmastat->vmem[i];
		if (row->in_use < 1 << 20 && !text->output->verbose)
			continue;
		put_cell(text, row->in_use);
		put_cell(text, row->total);
		inq_text_pad(text, 2 + SIZE + 2 + SIZE + 2 + 2 * row->depth);
		inq_put_name(&text->str, row->name);
		inq_text_newline(text);
	}
	inq_text_newline(text);
}

static void put_caches(struct inq_text *text, const struct inq_kernel_memory *kernel)
{
	const struct inq_kmastat *kmastat = &kernel->kmastats[0];
	if (kmastat->cache_count) {
		put_holders(text, kernel, "cache", MOST_CACHES);
		put_holders(text, kernel, "family", MOST_FAMILIES);
	}
	if (kmastat->arena_count)
		put_holders(text, kernel, "arena", MOST_ARENAS);
	if (kmastat->vmem_count)
		put_tree(text, kmastat);
}

/* ---- what to think of it ---- */

static void put_findings(struct inq_text *text, const struct inq_kernel_memory *kernel)
{
	for (size_t i = 0; i < kernel->finding_count; i++) {
		const struct inq_diagnosis *finding = &kernel->findings[i];
		inq_put_name(&text->work, finding->text);
		inq_str_printf(&text->work, " (%s)", inq_confidence_name(finding->confidence));
		inq_text_paragraph(text, i ? "" : "findings");
		for (size_t j = 0; j < finding->evidence.count; j++) {
			inq_str_puts(&text->work, "- ");
			inq_put_name(&text->work, finding->evidence.items[j]);
			inq_text_paragraph(text, "");
		}
	}
}

static void put_checks(struct inq_text *text, const struct inq_kernel_memory *kernel)
{
	size_t good = 0;
	for (size_t i = 0; i < kernel->check_count; i++)
		good += kernel->checks[i].ok;
	inq_str_printf(&text->work, "%zu of %zu hold", good, kernel->check_count);
	inq_text_paragraph(text, "checks");
	for (size_t i = 0; i < kernel->check_count; i++) {
		const struct inq_kernel_check *check = &kernel->checks[i];
		if (check->ok && !text->output->verbose)
			continue;
		inq_str_puts(&text->work, check->ok ? "holds: " : "fails: ");
		inq_put_name(&text->work, check->what);
		inq_str_puts(&text->work, ": ");
		inq_str_count(&text->work, check->expected);
		if (check->found != check->expected) {
			inq_str_puts(&text->work, " expected, ");
			inq_str_count(&text->work, check->found);
			inq_str_puts(&text->work, " found");
		}
		if (check->note)
			inq_str_printf(&text->work, " (%s)", check->note);
		inq_text_paragraph(text, "");
	}
}

void inq_text_kmem(struct inq_text *text)
{
	const struct inq_kernel_memory *kernel = text->report->kernel_memory;
	if (!kernel)
		return;
	if (kernel->verdict) {
		inq_put_name(&text->work, kernel->verdict);
		inq_str_putc(&text->work, '.');
		inq_text_wrap(text, 0, INQ_COLOR_BOLD);
		inq_text_newline(text);
		inq_text_newline(text);
	}
	for (size_t i = 0; i < kernel->memstat_count; i++)
		put_memstat(text, &kernel->memstats[i]);
	if (kernel->kmastat_count)
		put_caches(text, kernel);
	put_findings(text, kernel);
	if (kernel->check_count)
		put_checks(text, kernel);
}

/* What to think of it, without the tables. */
void inq_text_report_kmem(struct inq_text *text)
{
	const struct inq_kernel_memory *kernel = text->report->kernel_memory;
	if (!kernel)
		return;
	if (kernel->verdict) {
		inq_put_name(&text->work, kernel->verdict);
		inq_str_puts(&text->work, "; `inquest kmem` says more");
		inq_text_paragraph(text, "kernel");
	}
	for (size_t i = 0; i < kernel->finding_count; i++) {
		inq_put_name(&text->work, kernel->findings[i].text);
		inq_str_printf(&text->work, " (%s)", inq_confidence_name(kernel->findings[i].confidence));
		inq_text_paragraph(text, i || kernel->verdict ? "" : "kernel");
	}
}
