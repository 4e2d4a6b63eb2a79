/* Regions added up by class. */
#include "lib/classify/rule.h"

#include <stdlib.h>

static int largest_first(const void *a, const void *b)
{
	const struct inq_memory_class *one = a, *two = b;
	if (one->size != two->size)
		return one->size > two->size ? -1 : 1;
	return (int)one->class_ - (int)two->class_;
}

/* A sum of which one part is unknown is still told, of those that are known; all unknown stays unknown. */
static void add_known(uint64_t *sum, uint64_t value)
{
	if (value != INQ_UNKNOWN)
		*sum = (*sum == INQ_UNKNOWN ? 0 : *sum) + value;
}

/* What was counted of a whole mapping is unknown of its parts, but not of their class when they have the same. */
static void add_divided(const struct inq_space *space, struct inq_memory_class *classes,
			const struct inq_region *regions, size_t count)
{
	for (size_t m = 0, i = 0; m < space->mappings.count; m++) {
		const struct inq_mapping *mapping = &space->mappings.items[m];
		size_t first = i;
		bool alike = true;
		for (; i < count && regions[i].end <= mapping->end; i++)
			alike &= regions[i].class_ == regions[first].class_;
		if (mapping->usage && i > first && alike && regions[first].resident_bytes == INQ_UNKNOWN)
			add_known(&classes[regions[first].class_].resident, mapping->usage->resident);
	}
}

enum inq_status inq_memory_by_class(struct inq_space *space, const struct inq_region *regions, size_t count,
				    const struct inq_memory_class **ret, size_t *ret_count)
{
	struct inq_memory_class *classes = inq_arena_array(space->ctx->arena, INQ_CLASS_COUNT, sizeof *classes);
	if (!classes)
		return inq_no_memory(space->ctx);
	for (size_t i = 0; i < INQ_CLASS_COUNT; i++)
		classes[i] = (struct inq_memory_class) { (enum inq_class)i, 0, INQ_UNKNOWN, INQ_UNKNOWN, 0 };
	for (size_t i = 0; i < count; i++) {
		struct inq_memory_class *sum = &classes[regions[i].class_];
		sum->size += regions[i].end - regions[i].start;
		sum->count++;
		add_known(&sum->resident, regions[i].resident_bytes);
		add_known(&sum->dumped, regions[i].dumped_bytes);
	}
	add_divided(space, classes, regions, count);
	qsort(classes, INQ_CLASS_COUNT, sizeof *classes, largest_first);
	size_t used = 0;
	while (used < INQ_CLASS_COUNT && classes[used].count)
		used++;
	*ret = classes;
	*ret_count = used;
	return INQ_OK;
}
