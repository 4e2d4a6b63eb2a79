/* V8: pages of 256 KiB, aligned to that, each at a random address (src/heap/memory-chunk-layout.h, kPageSizeBits 18). */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

static const uint64_t V8_PAGE = 256 << 10;
enum { ENOUGH_PAGES = 4 };

static bool is_isolated(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	return !(index && mapping[-1].end == mapping->start && inq_mapping_is_plain(&mapping[-1])) &&
	       !(index + 1 < space->mappings.count && mapping[1].start == mapping->end);
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "node", "libnode", "libv8", "electron", "chrome", "chromium", "d8", NULL };
	const char *name = inq_object_named(space, names);
	size_t pages = 0;
	for (size_t i = 0; name && i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		pages += inq_is_plain_data(mapping) && mapping->start % V8_PAGE == 0 &&
			 mapping->end - mapping->start == V8_PAGE;
	}
	if (pages < ENOUGH_PAGES)
		return;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!inq_is_plain_data(mapping) || mapping->start % V8_PAGE)
			continue;
		if ((mapping->end - mapping->start) % V8_PAGE == 0)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY,
				  "256 KiB, aligned to that, as V8's pages; many alike, and a program with V8");
		else if (is_isolated(space, i))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_POSSIBLE,
				  "by itself at a multiple of 256 KiB, as V8's large pages are");
	}
}

const struct inq_runtime inq_runtime_v8 = { claim };
