/* tcmalloc of gperftools, 2.6 on. Memory is divided into spans of pages of 8 KiB. A table of two levels, whose root is an array in
 * the library's bss, gives the record of a page's span. A span holds one large block, or small ones of one size, or is free; of
 * the small ones a list leads through those that are free, unless a thread's cache has them, which keeps lists of its own. The
 * sizes stand in a table, also in the bss.
 *
 * Source: gperftools 2.10, src/{span.h,pagemap.h,common.h,page_heap.h,thread_cache.h,central_freelist.cc}. */
#include "lib/heap/by_library.h"
#include "lib/heap/slabs.h"
#include "lib/space/image.h"

#include <stdlib.h>

enum {
	WORD = 8,
	PAGE_SHIFT = 13,
	LEAF_BITS = 18, /* TCMalloc_PageMap2<35> */
	ROOT_BITS = 17,
	LEAF_SIZE = WORD << LEAF_BITS,
	ROOT_SIZE = WORD << ROOT_BITS,
	SPAN_PAGES = 8,
	SPAN_FREE = 32,
	SPAN_STATE = 40, /* free blocks 16 bits, class 8, location 2 */
	CLASSES = 128,
	LEAST_CLASSES = 20,
	CACHE_LIST = 32, /* of one class: head, three words of 32 bits and one, block size */
	CACHE_SIZE = 24,
	CACHE_CHECKED = 12,
	CACHE_SEARCHED = 16 << 10, /* for the next one */
	MOST_CACHES = 1 << 12,
	MOST_SEARCHED = 1 << 24 /* words of what may be leaves */
};

static const uint64_t LARGEST_SPAN = UINT64_C(1) << 30; /* pages */

struct span {
	uint64_t at, first, pages;
	unsigned out, class_, location;
};

struct tcmalloc {
	struct inq_slabs *slabs;
	const struct inq_mapping *bss;
	uint64_t root;
	uint64_t caches[MOST_CACHES];
	size_t cache_count, searched;
	uint32_t sizes[CLASSES]; /* of blocks by class; 0: no class */
};

static bool read_span(struct inq_words *words, uint64_t at, struct span *ret)
{
	uint64_t state;
	if (at % WORD || !inq_word_at(words, at, &ret->first) || !inq_word_at(words, at + SPAN_PAGES, &ret->pages) ||
	    !inq_word_at(words, at + SPAN_STATE, &state))
		return false;
	ret->at = at;
	ret->out = state & 0xffff;
	ret->class_ = state >> 16 & 0xff;
	ret->location = state >> 24 & 3;
	return ret->pages && ret->pages < LARGEST_SPAN && ret->first >> (LEAF_BITS + ROOT_BITS) == 0;
}

static bool read_small(struct inq_words *words, uint64_t address, uint32_t *ret)
{
	uint64_t word;
	if (!inq_word_at(words, address & ~(uint64_t)(WORD - 1), &word))
		return false;
	*ret = (uint32_t)(word >> address % WORD * 8);
	return true;
}

/* class_to_size_: 0, 8, 16, 32, 48, and on upward. */
static bool read_sizes(struct tcmalloc *tcmalloc, uint64_t at)
{
	static const uint32_t begin[] = { 0, 8, 16, 32, 48 };
	enum { BEGIN = sizeof begin / sizeof *begin };
	struct inq_words *words = &tcmalloc->slabs->words;
	uint32_t size;
	unsigned count = 0;
	for (; count < CLASSES && read_small(words, at + count * sizeof size, &size); count++) {
		if (count < BEGIN ? size != begin[count] : size <= tcmalloc->sizes[count - 1])
			break;
		tcmalloc->sizes[count] = size;
	}
	if (count < LEAST_CLASSES)
		return false;
	for (unsigned i = count; i < CLASSES; i++)
		tcmalloc->sizes[i] = 0;
	return true;
}

/* The table stands at any multiple of 4; what it begins with is compared two numbers at a time. */
static bool find_sizes_in(struct tcmalloc *tcmalloc, uint64_t at, const uint8_t *data, size_t count)
{
	static const uint64_t EVEN = UINT64_C(8) << 32, ODD = UINT64_C(16) << 32 | 8;
	for (size_t i = 0; i < count; i++) {
		uint64_t word = inq_words_load(&tcmalloc->slabs->words, data + i * WORD);
		if ((word == EVEN && read_sizes(tcmalloc, at + i * WORD)) ||
		    (word == ODD && read_sizes(tcmalloc, at + i * WORD - sizeof(uint32_t))))
			return true;
	}
	return false;
}

static bool find_sizes(struct tcmalloc *tcmalloc)
{
	const struct inq_mapping *bss = tcmalloc->bss;
	struct inq_words words = inq_words(tcmalloc->slabs->words.space);
	size_t count;
	for (uint64_t at = bss->start; at - bss->start < bss->data_size; at += (count ? count : 1) * WORD) {
		const uint8_t *data = NULL;
		count = inq_words_run(&words, at, &data);
		if (find_sizes_in(tcmalloc, at, data, count))
			return true;
	}
	return false;
}

static bool is_heap(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = address % WORD ? NULL : inq_space_mapping_at(space, address);
	return mapping && !mapping->file && (mapping->permissions & INQ_PERM_WRITE) && mapping->data_size;
}

/* If there is a leaf, where the root is by the first span in it; else 0. */
static uint64_t root_by_leaf(struct tcmalloc *tcmalloc, uint64_t at, uint64_t leaf)
{
	struct inq_words *words = &tcmalloc->slabs->others;
	const struct inq_mapping *bss = tcmalloc->bss;
	struct inq_words spans = inq_words(words->space);
	struct span span;
	uint64_t i = 0, element = 0;
	for (; i < LEAF_SIZE && !element && tcmalloc->searched++ < MOST_SEARCHED; i += WORD)
		if (!inq_word_at(words, leaf + i, &element))
			return 0;
	if (!element || !read_span(&spans, element, &span))
		return 0;
	uint64_t page = i / WORD - 1, below = (span.first >> LEAF_BITS) * WORD;
	bool fits = page - (span.first & (((uint64_t)1 << LEAF_BITS) - 1)) < span.pages && at - bss->start >= below &&
		    bss->end - (at - below) >= ROOT_SIZE;
	return fits && is_heap(words->space, span.first << PAGE_SHIFT) ? at - below : 0;
}

static bool find_root(struct tcmalloc *tcmalloc)
{
	const struct inq_mapping *bss = tcmalloc->bss;
	uint64_t leaf;
	for (uint64_t at = bss->start; !tcmalloc->root && inq_word_at(&tcmalloc->slabs->words, at, &leaf); at += WORD)
		if (leaf && at - bss->start < bss->data_size && is_heap(tcmalloc->slabs->words.space, leaf))
			tcmalloc->root = root_by_leaf(tcmalloc, at, leaf);
	return tcmalloc->root;
}

static void add_span(struct tcmalloc *tcmalloc, const struct span *span, uint32_t arena)
{
	struct inq_slab slab = { .start = span->first << PAGE_SHIFT,
				 .end = (span->first + span->pages) << PAGE_SHIFT,
				 .first = span->first << PAGE_SHIFT,
				 .record = span->at,
				 .arena = arena };
	if (span->location) {
		inq_slabs_add_rest(tcmalloc->slabs, slab.start, slab.end, arena, true);
		return;
	}
	slab.stride = span->class_ ? tcmalloc->sizes[span->class_ % CLASSES] : slab.end - slab.start;
	slab.slots = slab.stride ? (uint32_t)((slab.end - slab.start) / slab.stride) : 0;
	inq_slabs_add(tcmalloc->slabs, &slab);
}

static void read_leaf(struct tcmalloc *tcmalloc, uint64_t leaf, uint64_t first, uint32_t arena)
{
	uint64_t element, last = 0;
	struct span span;
	for (uint64_t i = 0; i < UINT64_C(1) << LEAF_BITS; i++) {
		if (!inq_word_at(&tcmalloc->slabs->words, leaf + i * WORD, &element))
			return;
		if (!element || element == last)
			continue;
		last = element;
		if (read_span(&tcmalloc->slabs->others, element, &span) && span.first == first + i)
			add_span(tcmalloc, &span, arena);
	}
}

static void read_map(struct tcmalloc *tcmalloc)
{
	struct inq_words words = inq_words(tcmalloc->slabs->words.space);
	uint32_t arena = inq_slabs_arena(tcmalloc->slabs, "spans", tcmalloc->root);
	uint64_t leaf;
	for (uint64_t i = 0; i < UINT64_C(1) << ROOT_BITS; i++)
		if (inq_word_at(&words, tcmalloc->root + i * WORD, &leaf) && leaf && is_heap(words.space, leaf))
			read_leaf(tcmalloc, leaf, i << LEAF_BITS, arena);
}

/* A thread's cache begins with its lists, each of which has the size of its blocks. */
static bool is_cache(struct tcmalloc *tcmalloc, uint64_t at)
{
	uint32_t size;
	for (uint64_t i = 1; i <= CACHE_CHECKED; i++)
		if (!read_small(&tcmalloc->slabs->others, at + i * CACHE_LIST + CACHE_SIZE, &size) ||
		    size != tcmalloc->sizes[i])
			return false;
	return true;
}

static void add_cache(struct tcmalloc *tcmalloc, uint64_t at)
{
	for (size_t i = 0; i < tcmalloc->cache_count; i++)
		if (tcmalloc->caches[i] == at)
			return;
	if (tcmalloc->cache_count < MOST_CACHES && is_heap(tcmalloc->slabs->words.space, at) && is_cache(tcmalloc, at))
		tcmalloc->caches[tcmalloc->cache_count++] = at;
}

/* The bss points to the first, and each to its neighbours. */
static void find_caches(struct tcmalloc *tcmalloc)
{
	const struct inq_mapping *bss = tcmalloc->bss;
	struct inq_words words = inq_words(tcmalloc->slabs->words.space);
	uint64_t word;
	for (uint64_t at = bss->start; at - bss->start < bss->data_size; at += WORD)
		if (inq_word_at(&words, at, &word) && word && (at < tcmalloc->root || at >= tcmalloc->root + ROOT_SIZE))
			add_cache(tcmalloc, word);
	for (size_t i = 0; i < tcmalloc->cache_count; i++)
		for (uint64_t at = CACHE_LIST; at < CACHE_SEARCHED; at += WORD)
			if (inq_word_at(&words, tcmalloc->caches[i] + at, &word) && word)
				add_cache(tcmalloc, word);
}

static void mark_free(struct tcmalloc *tcmalloc)
{
	struct inq_slabs *slabs = tcmalloc->slabs;
	struct span span;
	for (size_t i = 0; i < slabs->slabs.count; i++) {
		const struct inq_slab *slab = &slabs->slabs.items[i];
		if (!read_span(&slabs->words, slab->record, &span) || !span.class_)
			continue;
		size_t count = inq_slabs_free_list(slabs, inq_word(&slabs->words, slab->record + SPAN_FREE));
		inq_slabs_agree(slabs, count + span.out == slab->slots);
	}
	for (size_t i = 0; i < tcmalloc->cache_count; i++)
		for (uint64_t j = 1; j < CLASSES && tcmalloc->sizes[j]; j++)
			inq_slabs_free_list(slabs, inq_word(&slabs->words, tcmalloc->caches[i] + j * CACHE_LIST));
}

/* Whether that much bss belongs to the object whose data lies before: what follows a library's data is often somebody else's. */
static bool has_bss(struct inq_space *space, const struct inq_mapping *data, uint64_t size)
{
	struct inq_image image;
	if (!data->file || !(data->permissions & INQ_PERM_WRITE) || data->object >= space->objects.count)
		return false;
	const struct inq_object *object = &space->objects.items[data->object];
	return inq_image_open(space, &space->mappings.items[object->first_mapping], &image) && image.end > data->end &&
	       image.end - data->end >= size;
}

/* The library's bss is large: the root is a megabyte. The next one from `at` on; NULL. */
static const struct inq_mapping *next_bss(struct inq_space *space, size_t at)
{
	for (size_t i = at ? at : 1; i < space->mappings.count; i++) {
		const struct inq_mapping *bss = &space->mappings.items[i];
		if (!bss->file && (bss->permissions & INQ_PERM_WRITE) && bss->data_size >= ROOT_SIZE &&
		    bss->data_size <= 16 * (uint64_t)ROOT_SIZE && bss[-1].end == bss->start &&
		    has_bss(space, &bss[-1], ROOT_SIZE))
			return bss;
	}
	return NULL;
}

static bool find_tables(struct tcmalloc *tcmalloc)
{
	struct inq_space *space = tcmalloc->slabs->words.space;
	while ((tcmalloc->bss =
			next_bss(space, tcmalloc->bss ? (size_t)(tcmalloc->bss - space->mappings.items) + 1 : 0)))
		if (find_sizes(tcmalloc) && find_root(tcmalloc))
			return true;
	return false;
}

/* Most processes have no such table: then nothing is needed to look for one. */
static bool read_heap(struct inq_slabs *slabs)
{
	if (!next_bss(slabs->words.space, 0))
		return true;
	struct tcmalloc *tcmalloc = inq_alloc(sizeof *tcmalloc);
	if (!tcmalloc)
		return false;
	tcmalloc->slabs = slabs;
	bool found = find_tables(tcmalloc);
	if (found)
		read_map(tcmalloc);
	bool done = inq_slabs_seal(slabs);
	if (found && done) {
		find_caches(tcmalloc);
		mark_free(tcmalloc);
	}
	free(tcmalloc);
	return done;
}

static void *find(struct inq_space *space)
{
	struct inq_slabs *slabs = space->machine.bits == 64 ? inq_slabs_create(space) : NULL;
	if (!slabs)
		return NULL;
	slabs->version = "gperftools 2.6 or newer";
	slabs->shape = "libtcmalloc is mapped, and the brk heap is larger than a megabyte";
	slabs->evidence = "spans of tcmalloc: its table of pages leads to their records, and these back to the pages";
	slabs->not_found = "blocks in the transfer cache count as in use";
	if (!read_heap(slabs) || (!slabs->slabs.count && !inq_has_library(space, "libtcmalloc"))) {
		inq_slabs_release(slabs);
		return NULL;
	}
	return slabs;
}

const struct inq_allocator inq_allocator_tcmalloc = {
	.name = "tcmalloc",
	.find = find,
	.release = inq_slabs_release,
	.extents = inq_slabs_extents,
	.walk = inq_slabs_walk,
	.chunk_at = inq_slabs_chunk_at,
};
