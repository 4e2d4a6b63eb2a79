/* .NET (CoreCLR, from version 7 on): the garbage-collected heap is one reservation of 256 GiB or more, of which regions are made
 * accessible (src/coreclr/gc/gc.cpp, regions_range). By that size alone, so `possible`. What it maps twice, to write code in one
 * place and run it in another, has the name memfd:doublemapper and is told by that. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

static const uint64_t RESERVED = UINT64_C(256) << 30;

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "libcoreclr", NULL };
	const struct inq_mapping *end = space->mappings.items + space->mappings.count;
	if (!inq_object_named(space, names))
		return;
	for (const struct inq_mapping *first = space->mappings.items, *next; first < end; first = next) {
		for (next = first + 1; next < end && inq_mapping_is_plain(first) && inq_mapping_is_plain(next) &&
				       next->start == next[-1].end;)
			next++;
		if (next[-1].end - first->start < RESERVED)
			continue;
		for (; first < next; first++)
			inq_claim(claims, (size_t)(first - space->mappings.items), INQ_CLASS_ALLOCATOR, "dotnet",
				  INQ_POSSIBLE, "one reservation of 256 GiB or more, as .NET makes for its heap");
	}
}

const struct inq_runtime inq_runtime_dotnet = { claim };
