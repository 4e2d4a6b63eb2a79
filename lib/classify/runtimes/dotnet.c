/* .NET (CoreCLR). Its garbage-collected heap up to 6 is made of segments: each begins two pages below a multiple of 16 MiB and more,
 * with its record (struct heap_segment: allocated, committed, reserved, used, mem), and its objects begin at that multiple (src/coreclr/gc/
 * gcpriv.h, SEGMENT_INITIAL_COMMIT). From 7 on it is regions of 4 MiB and more at multiples of that in one vast reservation
 * (regions_range). What it maps twice, to write code in one place and run it in another, has the name memfd:doublemapper. Measured with 3.1 and 10. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

#include <string.h>

enum {
	WORD = 8,
	PAGE = 4096,
	ALLOCATED = 0,
	COMMITTED = 1,
	RESERVED = 2,
	FIRST_OBJECT = 4,
	WORDS = 5,
	ENOUGH_REGIONS = 2
};

static const uint64_t SEGMENT_ALIGNMENT = 16 << 20, REGION = 4 << 20, ARENA = 64 << 20, BEFORE_OBJECTS = 2 * PAGE;
static const uint64_t LEAST_RANGE = UINT64_C(4) << 30;

/* A run of plain mappings without gaps, by index. */
struct run {
	size_t first, end;
	uint64_t size;
};

static bool is_dotnet(const struct inq_space *space)
{
	static const char *const names[] = { "libcoreclr", "libclrjit", "libSystem.Native", NULL };
	if (inq_object_named(space, names))
		return true;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const char *name = space->mappings.items[i].name;
		if (name && strstr(name, "memfd:doublemapper"))
			return true;
	}
	return false;
}

static bool is_reserved(const struct inq_mapping *mapping)
{
	return !(mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE));
}

static bool has_record(struct inq_space *space, const struct inq_mapping *mapping)
{
	uint64_t words[WORDS];
	for (unsigned i = 0; i < WORDS; i++)
		if (!inq_space_integer(space, mapping->start + i * WORD, WORD, &words[i]))
			return false;
	return words[FIRST_OBJECT] == mapping->start + BEFORE_OBJECTS && words[ALLOCATED] >= words[FIRST_OBJECT] &&
	       words[ALLOCATED] <= words[COMMITTED] && words[COMMITTED] == mapping->end &&
	       words[COMMITTED] <= words[RESERVED];
}

/* Its reserve follows it, or the next segment when it is full. */
static void claim_segment(struct inq_space *space, struct inq_claims *claims, const struct run *run, size_t i)
{
	const struct inq_mapping *mapping = &space->mappings.items[i];
	if ((mapping->start + BEFORE_OBJECTS) % SEGMENT_ALIGNMENT || !inq_is_plain_data(mapping))
		return;
	if (has_record(space, mapping))
		inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "dotnet", INQ_CERTAIN,
			  "a segment of .NET's heap: its record says where objects begin and how much is committed");
	else if (i + 1 < run->end && is_reserved(&mapping[1]) && mapping[1].end - mapping->start >= SEGMENT_ALIGNMENT)
		inq_claim(
			claims, i, INQ_CLASS_ALLOCATOR, "dotnet", INQ_LIKELY,
			"begins two pages below a multiple of 16 MiB, with as much in reserve, as .NET's segments do");
}

/* glibc's arenas may be next to it: 64 MiB, aligned to that (HEAP_MAX_SIZE). */
static bool is_arena(const struct inq_mapping *mapping, const struct inq_mapping *next)
{
	return mapping->start % ARENA == 0 && next->start == mapping->end && next->end - mapping->start == ARENA;
}

static bool is_region(const struct inq_space *space, const struct run *run, size_t i)
{
	const struct inq_mapping *mapping = &space->mappings.items[i];
	return inq_is_plain_data(mapping) && mapping->start % REGION == 0 &&
	       !(i + 1 < run->end && is_arena(mapping, mapping + 1));
}

static void claim_regions(struct inq_space *space, struct inq_claims *claims, const struct run *run)
{
	size_t regions = 0;
	for (size_t i = run->first; i < run->end; i++)
		regions += is_region(space, run, i);
	for (size_t i = run->first; i < run->end && regions >= ENOUGH_REGIONS; i++)
		if (is_region(space, run, i))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "dotnet", INQ_LIKELY,
				  "at a multiple of 4 MiB in one vast reservation, as the regions of .NET's heap are");
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_mapping *rows = space->mappings.items;
	size_t count = space->mappings.count;
	if (!is_dotnet(space))
		return;
	for (struct run run = { 0 }; run.first < count; run.first = run.end) {
		for (run.end = run.first + 1; run.end < count && inq_mapping_is_plain(&rows[run.first]) &&
					      inq_mapping_is_plain(&rows[run.end]) &&
					      rows[run.end].start == rows[run.end - 1].end;)
			run.end++;
		run.size = rows[run.end - 1].end - rows[run.first].start;
		for (size_t i = run.first; i < run.end; i++)
			claim_segment(space, claims, &run, i);
		if (run.size >= LEAST_RANGE)
			claim_regions(space, claims, &run);
	}
}

const struct inq_runtime inq_runtime_dotnet = { claim };
