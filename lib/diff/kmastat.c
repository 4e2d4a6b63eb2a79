/* ::kmastat and ::umastat: the memory of caches and of arenas. */
#include "lib/diff/diff.h"

static const char *measure(const struct inq_report *report)
{
	return report->kernel_memory && report->kernel_memory->kmastat_count ? "memory" : NULL;
}

static bool add(struct inq_diff_item_vec *items, const char *level, const char *name, uint64_t value)
{
	struct inq_diff_item *slot = inq_diff_item_vec_push(items);
	if (slot)
		*slot = (struct inq_diff_item) {
			.level = level, .name = name, .start = INQ_UNKNOWN, .end = INQ_UNKNOWN, .value = value
		};
	return slot != NULL;
}

static bool items(const struct inq_report *report, const char *what, struct inq_arena *arena,
		  struct inq_diff_item_vec *ret, uint64_t *total)
{
	const struct inq_kmastat *kmastat = &report->kernel_memory->kmastats[0];
	(void)what;
	(void)arena;
	for (size_t i = 0; i < kmastat->cache_count; i++) {
		*total += kmastat->caches[i].memory;
		if (!add(ret, "cache", kmastat->caches[i].name, kmastat->caches[i].memory))
			return false;
	}
	for (size_t i = 0; i < kmastat->arena_count; i++)
		if (!add(ret, "arena", kmastat->arenas[i].name, kmastat->arenas[i].memory))
			return false;
	return true;
}

const struct inq_diff_source inq_diff_source_kmastat = { "kmastat", measure, items };
