/* The witness `perfdata`: version, collector and sizes by the JVM's counters, which it brings up to date after each
 * collection (generationCounters.cpp, cSpaceCounters.cpp, metaspaceCounters.cpp). They hold no addresses. */
#include "lib/jvm/jvm.h"
#include "lib/jvm/perfdata.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_SPACES = 4, LARGEST_MAPPING = 1 << 20, PAGE = 4096 };

struct reader {
	struct inq_space *space;
	struct inq_perfdata data;
	struct inq_jvm *jvm;
};

static const char *string_of(const struct reader *reader, const char *name)
{
	return inq_perfdata_string(&reader->data, reader->space->ctx->arena, name);
}

/* G1 adds a few bytes to each capacity, so that none is 0 (g1MonitoringSupport.hpp, pad_capacity); they are whole pages. */
static uint64_t capacity_of(const struct reader *reader, const char *prefix, const char *name)
{
	char key[96];
	uint64_t value;
	snprintf(key, sizeof key, "%s.%s", prefix, name);
	return inq_perfdata_number(&reader->data, key, &value) ? value & ~(uint64_t)(PAGE - 1) : INQ_UNKNOWN;
}

static struct inq_jvm_area area_of(const struct reader *reader, const char *prefix, const char *name)
{
	static const char *const evidence[] = { "the JVM's performance counters, as of the last collection" };
	char key[96];
	struct inq_jvm_area area = { .name = name, .start = INQ_UNKNOWN, .end = INQ_UNKNOWN, .resident = INQ_UNKNOWN };
	snprintf(key, sizeof key, "%s.used", prefix);
	if (!inq_perfdata_number(&reader->data, key, &area.used))
		area.used = INQ_UNKNOWN;
	area.reserved = capacity_of(reader, prefix, "maxCapacity");
	area.committed = capacity_of(reader, prefix, "capacity");
	area.confidence = INQ_LIKELY;
	area.evidence = (struct inq_evidence) { evidence, 1 };
	return area;
}

/* The largest that a space could become says nothing of its size. */
static size_t read_spaces(const struct reader *reader, unsigned generation, struct inq_jvm_area *ret)
{
	char prefix[64], key[80];
	size_t count = 0;
	for (unsigned i = 0; i < MOST_SPACES; i++) {
		snprintf(prefix, sizeof prefix, "sun.gc.generation.%u.space.%u", generation, i);
		snprintf(key, sizeof key, "%s.name", prefix);
		const char *name = string_of(reader, key);
		if (!name)
			break;
		ret[count] = area_of(reader, prefix, name);
		ret[count].reserved = INQ_UNKNOWN;
		count++;
	}
	return count;
}

/* A generation without spaces is a place-holder of a collector that has none. */
static bool read_generation(const struct reader *reader, unsigned index, struct inq_jvm_area *ret)
{
	char prefix[64];
	struct inq_jvm_area spaces[MOST_SPACES];
	size_t count = read_spaces(reader, index, spaces);
	if (!count)
		return false;
	snprintf(prefix, sizeof prefix, "sun.gc.generation.%u", index);
	*ret = area_of(reader, prefix, index == 0 ? "young" : "old");
	ret->used = 0;
	for (size_t i = 0; i < count; i++)
		ret->used = ret->used == INQ_UNKNOWN || spaces[i].used == INQ_UNKNOWN ? INQ_UNKNOWN
										      : ret->used + spaces[i].used;
	struct inq_jvm_area *parts = inq_arena_array(reader->space->ctx->arena, count, sizeof *parts);
	if (parts)
		memcpy(parts, spaces, count * sizeof *parts);
	ret->parts = parts;
	ret->part_count = parts ? count : 0;
	return true;
}

static uint64_t add(uint64_t one, uint64_t other)
{
	return one == INQ_UNKNOWN || other == INQ_UNKNOWN ? INQ_UNKNOWN : one + other;
}

/* Either generation of G1 may become the whole heap. A single one is the heap. */
static void fill_heap(const struct reader *reader)
{
	struct inq_jvm *jvm = reader->jvm;
	struct inq_jvm_area *generations = inq_arena_array(reader->space->ctx->arena, 2, sizeof *generations);
	bool g1 = jvm->collector && strcmp(jvm->collector, "g1") == 0;
	size_t count = 0;
	for (unsigned i = 0; generations && i < 2; i++)
		if (read_generation(reader, i, &generations[count]))
			count++;
	if (!count)
		return;
	jvm->has_heap = true;
	jvm->heap = generations[count - 1];
	jvm->heap.name = "heap";
	jvm->heap.parts = NULL;
	jvm->heap.part_count = 0;
	if (count == 1)
		return;
	jvm->heap.committed = add(generations[0].committed, generations[1].committed);
	jvm->heap.used = add(generations[0].used, generations[1].used);
	if (g1)
		generations[0].reserved = generations[1].reserved = INQ_UNKNOWN;
	else
		jvm->heap.reserved = add(generations[0].reserved, generations[1].reserved);
	jvm->heap.parts = generations;
	jvm->heap.part_count = count;
}

/* What is told of metaspace is told of the class space too. */
static void fill_classes(const struct reader *reader)
{
	struct inq_jvm *jvm = reader->jvm;
	jvm->metaspace = area_of(reader, "sun.gc.metaspace", "metaspace");
	jvm->class_space = area_of(reader, "sun.gc.compressedclassspace", "class space");
	jvm->has_metaspace = jvm->metaspace.committed != INQ_UNKNOWN;
	jvm->has_class_space = jvm->class_space.committed != INQ_UNKNOWN && jvm->class_space.reserved != 0;
	if (!jvm->has_metaspace || !jvm->has_class_space || jvm->class_space.reserved > jvm->metaspace.reserved ||
	    jvm->class_space.committed > jvm->metaspace.committed || jvm->class_space.used > jvm->metaspace.used)
		return;
	jvm->metaspace.reserved -= jvm->class_space.reserved;
	jvm->metaspace.committed -= jvm->class_space.committed;
	jvm->metaspace.used -= jvm->class_space.used;
}

/* By the policy's name, or by the command line: what it holds, the name of its collector. */
static const char *collector_of(const struct reader *reader)
{
	static const struct {
		const char *counter, *holds, *collector;
	} rows[] = {
		{ "sun.gc.policy.name", "GarbageFirst", "g1" },
		{ "sun.gc.policy.name", "ParScav", "parallel" },
		{ "sun.gc.policy.name", "CMS", "cms" },
		{ "sun.gc.policy.name", "ParNew", "parnew" },
		{ "sun.gc.policy.name", "Copy:MSC", "serial" },
		{ "sun.gc.collector.0.name", "Shenandoah", "shenandoah" },
		{ "sun.gc.collector.0.name", "G1", "g1" },
		{ "sun.gc.collector.0.name", "ZGC minor", "z-generational" },
		{ "sun.gc.collector.0.name", "ZGC", "z" },
		{ "java.rt.vmArgs", "-XX:+UseZGC", "z" },
		{ "java.rt.vmArgs", "-XX:+UseEpsilonGC", "epsilon" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = string_of(reader, rows[i].counter);
		if (value && strstr(value, rows[i].holds))
			return rows[i].collector;
	}
	return NULL;
}

/* "17.0.15" is 17, "1.8.0_482" is 8. */
static unsigned major_of(const char *version)
{
	if (!version)
		return 0;
	unsigned long major = strtoul(strncmp(version, "1.", 2) == 0 ? version + 2 : version, NULL, 10);
	return major < 1000 ? (unsigned)major : 0;
}

static bool in_file(const struct inq_space *space, struct inq_perfdata *ret)
{
	for (size_t i = 0; i < space->artefacts.count; i++) {
		const struct inq_artefact *artefact = &space->artefacts.items[i];
		if (!artefact->source || strcmp(artefact->kind, "hsperfdata") != 0)
			continue;
		const struct inq_view view = { .data = artefact->source->data, .size = artefact->source->size };
		if (inq_perfdata_open(&view, ret))
			return true;
	}
	return false;
}

/* The JVM writes its counters: a small mapping that begins with their header, whatever it is called. */
static bool holds_counters(struct inq_space *space, const struct inq_mapping *mapping, struct inq_perfdata *ret)
{
	struct inq_view view;
	bool writable = !(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & INQ_PERM_WRITE;
	return writable && mapping->data_size >= PAGE && mapping->end - mapping->start <= LARGEST_MAPPING &&
	       inq_space_view(space, mapping->start, PAGE, &view) && inq_perfdata_recognise(&view) &&
	       inq_space_view(space, mapping->start, (size_t)mapping->data_size, &view) &&
	       inq_perfdata_open(&view, ret);
}

/* In a core. What has the usual name is looked at first, so that pages of others need not be. */
static bool in_memory(struct inq_space *space, struct inq_perfdata *ret, const struct inq_mapping **where)
{
	bool present = inq_jvm_present(space);
	for (unsigned others = 0; present && others <= 1; others++) {
		for (size_t i = 0; i < space->mappings.count; i++) {
			const struct inq_mapping *mapping = *where = &space->mappings.items[i];
			bool named = mapping->file && strstr(mapping->file->path, "hsperfdata");
			if (named != others && holds_counters(space, mapping, ret))
				return true;
		}
	}
	return false;
}

static void fill_place(struct inq_jvm *jvm, const struct inq_mapping *mapping)
{
	static const char *const evidence[] = { "it begins with the header of performance counters (0xcafec0c0)" };
	uint64_t size = mapping->end - mapping->start;
	jvm->has_perfdata = true;
	jvm->perfdata = (struct inq_jvm_area) { .name = "perfdata", .start = mapping->start, .end = mapping->end };
	jvm->perfdata.reserved = jvm->perfdata.committed = size;
	jvm->perfdata.used = jvm->perfdata.resident = INQ_UNKNOWN;
	jvm->perfdata.confidence = INQ_CERTAIN;
	jvm->perfdata.evidence = (struct inq_evidence) { evidence, 1 };
}

static bool read_source(struct inq_space *space, struct inq_jvm *ret)
{
	static const char *const evidence[] = { "the JVM's performance counters (hsperfdata)" };
	struct reader reader = { .space = space, .jvm = ret };
	const struct inq_mapping *where = NULL;
	if (in_memory(space, &reader.data, &where))
		fill_place(ret, where);
	else if (!in_file(space, &reader.data))
		return false;
	ret->kind = "hotspot";
	ret->confidence = INQ_LIKELY;
	ret->evidence = (struct inq_evidence) { evidence, 1 };
	ret->as_of = "the last collection";
	ret->version = string_of(&reader, "java.property.java.vm.version");
	ret->vendor = string_of(&reader, "java.property.java.vm.vendor");
	ret->vm_name = string_of(&reader, "java.property.java.vm.name");
	ret->major = major_of(string_of(&reader, "java.property.java.version"));
	ret->collector = collector_of(&reader);
	fill_heap(&reader);
	fill_classes(&reader);
	return ret->has_heap || ret->version;
}

const struct inq_jvm_source inq_jvm_source_perfdata = { "perfdata", true, read_source };
