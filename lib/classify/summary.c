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

enum inq_status inq_memory_by_class(struct inq_ctx *ctx, const struct inq_region *regions, size_t count,
				    const struct inq_memory_class **ret, size_t *ret_count)
{
	struct inq_memory_class *classes = inq_arena_array(ctx->arena, INQ_CLASS_COUNT, sizeof *classes);
	if (!classes)
		return inq_no_memory(ctx);
	for (size_t i = 0; i < INQ_CLASS_COUNT; i++)
		classes[i] = (struct inq_memory_class) { (enum inq_class)i, 0, INQ_UNKNOWN, INQ_UNKNOWN, 0 };
	for (size_t i = 0; i < count; i++) {
		struct inq_memory_class *sum = &classes[regions[i].class_];
		sum->size += regions[i].end - regions[i].start;
		sum->count++;
		add_known(&sum->resident, regions[i].resident_bytes);
		add_known(&sum->dumped, regions[i].dumped_bytes);
	}
	qsort(classes, INQ_CLASS_COUNT, sizeof *classes, largest_first);
	size_t used = 0;
	while (used < INQ_CLASS_COUNT && classes[used].count)
		used++;
	*ret = classes;
	*ret_count = used;
	return INQ_OK;
}
