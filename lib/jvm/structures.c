/* Structures of collectors that no table of libjvm leads to and that have no holes by which arithmetic could match them:
 * found by their exact size, among anonymous memory that nothing else of the JVM is. Evidence of size alone: never `certain`. */
#include "lib/jvm/structures.h"

#include "lib/space/mapping.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MOST_FOUND = 8, SMALLEST = 1 << 20 };

struct row {
	const char *collector;
	unsigned first, last;
	const char *name;
	uint64_t unit;
	unsigned most;
	uint64_t reserved;
	enum inq_confidence sure;
};

static bool concerns(const struct row *row, const struct inq_jvm *jvm)
{
	return strcmp(row->collector, jvm->collector) == 0 &&
	       (!jvm->major || (row->first <= jvm->major && jvm->major <= row->last));
}

static bool overlaps(const struct inq_jvm_area *area, const struct inq_mapping *mapping)
{
	return area->start != INQ_UNKNOWN && area->start < mapping->end && mapping->start < area->end;
}

/* Whether the JVM has something else there. */
static bool is_known(const struct inq_jvm *jvm, const struct inq_mapping *mapping)
{
	bool known = (jvm->has_heap && overlaps(&jvm->heap, mapping)) ||
		     (jvm->has_code_cache && overlaps(&jvm->code_cache, mapping)) ||
		     (jvm->has_metaspace && overlaps(&jvm->metaspace, mapping)) ||
		     (jvm->has_class_space && overlaps(&jvm->class_space, mapping));
	for (size_t i = 0; i < jvm->side_table_count && !known; i++)
		known = overlaps(&jvm->side_tables[i], mapping);
	for (size_t i = 0; i < jvm->thread_count && !known; i++)
		known = jvm->threads[i].stack_start < mapping->end && mapping->start < jvm->threads[i].stack_end;
	return known;
}

static bool is_plain_data(const struct inq_mapping *mapping)
{
	unsigned all = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return inq_mapping_is_plain(mapping) && (mapping->permissions & all) == (INQ_PERM_READ | INQ_PERM_WRITE);
}

/* The addresses in reserve directly behind; 0 when there are none. */
static uint64_t reserve_behind(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *mapping = &space->mappings.items[index], *next = mapping + 1;
	unsigned any = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
	if (index + 1 >= space->mappings.count || next->start != mapping->end || !inq_mapping_is_plain(next) ||
	    !(next->permissions & INQ_PERM_KNOWN) || next->permissions & any)
		return 0;
	return next->end - next->start;
}

static bool fits(const struct inq_space *space, size_t index, const struct row *row)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	uint64_t size = mapping->end - mapping->start;
	if (size % row->unit || size / row->unit > row->most)
		return false;
	return !row->reserved || size + reserve_behind(space, index) == row->reserved;
}

static void add(struct inq_space *space, struct inq_jvm_area *area, const struct row *row,
		const struct inq_mapping *mapping)
{
	uint64_t size = mapping->end - mapping->start;
	const char **why = inq_arena_array(space->ctx->arena, 1, sizeof *why);
	if (why)
		*why = inq_arena_printf(space->ctx->arena, "%" PRIu64 "K%s, as this collector's %s %s", size >> 10,
					row->reserved ? " and the reserve behind it" : "", row->name,
					size == row->unit || row->reserved ? "takes" : "and its likes take");
	uint64_t whole = row->reserved ? row->reserved : size;
	*area = (struct inq_jvm_area) { .name = row->name,
					.start = mapping->start,
					.end = mapping->start + whole,
					.reserved = whole,
					.committed = size,
					.used = INQ_UNKNOWN,
					.resident = mapping->usage ? mapping->usage->resident : INQ_UNKNOWN,
					.confidence = row->sure,
					.evidence = { why, why && *why ? 1 : 0 } };
}

static size_t find(struct inq_space *space, const struct inq_jvm *jvm, const struct row *row,
		   struct inq_jvm_area *found, size_t count)
{
	if (row->unit < SMALLEST || !concerns(row, jvm))
		return count;
	for (size_t i = 0; i < space->mappings.count && count < MOST_FOUND; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		bool taken = false;
		if (!is_plain_data(mapping) || !fits(space, i, row) || is_known(jvm, mapping))
			continue;
		for (size_t j = 0; j < count && !taken; j++)
			taken = overlaps(&found[j], mapping);
		if (!taken)
			add(space, &found[count++], row, mapping);
	}
	return count;
}

static int by_address(const void *a, const void *b)
{
	const struct inq_jvm_area *one = a, *two = b;
	return one->start < two->start ? -1 : one->start > two->start;
}

void inq_jvm_add_structures(struct inq_space *space, struct inq_jvm *jvm)
{
	struct inq_jvm_area found[MOST_FOUND];
	size_t count = 0, before = jvm->side_table_count;
	if (!jvm->collector || !jvm->has_heap || jvm->heap.start == INQ_UNKNOWN)
		return;
	uint64_t heap = jvm->heap.end - jvm->heap.start, base = jvm->heap.start;
	for (size_t i = 0; i < jvm->view_count; i++)
		base = jvm->views[i] < base ? jvm->views[i] : base;
	const struct row rows[] = {
#define INQ_JVM_STRUCTURE(collector, first, last, name, unit, most, reserved, sure)                                    \
	{ collector, first, last, name, unit, most, reserved, sure },
#include "lib/jvm/structures.def"
#undef INQ_JVM_STRUCTURE
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		count = find(space, jvm, &rows[i], found, count);
	struct inq_jvm_area *all = count ? inq_arena_array(space->ctx->arena, before + count, sizeof *all) : NULL;
	if (!all)
		return;
	if (before)
		memcpy(all, jvm->side_tables, before * sizeof *all);
	memcpy(all + before, found, count * sizeof *all);
	qsort(all, before + count, sizeof *all, by_address);
	jvm->side_tables = all;
	jvm->side_table_count = before + count;
}
