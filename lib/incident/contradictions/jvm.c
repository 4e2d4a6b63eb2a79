/* What crash logs tell of the JVM's heap, before any analysis: against one another, and against a map. What the JVM's own tables,
 * counters and layout say differently stands under the JVM's disagreements (lib/jvm/compare.c). */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"
#include "lib/jvm/jvm.h"

#include <inttypes.h>
#include <string.h>

/* Nothing but the arena of the space is written to. */
static bool read_heap(const struct inq_space *space, struct inq_jvm *ret)
{
	*ret = (struct inq_jvm) { 0 };
	return inq_jvm_by_log((struct inq_space *)(uintptr_t)space, ret);
}

static const char *compare(const struct inq_pair *pair, const struct inq_jvm_area *one, const struct inq_jvm_area *two)
{
	struct inq_arena *arena = pair->ctx->arena;
	if (one->start == two->start && one->reserved == two->reserved)
		return NULL;
	return inq_pair_say(pair,
			    "%s says that the JVM's %s begins at 0x%" PRIx64
			    " and has %s bytes, %s that it begins at 0x%" PRIx64 " and has %s",
			    inq_pair_one(pair), one->name, one->start, inq_count_text(arena, one->reserved),
			    inq_pair_two(pair), two->start, inq_count_text(arena, two->reserved));
}

static const char *compare_heaps(const struct inq_pair *pair, const struct inq_jvm *one, const struct inq_jvm *two)
{
	const char *evidence = compare(pair, &one->heap, &two->heap);
	for (size_t i = 0; !evidence && i < one->heap.part_count; i++)
		for (size_t j = 0; !evidence && j < two->heap.part_count; j++)
			if (strcmp(one->heap.parts[i].name, two->heap.parts[j].name) == 0)
				evidence = compare(pair, &one->heap.parts[i], &two->heap.parts[j]);
	return evidence;
}

/* A heap is reserved as a whole, so that its first page is in a row of every map of the process. */
static const char *against_map(const struct inq_pair *pair, const struct inq_jvm *jvm, bool one_is_log)
{
	const struct inq_space *map = one_is_log ? pair->two : pair->one;
	if (!map->mappings.count || !inq_space_lists_all(map) || map->artefacts.items[0].partial ||
	    inq_space_mapping_at(map, jvm->heap.start))
		return NULL;
	return inq_pair_say(pair,
			    "%s says that the JVM's heap begins at 0x%" PRIx64 "; in the map of %s nothing is there",
			    one_is_log ? inq_pair_one(pair) : inq_pair_two(pair), jvm->heap.start,
			    one_is_log ? inq_pair_two(pair) : inq_pair_one(pair));
}

const char *inq_contradicts_jvm(const struct inq_pair *pair)
{
	struct inq_jvm one, two;
	bool first = read_heap(pair->one, &one), second = read_heap(pair->two, &two);
	const char *evidence = first && second ? compare_heaps(pair, &one, &two) : NULL;
	if (!evidence && first)
		evidence = against_map(pair, &one, true);
	if (!evidence && second)
		evidence = against_map(pair, &two, false);
	return evidence;
}
