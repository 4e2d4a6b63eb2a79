/* What artefacts tell of the JVM, as far as texts say it without any analysis: where its heap lies, and how large it is. What
 * the JVM's own tables say differently stands under the JVM's disagreements (lib/jvm/compare.c). */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"

#include <inttypes.h>
#include <string.h>

static const struct inq_told_area *find(const struct inq_space *space, const char *name)
{
	for (size_t i = 0; i < space->told_areas.count; i++)
		if (strcmp(space->told_areas.items[i].name, name) == 0)
			return &space->told_areas.items[i];
	return NULL;
}

static const char *say_area(const struct inq_pair *pair, const struct inq_told_area *one,
			    const struct inq_told_area *two)
{
	struct inq_arena *arena = pair->ctx->arena;
	if (one->start == INQ_UNKNOWN || two->start == INQ_UNKNOWN ||
	    (one->start == two->start && one->reserved == two->reserved))
		return NULL;
	return inq_pair_say(pair,
			    "%s says that the JVM's %s begins at 0x%" PRIx64
			    " and has %s bytes, %s that it begins at 0x%" PRIx64 " and has %s",
			    inq_pair_one(pair), one->name, one->start, inq_count_text(arena, one->reserved),
			    inq_pair_two(pair), two->start, inq_count_text(arena, two->reserved));
}

/* A heap is reserved as a whole, so that its first page is a row of every map of the process. */
static const char *against_map(const struct inq_pair *pair, const struct inq_space *log, const struct inq_space *map)
{
	bool log_first = log == pair->one;
	if (!map->mappings.count || !inq_space_lists_all(map) || map->artefacts.items[0].partial)
		return NULL;
	for (size_t i = 0; i < log->told_areas.count; i++) {
		const struct inq_told_area *area = &log->told_areas.items[i];
		if (area->start == INQ_UNKNOWN || inq_space_mapping_at(map, area->start))
			continue;
		return inq_pair_say(
			pair, "%s says that the JVM's %s begins at 0x%" PRIx64 "; in the map of %s nothing is there",
			log_first ? inq_pair_one(pair) : inq_pair_two(pair), area->name, area->start,
			log_first ? inq_pair_two(pair) : inq_pair_one(pair));
	}
	return NULL;
}

const char *inq_contradicts_jvm(const struct inq_pair *pair)
{
	for (size_t i = 0; i < pair->one->told_areas.count; i++) {
		const struct inq_told_area *one = &pair->one->told_areas.items[i], *two = find(pair->two, one->name);
		const char *evidence = two ? say_area(pair, one, two) : NULL;
		if (evidence)
			return evidence;
	}
	const char *evidence = against_map(pair, pair->one, pair->two);
	return evidence ? evidence : against_map(pair, pair->two, pair->one);
}
