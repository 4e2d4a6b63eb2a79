/* Lays out the memory of a small process with a heap of glibc's malloc, of any release and word size: libc's data with
 * main_arena, the brk heap, and the heap of a second arena. Each heap has a few chunks of known sizes, in every state.
 *
 * The offsets are written down here by hand from glibc's sources, and from what gdb prints of them; they share no code with
 * what is tested. Header only, so that the fuzz target can use it too. */
#ifndef INQ_TESTS_HEAPWRITER_H
#define INQ_TESTS_HEAPWRITER_H

#include "lib/space/build.h"
#include "lib/space/join.h"

#include <string.h>

enum {
	HW_LIBC_SIZE = 0x3000,
	HW_HEAP_SIZE = 0x21000, /* what malloc takes first: 132 KiB */
	HW_ARENA = 0x800,	/* main_arena in libc's data */
	HW_SIZE = HW_LIBC_SIZE + 2 * HW_HEAP_SIZE
};

struct hw_release {
	const char *guess; /* what may be said of the release */
	uint16_t machine;
	uint8_t word, align;
	unsigned fastbins, top, bins, next, attached, system, size; /* of malloc_state; 0: not there */
	unsigned heap_info;
	unsigned tcache, count_bytes, entries; /* size of its chunk, of a count; where the entries are */
	bool safe;
};

/* clang-format off */
static const struct hw_release hw_releases[] = {
	{ "2.17 to 2.22", 62, 8, 16, 8, 88, 104, 2152, 0, 2168, 2184, 32, 0, 0, 0, false },
	{ "2.23 to 2.26", 62, 8, 16, 8, 88, 104, 2152, 2168, 2176, 2192, 32, 0, 0, 0, false },
	{ "2.26", 62, 8, 16, 8, 88, 104, 2152, 2168, 2176, 2192, 32, 0x250, 1, 64, false },
	{ "2.27 to 2.29", 62, 8, 16, 16, 96, 112, 2160, 2176, 2184, 2200, 32, 0x250, 1, 64, false },
	{ "2.30 to 2.31", 62, 8, 16, 16, 96, 112, 2160, 2176, 2184, 2200, 32, 0x290, 2, 128, false },
	{ "2.32 to 2.34", 62, 8, 16, 16, 96, 112, 2160, 2176, 2184, 2200, 32, 0x290, 2, 128, true },
	{ "2.35 to 2.41", 62, 8, 16, 16, 96, 112, 2160, 2176, 2184, 2200, 48, 0x290, 2, 128, true },
	{ "2.42", 62, 8, 16, 16, 96, 112, 2160, 2176, 2184, 2200, 48, 0x300, 3, 152, true },
	{ "2.43 or newer", 62, 8, 16, 0, 8, 24, 2072, 2088, 2096, 2112, 48, 0x300, 3, 152, true },
	{ "2.17 to 2.22", 3, 4, 8, 8, 48, 56, 1088, 0, 1096, 1104, 16, 0, 0, 0, false },
	{ "2.23 to 2.26", 3, 4, 8, 8, 48, 56, 1088, 1096, 1100, 1108, 16, 0, 0, 0, false },
	{ "2.32 to 2.41", 3, 4, 16, 12, 56, 64, 1096, 1104, 1108, 1116, 24, 0x190, 2, 128, true },
	{ "2.32 to 2.41", 40, 4, 8, 12, 52, 60, 1092, 1100, 1104, 1112, 24, 0x188, 2, 128, true },
};
/* clang-format on */

enum { HW_RELEASES = sizeof hw_releases / sizeof *hw_releases };

/* Sizes of the chunks. */
enum { HW_USED = 0x70, HW_CACHED = 0x40, HW_FAST = 0x50, HW_FREE = 0x500, HW_LAST = 0x30, HW_THREAD = 0x80 };

struct hw {
	const struct hw_release *release;
	uint8_t data[HW_SIZE];
	uint64_t libc, heap, thread;			 /* addresses */
	uint64_t used, cached[2], fast, free, last, top; /* chunks of the brk heap */
	uint64_t thread_arena, thread_first, thread_top;
};

static inline void hw_bytes(struct hw *hw, uint64_t address, uint64_t value, unsigned size)
{
	uint64_t at = address >= hw->libc && address < hw->libc + HW_LIBC_SIZE ? address - hw->libc
		      : address >= hw->heap && address < hw->heap + HW_HEAP_SIZE
			      ? HW_LIBC_SIZE + address - hw->heap
			      : HW_LIBC_SIZE + HW_HEAP_SIZE + address - hw->thread;
	for (unsigned i = 0; i < size && at + i < HW_SIZE; i++)
		hw->data[at + i] = (uint8_t)(value >> 8 * i);
}

static inline void hw_word(struct hw *hw, uint64_t address, uint64_t value)
{
	hw_bytes(hw, address, value, hw->release->word);
}

/* Writes the header and gives the address of the next chunk. */
static inline uint64_t hw_chunk(struct hw *hw, uint64_t at, uint64_t size, unsigned flags)
{
	hw_word(hw, at + hw->release->word, size | flags);
	return at + size;
}

static inline void hw_link(struct hw *hw, uint64_t place, uint64_t value)
{
	hw_word(hw, place, hw->release->safe ? place >> 12 ^ value : value);
}

static inline void hw_state(struct hw *hw, uint64_t arena, uint64_t top, uint64_t next)
{
	const struct hw_release *r = hw->release;
	for (unsigned i = 0; i < 127; i++) {
		uint64_t bin = arena + r->bins + 2 * i * r->word;
		hw_word(hw, bin, bin - 2 * r->word);
		hw_word(hw, bin + r->word, bin - 2 * r->word);
	}
	hw_word(hw, arena + r->top, top);
	hw_word(hw, arena + r->next, next);
	if (r->attached)
		hw_word(hw, arena + r->attached, 1);
	hw_word(hw, arena + r->system, HW_HEAP_SIZE);
	hw_word(hw, arena + r->system + r->word, HW_HEAP_SIZE);
}

/* A bin with one chunk. */
static inline void hw_bin(struct hw *hw, uint64_t arena, unsigned bin, uint64_t chunk)
{
	unsigned word = hw->release->word;
	uint64_t head = arena + hw->release->bins + 2 * bin * word;
	hw_word(hw, head, chunk);
	hw_word(hw, head + word, chunk);
	hw_word(hw, chunk + 2 * word, head - 2 * word);
	hw_word(hw, chunk + 3 * word, head - 2 * word);
}

static inline void hw_tcache(struct hw *hw, uint64_t user)
{
	const struct hw_release *r = hw->release;
	unsigned word = r->word, bin = (HW_CACHED - 4 * word) / r->align;
	if (r->count_bytes == 3)
		hw_bytes(hw, user + bin * 2, 14, 2); /* places that are left of 16 */
	else
		hw_bytes(hw, user + bin * r->count_bytes, 2, r->count_bytes);
	hw_word(hw, user + r->entries + bin * word, hw->cached[0] + 2 * word);
	hw_link(hw, hw->cached[0] + 2 * word, hw->cached[1] + 2 * word);
	hw_link(hw, hw->cached[1] + 2 * word, 0);
}

static inline uint64_t hw_first(const struct hw *hw, uint64_t after)
{
	uint64_t header = 2 * hw->release->word, align = hw->release->align;
	return (after + header + align - 1) / align * align - header;
}

static inline void hw_brk_heap(struct hw *hw)
{
	const struct hw_release *r = hw->release;
	uint64_t at = hw_first(hw, hw->heap), tcache = at;
	if (r->tcache)
		at = hw_chunk(hw, at, r->tcache, 1);
	at = hw_chunk(hw, hw->used = at, HW_USED, 1);
	at = hw_chunk(hw, hw->cached[0] = at, HW_CACHED, 1);
	at = hw_chunk(hw, hw->cached[1] = at, HW_CACHED, 1);
	at = hw_chunk(hw, hw->fast = at, HW_FAST, 1);
	at = hw_chunk(hw, hw->free = at, HW_FREE, 1);
	hw_word(hw, at, HW_FREE);
	at = hw_chunk(hw, hw->last = at, HW_LAST, 0);
	hw_chunk(hw, hw->top = at, hw->heap + HW_HEAP_SIZE - at, 1);
	hw_state(hw, hw->libc + HW_ARENA, hw->top, hw->thread_arena);
	hw_bin(hw, hw->libc + HW_ARENA, 0, hw->free);
	if (r->fastbins) {
		unsigned step = r->word == 8 ? 16 : 8;
		hw_word(hw, hw->libc + HW_ARENA + r->fastbins + (HW_FAST / step - 2) * r->word, hw->fast);
		hw_link(hw, hw->fast + 2 * r->word, 0);
	}
	if (r->tcache)
		hw_tcache(hw, tcache + 2 * r->word);
}

static inline void hw_thread_heap(struct hw *hw)
{
	const struct hw_release *r = hw->release;
	uint64_t at = hw_first(hw, hw->thread_arena + r->size);
	hw_word(hw, hw->thread, hw->thread_arena);
	hw_word(hw, hw->thread + 2 * r->word, HW_HEAP_SIZE);
	hw_word(hw, hw->thread + 3 * r->word, HW_HEAP_SIZE);
	at = hw_chunk(hw, hw->thread_first = at, HW_THREAD, 5);
	hw_chunk(hw, hw->thread_top = at, hw->thread + HW_HEAP_SIZE - at, 1);
	hw_state(hw, hw->thread_arena, hw->thread_top, hw->libc + HW_ARENA);
}

static inline void hw_make(struct hw *hw, const struct hw_release *release)
{
	memset(hw, 0, sizeof *hw);
	hw->release = release;
	hw->libc = release->word == 8 ? 0x7f0000100000 : 0xf7d00000;
	hw->heap = release->word == 8 ? 0x555500000000 : 0x08100000;
	hw->thread = release->word == 8 ? 0x7effe4000000 : 0xf6500000;
	hw->thread_arena = hw->thread + release->heap_info;
	hw_thread_heap(hw);
	hw_brk_heap(hw);
}

static inline void hw_map(struct inq_builder *builder, uint64_t start, uint64_t size, uint64_t offset, const char *file)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = start + size;
	mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_WRITE;
	mapping.data_offset = offset;
	mapping.data_size = size;
	if (file)
		mapping.file = inq_build_file(builder, file, strlen(file), INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
	inq_build_mapping(builder, &mapping);
}

/* Tells the builder, whose source is hw->data, of machine and mappings. */
static inline void hw_build(const struct hw *hw, struct inq_builder *builder)
{
	inq_build_os(builder, INQ_OS_LINUX);
	inq_build_machine(builder, hw->release->machine, hw->release->word * 8, false);
	builder->artefact->holds_memory = true;
	hw_map(builder, hw->heap, HW_HEAP_SIZE, HW_LIBC_SIZE, NULL);
	hw_map(builder, hw->thread, HW_HEAP_SIZE, HW_LIBC_SIZE + HW_HEAP_SIZE, NULL);
	hw_map(builder, hw->libc, HW_LIBC_SIZE, 0, "/lib/libc.so.6");
}

#endif
