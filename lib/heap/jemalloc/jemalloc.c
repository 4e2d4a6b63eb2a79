/* jemalloc 5.3. What it has from the system is divided into extents of whole pages, each with a record (edata_t); a radix tree
 * gives the record of a page. An extent is one large block, or a slab of small ones with a bit map of the free ones, or free
 * itself. The records and the tree's leaves stand in blocks of 2 MiB and multiples, each of which begins with its size, the next
 * one, and a record of what of it is not handed out: that ends where the block ends. So the blocks are found; the tree's root, an
 * array in the library's bss, is where a leaf is at the place of a page whose record is known.
 *
 * Source: jemalloc 5.3, include/jemalloc/internal/{edata,rtree,base,sz,bin_info}.h, src/base.c. */
#include "lib/heap/by_library.h"
#include "lib/heap/jemalloc/caches.h"
#include "lib/heap/slabs.h"

enum {
	WORD = 8,
	PAGE_SHIFT = 12,
	PAGE = 1 << PAGE_SHIFT,
	BASE_UNIT = 2 << 20,
	EDATA_SIZE = 128, /* and alignment */
	EDATA_ADDRESS = 8,
	EDATA_BYTES = 16,
	EDATA_BITMAP = 64,
	BASE_EDATA = 16, /* of the record in a block of records */
	NO_ARENA = 0xfff,
	LEVEL_BITS = 18, /* of an address of 48 bits above the page: two levels */
	LEVEL_SIZE = WORD << LEVEL_BITS,
	LEAF_SHIFT = PAGE_SHIFT + LEVEL_BITS,
	SIZE_CLASSES = 232,
	MOST_IN_SLAB = 512,
	SAMPLES = 32
};

static const uint64_t RECORD_MASK =
	UINT64_C(0xffffffffff80); /* of a leaf's element: the rest is what the tree keeps with it */
static const uint64_t LARGEST = UINT64_C(1) << 46;

enum state { ACTIVE, DIRTY, MUZZY, RETAINED };

/* An edata_t. */
struct record {
	uint64_t at, address, size;
	unsigned arena, state, class_, unused; /* unused: nfree */
	bool slab;
};

struct jemalloc {
	struct inq_slabs *slabs;
	size_t bases; /* how many of slabs->rests, the first ones, are blocks of records */
	uint64_t root;
	uint32_t own; /* arena of the records */
};

/* 8, 16, 32, 48, 64, then four classes for each doubling. */
static uint64_t class_size(unsigned class_)
{
	if (class_ < 5)
		return class_ ? 16 * class_ : 8;
	unsigned group = (class_ - 5) / 4, step = (class_ - 5) % 4 + 1;
	return (UINT64_C(64) << group) + step * (UINT64_C(16) << group);
}

static bool read_record(struct inq_words *words, uint64_t at, struct record *ret)
{
	uint64_t bits;
	if (!inq_word_at(words, at, &bits) || !inq_word_at(words, at + EDATA_ADDRESS, &ret->address) ||
	    !inq_word_at(words, at + EDATA_BYTES, &ret->size))
		return false;
	ret->at = at;
	ret->size &= ~(uint64_t)(PAGE - 1); /* below: the extent's serial number */
	ret->arena = bits & 0xfff;
	ret->slab = bits >> 12 & 1;
	ret->state = bits >> 17 & 7;
	ret->class_ = bits >> 20 & 0xff;
	ret->unused = bits >> 28 & 0x3ff;
	return ret->size && ret->size < LARGEST && ret->address < LARGEST << 1;
}

/* Free blocks of a slab by its bit map, a word of which is for 64 of them; SIZE_MAX when it cannot be read. */
static size_t read_bitmap(struct inq_words *words, const struct record *record, unsigned slots, struct inq_slabs *mark,
			  uint64_t stride)
{
	size_t count = 0;
	for (unsigned i = 0; i < slots; i++) {
		uint64_t bits;
		if (!inq_word_at(words, record->at + EDATA_BITMAP + i / 64 * WORD, &bits))
			return SIZE_MAX;
		bool unused = bits >> i % 64 & 1;
		count += unused;
		if (unused && mark)
			inq_slabs_free(mark, record->address + i * stride);
	}
	return count;
}

static unsigned slots_of(const struct record *record)
{
	uint64_t stride = record->class_ < SIZE_CLASSES ? class_size(record->class_) : 0;
	uint64_t slots = stride ? record->size / stride : 0;
	return slots <= MOST_IN_SLAB && slots * stride == record->size ? (unsigned)slots : 0;
}

static bool is_bss(const struct inq_mapping *mapping, const struct inq_space *space)
{
	return mapping > space->mappings.items && !mapping->file && (mapping->permissions & INQ_PERM_WRITE) &&
	       mapping->data_size && mapping->end - mapping->start >= LEVEL_SIZE && mapping[-1].file &&
	       mapping[-1].end == mapping->start;
}

/* Without a place for the root there is no need to look at the memory. */
static bool has_bss(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (is_bss(&space->mappings.items[i], space))
			return true;
	return false;
}

/* A block of records: what is left of it is told by its own record, and ends where it ends. */
static uint64_t base_size(struct inq_words *words, const struct inq_mapping *mapping, uint64_t at)
{
	uint64_t size, bits, left, bytes;
	if (!inq_word_at(words, at, &size) || !size || size % BASE_UNIT || size > mapping->end - at ||
	    !inq_word_at(words, at + BASE_EDATA, &bits) || (bits & NO_ARENA) != NO_ARENA ||
	    !inq_word_at(words, at + BASE_EDATA + EDATA_ADDRESS, &left) ||
	    !inq_word_at(words, at + BASE_EDATA + EDATA_BYTES, &bytes))
		return 0;
	return left > at && left - at < size && bytes == size - (left - at) ? size : 0;
}

static void find_bases(struct jemalloc *jemalloc)
{
	struct inq_slabs *slabs = jemalloc->slabs;
	const struct inq_space *space = slabs->words.space;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		uint64_t at, size;
		if (!inq_may_be_heap(space, mapping) || !inq_align_up(mapping->start, BASE_UNIT, &at))
			continue;
		for (; at < mapping->end && at - mapping->start < mapping->data_size; at += size ? size : BASE_UNIT) {
			size = base_size(&slabs->words, mapping, at);
			if (size)
				inq_slabs_add_rest(slabs, at, at + size, jemalloc->own, false);
		}
	}
	jemalloc->bases = slabs->rests.count;
}

INQ_RANGES(rest, struct inq_slab_rest)

static bool is_record_place(const struct jemalloc *jemalloc, uint64_t address)
{
	return rest_at(jemalloc->slabs->rests.items, jemalloc->bases, address);
}

/* Some records of slabs, to look for the root with; some may be of slabs that are no more. */
static size_t find_samples(struct jemalloc *jemalloc, struct record samples[SAMPLES])
{
	struct inq_words *words = &jemalloc->slabs->words;
	size_t count = 0;
	for (size_t i = 0; i < jemalloc->bases && count < SAMPLES; i++) {
		const struct inq_slab_rest *base = &jemalloc->slabs->rests.items[i];
		for (uint64_t at = base->start; at < base->end && count < SAMPLES; at += EDATA_SIZE) {
			struct record *record = &samples[count];
			unsigned slots = read_record(words, at, record) && record->slab && record->state == ACTIVE
						 ? slots_of(record)
						 : 0;
			count += slots && record->address % PAGE == 0 &&
				 read_bitmap(words, record, slots, NULL, 0) == record->unused;
		}
	}
	return count;
}

static uint64_t leaf_element(struct inq_words *words, uint64_t leaf, uint64_t address)
{
	uint64_t place = address >> PAGE_SHIFT & (((uint64_t)1 << LEVEL_BITS) - 1);
	return inq_word(words, leaf + place * WORD);
}

static uint64_t root_from(struct jemalloc *jemalloc, const struct inq_mapping *bss, uint64_t at, uint64_t leaf,
			  const struct record *sample)
{
	uint64_t below = (sample->address >> LEAF_SHIFT) * WORD;
	if (at - bss->start < below || bss->end - (at - below) < LEVEL_SIZE)
		return 0;
	uint64_t element = leaf_element(&jemalloc->slabs->others, leaf, sample->address);
	return (element & RECORD_MASK) == sample->at ? at - below : 0;
}

static uint64_t search_root(struct jemalloc *jemalloc, const struct inq_mapping *bss, const struct record *samples,
			    size_t count)
{
	uint64_t leaf, root = 0;
	for (uint64_t at = bss->start; !root && inq_word_at(&jemalloc->slabs->words, at, &leaf); at += WORD)
		for (size_t i = 0; leaf && !root && is_record_place(jemalloc, leaf) && i < count; i++)
			root = root_from(jemalloc, bss, at, leaf, &samples[i]);
	return root;
}

static bool find_root(struct jemalloc *jemalloc)
{
	const struct inq_space *space = jemalloc->slabs->words.space;
	struct record samples[SAMPLES];
	size_t count = jemalloc->bases ? find_samples(jemalloc, samples) : 0;
	for (size_t i = 0; count && !jemalloc->root && i < space->mappings.count; i++)
		if (is_bss(&space->mappings.items[i], space))
			jemalloc->root = search_root(jemalloc, &space->mappings.items[i], samples, count);
	return jemalloc->root;
}

/* A large block begins anywhere in the first page of its extent (cache-oblivious), which then has a page more than it needs. */
static void add_record(struct jemalloc *jemalloc, const struct record *record)
{
	struct inq_slabs *slabs = jemalloc->slabs;
	uint64_t start = record->address & ~(uint64_t)(PAGE - 1);
	uint32_t arena = inq_slabs_arena(slabs, "arena", record->arena);
	struct inq_slab slab = { .start = start,
				 .end = start + record->size,
				 .first = record->address,
				 .record = record->at,
				 .arena = arena,
				 .slots = record->slab ? slots_of(record) : 1 };
	if (record->state == ACTIVE && record->class_ < SIZE_CLASSES) {
		slab.stride = class_size(record->class_);
		inq_slabs_add(slabs, &slab);
	} else if (record->state == DIRTY || record->state == MUZZY) {
		inq_slabs_add_rest(slabs, slab.start, slab.end, arena, true);
	}
}

static void read_leaf(struct jemalloc *jemalloc, uint64_t leaf, uint64_t first)
{
	uint64_t last = 0, element;
	struct record record;
	for (uint64_t i = 0; i < UINT64_C(1) << LEVEL_BITS; i++) {
		if (!inq_word_at(&jemalloc->slabs->words, leaf + i * WORD, &element))
			return;
		uint64_t at = element & RECORD_MASK;
		if (!at || at == last || !is_record_place(jemalloc, at))
			continue;
		last = at;
		if (read_record(&jemalloc->slabs->others, at, &record) && record.address >> PAGE_SHIFT == first + i)
			add_record(jemalloc, &record);
	}
}

static void read_tree(struct jemalloc *jemalloc)
{
	struct inq_words words = inq_words(jemalloc->slabs->words.space);
	uint64_t leaf;
	for (uint64_t i = 0; i < UINT64_C(1) << LEVEL_BITS; i++)
		if (inq_word_at(&words, jemalloc->root + i * WORD, &leaf) && leaf && is_record_place(jemalloc, leaf))
			read_leaf(jemalloc, leaf, i << LEVEL_BITS);
}

static void mark_free(struct inq_slabs *slabs)
{
	struct record record;
	for (size_t i = 0; i < slabs->slabs.count; i++) {
		const struct inq_slab *slab = &slabs->slabs.items[i];
		if (read_record(&slabs->words, slab->record, &record) && record.slab)
			inq_slabs_agree(slabs, read_bitmap(&slabs->words, &record, slab->slots, slabs, slab->stride) ==
						       record.unused);
	}
}

static void *find(struct inq_space *space)
{
	struct jemalloc jemalloc = { .slabs = space->machine.bits == 64 ? inq_slabs_create(space) : NULL };
	struct inq_slabs *slabs = jemalloc.slabs;
	if (!slabs)
		return NULL;
	slabs->version = "5.3";
	slabs->shape = "libjemalloc is mapped, and this is large and begins at a multiple of 1 MiB, as its memory does";
	slabs->align = 1 << 20;
	slabs->evidence = "jemalloc's tree of pages leads to the records of its extents, and these back to the pages";
	jemalloc.own = inq_slabs_arena(slabs, "records", 0);
	if (has_bss(space))
		find_bases(&jemalloc);
	if (find_root(&jemalloc))
		read_tree(&jemalloc);
	bool known = slabs->slabs.count || inq_has_library(space, "libjemalloc");
	if (!known || !inq_slabs_seal(slabs)) {
		inq_slabs_release(slabs);
		return NULL;
	}
	mark_free(slabs);
	slabs->not_found = inq_jemalloc_mark_cached(slabs)
				   ? NULL
				   : "no thread's cache was found, so that blocks in such count as in use";
	return slabs;
}

const struct inq_allocator inq_allocator_jemalloc = {
	.name = "jemalloc",
	.find = find,
	.release = inq_slabs_release,
	.extents = inq_slabs_extents,
	.walk = inq_slabs_walk,
	.chunk_at = inq_slabs_chunk_at,
};
