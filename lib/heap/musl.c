/* musl's mallocng (musl 1.2.1 on). Blocks of one size stand in groups of up to 32 slots; what is known of a group is kept apart
 * from it, in a record ("meta") in pages of such records, all marked with one secret. Record and group point to each other, which
 * is how they are recognised. A group may itself stand in a slot of a larger one.
 *
 * Source: musl, src/malloc/mallocng/meta.h and malloc.c: struct meta_area, meta, group, size_classes, get_stride. */
#include "lib/heap/heap.h"
#include "lib/base/str.h"
#include "lib/heap/tally.h"
#include "lib/heap/words.h"

#include <inttypes.h>

enum { PAGE = 4096, UNIT = 16, CLASSES = 48, MOST_SLOTS = 32, MOST_SEARCHED = 1 << 26, MOST_INSIDE = 1 << 14 };

static const uint16_t size_classes[CLASSES] = {
	1,   2,	  3,   4,    5,	   6,	 7,    8,    9,	   10,	 12,   15,   18,   20,	 25,   31,
	36,  42,  50,  63,   72,   84,	 102,  127,  146,  170,	 204,  255,  292,  340,	 409,  511,
	584, 682, 818, 1023, 1169, 1364, 1637, 2047, 2340, 2730, 3276, 4095, 4680, 5460, 6552, 8191
};

struct group {
	uint64_t start, end, stride, meta;
	uint32_t unused; /* bit i: slot i is free */
	unsigned slots;
	bool mapped; /* has pages of its own */
};

INQ_VEC(group_vec, struct group)

struct musl {
	struct inq_words words;
	struct group_vec groups; /* by address */
	uint64_t secret;
	size_t areas;
};

static unsigned meta_size(const struct inq_words *words)
{
	return words->word == 8 ? 40 : 28; /* prev, next, mem, two masks, a word of bits */
}

static bool read_meta(struct inq_words *words, uint64_t meta, struct group *ret)
{
	unsigned word = words->word;
	uint64_t start, back, bits;
	uint8_t masks[8];
	if (!inq_word_at(words, meta + 2 * word, &start) || !start || start % UNIT ||
	    !inq_word_at(words, start, &back) || back != meta || !inq_word_at(words, meta + 3 * word + 8, &bits) ||
	    inq_space_read(words->space, meta + 3 * word, masks, sizeof masks) != INQ_READ_OK)
		return false;
	unsigned last = bits & 31, class_ = bits >> 6 & 63;
	uint64_t pages = bits >> 12;
	ret->mapped = pages;
	ret->slots = last + 1;
	ret->unused = inq_load32(masks, words->big) | inq_load32(masks + 4, words->big);
	ret->start = start;
	ret->meta = meta;
	if (pages > MOST_SEARCHED)
		return false;
	if (pages && last == 0) /* one slot in a mapping of its own */
		ret->stride = pages * PAGE - UNIT;
	else if (class_ < CLASSES)
		ret->stride = (uint64_t)UNIT * size_classes[class_];
	else
		return false;
	uint64_t size = pages ? pages * PAGE : UNIT + ret->stride * ret->slots;
	return size <= MOST_SEARCHED * (uint64_t)1024 && inq_add(start, size, &ret->end);
}

/* A page of records: the secret, a link, their number, which the page's size determines. */
static bool read_area(struct musl *musl, uint64_t page)
{
	struct inq_words *words = &musl->words;
	uint64_t head = 8 + 2 * words->word, wanted = (PAGE - head) / meta_size(words), secret, slots;
	struct group group;
	size_t before = musl->groups.count;
	uint8_t bytes[8];
	if (!inq_word_at(words, page + 8 + words->word, &slots) || (uint32_t)slots != wanted ||
	    inq_space_read(words->space, page, bytes, sizeof bytes) != INQ_READ_OK)
		return true;
	secret = inq_load64(bytes, words->big);
	if (!secret || (musl->secret && secret != musl->secret))
		return true;
	for (uint64_t i = 0; i < wanted; i++) {
		if (!read_meta(words, page + head + i * meta_size(words), &group))
			continue;
		struct group *slot = group_vec_push(&musl->groups);
		if (!slot)
			return false;
		*slot = group;
	}
	if (musl->groups.count > before) {
		musl->secret = secret;
		musl->areas++;
	}
	return true;
}

static bool search(struct musl *musl)
{
	const struct inq_space *space = musl->words.space;
	uint64_t searched = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->file || !(mapping->permissions & INQ_PERM_WRITE))
			continue;
		for (uint64_t at = 0; at + PAGE <= mapping->data_size && searched < MOST_SEARCHED; at += PAGE) {
			searched += PAGE;
			if (!read_area(musl, mapping->start + at))
				return false;
		}
	}
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct group *one = a, *other = b;
	return one->start < other->start ? -1 : one->start > other->start;
}

static void release(void *state)
{
	struct musl *musl = state;
	group_vec_release(&musl->groups);
	free(musl);
}

/* The search looks at every page that may be written, so it is spared where glibc is the C library: by its DT_SONAME, or where
 * that is not at hand by the name that it is mapped by. */
static bool has_glibc(const struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++) {
		const struct inq_object *object = &space->objects.items[i];
		if (strcmp(object->soname ? object->soname : inq_base_name(object->path), "libc.so.6") == 0)
			return true;
	}
	return false;
}

static void *find(struct inq_space *space)
{
	if ((space->os != INQ_OS_LINUX && space->os != INQ_OS_UNKNOWN) || has_glibc(space))
		return NULL;
	struct musl *musl = inq_alloc(sizeof *musl);
	if (!musl) {
		inq_no_memory(space->ctx);
		return NULL;
	}
	musl->words = inq_words(space);
	if (!search(musl))
		inq_no_memory(space->ctx);
	if (!musl->groups.count) {
		release(musl);
		return NULL;
	}
	qsort(musl->groups.items, musl->groups.count, sizeof *musl->groups.items, by_address);
	return musl;
}

/* Groups that stand in a slot of another are part of that one's extent. */
static bool extents(struct inq_space *space, void *state, struct inq_heap_extent_vec *ret)
{
	const struct musl *musl = state;
	uint64_t covered = 0;
	(void)space;
	for (size_t i = 0; i < musl->groups.count; i++) {
		const struct group *group = &musl->groups.items[i];
		if (group->start < covered)
			continue;
		struct inq_heap_extent *extent = inq_heap_extent_vec_push(ret);
		if (!extent)
			return false;
		covered = group->end;
		*extent = (struct inq_heap_extent) {
			.start = group->start,
			.end = group->end,
			.large = group->mapped && group->slots == 1,
			.confidence = INQ_CERTAIN,
			.evidence = "a group of musl's malloc and its record point to each other"
		};
	}
	return true;
}

/* The first group that starts at or behind the address. */
static size_t first_from(const struct musl *musl, uint64_t address)
{
	size_t low = 0, high = musl->groups.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (musl->groups.items[middle].start >= address)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Does a slot hold a group of smaller blocks? */
static bool holds_group(const struct musl *musl, uint64_t start, uint64_t end)
{
	size_t next = first_from(musl, start);
	return next < musl->groups.count && musl->groups.items[next].start < end;
}

static struct inq_heap_chunk slot_of(const struct group *group, unsigned slot)
{
	uint64_t start = group->start + UNIT + slot * group->stride;
	return (struct inq_heap_chunk) { .start = start,
					 .size = group->stride,
					 .user = start,
					 .state = group->unused >> slot & 1 ? INQ_CHUNK_FREE : INQ_CHUNK_IN_USE };
}

static void count_group(const struct musl *musl, const struct group *group, struct inq_tally *tally,
			struct inq_heap_arena *arena)
{
	for (unsigned i = 0; i < group->slots; i++) {
		struct inq_heap_chunk chunk = slot_of(group, i);
		if (!holds_group(musl, chunk.start, chunk.start + chunk.size))
			inq_tally_chunk(tally, arena, &chunk);
	}
}

static enum inq_status walk(struct inq_space *space, void *state, unsigned parts, struct inq_heap *ret)
{
	const struct musl *musl = state;
	struct inq_ctx *ctx = space->ctx;
	struct inq_tally tally = { 0 };
	struct inq_string_vec evidence = { 0 };
	struct inq_heap_arena *arena = inq_arena_alloc(ctx->arena, sizeof *arena);
	uint64_t covered = 0;
	(void)parts;
	if (!arena)
		return inq_no_memory(ctx);
	*arena = (struct inq_heap_arena) { .kind = "groups",
					   .start = musl->groups.items[0].start,
					   .threads = INQ_UNKNOWN };
	for (size_t i = 0; i < musl->groups.count; i++) {
		const struct group *group = &musl->groups.items[i];
		count_group(musl, group, &tally, arena);
		arena->size += group->start >= covered ? group->end - group->start : 0;
		covered = group->end > covered ? group->end : covered;
	}
	arena->overhead = arena->size - arena->in_use.bytes - arena->free.bytes;
	ret->arenas = arena;
	ret->arena_count = 1;
	ret->version_guess = "mallocng (1.2.1 or newer)";
	ret->confidence = INQ_CERTAIN;
	inq_heap_say(ctx, &evidence, "%zu groups and their records in %zu pages point to each other",
		     musl->groups.count, musl->areas);
	inq_heap_say(ctx, &evidence, "all these pages begin with one secret, 0x%" PRIx64, musl->secret);
	ret->evidence = inq_heap_evidence(ctx, &evidence);
	ret->checked = "musl keeps no sums of its own to compare with; damage, leaks and kinds are not looked for";
	return inq_tally_finish(&tally, space, ret);
}

/* The innermost group that holds the address: the nearest one that begins below and reaches so far. */
static bool chunk_at(struct inq_space *space, void *state, uint64_t address, struct inq_heap_chunk *ret)
{
	const struct musl *musl = state;
	(void)space;
	unsigned left = MOST_INSIDE;
	for (size_t i = first_from(musl, address + 1); i-- > 0 && left-- > 0;) {
		const struct group *group = &musl->groups.items[i];
		if (address >= group->end)
			continue;
		uint64_t slot = (address - group->start - UNIT) / group->stride;
		if (address < group->start + UNIT || slot >= group->slots)
			return false;
		*ret = slot_of(group, (unsigned)slot);
		return true;
	}
	return false;
}

const struct inq_allocator inq_allocator_musl = {
	.name = "musl",
	.find = find,
	.release = release,
	.extents = extents,
	.walk = walk,
	.chunk_at = chunk_at,
};
