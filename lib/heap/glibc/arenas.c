/* The arenas, and the pieces of memory that each has from the system.
 *
 * A thread's arena lives in its first heap, behind the heap_info; the heap that the top chunk is in leads back to it by
 * `prev`. Heaps are aligned to their greatest size. main_arena has the brk heap: it ends where its top chunk does and is
 * system_mem long, unless somebody else moved the break or brk failed, when there are other pieces between.
 *
 * Source: glibc, malloc/arena.c: struct _heap_info, HEAP_MAX_SIZE, new_heap, sysmalloc. */
#include "lib/heap/glibc/glibc.h"

#include "lib/base/ranges.h"

enum { MOST_HEAPS = 1 << 16 };
enum { NONCONTIGUOUS = 2 };

struct heap_info {
	uint64_t arena, previous, size, committed;
};

static uint64_t heap_most(const struct inq_glibc *glibc)
{
	return glibc->words.word == 8 ? 64 << 20 : 1 << 20;
}

static bool read_heap(struct inq_glibc *glibc, uint64_t heap, struct heap_info *ret)
{
	unsigned word = glibc->words.word;
	return inq_word_at(&glibc->words, heap, &ret->arena) &&
	       inq_word_at(&glibc->words, heap + word, &ret->previous) &&
	       inq_word_at(&glibc->words, heap + 2 * word, &ret->size) &&
	       inq_word_at(&glibc->words, heap + 3 * word, &ret->committed) && ret->size <= ret->committed &&
	       ret->size >= 4096 && ret->size % 4096 == 0 && ret->committed <= heap_most(glibc);
}

static bool add_segment(struct inq_glibc *glibc, uint64_t base, uint64_t start, uint64_t end, size_t arena)
{
	if (start >= end)
		return true;
	struct inq_glibc_segment *segment = inq_glibc_segment_vec_push(&glibc->segments);
	if (!segment)
		return false;
	*segment = (struct inq_glibc_segment) { .base = base, .start = start, .end = end, .arena = (uint32_t)arena };
	return true;
}

/* The size of a heap_info: what lies between a first heap and its arena. It changed with 2.35. */
static const unsigned infos[] = { 6, 4, 8 }; /* words; with padding */

static bool is_first_heap(struct inq_glibc *glibc, uint64_t heap, uint64_t arena)
{
	struct heap_info info;
	return read_heap(glibc, heap, &info) && info.arena == arena && !info.previous;
}

static uint64_t first_heap(struct inq_glibc *glibc, uint64_t arena)
{
	for (size_t i = 0; i < sizeof infos / sizeof *infos; i++) {
		uint64_t bytes = infos[i] * glibc->words.word;
		if (arena > bytes && is_first_heap(glibc, arena - bytes, arena)) {
			glibc->heap_info = (unsigned)bytes;
			return arena - bytes;
		}
	}
	return 0;
}

static bool add_heap(struct inq_glibc *glibc, size_t index, uint64_t heap, bool first)
{
	const struct inq_glibc_arena *arena = &glibc->arenas.items[index];
	struct heap_info info;
	if (!read_heap(glibc, heap, &info))
		return true;
	uint64_t start = first ? arena->address + glibc->layout.size : heap + glibc->heap_info;
	return add_segment(glibc, heap, inq_glibc_align(glibc, start), heap + info.size, index);
}

static bool add_heaps(struct inq_glibc *glibc, size_t index)
{
	const struct inq_glibc_arena *arena = &glibc->arenas.items[index];
	struct heap_info info;
	uint64_t first = first_heap(glibc, arena->address);
	uint64_t heap = arena->top & ~(heap_most(glibc) - 1);
	if (!first)
		return true;
	for (unsigned i = 0; i < MOST_HEAPS && heap != first; i++) {
		if (!read_heap(glibc, heap, &info) || info.arena != arena->address)
			break;
		if (!add_heap(glibc, index, heap, false))
			return false;
		heap = info.previous;
	}
	return add_heap(glibc, index, first, true);
}

/* A run of adjacent mappings with dumped memory. */
static uint64_t run_start(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	if (!mapping)
		return address;
	while (mapping > space->mappings.items && mapping[-1].end == mapping->start && !mapping[-1].file &&
	       mapping[-1].data_size == mapping[-1].end - mapping[-1].start)
		mapping--;
	return mapping->start;
}

static uint64_t run_end(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	const struct inq_mapping *last = space->mappings.items + space->mappings.count - 1;
	if (!mapping)
		return address;
	while (mapping < last && mapping[1].start == mapping->end && !mapping[1].file && mapping[1].data_size)
		mapping++;
	return mapping->start + mapping->data_size;
}

/* Pieces that brk did not give are known by the free chunks in them; a piece without any is not found. */
static bool add_pieces(struct inq_glibc *glibc, uint64_t known_start, uint64_t known_end)
{
	unsigned word = glibc->words.word;
	uint64_t bins = glibc->main + glibc->layout.bins, chunk;
	for (unsigned i = 0; i < INQ_GLIBC_BINS; i++) {
		uint64_t bin = bins + i * 2 * word;
		chunk = inq_word(&glibc->words, bin);
		if (chunk == bin - 2 * word || (chunk >= known_start && chunk < known_end))
			continue;
		bool known = false;
		for (size_t s = 0; s < glibc->segments.count && !known; s++)
			known = chunk >= glibc->segments.items[s].base && chunk < glibc->segments.items[s].end;
		uint64_t start = run_start(glibc->space, chunk);
		if (known || start == chunk)
			continue;
		if (!add_segment(glibc, start, inq_glibc_align(glibc, start), run_end(glibc->space, chunk), 0))
			return false;
	}
	return true;
}

static bool add_main(struct inq_glibc *glibc)
{
	struct inq_glibc_arena *main = &glibc->arenas.items[0];
	uint64_t head = inq_word(&glibc->words, main->top + glibc->words.word),
		 size = head & ~(uint64_t)INQ_GLIBC_FLAGS;
	uint64_t end = run_end(glibc->space, main->top), start = run_start(glibc->space, main->top);
	main->top_bad = size < 2 * glibc->words.word || size > main->system_mem || size > end - main->top;
	if (!main->top_bad)
		end = main->top + size;
	/* The break is page-aligned: with the top chunk's size overwritten the heap's mapping tells where it ends. */
	bool contiguous = end - start >= main->system_mem;
	uint64_t base = contiguous ? end - main->system_mem : start;
	if (!add_segment(glibc, base, inq_glibc_align(glibc, base), end, 0))
		return false;
	return (contiguous && !(main->flags & NONCONTIGUOUS)) || add_pieces(glibc, base, end);
}

static bool add_arena(struct inq_glibc *glibc, uint64_t address)
{
	struct inq_glibc_arena *arena = inq_glibc_arena_vec_push(&glibc->arenas);
	const struct inq_glibc_layout *layout = &glibc->layout;
	struct inq_words *words = &glibc->words;
	uint8_t flags[8] = { 0 };
	if (!arena)
		return false;
	inq_space_read(glibc->space, address, flags, sizeof flags);
	*arena = (struct inq_glibc_arena) { .address = address,
					    .main = address == glibc->main,
					    .top = inq_word(words, address + layout->top),
					    .system_mem = inq_word(words, address + layout->system_mem),
					    .flags = inq_load32(flags + 4, words->big) };
	arena->attached = layout->attached ? inq_word(words, address + layout->attached) : INQ_UNKNOWN;
	return true;
}

static bool knows_arena(const struct inq_glibc *glibc, uint64_t address)
{
	for (size_t i = 0; i < glibc->arenas.count; i++)
		if (glibc->arenas.items[i].address == address)
			return true;
	return false;
}

static bool follow_chain(struct inq_glibc *glibc)
{
	uint64_t at = glibc->main, next, slow = at;
	for (unsigned i = 0; i < INQ_GLIBC_MOST_ARENAS; i++) {
		if (!add_arena(glibc, at))
			return false;
		if (!inq_word_at(&glibc->words, at + glibc->layout.next, &next) ||
		    (next != glibc->main && !inq_glibc_arena_fits(&glibc->words, &glibc->layout, next))) {
			glibc->chain_broken = "the chain of arenas is broken";
			return true;
		}
		slow = i % 2 ? inq_word(&glibc->words, slow + glibc->layout.next) : slow;
		if (next == glibc->main || next == slow)
			return true;
		at = next;
	}
	return true;
}

/* Arenas whose link is damaged are found by their heaps: these begin at multiples of their greatest size. */
static bool search_heaps(struct inq_glibc *glibc, const struct inq_mapping *mapping)
{
	uint64_t most = heap_most(glibc), heap;
	struct heap_info info;
	if (mapping->file || mapping->data_size < 4096 || !inq_align_up(mapping->start, most, &heap))
		return true;
	for (; heap < mapping->end; heap += most) {
		if (read_heap(glibc, heap, &info) && !info.previous && info.arena > heap &&
		    info.arena - heap <= 8 * glibc->words.word && !knows_arena(glibc, info.arena) &&
		    inq_glibc_arena_fits(&glibc->words, &glibc->layout, info.arena) && !add_arena(glibc, info.arena))
			return false;
		if (heap > UINT64_MAX - most)
			break;
	}
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct inq_glibc_segment *one = a, *other = b;
	return one->start < other->start ? -1 : one->start > other->start;
}

/* Sorted; what overlaps one below it is dropped. */
static void settle(struct inq_glibc *glibc)
{
	struct inq_glibc_segment *all = glibc->segments.items;
	size_t kept = 0;
	if (glibc->segments.count)
		qsort(all, glibc->segments.count, sizeof *all, by_address);
	for (size_t i = 0; i < glibc->segments.count; i++)
		if (!kept || all[i].start >= all[kept - 1].end)
			all[kept++] = all[i];
	glibc->segments.count = kept;
}

enum inq_status inq_glibc_find_arenas(struct inq_glibc *glibc)
{
	bool done = follow_chain(glibc);
	if (glibc->chain_broken || glibc->by_symbol)
		for (size_t i = 0; done && i < glibc->space->mappings.count; i++)
			done = search_heaps(glibc, &glibc->space->mappings.items[i]);
	for (size_t i = 0; done && i < glibc->arenas.count; i++)
		done = glibc->arenas.items[i].main ? add_main(glibc) : add_heaps(glibc, i);
	if (!done)
		return inq_no_memory(glibc->space->ctx);
	settle(glibc);
	return INQ_OK;
}

INQ_RANGES(segment, struct inq_glibc_segment)

const struct inq_glibc_segment *inq_glibc_segment_at(const struct inq_glibc *glibc, uint64_t address)
{
	return segment_at(glibc->segments.items, glibc->segments.count, address);
}
