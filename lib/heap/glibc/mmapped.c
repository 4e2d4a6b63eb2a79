/* Chunks with a mapping of their own, and mp_, where malloc counts them. mp_ is static and nameless in a stripped libc: it
 * is known by its field sbrk_base, which holds where the brk heap begins, between counts that fit each other.
 *
 * Source: glibc, malloc/malloc.c: struct malloc_par; sysmalloc_mmap. The ints are followed by padding since 2.35 (hp_flags),
 * and max_total_mem stood before sbrk_base up to 2.23. */
#include "lib/heap/glibc/glibc.h"

enum { PAGE = 4096, FARTHEST = 1 << 16, MOST_PAGES = 1 << 21, KEPT_PAGES = 1 << 10 };

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
	for (uint64_t at = from; brk && at < glibc->main + FARTHEST; at += word)
		if (inq_word_at(&glibc->words, at, &value) && value >= brk->base && value <= brk->start &&
		    (at < glibc->main || at >= glibc->main + glibc->layout.size) && fits_any(glibc, at)) {
			glibc->parameters.sbrk_base = value;
			return;
		}
}

static bool is_chunk(struct inq_glibc *glibc, uint64_t base, uint64_t end, uint64_t *size)
{
	uint64_t before, head, at = inq_glibc_align(glibc, base);
	if (!inq_word_at(&glibc->words, at, &before) || !inq_word_at(&glibc->words, at + glibc->words.word, &head))
		return false;
	*size = head & ~(uint64_t)INQ_GLIBC_FLAGS;
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

/* From a page on, chunks that follow each other; `every` looks at each page, also behind what is no chunk. */
static bool search(struct inq_glibc *glibc, const struct inq_mapping *mapping, bool every, size_t *pages)
{
	uint64_t at = mapping->start, end = mapping->end, size;
	while (end - at >= PAGE && *pages < MOST_PAGES) {
		if (++*pages % KEPT_PAGES == 0)
			inq_space_give_back(glibc->space);
		if (is_chunk(glibc, at, end, &size)) {
			if (!add(glibc, at, size))
				return false;
			at = inq_glibc_align(glibc, at) + size;
		} else if (every) {
			at += PAGE;
		} else {
			break;
		}
	}
	return true;
}

static bool search_all(struct inq_glibc *glibc, bool every)
{
	size_t pages = 0;
	glibc->mmapped.count = 0;
	for (size_t i = 0; i < glibc->space->mappings.count; i++) {
		const struct inq_mapping *mapping = &glibc->space->mappings.items[i];
		if (is_candidate(glibc, mapping) && !search(glibc, mapping, every, &pages))
			return false;
	}
	return true;
}

enum inq_status inq_glibc_find_mmapped(struct inq_glibc *glibc)
{
	find_parameters(glibc);
	if (glibc->parameters.known && !glibc->parameters.mmaps)
		return INQ_OK;
	bool done = search_all(glibc, false);
	if (done && glibc->parameters.known && !all_found(glibc))
		done = search_all(glibc, true);
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
