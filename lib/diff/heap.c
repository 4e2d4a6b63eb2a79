/* Native heaps, of cores: what is in use, by arena, by size of block, and by kind: the symbol that a block's first word points
 * to, which for a C++ object with virtual functions names its class. */
#include "lib/diff/diff.h"

#include <inttypes.h>
#include <string.h>

static const char *measure(const struct inq_report *report)
{
	return report->heap ? "in use" : NULL;
}

static bool add(struct inq_diff_item_vec *items, struct inq_diff_item item)
{
	struct inq_diff_item *slot = item.name ? inq_diff_item_vec_push(items) : NULL;
	if (slot)
		*slot = item;
	return slot != NULL;
}

/* There is one main arena, wherever the program was loaded; the arenas of threads are told apart by their place. */
static bool add_arenas(const struct inq_heap *heap, struct inq_diff_item_vec *ret)
{
	for (size_t i = 0; i < heap->arena_count; i++) {
		const struct inq_heap_arena *arena = &heap->arenas[i];
		struct inq_diff_item item = { .level = "arena",
					      .name = arena->kind,
					      .start = INQ_UNKNOWN,
					      .end = INQ_UNKNOWN,
					      .value = arena->in_use.bytes,
					      .count = arena->in_use.count };
		if (strcmp(arena->kind, "thread") == 0) {
			item.start = arena->start;
			item.end = arena->start + 1; /* where it begins is what it is: its size is what grows */
		}
		if (!add(ret, item))
			return false;
	}
	return true;
}

static bool add_sizes(const struct inq_heap *heap, struct inq_arena *arena, struct inq_diff_item_vec *ret)
{
	for (size_t i = 0; i < heap->size_count; i++) {
		const struct inq_heap_size *size = &heap->by_size[i];
		struct inq_diff_item item = { .level = "size",
					      .name = inq_arena_printf(arena, "blocks of %" PRIu64 " bytes",
								       size->size),
					      .start = INQ_UNKNOWN,
					      .end = INQ_UNKNOWN,
					      .value = size->in_use.bytes,
					      .count = size->in_use.count };
		if (size->in_use.count && !add(ret, item))
			return false;
	}
	return true;
}

static bool add_types(const struct inq_heap *heap, struct inq_diff_item_vec *ret)
{
	for (size_t i = 0; i < heap->type_count; i++) {
		const struct inq_heap_cluster *type = &heap->types[i];
		struct inq_diff_item item = { .level = "type",
					      .name = type->symbol,
					      .start = INQ_UNKNOWN,
					      .end = INQ_UNKNOWN,
					      .value = type->sum.bytes,
					      .count = type->sum.count };
		if (type->symbol && !add(ret, item))
			return false;
	}
	return true;
}

static bool items(const struct inq_report *report, const char *what, struct inq_arena *arena,
		  struct inq_diff_item_vec *ret, uint64_t *total)
{
	const struct inq_heap *heap = report->heap;
	(void)what;
	*total = heap->in_use.bytes;
	return add_arenas(heap, ret) && add_sizes(heap, arena, ret) && add_types(heap, ret);
}

const struct inq_diff_source inq_diff_source_heap = { "heap", measure, items };
