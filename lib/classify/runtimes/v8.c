/* V8: pages of 256 KiB, aligned to that, each at a random address (src/heap/memory-chunk-layout.h, kPageSizeBits 18). Nothing else
 * spreads many such pieces over terabytes, so that a program of any name may be told to have V8 in it. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

static const uint64_t V8_PAGE = 256 << 10;
static const uint64_t CAGE = UINT64_C(1) << 32, WIDE = UINT64_C(1) << 40;
enum { ENOUGH_PAGES = 4, MANY_PAGES = 16, MOST_GUARD = 64 << 10 };

static bool is_isolated(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	return !(index && mapping[-1].end == mapping->start && inq_mapping_is_plain(&mapping[-1])) &&
	       !(index + 1 < space->mappings.count && mapping[1].start == mapping->end);
}

/* Directly above a guard it is a thread's stack. */
static bool is_guarded(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *below = &space->mappings.items[index] - 1;
	return index && below->end == space->mappings.items[index].start && inq_mapping_is_plain(below) &&
	       !(below->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE)) &&
	       below->end - below->start <= MOST_GUARD;
}

/* Pages that stand by themselves: how many, and how far they are spread. */
struct pages {
	size_t all, alone;
	uint64_t low, high;
};

static struct pages count_pages(const struct inq_space *space)
{
	struct pages pages = { 0 };
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!inq_is_plain_data(mapping) || mapping->start % V8_PAGE || mapping->end - mapping->start != V8_PAGE)
			continue;
		pages.all++;
		if (!is_isolated(space, i))
			continue;
		pages.low = pages.alone++ ? pages.low : mapping->start;
		pages.high = mapping->end;
	}
	return pages;
}

/* With compressed pointers all of a heap lies in one reservation of 4 GiB, aligned to that (src/init/isolate-group.cc). */
static void claim_cage(const struct inq_space *space, struct inq_claims *claims, size_t first)
{
	const struct inq_mapping *rows = space->mappings.items;
	size_t end = first + 1;
	while (end < space->mappings.count && rows[end].start == rows[end - 1].end &&
	       inq_mapping_is_plain(&rows[end]) && rows[end].end - rows[first].start <= CAGE)
		end++;
	if (rows[first].start % CAGE || rows[end - 1].end - rows[first].start != CAGE)
		return;
	for (size_t i = first; i < end; i++)
		if (inq_is_plain_data(&rows[i]) && rows[i].start % V8_PAGE == 0)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY,
				  "in a reservation of 4 GiB, aligned to that, as V8's compressed pointers need, and a "
				  "program with V8");
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "node",	 "libnode", "libv8",   "electron", "chrome",
					     "chromium", "d8",	    "workerd", "deno",	   NULL };
	struct pages pages = count_pages(space);
	bool named = inq_object_named(space, names);
	for (size_t i = 0; named && i < space->mappings.count; i++)
		if (space->mappings.items[i].start % CAGE == 0 && inq_mapping_is_plain(&space->mappings.items[i]))
			claim_cage(space, claims, i);
	named &= pages.all >= ENOUGH_PAGES;
	if (!named && (pages.alone < MANY_PAGES || pages.high - pages.low < WIDE))
		return;
	const char *why = named ? "256 KiB, aligned to that, as V8's pages; many alike, and a program with V8"
				: "256 KiB, aligned to that, and many alike spread over terabytes, as V8's pages are";
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!inq_is_plain_data(mapping) || mapping->start % V8_PAGE || is_guarded(space, i))
			continue;
		if ((mapping->end - mapping->start) % V8_PAGE == 0)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY, why);
		else if (is_isolated(space, i))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "v8", INQ_POSSIBLE,
				  "by itself at a multiple of 256 KiB, as V8's large pages are");
	}
}

const struct inq_runtime inq_runtime_v8 = { claim };
