/* The native heap as people read it: the answer, the arenas, what takes the memory, damage, how all this is known. */
#include "lib/render/text.h"

enum { BAR = 20, FEW = 8, MANY = 30, SIZE = 11, COUNT = 10 };

static void put_right(struct inq_text *text, unsigned columns)
{
	inq_str_putc(&text->work, '\0');
	inq_str_printf(&text->str, " %*s", (int)columns, text->work.text ? text->work.text : "");
	text->work.length = 0;
}

static void put_size(struct inq_text *text, uint64_t bytes)
{
	if (bytes)
		inq_str_size(&text->work, bytes);
	else
		inq_str_putc(&text->work, '-');
	put_right(text, SIZE);
}

static void put_count(struct inq_text *text, uint64_t count)
{
	inq_str_count(&text->work, count);
	put_right(text, COUNT);
}

static void put_bar(struct inq_text *text, uint64_t part, uint64_t whole)
{
	double share = whole ? (double)part / (double)whole : 0;
	share = share > 1 ? 1 : share;
	inq_str_printf(&text->str, " %3.0f %%  ", share * 100);
	inq_put_bar(&text->str, share, BAR);
}

static void put_heading(struct inq_text *text, const char *heading)
{
	inq_text_newline(text);
	inq_text_color(text, INQ_COLOR_LABEL, heading);
	inq_text_newline(text);
}

/* A list is folded unless all is asked for. */
static size_t shown(const struct inq_text *text, size_t count, size_t few)
{
	return text->output->verbose || count <= few + 1 ? count : few;
}

static void put_rest(struct inq_text *text, size_t all, size_t listed)
{
	if (all == listed)
		return;
	inq_str_puts(&text->str, "  … ");
	inq_str_count(&text->str, all - listed);
	inq_str_puts(&text->str, " more; -v lists them");
	inq_text_newline(text);
}

/* The words of text->work, wrapped, and the end of the line. */
static void put_line(struct inq_text *text, unsigned indent, enum inq_color color)
{
	inq_text_wrap(text, indent, color);
	inq_text_newline(text);
}

static void put_answer(struct inq_text *text, const struct inq_heap *heap)
{
	struct inq_str *work = &text->work;
	inq_put_name(work, heap->allocator);
	if (heap->version_guess) {
		inq_str_putc(work, ' ');
		inq_put_name(work, heap->version_guess);
	}
	inq_str_puts(work, " has ");
	inq_str_size(work, heap->total);
	inq_str_puts(work, heap->arena_count == 1 ? " in one arena" : " in ");
	if (heap->arena_count != 1) {
		inq_str_count(work, heap->arena_count);
		inq_str_puts(work, " arenas");
	}
	if (heap->in_use.count || heap->free.count) {
		inq_str_puts(work, ": ");
		inq_str_size(work, heap->in_use.bytes);
		inq_str_puts(work, " in use in ");
		inq_str_count(work, heap->in_use.count);
		inq_str_puts(work, " blocks, ");
		inq_str_size(work, heap->free.bytes);
		inq_str_puts(work, " free");
	}
	inq_str_puts(work, ".  ");
	inq_str_puts(work, inq_confidence_name(heap->confidence));
	put_line(text, 0, INQ_COLOR_BOLD);
	if (heap->error_count)
		inq_str_printf(work, "The heap is damaged: %zu error%s, listed below.", heap->error_count,
			       heap->error_count == 1 ? "" : "s");
	if (work->length)
		put_line(text, 0, INQ_COLOR_BAD);
}

static void put_arena(struct inq_text *text, const struct inq_heap_arena *arena)
{
	inq_str_printf(&text->str, "  %-7s ", arena->kind);
	inq_put_address(&text->str, arena->start, text->digits);
	put_size(text, arena->size);
	put_size(text, arena->in_use.bytes);
	put_count(text, arena->in_use.count);
	put_size(text, arena->free.bytes);
	put_size(text, arena->top);
	if (arena->unwalked) {
		inq_str_puts(&text->str, "  not walked: ");
		inq_str_size(&text->str, arena->unwalked);
	}
	inq_text_newline(text);
}

static void put_arenas(struct inq_text *text, const struct inq_heap *heap)
{
	size_t count = shown(text, heap->arena_count, MANY);
	put_heading(text, "arenas");
	inq_str_printf(&text->str, "  %-7s %-*s %*s %*s %*s %*s %*s", "kind", (int)text->digits + 2, "at", SIZE, "size",
		       SIZE, "in use", COUNT, "blocks", SIZE, "free", SIZE, "top");
	inq_text_newline(text);
	for (size_t i = 0; i < count; i++)
		put_arena(text, &heap->arenas[i]);
	put_rest(text, heap->arena_count, count);
}

static void put_sizes(struct inq_text *text, const struct inq_heap *heap)
{
	size_t count = shown(text, heap->size_count, FEW);
	if (!count)
		return;
	put_heading(text, "by size of the chunk");
	inq_str_printf(&text->str, "  %*s %*s %*s %*s %*s  of what is in use", SIZE, "size", SIZE, "in use", COUNT,
		       "blocks", SIZE, "free", COUNT, "blocks");
	inq_text_newline(text);
	for (size_t i = 0; i < count; i++) {
		const struct inq_heap_size *row = &heap->by_size[i];
		inq_str_puts(&text->str, "  ");
		inq_str_count(&text->work, row->size);
		inq_str_printf(&text->str, "%*s", SIZE, text->work.text ? text->work.text : "");
		text->work.length = 0;
		put_size(text, row->in_use.bytes);
		put_count(text, row->in_use.count);
		put_size(text, row->free.bytes);
		put_count(text, row->free.count);
		put_bar(text, row->in_use.bytes, heap->in_use.bytes);
		inq_text_newline(text);
	}
	put_rest(text, heap->size_count, count);
}

static void put_largest(struct inq_text *text, const struct inq_heap *heap)
{
	size_t count = shown(text, heap->largest_count, FEW);
	if (!count)
		return;
	put_heading(text, "largest blocks in use");
	for (size_t i = 0; i < count; i++) {
		const struct inq_heap_chunk *chunk = &heap->largest[i];
		inq_str_puts(&text->str, "  ");
		inq_put_address(&text->str, chunk->user, text->digits);
		put_size(text, chunk->size);
		inq_str_puts(&text->str, chunk->where ? "  " : "");
		inq_str_puts(&text->str, chunk->where ? chunk->where : "");
		inq_str_puts(&text->str, chunk->symbol ? "  " : "");
		inq_put_name(&text->str, chunk->symbol);
		inq_text_newline(text);
	}
	put_rest(text, heap->largest_count, count);
}

static void put_error(struct inq_text *text, const struct inq_heap_error *error)
{
	struct inq_str *work = &text->work;
	inq_str_puts(&text->str, "  ");
	inq_put_address(&text->str, error->address, text->digits);
	inq_str_puts(&text->str, "  ");
	inq_put_name(work, error->text);
	put_line(text, text->digits + 6, INQ_COLOR_BAD);
	if (!error->has_before)
		return;
	inq_str_puts(work, "below it: ");
	inq_put_address(work, error->before.user, 1);
	inq_str_puts(work, ", ");
	inq_put_chunk(work, &error->before);
	put_line(text, text->digits + 6, INQ_COLOR_NONE);
}

static void put_clusters(struct inq_text *text, const char *heading, const struct inq_heap_cluster *clusters,
			 size_t all)
{
	size_t count = shown(text, all, MANY);
	put_heading(text, heading);
	for (size_t i = 0; i < count; i++) {
		const struct inq_heap_cluster *cluster = &clusters[i];
		put_count(text, cluster->sum.count);
		inq_str_puts(&text->str, " × ");
		if (cluster->symbol)
			inq_put_name(&text->str, cluster->symbol);
		else
			inq_str_puts(&text->str, "a block");
		inq_str_puts(&text->str, " of ");
		inq_str_count(&text->str, cluster->size);
		inq_str_puts(&text->str, " bytes, ");
		inq_str_size(&text->str, cluster->sum.bytes);
		inq_str_puts(&text->str, ", one at ");
		inq_put_address(&text->str, cluster->example, 1);
		inq_text_newline(text);
	}
	put_rest(text, all, count);
	if (!all) {
		inq_str_puts(&text->str, "  none");
		inq_text_newline(text);
	}
}

static void put_evidence(struct inq_text *text, const struct inq_heap *heap)
{
	put_heading(text, "how we know");
	for (size_t i = 0; i < heap->evidence.count; i++) {
		inq_put_name(&text->work, heap->evidence.items[i]);
		put_line(text, INQ_TEXT_INDENT, INQ_COLOR_NONE);
	}
	if (heap->checked) {
		inq_put_name(&text->work, heap->checked);
		put_line(text, INQ_TEXT_INDENT, heap->reconciled ? INQ_COLOR_GOOD : INQ_COLOR_DOUBT);
	}
}

void inq_text_heap(struct inq_text *text)
{
	const struct inq_heap *heap = text->report->heap;
	if (!heap)
		return;
	if (text->digits == 16 && heap->arena_count && !(heap->arenas[0].start >> 48))
		text->digits = 12;
	put_answer(text, heap);
	put_arenas(text, heap);
	put_sizes(text, heap);
	put_largest(text, heap);
	if (heap->error_count)
		put_heading(text, "errors");
	for (size_t i = 0; i < heap->error_count; i++)
		put_error(text, &heap->errors[i]);
	if (heap->types)
		put_clusters(text, "blocks in use, by kind", heap->types, heap->type_count);
	if (heap->searched_leaks)
		put_clusters(text, "blocks that no pointer leads to", heap->leaks, heap->leak_count);
	put_evidence(text, heap);
}
