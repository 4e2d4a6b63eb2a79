/* Allocators that are recognised only: their library is mapped, and so is memory of the shape that they take from the system.
 * Their blocks are not told apart, and no more than `likely` is said.
 *
 * jemalloc 5 takes memory in multiples of 2 MiB and keeps it; mimalloc has segments of 4 MiB (1.x) to 32 MiB (2.x), aligned to
 * their size; gperftools' tcmalloc grows the brk heap by a megabyte and more. */
#include "lib/heap/heap.h"

#include "lib/base/str.h"

#include <inquest/report.h>

#include <string.h>

enum { MEBI = 1 << 20, FARTHEST_BRK = 1 << 30 };

static const struct inq_object *library(const struct inq_space *space, const char *prefix)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_object *object = &space->objects.items[i];
		const char *name = object->path ? inq_base_name(object->path) : "";
		if (strncmp(name, prefix, strlen(prefix)) == 0 ||
		    (object->soname && strncmp(object->soname, prefix, strlen(prefix)) == 0))
			return object;
	}
	return NULL;
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

static bool add_aligned(struct inq_space *space, struct inq_heap_extent_vec *ret, uint64_t align, const char *evidence)
{
	bool done = true;
	for (size_t i = 0; done && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (is_anonymous(mapping) && mapping->start % align == 0 && mapping->end - mapping->start >= align)
			done = add(ret, mapping, false, evidence);
	}
	return done;
}

/* The state is the library: it belongs to the space. */
static void release(void *state)
{
	(void)state;
}

static void *find_jemalloc(struct inq_space *space)
{
	return (void *)(uintptr_t)library(space, "libjemalloc");
}

static void *find_mimalloc(struct inq_space *space)
{
	return (void *)(uintptr_t)library(space, "libmimalloc");
}

static void *find_tcmalloc(struct inq_space *space)
{
	return (void *)(uintptr_t)library(space, "libtcmalloc");
}

static bool jemalloc_extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret)
{
	(void)state;
	return add_aligned(
		space, ret, MEBI,
		"libjemalloc is mapped, and this is large and begins at a multiple of 1 MiB, as its memory does");
}

static bool mimalloc_extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret)
{
	(void)state;
	return add_aligned(
		space, ret, 4 * MEBI,
		"libmimalloc is mapped, and this is large and begins at a multiple of 4 MiB, as its segments do");
}

static bool tcmalloc_extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret)
{
	(void)state;
	const struct inq_object *exe = NULL;
	for (size_t i = 0; i < space->objects.count && !exe; i++)
		exe = space->objects.items[i].kind == INQ_OBJECT_EXE ? &space->objects.items[i] : NULL;
	const struct inq_mapping *mapping = exe ? inq_space_mapping_from(space, exe->end) : NULL;
	const struct inq_mapping *last = space->mappings.items + space->mappings.count;
	for (; mapping && mapping < last && mapping->start - exe->end < FARTHEST_BRK; mapping++)
		if (is_anonymous(mapping) && mapping->start != exe->end && mapping->end - mapping->start >= MEBI)
			return add(ret, mapping, true,
				   "libtcmalloc is mapped, and the brk heap is larger than a megabyte");
	return true;
}

const struct inq_allocator inq_allocator_jemalloc = {
	.name = "jemalloc",
	.find = find_jemalloc,
	.release = release,
	.extents = jemalloc_extents,
	.walk = inq_heap_sum_extents,
};

const struct inq_allocator inq_allocator_mimalloc = {
	.name = "mimalloc",
	.find = find_mimalloc,
	.release = release,
	.extents = mimalloc_extents,
	.walk = inq_heap_sum_extents,
};

const struct inq_allocator inq_allocator_tcmalloc = {
	.name = "tcmalloc",
	.find = find_tcmalloc,
	.release = release,
	.extents = tcmalloc_extents,
	.walk = inq_heap_sum_extents,
};
