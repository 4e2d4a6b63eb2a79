/* ::memstat: the categories of physical memory. */
#include "lib/diff/diff.h"

static const char *measure(const struct inq_report *report)
{
	return report->kernel_memory && report->kernel_memory->memstat_count ? "memory" : NULL;
}

static bool items(const struct inq_report *report, const char *what, struct inq_arena *arena,
		  struct inq_diff_item_vec *ret, uint64_t *total)
{
	const struct inq_memstat *memstat = &report->kernel_memory->memstats[0];
	(void)what;
	(void)arena;
	for (size_t i = 0; i < memstat->row_count; i++) {
		struct inq_diff_item *slot = inq_diff_item_vec_push(ret);
		if (!slot)
			return false;
		*slot = (struct inq_diff_item) { .level = "category",
						 .name = memstat->rows[i].name,
						 .start = INQ_UNKNOWN,
						 .end = INQ_UNKNOWN,
						 .value = memstat->rows[i].bytes };
		*total += memstat->rows[i].depth ? 0 : memstat->rows[i].bytes;
	}
	return true;
}

const struct inq_diff_source inq_diff_source_memstat = { "memstat", measure, items };
