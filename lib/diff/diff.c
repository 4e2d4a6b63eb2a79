/* Compares reports: items of each are joined into rows, and the rows that changed are sorted by how much. */
#include "lib/diff/diff.h"

#include <stdlib.h>
#include <string.h>

#define INQ_DIFF_SOURCE(name) extern const struct inq_diff_source inq_diff_source_##name;
#include "lib/diff/sources.def"
#undef INQ_DIFF_SOURCE

static const struct inq_diff_source *const sources[] = {
#define INQ_DIFF_SOURCE(name) &inq_diff_source_##name,
#include "lib/diff/sources.def"
#undef INQ_DIFF_SOURCE
};

/* A thing over all reports. `last` is where it was seen last. */
struct thing {
	struct inq_diff_item last;
	uint64_t *values, *counts;
	size_t first_seen, last_seen; /* index of the report */
};

INQ_VEC(thing_vec, struct thing)

struct comparison {
	struct inq_diff diff; /* first: the handle that the caller has */
	struct inq_arena *arena;
	const struct inq_diff_options *options;
	struct thing_vec things; /* in the order of `by_identity` */
};

static int compare_strings(const char *one, const char *two)
{
	if (one == two)
		return 0;
	if (!one || !two)
		return one ? 1 : -1;
	return strcmp(one, two);
}

/* Level, class and name; then the place. */
static int by_identity(const struct inq_diff_item *one, const struct inq_diff_item *two)
{
	int order = compare_strings(one->level, two->level);
	if (!order)
		order = compare_strings(one->class_, two->class_);
	return order ? order : compare_strings(one->name, two->name);
}

static int by_identity_and_place(const void *a, const void *b)
{
	const struct inq_diff_item *one = a, *two = b;
	int order = by_identity(one, two);
	return order ? order : one->start < two->start ? -1 : one->start > two->start;
}

/* Whether the item continues the thing, comes before it, or after: as in a merge of sorted lists. */
static int against(const struct thing *thing, const struct inq_diff_item *item)
{
	int order = by_identity(item, &thing->last);
	if (order || item->start == INQ_UNKNOWN)
		return order;
	if (item->end <= thing->last.start)
		return -1;
	return item->start >= thing->last.end ? 1 : 0;
}

static bool begin_thing(struct comparison *comparison, struct thing_vec *things, const struct inq_diff_item *item,
			size_t report)
{
	struct thing *thing = thing_vec_push(things);
	size_t count = comparison->diff.count;
	uint64_t *values = inq_arena_array(comparison->arena, 2 * count, sizeof *values);
	if (!thing || !values)
		return false;
	*thing = (struct thing) { *item, values, values + count, report, report };
	thing->values[report] = item->value;
	thing->counts[report] = item->count;
	return true;
}

static bool keep_thing(struct thing_vec *things, const struct thing *thing)
{
	struct thing *slot = thing_vec_push(things);
	if (slot)
		*slot = *thing;
	return slot != NULL;
}

static void continue_thing(struct thing *thing, const struct inq_diff_item *item, size_t report)
{
	thing->last = *item;
	thing->values[report] += item->value;
	thing->counts[report] += item->count;
	thing->last_seen = report;
}

/* Merges the sorted items of one more report into the sorted things. */
static bool merge(struct comparison *comparison, const struct inq_diff_item_vec *items, size_t report)
{
	struct thing_vec merged = { 0 };
	struct thing *at = comparison->things.items, *end = at + comparison->things.count;
	bool done = true;
	for (size_t i = 0; done && i < items->count; i++) {
		const struct inq_diff_item *item = &items->items[i];
		int order = 1;
		while (done && at < end && (order = against(at, item)) > 0)
			done = keep_thing(&merged, at++);
		if (done && at < end && order == 0) {
			continue_thing(at, item, report);
			done = keep_thing(&merged, at++);
		} else {
			done = done && begin_thing(comparison, &merged, item, report);
		}
	}
	while (done && at < end)
		done = keep_thing(&merged, at++);
	thing_vec_release(&comparison->things);
	comparison->things = merged;
	return done;
}

static void add_to(struct inq_diff_item *sum, const struct inq_diff_item *item)
{
	sum->value += item->value;
	sum->count += item->count;
}

/* Equal things of one report without a place are one. */
static void add_up(struct inq_diff_item_vec *items)
{
	size_t kept = 0;
	for (size_t i = 0; i < items->count; i++) {
		struct inq_diff_item *before = kept ? &items->items[kept - 1] : NULL;
		if (before && items->items[i].start == INQ_UNKNOWN && by_identity(before, &items->items[i]) == 0)
			add_to(before, &items->items[i]);
		else
			items->items[kept++] = items->items[i];
	}
	items->count = kept;
}

static bool take_report(struct comparison *comparison, const struct inq_diff_source *source,
			const struct inq_report *report, size_t index, uint64_t *total)
{
	struct inq_diff_item_vec items = { 0 };
	bool done = source->items(report, comparison->diff.measure, comparison->arena, &items, total);
	if (done && items.count) {
		qsort(items.items, items.count, sizeof *items.items, by_identity_and_place);
		add_up(&items);
		done = merge(comparison, &items, index);
	}
	inq_diff_item_vec_release(&items);
	return done;
}

static struct inq_diff_row row_of(const struct comparison *comparison, const struct thing *thing)
{
	size_t count = comparison->diff.count;
	double seconds = comparison->options ? comparison->options->interval * (double)(count - 1) : 0;
	struct inq_diff_row row = { .level = thing->last.level,
				    .name = thing->last.name,
				    .class_ = thing->last.class_,
				    .start = thing->last.start,
				    .before = thing->values[0],
				    .after = thing->values[count - 1],
				    .count_before = thing->counts[0],
				    .count_after = thing->counts[count - 1],
				    .values = thing->values };
	row.change = (int64_t)(row.after - row.before);
	row.appeared = thing->first_seen > 0 && thing->last_seen == count - 1;
	row.went = thing->last_seen < count - 1;
	if (seconds > 0) {
		row.has_rate = true;
		row.rate = (double)row.change / seconds;
	}
	inq_diff_fit(thing->values, count, &row);
	return row;
}

/* Whether the row is worth telling: it changed, if only on the way, and by enough. */
static bool changed(const struct comparison *comparison, const struct thing *thing)
{
	uint64_t least = UINT64_MAX, most = 0;
	uint64_t threshold = comparison->options && comparison->options->threshold ? comparison->options->threshold : 1;
	for (size_t i = 0; i < comparison->diff.count; i++) {
		least = thing->values[i] < least ? thing->values[i] : least;
		most = thing->values[i] > most ? thing->values[i] : most;
	}
	return most - least >= threshold;
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static int by_level_and_change(const void *a, const void *b)
{
	const struct inq_diff_row *one = a, *two = b;
	uint64_t first = magnitude(one->change), second = magnitude(two->change);
	int order = strcmp(one->level, two->level);
	if (order)
		return order;
	if (first != second)
		return first > second ? -1 : 1;
	order = strcmp(one->name, two->name);
	return order ? order : one->start < two->start ? -1 : one->start > two->start;
}

static bool make_rows(struct comparison *comparison)
{
	size_t count = comparison->things.count, kept = 0;
	struct inq_diff_row *rows = inq_arena_array(comparison->arena, count, sizeof *rows);
	if (!rows)
		return false;
	for (size_t i = 0; i < count; i++)
		if (changed(comparison, &comparison->things.items[i]))
			rows[kept++] = row_of(comparison, &comparison->things.items[i]);
	qsort(rows, kept, sizeof *rows, by_level_and_change);
	comparison->diff.rows = rows;
	comparison->diff.row_count = kept;
	return true;
}

static const char *common_measure(const struct inq_diff_source *source, const struct inq_report *const *reports,
				  size_t count)
{
	const char *common = NULL;
	for (size_t i = 0; i < count; i++) {
		const char *measure = source->measure(reports[i]);
		if (!measure)
			return NULL;
		if (!common || strcmp(measure, "size") == 0)
			common = measure;
	}
	return common;
}

static enum inq_status compare(struct comparison *comparison, const struct inq_report *const *reports)
{
	struct inq_diff *diff = &comparison->diff;
	const struct inq_diff_source *source = NULL;
	const char *kind = comparison->options ? comparison->options->kind : NULL;
	for (size_t i = 0; !diff->measure && i < sizeof sources / sizeof *sources; i++) {
		source = sources[i];
		if (!kind || strcmp(kind, source->kind) == 0)
			diff->measure = common_measure(source, reports, diff->count);
	}
	if (!diff->measure)
		return INQ_UNUSABLE;
	uint64_t *totals = inq_arena_array(comparison->arena, diff->count, sizeof *totals);
	if (!totals)
		return INQ_NO_MEMORY;
	diff->kind = source->kind;
	diff->totals = totals;
	for (size_t i = 0; i < diff->count; i++)
		if (!take_report(comparison, source, reports[i], i, &totals[i]))
			return INQ_NO_MEMORY;
	return make_rows(comparison) && inq_diff_find(comparison->arena, diff, reports) ? INQ_OK : INQ_NO_MEMORY;
}

enum inq_status inq_diff_create(const struct inq_report *const *reports, size_t count,
				const struct inq_diff_options *options, const struct inq_diff **ret)
{
	*ret = NULL;
	if (count < 2)
		return INQ_BAD_ARGUMENT;
	struct comparison *comparison = inq_alloc(sizeof *comparison);
	if (!comparison)
		return INQ_NO_MEMORY;
	comparison->diff.count = count;
	comparison->options = options;
	comparison->arena = inq_arena_create();
	enum inq_status status = comparison->arena ? compare(comparison, reports) : INQ_NO_MEMORY;
	thing_vec_release(&comparison->things);
	if (status == INQ_OK)
		*ret = &comparison->diff;
	else
		inq_diff_destroy(&comparison->diff);
	return status;
}

void inq_diff_destroy(const struct inq_diff *diff)
{
	/* The diff is the first member of what was allocated. */
	struct comparison *comparison = (struct comparison *)(uintptr_t)diff;
	if (!comparison)
		return;
	inq_arena_destroy(comparison->arena);
	free(comparison);
}
