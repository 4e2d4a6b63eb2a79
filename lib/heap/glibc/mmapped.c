/* Chunks with a mapping of their own, and mp_, where malloc counts them. mp_ is static and nameless in a stripped libc: it
 * is known by its field sbrk_base, which holds where the brk heap begins, between counts that fit each other.
 *
 * Source: glibc, malloc/malloc.c: struct malloc_par; sysmalloc_mmap. The ints are followed by padding since 2.35 (hp_flags),
 * and max_total_mem stood before sbrk_base up to 2.23. The size in a chunk's header
 * reaches to the end of its mapping; since 2.43 it leaves out two words there. */
#include "lib/heap/glibc/glibc.h"

enum { PAGE = 4096, FARTHEST = 1 << 16, MOST_PAGES = 1 << 18, FIRST_PAGES = 16 };

static bool fits(struct inq_glibc *glibc, uint64_t sbrk_base, unsigned total, unsigned pad,
		 struct inq_glibc_parameters *ret)
{
	unsigned word = glibc->words.word;
	uint64_t bytes = sbrk_base - (2 + total) * word, most;
	uint8_t ints[16];
	if (!inq_word_at(&glibc->words, bytes, &ret->mmapped_bytes) ||
	    !inq_word_at(&glibc->words, bytes + word, &most) ||
	    inq_space_read(glibc->space, bytes - pad - sizeof ints, ints, sizeof ints) != INQ_READ_OK)
		return false;
	bool big = glibc->words.big;
	uint32_t now = inq_load32(ints, big), limit = inq_load32(ints + 4, big), highest = inq_load32(ints + 8, big),
		 fixed = inq_load32(ints + 12, big);
	ret->mmaps = now;
	return ret->mmapped_bytes <= most && ret->mmapped_bytes % PAGE == 0 && most % PAGE == 0 && now <= highest &&
	       highest <= limit && fixed <= 1 && (now == 0) == (ret->mmapped_bytes == 0) &&
	       (highest == 0) == (most == 0);
}

static bool fits_any(struct inq_glibc *glibc, uint64_t sbrk_base)
{
	struct inq_glibc_parameters found = { .known = true };
	for (unsigned total = 0; total <= 1; total++)
		for (unsigned pad = 0; pad <= (glibc->words.word == 8 ? 4 : 0); pad += 4)
			if (fits(glibc, sbrk_base, total, pad, &found)) {
				glibc->parameters = found;
				return true;
			}
	return false;
}

/* mp_ is in the same data as main_arena, near it. */
static void find_parameters(struct inq_glibc *glibc)
{
	unsigned word = glibc->words.word;
	const struct inq_glibc_segment *brk = NULL;
	for (size_t i = 0; i < glibc->segments.count && !brk; i++)
		if (glibc->segments.items[i].arena == 0)
			brk = &glibc->segments.items[i];
	uint64_t from = glibc->main > FARTHEST ? glibc->main - FARTHEST : 0, value;
	for (uint64_t at = from; brk && at < glibc->main + FARTHEST; at += word) {
		if (!inq_word_at(&glibc->words, at, &value)) {
			at |= PAGE - word; /* nor is the rest of the page there */
		} else if (value >= brk->base && value <= brk->start &&
			   (at < glibc->main || at >= glibc->main + glibc->layout.size) && fits_any(glibc, at)) {
			glibc->parameters.sbrk_base = value;
			return;
		}
	}
}

/* `left_out`: bytes at the end of a chunk that its size does not count; they are of the chunk all the same. */
static bool is_chunk(struct inq_glibc *glibc, uint64_t left_out, uint64_t base, uint64_t end, uint64_t *size)
{
	uint64_t before, head, at = inq_glibc_align(glibc, base);
	if (!inq_word_at(&glibc->words, at, &before) || !inq_word_at(&glibc->words, at + glibc->words.word, &head) ||
	    !inq_add(head & ~(uint64_t)INQ_GLIBC_FLAGS, left_out, size))
		return false;
	return (head & INQ_GLIBC_FLAGS) == INQ_GLIBC_MMAPPED && *size >= PAGE - before && before == at - base &&
	       (*size + before) % PAGE == 0 && *size <= end - at;
}

static bool add(struct inq_glibc *glibc, uint64_t base, uint64_t size)
{
	struct inq_glibc_mmapped *chunk = inq_glibc_mmapped_vec_push(&glibc->mmapped);
	if (chunk)
		*chunk = (struct inq_glibc_mmapped) { base, inq_glibc_align(glibc, base), size };
	return chunk;
}

/* Mappings that may have chunks in them. */
struct candidates {
	const struct inq_mapping **mappings;
	size_t count;
};

static bool is_candidate(const struct inq_glibc *glibc, const struct inq_mapping *mapping)
{
	bool writable = mapping->permissions & INQ_PERM_WRITE || !(mapping->permissions & INQ_PERM_KNOWN);
	return !mapping->file && writable && mapping->data_size >= PAGE &&
	       !inq_glibc_segment_at(glibc, mapping->start + mapping->data_size / 2);
}

static bool all_found(const struct inq_glibc *glibc)
{
	return glibc->parameters.known && glibc->mmapped.count >= glibc->parameters.mmaps;
}

static uint64_t sum_of(const struct inq_glibc *glibc)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < glibc->mmapped.count; i++)
		sum += glibc->mmapped.items[i].start + glibc->mmapped.items[i].size - glibc->mmapped.items[i].base;
	return sum;
}

/* How far a search has come. Within a mapping the space does not see what is touched: the windows that the kernel maps (see
 * space.c) are counted here. */
struct progress {
	uint64_t pages, windows, window, left_out;
};

static void touch(struct inq_glibc *glibc, struct progress *progress, uint64_t at)
{
	enum { WINDOW_BITS = 16, MOST_WINDOWS = 8 };
	progress->pages++;
	if (at >> WINDOW_BITS == progress->window)
		return;
	progress->window = at >> WINDOW_BITS;
	if (++progress->windows % MOST_WINDOWS == 0)
		inq_space_give_back(glibc->space);
}

/* Chunks among the pages of a mapping; those that follow each other are one way through it. Up to `most` pages that begin
 * no chunk are passed. */
static bool search(struct inq_glibc *glibc, const struct inq_mapping *mapping, uint64_t most, struct progress *progress)
{
	uint64_t at = mapping->start, end = mapping->end, size;
	while (end - at >= PAGE && most && progress->pages < MOST_PAGES && !all_found(glibc)) {
		touch(glibc, progress, at);
		if (is_chunk(glibc, progress->left_out, at, end, &size)) {
			if (!add(glibc, at, size))
				return false;
			at = inq_glibc_align(glibc, at) + size;
		} else {
			at += PAGE;
			most--;
		}
	}
	return true;
}

static int by_size(const void *left, const void *right)
{
	const struct inq_mapping *a = *(const struct inq_mapping *const *)left;
	const struct inq_mapping *b = *(const struct inq_mapping *const *)right;
	uint64_t one = a->end - a->start, other = b->end - b->start;
	if (one != other)
		return one < other ? -1 : 1;
	return a->start < b->start ? -1 : a->start > b->start;
}

static int by_base(const void *left, const void *right)
{
	const struct inq_glibc_mmapped *a = left, *b = right;
	return a->base < b->base ? -1 : a->base > b->base;
}

/* The small mappings come first: a chunk that the kernel has merged with its neighbours is not likely within the gigabytes
 * of another allocator or of a JVM, whose pages need not be looked at once all are found. */
static bool search_all(struct inq_glibc *glibc, const struct candidates *among, uint64_t left_out, uint64_t most)
{
	struct progress progress = { .left_out = left_out };
	glibc->mmapped.count = 0;
	for (size_t i = 0; i < among->count; i++)
		if (!search(glibc, among->mappings[i], most, &progress))
			return false;
	if (glibc->mmapped.count)
		qsort(glibc->mmapped.items, glibc->mmapped.count, sizeof *glibc->mmapped.items, by_base);
	return true;
}

/* What the sizes leave out, by the chunks that begin a mapping: most have one of their own. The index of `forms`. */
static size_t form_of(struct inq_glibc *glibc, const struct candidates *among, const uint64_t forms[2])
{
	struct progress progress = { 0 };
	uint64_t sums[] = { 0, 0 }, size;
	for (size_t i = 0; i < among->count && i < MOST_PAGES; i++) {
		const struct inq_mapping *mapping = among->mappings[i];
		touch(glibc, &progress, mapping->start);
		for (size_t form = 0; form < 2; form++)
			if (is_chunk(glibc, forms[form], mapping->start, mapping->end, &size))
				sums[form] += size;
	}
	return sums[1] > sums[0];
}

static bool search_form(struct inq_glibc *glibc, const struct candidates *among, uint64_t left_out)
{
	/* Where the count is not known, what does not begin a mapping is not looked for: it might be a coincidence. */
	bool done = search_all(glibc, among, left_out, 1);
	for (unsigned i = 0; done && i < 2 && glibc->parameters.known && !all_found(glibc); i++)
		done = search_all(glibc, among, left_out, i ? MOST_PAGES : FIRST_PAGES);
	return done;
}

static bool search_mappings(struct inq_glibc *glibc, struct candidates *among)
{
	const struct inq_mapping_vec *all = &glibc->space->mappings;
	for (size_t i = 0; i < all->count; i++)
		if (is_candidate(glibc, &all->items[i]))
			among->mappings[among->count++] = &all->items[i];
	qsort(among->mappings, among->count, sizeof *among->mappings, by_size);
	const uint64_t forms[] = { 0, 2 * glibc->words.word };
	size_t form = form_of(glibc, among, forms);
	bool done = search_form(glibc, among, forms[form]);
	/* None begins a mapping: the kernel has merged them all with others, and either form may be the right one. */
	if (done && glibc->parameters.known && !glibc->mmapped.count)
		done = search_form(glibc, among, forms[!form]);
	glibc->mmapped_add_up = glibc->parameters.known && sum_of(glibc) == glibc->parameters.mmapped_bytes;
	return done;
}

enum inq_status inq_glibc_find_mmapped(struct inq_glibc *glibc)
{
	find_parameters(glibc);
	if (glibc->parameters.known && !glibc->parameters.mmaps)
		return INQ_OK;
	struct candidates among = { .mappings = inq_alloc(glibc->space->mappings.count * sizeof *among.mappings) };
	bool done = among.mappings && search_mappings(glibc, &among);
	free(among.mappings);
	return done ? INQ_OK : inq_no_memory(glibc->space->ctx);
}

const struct inq_glibc_mmapped *inq_glibc_mmapped_at(const struct inq_glibc *glibc, uint64_t address)
{
	size_t low = 0, high = glibc->mmapped.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct inq_glibc_mmapped *chunk = &glibc->mmapped.items[middle];
		if (chunk->start + chunk->size > address)
			high = middle;
		else
			low = middle + 1;
	}
	if (low == glibc->mmapped.count || glibc->mmapped.items[low].start > address)
		return NULL;
	return &glibc->mmapped.items[low];
}
