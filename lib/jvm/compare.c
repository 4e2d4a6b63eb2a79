/* Compares two witnesses. Figures of different times (the last collection, the death) are not compared: only what a JVM
 * decides once, which is its version, its collector, and what it reserves where. */
#include "lib/jvm/compare.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MOST_SENTENCES = 16 };

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void disagree(struct inq_space *space, struct inq_jvm *jvm, const char *sentence)
{
	struct inq_evidence *list = &jvm->disagreements;
	const char **items;
	if (!sentence || list->count == MOST_SENTENCES)
		return;
	items = inq_arena_array(space->ctx->arena, list->count + 1, sizeof *items);
	if (!items)
		return;
	if (list->count)
		memcpy(items, list->items, list->count * sizeof *items);
	items[list->count] = sentence;
	*list = (struct inq_evidence) { items, list->count + 1 };
}

static void compare_word(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other, const char *what,
			 const char *one, const char *two)
{
	if (one && two && strcmp(one, two) != 0)
		disagree(space, jvm,
			 inq_arena_printf(space->ctx->arena, "%s: %s by %s, %s by %s", what, one, jvm->found_by, two,
					  other->found_by));
}

static void compare_number(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other, const char *of,
			   const char *what, uint64_t one, uint64_t two)
{
	if (one != INQ_UNKNOWN && two != INQ_UNKNOWN && one != two)
		disagree(space, jvm,
			 inq_arena_printf(space->ctx->arena, "%s, %s: 0x%" PRIx64 " by %s, 0x%" PRIx64 " by %s", of,
					  what, one, jvm->found_by, two, other->found_by));
}

/* A guess is no disagreement with a surer witness. */
static void compare_area(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other,
			 const struct inq_jvm_area *one, const struct inq_jvm_area *two)
{
	if (two->confidence != one->confidence)
		return;
	compare_number(space, jvm, other, one->name, "start", one->start, two->start);
	compare_number(space, jvm, other, one->name, "reserved bytes", one->reserved, two->reserved);
}

static void compare_heaps(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other)
{
	compare_area(space, jvm, other, &jvm->heap, &other->heap);
	for (size_t i = 0; i < jvm->heap.part_count; i++)
		for (size_t j = 0; j < other->heap.part_count; j++)
			if (strcmp(jvm->heap.parts[i].name, other->heap.parts[j].name) == 0)
				compare_area(space, jvm, other, &jvm->heap.parts[i], &other->heap.parts[j]);
}

/* "17" and "17.0.15+6" are one version, told in less and in more detail, as are "21.0.13+1" and "21.0.13.0.3+1-1-Debian": the
 * numbers up to the first other sign are compared, as many as both have. */
static bool same_version(const char *one, const char *two)
{
	char *end_one, *end_two;
	if (!one || !two || !is_digit(*one) || !is_digit(*two))
		return false;
	for (;; one = end_one + 1, two = end_two + 1) {
		if (strtoul(one, &end_one, 10) != strtoul(two, &end_two, 10))
			return false;
		if (*end_one != '.' || *end_two != '.' || !is_digit(end_one[1]) || !is_digit(end_two[1]))
			return true;
	}
}

/* HotSpot 25.504 is the JVM of JDK 8: what else tells the version tells the JDK's. */
static bool same_release(const struct inq_jvm *jvm, const char *version)
{
	return jvm->version && version && jvm->major && strtoul(jvm->version, NULL, 10) > jvm->major &&
	       strtoul(version, NULL, 10) == jvm->major;
}

/* What a map does not show: whether ZGC is generational; and which collector it is, where no flag says it for certain. */
static bool same_family(const struct inq_jvm *jvm, const struct inq_jvm *other)
{
	const char *one = jvm->collector, *two = other->collector;
	bool by_map = other->found_by && strcmp(other->found_by, "arithmetic") == 0;
	return one && two && ((one[0] == 'z' && two[0] == 'z') || (by_map && other->confidence < INQ_CERTAIN));
}

static void take_area(bool *known, struct inq_jvm_area *area, bool other_known, const struct inq_jvm_area *other)
{
	bool better = !*known || (area->start == INQ_UNKNOWN && other->start != INQ_UNKNOWN);
	if (!other_known || !better)
		return;
	*area = *other;
	*known = true;
}

/* Sizes without addresses meet addresses: the second gives the layout then, and the first says what is used of it. */
static void place_heap(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other)
{
	struct inq_jvm_area sizes = jvm->heap;
	if (!jvm->has_heap || jvm->heap.start != INQ_UNKNOWN || !other->has_heap || other->heap.start == INQ_UNKNOWN)
		return;
	struct inq_jvm_area *parts = inq_arena_array(space->ctx->arena, other->heap.part_count, sizeof *parts);
	if (!parts)
		return;
	jvm->heap = other->heap;
	jvm->heap.parts = parts;
	jvm->heap.used = jvm->heap.used == INQ_UNKNOWN ? sizes.used : jvm->heap.used;
	for (size_t i = 0; i < jvm->heap.part_count; i++) {
		parts[i] = other->heap.parts[i];
		for (size_t j = 0; j < sizes.part_count; j++)
			if (parts[i].used == INQ_UNKNOWN && strcmp(parts[i].name, sizes.parts[j].name) == 0)
				parts[i].used = sizes.parts[j].used;
	}
	jvm->found_by = other->found_by;
	jvm->confidence = other->confidence;
	jvm->evidence = other->evidence;
}

static void take(struct inq_jvm *jvm, const struct inq_jvm *other)
{
	bool knows_classes = jvm->has_metaspace && jvm->metaspace.confidence == INQ_CERTAIN;
	jvm->version = jvm->version ? jvm->version : other->version;
	jvm->major = jvm->major ? jvm->major : other->major;
	jvm->vendor = jvm->vendor ? jvm->vendor : other->vendor;
	jvm->vm_name = jvm->vm_name ? jvm->vm_name : other->vm_name;
	jvm->collector = jvm->collector ? jvm->collector : other->collector;
	jvm->oops_mode = jvm->oops_mode ? jvm->oops_mode : other->oops_mode;
	if (!jvm->flag_count) {
		jvm->flags = other->flags;
		jvm->flag_count = other->flag_count;
	}
	take_area(&jvm->has_heap, &jvm->heap, other->has_heap, &other->heap);
	take_area(&jvm->has_code_cache, &jvm->code_cache, other->has_code_cache, &other->code_cache);
	take_area(&jvm->has_metaspace, &jvm->metaspace, other->has_metaspace, &other->metaspace);
	if (!knows_classes) /* else there is none */
		take_area(&jvm->has_class_space, &jvm->class_space, other->has_class_space, &other->class_space);
	take_area(&jvm->has_cds, &jvm->cds, other->has_cds, &other->cds);
	take_area(&jvm->has_perfdata, &jvm->perfdata, other->has_perfdata, &other->perfdata);
}

static bool overlaps(const struct inq_jvm_area *area, const struct inq_jvm_area *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (area->start < list[i].end && list[i].start < area->end)
			return true;
	return false;
}

/* The tables beside the heap that the first does not know, among its own by address. */
static void take_side_tables(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other)
{
	size_t most = jvm->side_table_count + other->side_table_count, count = 0, mine = 0;
	struct inq_jvm_area *tables = inq_arena_array(space->ctx->arena, most, sizeof *tables);
	if (!tables || !other->side_table_count)
		return;
	for (size_t i = 0; i < other->side_table_count; i++) {
		const struct inq_jvm_area *table = &other->side_tables[i];
		if (table->start == INQ_UNKNOWN || overlaps(table, jvm->side_tables, jvm->side_table_count))
			continue;
		while (mine < jvm->side_table_count && jvm->side_tables[mine].start < table->start)
			tables[count++] = jvm->side_tables[mine++];
		tables[count++] = *table;
	}
	while (mine < jvm->side_table_count)
		tables[count++] = jvm->side_tables[mine++];
	jvm->side_tables = tables;
	jvm->side_table_count = count;
}

void inq_jvm_compare(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other)
{
	if (!same_version(jvm->version, other->version) && !same_release(jvm, other->version))
		compare_word(space, jvm, other, "version", jvm->version, other->version);
	if (!same_family(jvm, other))
		compare_word(space, jvm, other, "collector", jvm->collector, other->collector);
	if (jvm->has_heap && other->has_heap)
		compare_heaps(space, jvm, other);
	place_heap(space, jvm, other);
	take(jvm, other);
	take_side_tables(space, jvm, other);
}
