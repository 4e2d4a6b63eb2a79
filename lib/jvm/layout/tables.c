/* The second witness: a collector's side tables. Each holds a byte or a bit for so many bytes of the heap, and is
 * committed where the heap is, so its --- pieces are the heap's, smaller. Neighbours merge: only the --- pieces and
 * the distances between them are compared, and the last may go on into a neighbour's. */
#include "lib/jvm/layout/layout.h"

#include <string.h>

enum { MOST_HOLES = 8, SMALLEST_HOLE = 16 << 10, PAGE = 4096 };

struct span {
	uint64_t start, end;
};

/* The holes of a table, counted from its first byte. */
struct picture {
	struct span holes[MOST_HOLES];
	size_t count;
	uint64_t size, committed;
};

static const struct table {
	const char *collector;
	unsigned first, last;
	const char *name;
	unsigned scale;
	bool old_only;
	unsigned most;
	bool needed;
} tables[] = {
#define INQ_LAYOUT_TABLE(collector, first, last, name, scale, old_only, most, needed)                                  \
	{ collector, first, last, name, scale, old_only, most, needed },
#include "lib/jvm/layout/tables.def"
#undef INQ_LAYOUT_TABLE
};

static uint64_t page_up(uint64_t value)
{
	return (value + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static void add_hole(struct picture *picture, uint64_t start, uint64_t end)
{
	if (end < start + SMALLEST_HOLE || picture->count == MOST_HOLES)
		return;
	picture->holes[picture->count++] = (struct span) { start, end };
	picture->committed -= end - start;
}

/* A table of [start, end): its pages are committed when any byte of them is needed. */
static struct picture draw(const struct inq_layout_map *map, uint64_t start, uint64_t end, unsigned scale)
{
	struct picture picture = { .size = page_up((end - start) / scale) };
	uint64_t hole = UINT64_MAX; /* where the current one begins */
	picture.committed = picture.size;
	for (size_t i = inq_layout_from(map, start); i < map->count && map->space->mappings.items[i].start < end; i++) {
		const struct inq_mapping *mapping = &map->space->mappings.items[i];
		uint64_t from = mapping->start < start ? 0 : (mapping->start - start) / scale;
		if (!inq_layout_accessible(mapping)) {
			if (hole == UINT64_MAX)
				hole = page_up(from);
		} else if (hole != UINT64_MAX) {
			add_hole(&picture, hole, from & ~(uint64_t)(PAGE - 1));
			hole = UINT64_MAX;
		}
	}
	if (hole != UINT64_MAX)
		add_hole(&picture, hole, picture.size);
	return picture;
}

static bool is_hole(const struct inq_layout_map *map, uint64_t start, uint64_t end, bool may_go_on)
{
	size_t i = inq_layout_from(map, start);
	if (i >= map->count)
		return false;
	const struct inq_mapping *mapping = &map->space->mappings.items[i];
	return mapping->start == start && !inq_layout_accessible(mapping) &&
	       (mapping->end == end || (may_go_on && mapping->end > end));
}

static bool matches(const struct inq_layout_map *map, const struct picture *picture, uint64_t base)
{
	for (size_t i = 0; i < picture->count; i++)
		if (!is_hole(map, base + picture->holes[i].start, base + picture->holes[i].end,
			     i > 0 && i + 1 == picture->count))
			return false;
	return true;
}

static bool is_known(const struct inq_layout_fit *fit, uint64_t start)
{
	for (size_t i = 0; i < fit->table_count; i++)
		if (fit->tables[i].start == start)
			return true;
	return false;
}

static void add_table(struct inq_layout_fit *fit, const struct table *table, const struct picture *picture,
		      uint64_t base)
{
	fit->tables[fit->table_count++] = (struct inq_jvm_area) { .name = table->name,
								  .start = base,
								  .end = base + picture->size,
								  .reserved = picture->size,
								  .committed = picture->committed,
								  .used = INQ_UNKNOWN,
								  .confidence = INQ_LIKELY };
}

static void find(const struct inq_layout_map *map, struct inq_layout_fit *fit, const struct table *table,
		 const struct picture *picture)
{
	unsigned found = 0;
	if (!picture->count)
		return;
	uint64_t first = picture->holes[0].start, size = picture->holes[0].end - first;
	for (size_t i = 1; i < map->count && found < table->most && fit->table_count < INQ_LAYOUT_MOST_TABLES; i++) {
		const struct inq_mapping *mapping = &map->space->mappings.items[i];
		if (mapping->file || mapping->end - mapping->start != size || mapping->start < first ||
		    mapping[-1].end != mapping->start || !matches(map, picture, mapping->start - first) ||
		    is_known(fit, mapping->start - first))
			continue;
		add_table(fit, table, picture, mapping->start - first);
		found++;
	}
}

void inq_layout_tables(const struct inq_layout_map *map, struct inq_layout_fit *fit)
{
	bool expected = false, lacks = false;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		if (strcmp(tables[i].collector, fit->row->collector) != 0 || fit->row->last < tables[i].first)
			continue;
		uint64_t start = fit->window.start, end = fit->window.end;
		for (size_t g = 0; tables[i].old_only && g < fit->count; g++)
			if (strcmp(fit->generations[g].name, "old") == 0) {
				start = fit->generations[g].start;
				end = fit->generations[g].end;
			}
		struct picture picture = draw(map, start, end, tables[i].scale);
		size_t had = fit->table_count;
		find(map, fit, &tables[i], &picture);
		expected |= picture.count > 0;
		lacks |= tables[i].needed && picture.count && fit->table_count == had;
	}
	if (lacks)
		fit->table_count = 0; /* those that were found are another's */
	fit->table_missing = expected && !fit->table_count;
}
