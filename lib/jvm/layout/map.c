/* The anonymous memory of a map, and questions about stretches of it: each O(log n), or by the mappings in the
 * stretch. */
#include "lib/jvm/layout/layout.h"

#include <string.h>

/* Names that parts of a heap bear: none, "[anon:Java Heap]", huge pages, shared memory for large pages, and the
 * archives that class data sharing maps into the heap's end. */
static bool may_be_heap(const struct inq_mapping *mapping)
{
	static const char *const starts[] = { "[", "/anon_hugepage", "/SYSV", "anon_inode:[", NULL };
	static const char *const others[] = { "stack", "heap]", "vdso", "vvar", "vsyscall", "vectors", NULL };
	const char *name = mapping->file ? mapping->file->path : mapping->name;
	if (!name)
		return !(mapping->permissions & INQ_PERM_SHARED);
	size_t length = strlen(name);
	if (length > 4 && strcmp(name + length - 4, ".jsa") == 0)
		return (mapping->permissions & INQ_PERM_WRITE) != 0;
	if (strstr(name, "ava Heap"))
		return true;
	for (size_t i = 0; others[i]; i++)
		if (strstr(name, others[i]))
			return false;
	for (size_t i = 0; starts[i]; i++)
		if (strncmp(name, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

bool inq_layout_map_build(struct inq_space *space, struct inq_layout_map *ret)
{
	size_t count = space->mappings.count;
	*ret = (struct inq_layout_map) { .space = space, .count = count };
	ret->before = inq_arena_array(space->ctx->arena, count + 1, sizeof *ret->before);
	ret->eligible = inq_arena_array(space->ctx->arena, count + 1, sizeof *ret->eligible);
	if (!ret->before || !ret->eligible)
		return false;
	for (size_t i = 0; i < count; i++)
		ret->eligible[i] = may_be_heap(&space->mappings.items[i]);
	inq_layout_map_sum(ret);
	return true;
}

void inq_layout_map_sum(struct inq_layout_map *map)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	for (size_t i = 0; i < map->count; i++)
		map->before[i + 1] = map->before[i] + (map->eligible[i] ? mappings[i].end - mappings[i].start : 0);
}

void inq_layout_exclude(struct inq_layout_map *map, size_t first, uint64_t end)
{
	for (size_t i = first; i < map->count && map->space->mappings.items[i].start < end; i++)
		map->eligible[i] = false;
}

size_t inq_layout_from(const struct inq_layout_map *map, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_from(map->space, address);
	return mapping ? (size_t)(mapping - map->space->mappings.items) : map->count;
}

/* Eligible bytes below `address`. */
static uint64_t covered_below(const struct inq_layout_map *map, uint64_t address)
{
	size_t i = inq_layout_from(map, address);
	uint64_t bytes = map->before[i];
	if (i < map->count && map->eligible[i] && map->space->mappings.items[i].start < address)
		bytes += address - map->space->mappings.items[i].start;
	return bytes;
}

uint64_t inq_layout_covered(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	return covered_below(map, end) - covered_below(map, start);
}

bool inq_layout_is_border(const struct inq_layout_map *map, uint64_t address)
{
	size_t i = inq_layout_from(map, address);
	const struct inq_mapping *mappings = map->space->mappings.items;
	return (i < map->count && mappings[i].start == address) || (i > 0 && mappings[i - 1].end == address) ||
	       (address && address == map->class_space);
}

bool inq_layout_accessible(const struct inq_mapping *mapping)
{
	return !(mapping->permissions & INQ_PERM_KNOWN) ||
	       (mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE)) != 0;
}

/* The part of a mapping in [start, end). */
static uint64_t overlap(const struct inq_mapping *mapping, uint64_t start, uint64_t end)
{
	uint64_t low = mapping->start > start ? mapping->start : start;
	uint64_t high = mapping->end < end ? mapping->end : end;
	return low < high ? high - low : 0;
}

uint64_t inq_layout_committed(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;
	for (size_t i = inq_layout_from(map, start); i < map->count; i++) {
		const struct inq_mapping *mapping = &map->space->mappings.items[i];
		if (mapping->start >= end)
			break;
		if (inq_layout_accessible(mapping))
			bytes += overlap(mapping, start, end);
	}
	return bytes;
}

uint64_t inq_layout_resident(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;
	bool counted = false;
	for (size_t i = inq_layout_from(map, start); i < map->count; i++) {
		const struct inq_mapping *mapping = &map->space->mappings.items[i];
		if (mapping->start >= end)
			break;
		uint64_t resident = mapping->usage ? mapping->usage->resident : INQ_UNKNOWN;
		if (resident == INQ_UNKNOWN)
			return INQ_UNKNOWN;
		bool whole = overlap(mapping, start, end) == mapping->end - mapping->start;
		if (!whole && resident)
			return INQ_UNKNOWN;
		counted = true;
		bytes += resident;
	}
	return counted ? bytes : INQ_UNKNOWN;
}
