/* The index of a symbol table: disjoint spans by address, each with the symbol that names it.
 *
 * Symbols may nest and overlap, in a hostile table all of them. So they are sorted and swept once: a stack holds those that
 * the sweep is inside of, the latest start (of equal starts the best name) on top, and each step of the sweep writes the
 * span of the one on top. A zero-size symbol lasts until the next symbol or the end of its section, and only where no sized
 * one holds its place. This gives what the scan in table.c gives, in O(n log n) once and O(log n) each time. */
#include "lib/symbol/table.h"

#include "lib/io/source.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ENTRIES = 8 << 20 }; /* 0.7 GiB of index; the largest browsers have a quarter of that */

struct item {
	struct inq_symbol_entry entry;
	uint64_t index, end;
};

INQ_VEC(item_vec, struct item)
INQ_VEC(record_vec, struct inq_symbol_record)

struct sweep {
	const struct item **stack;
	size_t depth;
	uint64_t at; /* spans are written up to here */
	struct record_vec records;
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
		*item = (struct item) { .entry = entry, .index = i, .end = end };
	}
	return true;
}

static void write_record(struct sweep *sweep, uint64_t end, const struct item *item)
{
	struct inq_symbol_record *record = record_vec_push(&sweep->records);
	if (record)
		*record = (struct inq_symbol_record) { .start = sweep->at, .end = end, .entry = item->index };
	sweep->failed |= !record;
}

/* Writes the spans up to `to` and drops what ends there. */
static void advance(struct sweep *sweep, uint64_t to)
{
	while (sweep->depth && !sweep->failed) {
		const struct item *top = sweep->stack[sweep->depth - 1];
		uint64_t end = top->end < to ? top->end : to;
		if (end > sweep->at) {
			write_record(sweep, end, top);
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

bool inq_table_index(struct inq_symbol_table *table)
{
	struct item_vec items = { 0 };
	struct sweep sweep = { 0 };
	bool ok = table->count && table->count <= MOST_ENTRIES && collect(table, &items);
	if (ok && items.count)
		qsort(items.items, items.count, sizeof *items.items, by_value);
	ok = ok && run(&sweep, &items) && sweep.records.count;
	item_vec_release(&items);
	if (!ok) {
		record_vec_release(&sweep.records);
		return false;
	}
	table->index_made = sweep.records.items;
	table->index = table->index_made;
	table->index_count = sweep.records.count;
	return true;
}

/* What an earlier run made. An index of another table would find little, so it must be of as many bytes as this one: the first
 * record says so. */
static bool take_kept(struct inq_ctx *ctx, struct inq_symbol_table *table)
{
	struct inq_view bytes;
	const struct inq_symbol_record *records;
	if (!inq_cache_folder_get(table->folder, ctx, &table->cache_name, &bytes, &table->index_kept))
		return false;
	records = (const struct inq_symbol_record *)(const void *)bytes.data;
	if (bytes.size < 2 * sizeof *records || bytes.size % sizeof *records || records->start != table->symbols.size ||
	    records->end != table->strings.size) {
		inq_index_release(table);
		return false;
	}
	table->index = records + 1;
	table->index_count = bytes.size / sizeof *records - 1;
	return true;
}

static void keep(const struct inq_symbol_table *table)
{
	size_t size = table->index_count * sizeof *table->index;
	struct inq_symbol_record *records = inq_alloc(sizeof *records + size);
	if (!records)
		return;
	*records = (struct inq_symbol_record) { .start = table->symbols.size, .end = table->strings.size };
	memcpy(records + 1, table->index, size);
	inq_cache_folder_put(table->folder, &table->cache_name, records, sizeof *records + size);
	free(records);
}

bool inq_table_index_kept(struct inq_ctx *ctx, struct inq_symbol_table *table)
{
	if (take_kept(ctx, table))
		return true;
	if (inq_cache_folder_want(table->folder, &table->cache_name) || !inq_table_index(table))
		return false;
	keep(table);
	return true;
}

void inq_index_release(struct inq_symbol_table *table)
{
	free(table->index_made);
	free(table->bare);
	inq_source_close(table->index_kept);
	table->index_made = NULL;
	table->index = NULL;
	table->index_kept = NULL;
	table->bare = NULL;
}

/* The entry's name. One with a version is copied without it, once. */
static const char *name_of(struct inq_ctx *ctx, struct inq_symbol_table *table, size_t at,
			   const struct inq_symbol_entry *entry)
{
	if (!entry->name[entry->length])
		return entry->name;
	if (!table->bare && !(table->bare = inq_alloc(table->index_count * sizeof *table->bare)))
		return NULL;
	if (!table->bare[at])
		table->bare[at] = inq_arena_copy(ctx->arena, entry->name, entry->length);
	return table->bare[at];
}

static bool holds(const struct inq_symbol_table *table, const struct inq_symbol_entry *entry, uint64_t address)
{
	if (entry->value > address)
		return false;
	return entry->size ? address - entry->value < entry->size : address < inq_entry_section_end(table, entry);
}

bool inq_index_at(struct inq_ctx *ctx, struct inq_symbol_table *table, uint64_t address, struct inq_symbol_span *ret)
{
	struct inq_symbol_entry entry;
	size_t low = 0, high = table->index_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (table->index[middle].end > address)
			high = middle;
		else
			low = middle + 1;
	}
	const struct inq_symbol_record *record = &table->index[low];
	if (low == table->index_count || record->start > address || record->entry >= table->count ||
	    !inq_table_entry(table, record->entry, &entry) || !holds(table, &entry, address) ||
	    !inq_table_name(table, record->entry, &entry))
		return false;
	*ret = (struct inq_symbol_span) { .value = entry.value, .size = entry.size, .thumb = entry.thumb };
	ret->name = name_of(ctx, table, low, &entry);
	return ret->name != NULL;
}
