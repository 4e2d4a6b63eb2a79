/* The index of a symbol table: disjoint spans by address, each with the symbol that names it.
 *
 * Symbols may nest and overlap, in a hostile table all of them. So they are sorted and swept once: a stack holds those that
 * the sweep is inside of, the latest start (of equal starts the best name) on top, and each step of the sweep writes the
 * span of the one on top. A zero-size symbol lasts until the next symbol or the end of its section, and only where no sized
 * one holds its place. This gives what the scan in table.c gives, in O(n log n) once and O(log n) each time. */
#include "lib/symbol/table.h"

#include <stdlib.h>

enum { MOST_ENTRIES = 8 << 20 }; /* 0.7 GiB of index; the largest browsers have a quarter of that */

struct item {
	struct inq_symbol_entry entry;
	uint64_t end;
};

INQ_VEC(item_vec, struct item)
INQ_VEC(span_vec, struct inq_symbol_span)

struct sweep {
	struct inq_ctx *ctx;
	const struct item **stack;
	size_t depth;
	uint64_t at; /* spans are written up to here */
	struct span_vec spans;
	bool failed;
};

static int by_value(const void *left, const void *right)
{
	const struct inq_symbol_entry *a = &((const struct item *)left)->entry,
				      *b = &((const struct item *)right)->entry;
	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if (!a->size != !b->size)
		return a->size ? 1 : -1; /* zero-size first */
	if (inq_entry_better(b, a))
		return -1;
	return inq_entry_better(a, b);
}

static bool collect(const struct inq_symbol_table *table, struct item_vec *items)
{
	struct inq_symbol_entry entry;
	for (uint64_t i = 0; i < table->count; i++) {
		if (!inq_table_entry(table, i, &entry) || !inq_table_name(table, i, &entry))
			continue;
		uint64_t end = entry.size ? UINT64_MAX : inq_entry_section_end(table, &entry);
		if (entry.size)
			inq_add(entry.value, entry.size, &end);
		if (end <= entry.value)
			continue;
		struct item *item = item_vec_push(items);
		if (!item)
			return false;
		*item = (struct item) { .entry = entry, .end = end };
	}
	return true;
}

static void write_span(struct sweep *sweep, uint64_t end, const struct item *item)
{
	const struct inq_symbol_entry *entry = &item->entry;
	struct inq_symbol_span *span = span_vec_push(&sweep->spans);
	if (!span) {
		sweep->failed = true;
		return;
	}
	*span = (struct inq_symbol_span) {
		.start = sweep->at, .end = end, .value = entry->value, .size = entry->size, .name = entry->name
	};
	if (entry->name[entry->length])
		span->name = inq_arena_copy(sweep->ctx->arena, entry->name, entry->length);
	if (!span->name)
		sweep->failed = true;
}

/* Writes the spans up to `to` and drops what ends there. */
static void advance(struct sweep *sweep, uint64_t to)
{
	while (sweep->depth && !sweep->failed) {
		const struct item *top = sweep->stack[sweep->depth - 1];
		uint64_t end = top->end < to ? top->end : to;
		if (end > sweep->at) {
			write_span(sweep, end, top);
			sweep->at = end;
		}
		if (top->end > to)
			break;
		sweep->depth--;
	}
	sweep->at = to;
}

static bool run(struct sweep *sweep, const struct item_vec *items)
{
	sweep->stack = inq_alloc(items->count * sizeof *sweep->stack);
	if (!sweep->stack)
		return false;
	for (size_t i = 0; i < items->count && !sweep->failed; i++) {
		struct item *item = &items->items[i];
		bool last = i + 1 == items->count;
		advance(sweep, item->entry.value);
		if (!item->entry.size && !last && item->end > item[1].entry.value)
			item->end = item[1].entry.value; /* nothing at all when something better starts there too */
		if (!item->entry.size && sweep->depth)
			continue;
		sweep->stack[sweep->depth++] = item;
	}
	advance(sweep, UINT64_MAX);
	free(sweep->stack);
	return !sweep->failed;
}

bool inq_table_index(struct inq_ctx *ctx, struct inq_symbol_table *table)
{
	struct item_vec items = { 0 };
	struct sweep sweep = { .ctx = ctx };
	bool ok = table->count && table->count <= MOST_ENTRIES && collect(table, &items);
	if (ok && items.count)
		qsort(items.items, items.count, sizeof *items.items, by_value);
	ok = ok && run(&sweep, &items) && sweep.spans.count;
	item_vec_release(&items);
	if (!ok) {
		span_vec_release(&sweep.spans);
		return false;
	}
	table->spans = sweep.spans.items;
	table->span_count = sweep.spans.count;
	return true;
}
