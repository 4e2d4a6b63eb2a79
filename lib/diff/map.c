/* Address maps: regions by their place, and sums by class and by object. What is resident is compared where all maps tell it,
 * else the size. */
#include "lib/diff/diff.h"

#include <stdlib.h>
#include <string.h>

static const char resident[] = "resident", size[] = "size";

static const char *measure(const struct inq_report *report)
{
	if (!report->region_count)
		return NULL;
	for (size_t i = 0; i < report->region_count; i++)
		if (report->regions[i].resident_bytes != INQ_UNKNOWN)
			return resident;
	return size;
}

static uint64_t value_of(const struct inq_region *region, const char *what)
{
	if (what == size)
		return region->end - region->start;
	return region->resident_bytes == INQ_UNKNOWN ? 0 : region->resident_bytes;
}

static const char *name_of(const struct inq_region *region)
{
	const char *name = region->object ? region->object : region->name;
	return name && *name ? name : inq_class_name(region->class_);
}

static bool add(struct inq_diff_item_vec *items, struct inq_diff_item item)
{
	struct inq_diff_item *slot = inq_diff_item_vec_push(items);
	if (slot)
		*slot = item;
	return slot != NULL;
}

static bool add_regions(const struct inq_report *report, const char *what, struct inq_diff_item_vec *ret)
{
	for (size_t i = 0; i < report->region_count; i++) {
		const struct inq_region *region = &report->regions[i];
		if (!add(ret, (struct inq_diff_item) { .level = "region",
						       .name = name_of(region),
						       .class_ = inq_class_name(region->class_),
						       .start = region->start,
						       .end = region->end,
						       .value = value_of(region, what) }))
			return false;
	}
	return true;
}

static bool add_classes(const struct inq_report *report, const char *what, struct inq_diff_item_vec *ret)
{
	uint64_t sums[INQ_CLASS_COUNT] = { 0 };
	for (size_t i = 0; i < report->region_count; i++)
		sums[report->regions[i].class_] += value_of(&report->regions[i], what);
	for (unsigned i = 0; i < INQ_CLASS_COUNT; i++)
		if (sums[i] && !add(ret, (struct inq_diff_item) { .level = "class",
								  .name = inq_class_name((enum inq_class)i),
								  .start = INQ_UNKNOWN,
								  .end = INQ_UNKNOWN,
								  .value = sums[i] }))
			return false;
	return true;
}

static int by_object(const void *a, const void *b)
{
	const struct inq_region *const *one = a, *const *two = b;
	return strcmp((*one)->object, (*two)->object);
}

static bool add_objects(const struct inq_report *report, const char *what, struct inq_diff_item_vec *ret)
{
	const struct inq_region **files = inq_alloc((report->region_count + 1) * sizeof *files);
	size_t count = 0;
	bool done = files != NULL;
	for (size_t i = 0; done && i < report->region_count; i++)
		if (report->regions[i].object)
			files[count++] = &report->regions[i];
	if (count)
		qsort(files, count, sizeof(*files), by_object);
	for (size_t i = 0, next; done && i < count; i = next) {
		uint64_t sum = 0;
		for (next = i; next < count && strcmp(files[next]->object, files[i]->object) == 0; next++)
			sum += value_of(files[next], what);
		done = add(ret, (struct inq_diff_item) { .level = "object",
							 .name = files[i]->object,
							 .start = INQ_UNKNOWN,
							 .end = INQ_UNKNOWN,
							 .value = sum });
	}
	free(files);
	return done;
}

static bool items(const struct inq_report *report, const char *what, struct inq_arena *arena,
		  struct inq_diff_item_vec *ret, uint64_t *total)
{
	(void)arena;
	for (size_t i = 0; i < report->region_count; i++)
		*total += value_of(&report->regions[i], what);
	return add_classes(report, what, ret) && add_objects(report, what, ret) && add_regions(report, what, ret);
}

const struct inq_diff_source inq_diff_source_map = { "address-map", measure, items };
