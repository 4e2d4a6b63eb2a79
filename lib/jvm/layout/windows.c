/* Where the reservation can lie. Its size is known when -Xmx is: then every border of a mapping may be its start,
 * its end, or the end of the heap below perm. Without -Xmx its shape must tell: the end of the heap at one of the
 * places where HotSpot puts it (memoryReserver.cpp; virtualspace.cpp before), or below the code cache, or two
 * generations' rw/--- pairs, or a mark bitmap that pictures it. */
#include "lib/jvm/layout/layout.h"

#include "lib/base/checked.h"

enum { MOST_WINDOWS = 4096, MOST_SHAPES = 256, PAIR = 4, NEAR = 64 };

static const uint64_t M = 1 << 20, G = 1 << 30, LEAST_PICTURED = 16 << 20;

const char *inq_layout_place(const struct inq_layout_case *jvm, uint64_t start, uint64_t end)
{
	uint64_t alignment = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_object_alignment, 8);
	uint64_t base = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_heap_base, 0);
	if (jvm->platform.bits == 32)
		return NULL;
	if (base && start == base)
		return "it begins at HeapBaseMinAddress";
	if (end == 4 * G)
		return "it ends at 4 GiB, where references need no shift";
	if (end == 32 * G || (alignment <= 256 && end == 4 * G * alignment))
		return "it ends where compressed references can reach without a base";
	if (end == 31 * G && inq_jvm_may_be(&jvm->platform, 8, 10))
		return "it ends 1 GiB below 32 GiB, and the class space follows";
	size_t above = inq_layout_from(&jvm->map, end);
	const struct inq_mapping *mapping = &jvm->space->mappings.items[above];
	if (end > 32 * G && above < jvm->map.count && mapping->start == end && !mapping->file &&
	    mapping->permissions & INQ_PERM_EXECUTE)
		return "the code cache follows it";
	return NULL;
}

/* A neighbour's pages may have merged with the heap's first: then the border is the next multiple of 64 KiB above
 * the mapping's start, which no other can be. */
static bool starts_near(const struct inq_layout_map *map, uint64_t start)
{
	size_t i = inq_layout_from(map, start);
	return i < map->count && map->space->mappings.items[i].start <= start &&
	       start - map->space->mappings.items[i].start < INQ_LAYOUT_GRAIN;
}

/* Old listings were shortened by their authors: a row of perm may be missing there. */
static bool covers(const struct inq_layout_case *jvm, uint64_t start, uint64_t end, uint64_t perm)
{
	uint64_t covered = inq_layout_covered(&jvm->map, start, end);
	if (covered == end - start)
		return true;
	return perm && end - start - covered < perm &&
	       inq_layout_covered(&jvm->map, start, end - perm) == end - start - perm;
}

static bool try_window(struct inq_layout_case *jvm, uint64_t start, uint64_t heap, uint64_t perm, inq_layout_try *try,
		       const void *data)
{
	uint64_t end;
	if (start % INQ_LAYOUT_GRAIN || !inq_add(start, heap, &end) || !inq_add(end, perm, &end) ||
	    !covers(jvm, start, end, perm))
		return false;
	struct inq_layout_window window = { .start = start, .end = end, .heap = heap, .by_flag = true };
	window.start_shows = starts_near(&jvm->map, start);
	window.end_shows = inq_layout_is_border(&jvm->map, end);
	try(jvm, &window, data);
	return true;
}

/* The windows that mapping `i` gives a border to; how many there were. */
static size_t try_borders(struct inq_layout_case *jvm, size_t i, uint64_t heap, uint64_t perm, inq_layout_try *try,
			  const void *data)
{
	const struct inq_mapping *mapping = &jvm->space->mappings.items[i];
	uint64_t start, total = heap + perm;
	size_t tried = 0;
	if ((i == 0 || mapping[-1].end != mapping->start || !jvm->map.eligible[i - 1]) &&
	    inq_align_up(mapping->start, INQ_LAYOUT_GRAIN, &start))
		tried += try_window(jvm, start, heap, perm, try, data);
	tried += try_window(jvm, mapping->end, heap, perm, try, data);
	if (mapping->end >= total)
		tried += try_window(jvm, mapping->end - total, heap, perm, try, data);
	if (perm && mapping->end >= heap)
		tried += try_window(jvm, mapping->end - heap, heap, perm, try, data);
	return tried;
}

/* The first mapping behind the stretch of eligible memory without a gap that begins with mapping `i`. */
static size_t stretch_end(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	do
		i++;
	while (i < map->count && map->eligible[i] && mappings[i].start == mappings[i - 1].end);
	return i;
}

void inq_layout_windows_of(struct inq_layout_case *jvm, uint64_t heap, uint64_t perm, inq_layout_try *try,
			   const void *data)
{
	const struct inq_mapping *mappings = jvm->space->mappings.items;
	uint64_t total;
	size_t tried = 0;
	if (!inq_add(heap, perm, &total))
		return;
	for (size_t i = 0, end; i < jvm->map.count; i = end) {
		end = jvm->map.eligible[i] ? stretch_end(&jvm->map, i) : i + 1;
		if (!jvm->map.eligible[i] || mappings[end - 1].end - mappings[i].start < heap)
			continue;
		for (; i < end && tried < MOST_WINDOWS; i++)
			tried += try_borders(jvm, i, heap, perm, try, data);
	}
}

bool inq_layout_is_arena(uint64_t start, uint64_t end)
{
	return start % (64 * M) == 0 && end - start == 64 * M;
}

static void try_shape(struct inq_layout_case *jvm, uint64_t start, uint64_t end, inq_layout_try *try, const void *data)
{
	struct inq_layout_window window = { .start = start, .end = end, .heap = end - start };
	if (end - start < 4 * M || inq_layout_covered(&jvm->map, start, end) != end - start)
		return;
	window.start_shows = starts_near(&jvm->map, start);
	window.end_shows = inq_layout_is_border(&jvm->map, end);
	try(jvm, &window, data);
}

/* The stretch of eligible memory that ends at the end of mapping `last`; a lower end that merged
 * with a neighbour goes up to 2 MiB, which heaps are aligned to. */
static uint64_t stretch_start(const struct inq_layout_map *map, size_t last)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	size_t first = last;
	while (first > 0 && last - first < MOST_SHAPES && map->eligible[first - 1] &&
	       mappings[first - 1].end == mappings[first].start)
		first--;
	uint64_t start = mappings[first].start;
	return start % INQ_LAYOUT_GRAIN ? (start + 2 * M - 1) & ~(2 * M - 1) : start;
}

/* Up to four places are looked at by address; the stretch below each is the heap. */
static bool try_places(struct inq_layout_case *jvm, inq_layout_try *try, const void *data)
{
	uint64_t alignment = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_object_alignment, 8);
	bool found = false, class_space = inq_jvm_may_be(&jvm->platform, 8, 10);
	const uint64_t ends[] = { 4 * G, class_space ? 31 * G : 0, 32 * G,
				  alignment > 8 && alignment <= 256 ? 4 * G * alignment : 0 };
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t below = ends[i] ? inq_layout_from(&jvm->map, ends[i] - 1) : jvm->map.count;
		if (below >= jvm->map.count || !jvm->map.eligible[below] || !inq_layout_is_border(&jvm->map, ends[i]) ||
		    jvm->space->mappings.items[below].start >= ends[i])
			continue;
		uint64_t start = stretch_start(&jvm->map, below);
		if (start >= ends[i])
			continue;
		try_shape(jvm, start, ends[i], try, data);
		found = true;
	}
	return found;
}

/* Whether the mappings from `i` on are rw, ---, rw, --- without a gap, as two generations are. */
static bool is_pair(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	for (size_t j = 0; j < PAIR; j++)
		if (i + j >= map->count || !map->eligible[i + j] ||
		    inq_layout_accessible(&mappings[i + j]) != (j % 2 == 0) ||
		    (j && mappings[i + j].start != mappings[i + j - 1].end))
			return false;
	return mappings[i + 3].end - mappings[i].start >= 8 * M &&
	       !inq_layout_is_arena(mappings[i].start, mappings[i + 1].end) &&
	       !inq_layout_is_arena(mappings[i + 2].start, mappings[i + 3].end);
}

static void try_pairs(struct inq_layout_case *jvm, inq_layout_try *try, const void *data)
{
	const struct inq_mapping *mappings = jvm->space->mappings.items;
	size_t tried = 0;
	for (size_t i = 0; i < jvm->map.count && tried < MOST_SHAPES; i++) {
		if (!is_pair(&jvm->map, i))
			continue;
		uint64_t start = (mappings[i].start + 2 * M - 1) & ~(2 * M - 1);
		if (start >= mappings[i + 1].start)
			continue;
		tried++;
		try_shape(jvm, start, mappings[i + 3].end, try, data);
	}
}

/* Without compressed references the heap is reserved right after the code cache, which the kernel then puts below
 * it. */
static void try_below_code(struct inq_layout_case *jvm, inq_layout_try *try, const void *data)
{
	const struct inq_mapping *mappings = jvm->space->mappings.items;
	for (size_t i = 1; i < jvm->map.count; i++) {
		bool code = !mappings[i].file && mappings[i].permissions & INQ_PERM_EXECUTE &&
			    mappings[i].permissions & INQ_PERM_WRITE;
		if (!code)
			continue;
		if (mappings[i].start < 32 * G || mappings[i].start % (2 * M) || !jvm->map.eligible[i - 1] ||
		    mappings[i - 1].end != mappings[i].start)
			return;
		size_t first = inq_layout_accessible(&mappings[i - 1]) || i < 2 ? i - 1 : i - 2;
		uint64_t start = (mappings[first].start + 2 * M - 1) & ~(2 * M - 1);
		bool shows = first < i - 1 || start == mappings[first].start; /* else it may be anything's memory */
		if (shows && start < mappings[i].start)
			try_shape(jvm, start, mappings[i].start, try, data);
		return;
	}
}

/* The first and the last mapping that may be a part of a table beside a heap whose reserved part is mapping `i`. */
static size_t first_near(size_t i)
{
	return i > NEAR ? i - NEAR : 0;
}

static size_t last_near(const struct inq_layout_map *map, size_t i)
{
	return map->count - i > NEAR ? i + NEAR : map->count - 1;
}

/* The first mapping from `j` on, near `i`, that is a picture of mapping `i`, which is memory without access, at
 * 1:`scale`; SIZE_MAX when there is none. */
static size_t picture_from(const struct inq_layout_map *map, size_t i, size_t j, unsigned scale)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	uint64_t size = (mappings[i].end - mappings[i].start) / scale;
	for (; j <= last_near(map, i); j++)
		if (map->eligible[j] && !inq_layout_accessible(&mappings[j]) &&
		    mappings[j].end - mappings[j].start == size)
			return j;
	return SIZE_MAX;
}

/* Two tables of one scale may lie side by side: from one's reserved part to the other's it is a table's size, which tells
 * the heap's even where its lower end merged with a neighbour. 0: no two do. */
static uint64_t size_by_twins(const struct inq_layout_map *map, size_t i)
{
	static const unsigned scales[] = { 64, 32, 512 };
	const struct inq_mapping *mappings = map->space->mappings.items;
	for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
		size_t j = picture_from(map, i, first_near(i), scales[s]);
		size_t twin = j == SIZE_MAX ? j : picture_from(map, i, j + 1, scales[s]);
		uint64_t size;
		if (twin != SIZE_MAX && twin == j + 2 && mappings[j].end == mappings[j + 1].start &&
		    mappings[j + 1].end == mappings[twin].start &&
		    inq_mul(mappings[twin].start - mappings[j].start, scales[s], &size))
			return size;
	}
	return 0;
}

/* The window of the heap whose reserved part is mapping `i`: what is committed below it and that part. Where a table tells
 * the size it may begin higher, for its lower end merged with a neighbour, or end higher: objects of the archive of classes
 * are loaded to its upper end. Without a table both ends are guesses. */
static bool pictured_window(const struct inq_layout_map *map, size_t i, struct inq_layout_window *ret)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	uint64_t start = (mappings[i - 1].start + M - 1) & ~(M - 1); /* of the smallest region */
	uint64_t end = mappings[i].end, size = size_by_twins(map, i), rounded = 2 * M;
	bool differs = size && (size + rounded - 1) / rounded != (end - start + rounded - 1) / rounded;
	if (differs && size < end - start)
		start = end - size;
	else if (differs && (!inq_add(start, size, &end) || inq_layout_covered(map, start, end) != size))
		return false;
	*ret = (struct inq_layout_window) { .start = start, .end = end, .heap = end - start, .pictured = true };
	ret->start_shows = ret->end_shows = size != 0;
	return start >= mappings[i - 1].start && start < mappings[i].start && end - start >= 4 * M;
}

static bool is_pictured(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	return map->eligible[i] && !inq_layout_accessible(&mappings[i]) && map->eligible[i - 1] &&
	       mappings[i].end - mappings[i].start >= LEAST_PICTURED && inq_layout_accessible(&mappings[i - 1]) &&
	       mappings[i - 1].end == mappings[i].start &&
	       (picture_from(map, i, first_near(i), 64) != SIZE_MAX ||
		picture_from(map, i, first_near(i), 32) != SIZE_MAX);
}

/* A heap of regions at an address that says nothing: its mark bitmap tells. */
static void try_pictured(struct inq_layout_case *jvm, inq_layout_try *try, const void *data)
{
	struct inq_layout_window window;
	size_t tried = 0;
	for (size_t i = 1; i < jvm->map.count && tried < MOST_SHAPES; i++) {
		if (!is_pictured(&jvm->map, i))
			continue;
		tried++;
		if (pictured_window(&jvm->map, i, &window))
			try(jvm, &window, data);
	}
}

void inq_layout_windows_by_shape(struct inq_layout_case *jvm, inq_layout_try *try, const void *data)
{
	bool placed = try_places(jvm, try, data);
	try_pairs(jvm, try, data);
	try_pictured(jvm, try, data);
	if (!placed)
		try_below_code(jvm, try, data);
}
