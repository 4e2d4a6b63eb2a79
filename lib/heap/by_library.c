/* Recognising an allocator by its library and the shape of its memory. */
#include "lib/heap/by_library.h"

#include "lib/base/str.h"

#include <inquest/report.h>

#include <string.h>

enum { MEBI = 1 << 20, FARTHEST_BRK = 1 << 30 };

bool inq_has_library(const struct inq_space *space, const char *prefix)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_object *object = &space->objects.items[i];
		const char *name = object->path ? inq_base_name(object->path) : "";
		if (strncmp(name, prefix, strlen(prefix)) == 0 ||
		    (object->soname && strncmp(object->soname, prefix, strlen(prefix)) == 0))
			return true;
	}
	return false;
}

bool inq_may_be_heap(const struct inq_space *space, const struct inq_mapping *mapping)
{
	const struct inq_jvm *jvm = space->jvm;
	bool in_jvm = jvm && jvm->has_heap && mapping->start >= jvm->heap.start && mapping->end <= jvm->heap.end;
	return !mapping->file && (mapping->permissions & INQ_PERM_WRITE) && !in_jvm;
}

static bool is_anonymous(const struct inq_mapping *mapping)
{
	return !mapping->file && (mapping->permissions & INQ_PERM_WRITE) && !(mapping->permissions & INQ_PERM_SHARED) &&
	       mapping->object == INQ_NO_OBJECT;
}

static bool add(struct inq_heap_extent_vec *to, const struct inq_mapping *mapping, bool brk, const char *evidence)
{
	struct inq_heap_extent *extent = inq_heap_extent_vec_push(to);
	if (extent)
		*extent = (struct inq_heap_extent) { .start = mapping->start,
						     .end = mapping->end,
						     .brk = brk,
						     .confidence = INQ_LIKELY,
						     .evidence = evidence };
	return extent;
}

bool inq_extents_aligned(struct inq_space *space, struct inq_heap_extent_vec *ret, uint64_t align, const char *evidence)
{
	bool done = true;
	for (size_t i = 0; done && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (is_anonymous(mapping) && mapping->start % align == 0 && mapping->end - mapping->start >= align)
			done = add(ret, mapping, false, evidence);
	}
	return done;
}

const struct inq_mapping *inq_brk_mapping(const struct inq_space *space)
{
	const struct inq_object *exe = NULL;
	for (size_t i = 0; i < space->objects.count && !exe; i++)
		exe = space->objects.items[i].kind == INQ_OBJECT_EXE ? &space->objects.items[i] : NULL;
	const struct inq_mapping *mapping = exe ? inq_space_mapping_from(space, exe->end) : NULL;
	const struct inq_mapping *last = space->mappings.items + space->mappings.count;
	for (; mapping && mapping < last && mapping->start - exe->end < FARTHEST_BRK; mapping++)
		if (is_anonymous(mapping) && mapping->start != exe->end)
			return mapping;
	return NULL;
}

bool inq_extents_brk(struct inq_space *space, struct inq_heap_extent_vec *ret, const char *evidence)
{
	const struct inq_mapping *mapping = inq_brk_mapping(space);
	return !mapping || mapping->end - mapping->start < MEBI || add(ret, mapping, true, evidence);
}
