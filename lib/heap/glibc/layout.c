/* Where the fields of struct malloc_state are. Releases differ in four ways, which together give every layout:
 *
 *   2.23 added attached_threads; 2.26 gave i386 16-byte alignment, and so an eleventh fastbin; 2.27 added have_fastchunks;
 *   2.43 has no fastbins.
 *
 * Source: glibc, malloc/malloc.c: struct malloc_state, NFASTBINS, MALLOC_ALIGNMENT. */
#include "lib/heap/glibc/glibc.h"

#include <elf.h>

static const struct release {
	unsigned oldest, newest;
	bool attached, have_fastchunks, fastbins;
} releases[] = {
	{ 27, 42, true, true, true },
	{ 23, 26, true, false, true },
	{ 17, 22, false, false, true },
	{ 43, INQ_GLIBC_NEWEST, true, false, false },
};

enum { RELEASES = sizeof releases / sizeof *releases };

static unsigned round_up(unsigned value, unsigned to)
{
	return (value + to - 1) / to * to;
}

static struct inq_glibc_layout make(const struct release *release, unsigned word, unsigned align)
{
	struct inq_glibc_layout layout = { .align = align, .oldest = release->oldest, .newest = release->newest };
	unsigned at = release->have_fastchunks ? 12 : 8; /* mutex, flags, have_fastchunks: int */
	at = round_up(at, word);
	if (release->fastbins) {
		layout.fastbins = at;
		layout.fastbin_count = word == 4 && align == 16 ? 11 : 10;
		at += layout.fastbin_count * word;
	}
	layout.top = at;
	layout.bins = at + 2 * word;					 /* last_remainder stands between */
	layout.next = layout.bins + (2 * INQ_GLIBC_BINS) * word + 4 * 4; /* and the binmap */
	at = layout.next + 2 * word;					 /* next, next_free */
	layout.attached = release->attached ? at : 0;
	layout.system_mem = release->attached ? at + word : at;
	layout.size = layout.system_mem + 2 * word;
	return layout;
}

bool inq_glibc_layout(const struct inq_space *space, unsigned index, struct inq_glibc_layout *ret)
{
	unsigned word = space->machine.bits == 32 ? 4 : 8;
	bool two_aligns = word == 4 && (space->machine.elf == EM_386 || space->machine.elf == EM_PPC);
	unsigned aligns = two_aligns ? 2 : 1;
	if (index >= RELEASES * aligns)
		return false;
	*ret = make(&releases[index / aligns], word, word == 8 || (two_aligns && index % 2 == 0) ? 16 : 8);
	return true;
}

uint64_t inq_glibc_align(const struct inq_glibc *glibc, uint64_t address)
{
	uint64_t header = 2 * glibc->words.word, align = glibc->layout.align;
	return ((address + header + align - 1) & ~(align - 1)) - header;
}

/* A bin is a list head: empty ones point to themselves, as if they were a chunk whose links are here. */
static bool bin_is_good(struct inq_words *words, uint64_t bin)
{
	uint64_t self = bin - 2 * words->word, first, last, back;
	if (!inq_word_at(words, bin, &first) || !inq_word_at(words, bin + words->word, &last))
		return false;
	if (first == self)
		return last == self;
	return inq_word_at(words, first + 3 * words->word, &back) && back == self;
}

/* Most bins of a real arena are empty or hold a good list; damage may have hit some. */
static bool bins_fit(struct inq_words *words, uint64_t bins)
{
	unsigned good = 0;
	for (unsigned i = 0; i < INQ_GLIBC_BINS; i++)
		good += bin_is_good(words, bins + i * 2 * words->word);
	return good >= INQ_GLIBC_BINS * 2 / 3;
}

bool inq_glibc_arena_fits(struct inq_words *words, const struct inq_glibc_layout *layout, uint64_t address)
{
	uint64_t system, most, top, next, lock;
	if (!inq_word_at(words, address + layout->system_mem, &system) || !system || system % 4096 ||
	    !inq_word_at(words, address + layout->system_mem + words->word, &most) || system > most || most % 4096)
		return false;
	if (!inq_word_at(words, address + layout->next, &next) || !next || next % words->word ||
	    !inq_word_at(words, address + layout->top, &top) || (top + 2 * words->word) % layout->align ||
	    !inq_word_at(words, top, &lock))
		return false;
	return bins_fit(words, address + layout->bins);
}
