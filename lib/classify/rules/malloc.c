/* The memory of malloc and of other allocators: where their own records are in the core, by these (lib/heap); in a map without
 * memory by the shape of glibc's heaps: writable memory and what is kept in reserve behind it make 64 MiB together, aligned to
 * that (1 MiB on 32 bits; glibc, malloc/arena.c: HEAP_MAX_SIZE). */
#include "lib/classify/rule.h"

#include "lib/heap/heap.h"
#include "lib/space/mapping.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_GUARD = 64 << 10 };

static uint64_t heap_most(const struct inq_space *space)
{
	return space->machine.bits == 32 ? 1 << 20 : 64 << 20;
}

static bool has_access(const struct inq_mapping *mapping)
{
	return mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE);
}

/* The whole of a mapping is claimed as such, so that other rules can agree or differ. */
static void claim(struct inq_claims *claims, const struct inq_space *space, size_t index, uint64_t start, uint64_t end,
		  enum inq_class class_, const char *subclass, enum inq_confidence confidence, const char *evidence)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	if (start <= mapping->start && end >= mapping->end)
		inq_claim(claims, index, class_, subclass, confidence, evidence);
	else
		inq_claim_part(claims, index, start, end, class_, subclass, confidence, evidence);
}

/* Behind a thread's heap: the rest of what was mapped for it, up to the next multiple of its greatest size. */
static void claim_rest(struct inq_space *space, struct inq_claims *claims, uint64_t end, enum inq_confidence confidence)
{
	const struct inq_mapping *rest = inq_space_mapping_at(space, end);
	uint64_t most = heap_most(space), whole = (end + most - 1) & ~(most - 1);
	if (!rest || rest->start != end || rest->file || has_access(rest) || whole <= end)
		return;
	claim(claims, space, (size_t)(rest - space->mappings.items), end, whole, INQ_CLASS_RESERVED, NULL, confidence,
	      "the rest of a heap of malloc, up to a multiple of its greatest size");
}

static void claim_extent(struct inq_space *space, struct inq_claims *claims, const struct inq_heap_extent *extent)
{
	bool glibc = strcmp(extent->allocator, "glibc") == 0;
	enum inq_class class_ = extent->brk	? INQ_CLASS_BRK_HEAP
				: !glibc	? INQ_CLASS_ALLOCATOR
				: extent->large ? INQ_CLASS_MALLOC_LARGE
						: INQ_CLASS_MALLOC_ARENA;
	const char *subclass = glibc ? NULL : extent->allocator;
	const struct inq_mapping *mapping = inq_space_mapping_from(space, extent->start);
	const struct inq_mapping *last = space->mappings.items + space->mappings.count;
	for (; mapping && mapping < last && mapping->start < extent->end; mapping++)
		claim(claims, space, (size_t)(mapping - space->mappings.items), extent->start, extent->end, class_,
		      subclass, extent->confidence, extent->evidence);
	if (glibc && !extent->brk && !extent->large)
		claim_rest(space, claims, extent->end, INQ_CERTAIN);
}

static bool is_private_data(const struct inq_mapping *mapping)
{
	unsigned wanted = INQ_PERM_READ | INQ_PERM_WRITE, other = INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return inq_mapping_is_plain(mapping) && (mapping->permissions & wanted) == wanted &&
	       !(mapping->permissions & other);
}

/* A guard of a stack may have merged with the reserve. */
static void claim_shape(struct inq_space *space, struct inq_claims *claims, size_t index)
{
	const struct inq_mapping *heap = &space->mappings.items[index], *rest = heap + 1;
	uint64_t most = heap_most(space), whole = heap->start + most;
	bool fits = heap->start % most == 0 && heap->end < whole && rest->start == heap->end && rest->end >= whole &&
		    rest->end - whole <= MOST_GUARD;
	if (!is_private_data(heap) || !fits || rest->file || !(rest->permissions & INQ_PERM_KNOWN) || has_access(rest))
		return;
	enum inq_confidence confidence = most > 1 << 20 ? INQ_LIKELY : INQ_POSSIBLE;
	inq_claim(claims, index, INQ_CLASS_MALLOC_ARENA, NULL, confidence,
		  inq_claim_text(space,
				 "with the reserve behind it %" PRIu64
				 " MiB, aligned to that: a thread's heap of glibc",
				 most >> 20));
	claim_rest(space, claims, heap->end, confidence);
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_heap_extent *extents;
	size_t count;
	if (inq_heap_extents(space, &extents, &count) != INQ_OK)
		return;
	for (size_t i = 0; i < count; i++)
		claim_extent(space, claims, &extents[i]);
	bool possible = !count && (space->os == INQ_OS_LINUX || space->os == INQ_OS_UNKNOWN);
	for (size_t i = 0; possible && i + 1 < space->mappings.count; i++)
		claim_shape(space, claims, i);
}

const struct inq_rule inq_rule_malloc = { "malloc", run };
