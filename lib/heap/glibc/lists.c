/* tcaches and fastbins: free chunks that look as if in use, in singly linked lists.
 *
 * A thread's tcache is a chunk of its own, known by its size and by what is in it. Each thread has a pointer to its tcache
 * in its TLS, and the first chunk of a heap is mostly one. Since 2.32 links are mangled with the address they are stored at
 * ("safe-linking"); heads of lists are plain.
 *
 * Source: glibc, malloc/malloc.c: tcache_perthread_struct, PROTECT_PTR. */
#include "lib/heap/glibc/glibc.h"

#include <string.h>

static const struct kind {
	unsigned bins, exact; /* the first `exact` bins hold one size each */
	unsigned count_bytes; /* of each count */
	bool counts_used;     /* of entries; false: of places that are left */
	unsigned oldest, newest;
} kinds[] = {
	{ 64, 64, 1, true, 26, 29 },
	{ 64, 64, 2, true, 30, 41 },
	{ 76, 64, 2, false, 42, INQ_GLIBC_NEWEST },
};

enum { KINDS = sizeof kinds / sizeof *kinds, MOST_CACHED = 1 << 26, TLS_SPAN = 4096, STACK_TOP = 16384 };

static uint64_t chunk_for(const struct inq_glibc *glibc, const struct kind *kind)
{
	uint64_t word = glibc->words.word, align = glibc->layout.align;
	return ((uint64_t)kind->bins * (kind->count_bytes + word) + word + align - 1) & ~(align - 1);
}

/* A chunk may be one step larger than it need be, where what would be left is too small for another. */
static unsigned kind_of_size(const struct inq_glibc *glibc, uint64_t size)
{
	for (unsigned i = 0; i < KINDS; i++)
		if (size - chunk_for(glibc, &kinds[i]) <= glibc->layout.align &&
		    kinds[i].newest >= glibc->layout.oldest && kinds[i].oldest <= glibc->layout.newest)
			return i;
	return KINDS;
}

bool inq_glibc_is_tcache_size(const struct inq_glibc *glibc, uint64_t size)
{
	return kind_of_size(glibc, size) < KINDS;
}

static uint64_t entry_at(struct inq_glibc *glibc, const struct inq_glibc_tcache *tcache, unsigned bin)
{
	const struct kind *kind = &kinds[tcache->kind];
	return inq_word(&glibc->words, tcache->address + kind->bins * kind->count_bytes + bin * glibc->words.word);
}

static unsigned count_at(struct inq_glibc *glibc, const struct inq_glibc_tcache *tcache, unsigned bin)
{
	const struct kind *kind = &kinds[tcache->kind];
	uint8_t bytes[2] = { 0 };
	inq_space_read(glibc->space, tcache->address + bin * kind->count_bytes, bytes, kind->count_bytes);
	return kind->count_bytes == 1 ? bytes[0] : inq_load16(bytes, glibc->words.big);
}

static uint64_t bin_size(const struct inq_glibc *glibc, unsigned bin)
{
	return 4 * glibc->words.word + bin * glibc->layout.align;
}

static uint64_t chunk_of(const struct inq_glibc *glibc, uint64_t user)
{
	return user - 2 * glibc->words.word;
}

/* How many bins have a head; false when counts tell otherwise. */
static bool count_heads(struct inq_glibc *glibc, const struct inq_glibc_tcache *tcache, unsigned *ret)
{
	const struct kind *kind = &kinds[tcache->kind];
	*ret = 0;
	for (unsigned i = 0; i < kind->bins; i++) {
		uint64_t head = entry_at(glibc, tcache, i);
		if (kind->counts_used && (count_at(glibc, tcache, i) == 0) != (head == 0))
			return false;
		*ret += head != 0;
	}
	return true;
}

/* Heads of lists point to chunks of the list's size, and there is a head wherever something is counted. The chunks lie far from
 * each other: of the first heads no more are looked at than make a majority. */
static bool is_tcache(struct inq_glibc *glibc, const struct inq_glibc_tcache *tcache)
{
	enum { MOST_HEADS = 16 };
	const struct kind *kind = &kinds[tcache->kind];
	unsigned heads, good = 0, bad = 0;
	if (!count_heads(glibc, tcache, &heads))
		return false;
	heads = heads < MOST_HEADS ? heads : MOST_HEADS;
	for (unsigned i = 0; i < kind->bins && 2 * good <= heads && 2 * bad < heads; i++) {
		uint64_t head = entry_at(glibc, tcache, i);
		uint64_t size = head ? inq_glibc_chunk_size(glibc, chunk_of(glibc, head)) : 0;
		bool fits = size && (i >= kind->exact || size == bin_size(glibc, i));
		good += fits;
		bad += head && !fits;
	}
	return 2 * good > heads;
}

void inq_glibc_try_tcache(struct inq_glibc *glibc, uint64_t chunk, uint64_t size)
{
	struct inq_glibc_tcache tcache = { .address = chunk + 2 * glibc->words.word,
					   .kind = kind_of_size(glibc, size) };
	if (tcache.kind == KINDS)
		return;
	for (size_t i = 0; i < glibc->tcaches.count; i++)
		if (glibc->tcaches.items[i].address == tcache.address)
			return;
	if (!is_tcache(glibc, &tcache))
		return;
	struct inq_glibc_tcache *slot = inq_glibc_tcache_vec_push(&glibc->tcaches);
	if (slot)
		*slot = tcache;
	else
		inq_no_memory(glibc->space->ctx);
}

void inq_glibc_tcache_versions(const struct inq_glibc *glibc, unsigned *oldest, unsigned *newest)
{
	if (!glibc->tcaches.count)
		return;
	const struct kind *kind = &kinds[glibc->tcaches.items[0].kind];
	*oldest = *oldest > kind->oldest ? *oldest : kind->oldest;
	*newest = *newest < kind->newest ? *newest : kind->newest;
}

/* Pointers to tcaches between two addresses. */
static void search_words(struct inq_glibc *glibc, uint64_t from, uint64_t to)
{
	struct inq_words words = glibc->words;
	unsigned word = words.word;
	uint64_t value, size;
	for (uint64_t at = from & ~(uint64_t)(word - 1); at < to; at += word) {
		if (!inq_word_at(&words, at, &value) || value < 2 * word)
			continue;
		size = inq_glibc_chunk_size(glibc, chunk_of(glibc, value));
		if (size)
			inq_glibc_try_tcache(glibc, chunk_of(glibc, value), size);
	}
}

/* libc's TLS is below the thread pointer on x86; else a thread's TLS is at the top of its stack. */
static void search_thread(struct inq_glibc *glibc, const struct inq_thread *thread)
{
	const struct inq_space *space = glibc->space;
	uint64_t pointer = 0, sp;
	if (inq_thread_control_block(space, thread, &pointer) && pointer > TLS_SPAN) {
		search_words(glibc, pointer - TLS_SPAN, pointer);
		return;
	}
	const struct inq_mapping *stack = inq_thread_sp(space, thread, &sp) ? inq_space_mapping_at(space, sp) : NULL;
	if (stack && stack->end - stack->start > STACK_TOP)
		search_words(glibc, stack->end - STACK_TOP, stack->end);
}

static void find_tcaches(struct inq_glibc *glibc)
{
	for (size_t i = 0; i < glibc->segments.count; i++) {
		uint64_t first = glibc->segments.items[i].start, size = inq_glibc_chunk_size(glibc, first);
		if (size)
			inq_glibc_try_tcache(glibc, first, size);
	}
	for (size_t i = 0; glibc->space->machine.arch && i < glibc->space->threads.count; i++)
		search_thread(glibc, &glibc->space->threads.items[i]);
}

/* The link that is stored at `at`: mangled or plain. */
static uint64_t link_at(struct inq_glibc *glibc, uint64_t at)
{
	uint64_t raw = inq_word(&glibc->words, at);
	return glibc->safe_links ? raw ^ at >> 12 : raw;
}

/* Could both be in one list? */
static bool is_alike(struct inq_glibc *glibc, uint64_t user, uint64_t other)
{
	uint64_t size = inq_glibc_chunk_size(glibc, chunk_of(glibc, user));
	return user % glibc->layout.align == 0 && size && size == inq_glibc_chunk_size(glibc, chunk_of(glibc, other));
}

/* The first link that can be read one way only decides: the end of a list is 0, or what 0 is mangled to. */
static void learn_links(struct inq_glibc *glibc)
{
	for (size_t t = 0; t < glibc->tcaches.count && !glibc->links_known; t++) {
		const struct inq_glibc_tcache *tcache = &glibc->tcaches.items[t];
		for (unsigned i = 0; i < kinds[tcache->kind].bins && !glibc->links_known; i++) {
			uint64_t head = entry_at(glibc, tcache, i), raw;
			if (!head || !is_alike(glibc, head, head) || !inq_word_at(&glibc->words, head, &raw))
				continue;
			uint64_t clear = raw ^ head >> 12;
			bool plain = !raw || is_alike(glibc, raw, head), safe = !clear || is_alike(glibc, clear, head);
			glibc->links_known = plain != safe;
			glibc->safe_links = safe;
		}
	}
	if (!glibc->links_known)
		glibc->safe_links = glibc->layout.oldest >= 32 || glibc->heap_info > 4 * glibc->words.word;
}

/* One list, of user pointers or (fastbins) of chunks. */
struct list {
	uint64_t head, size, owner; /* size 0: any */
	unsigned offset;	    /* from what is linked to its chunk */
	unsigned most;
	const char *where;
};

static void follow_list(struct inq_glibc *glibc, struct inq_glibc_check *check, const struct list *list)
{
	uint64_t at = list->head, from = list->owner, mark = 0; /* Brent's way to find a circle */
	for (unsigned i = 0; at && at != mark && i < list->most && glibc->cached.count < MOST_CACHED; i++) {
		mark = (i & (i - 1)) == 0 ? at : mark;
		uint64_t chunk = at - list->offset, size = inq_glibc_chunk_size(glibc, chunk);
		bool aligned = (chunk + 2 * glibc->words.word) % glibc->layout.align == 0;
		if (!aligned || !size) {
			inq_glibc_error(check, from, list->where, "a link of the %s list points to 0x%llx, which is %s",
					list->where, (unsigned long long)at,
					aligned ? "no chunk of a heap" : "not aligned as chunks are");
			return;
		}
		if (list->size && size != list->size)
			inq_glibc_error(check, chunk, list->where,
					"in the %s list for chunks of %llu bytes is one whose size says %llu",
					list->where, (unsigned long long)list->size, (unsigned long long)size);
		struct inq_glibc_cached *cached = inq_glibc_cached_vec_push(&glibc->cached);
		if (!cached) {
			inq_no_memory(glibc->space->ctx);
			return;
		}
		*cached = (struct inq_glibc_cached) { chunk, size, list->where, list->owner };
		from = chunk;
		at = link_at(glibc, chunk + 2 * glibc->words.word);
	}
	if (at && at == mark)
		inq_glibc_error(check, from, list->where, "the %s list runs in a circle: a chunk was freed twice",
				list->where);
	else if (at && list->most < MOST_CACHED)
		inq_glibc_error(check, from, list->where, "the %s list is longer than its count of %u says",
				list->where, list->most);
}

/* Whether the list may hold chunks of the size; 0: any. */
static bool is_wanted(const struct inq_glibc *glibc, const struct list *list, uint64_t size)
{
	enum { EXACT_BINS = 64 };
	return !size || list->size == size || (!list->size && size > bin_size(glibc, EXACT_BINS - 1));
}

static void follow_tcache(struct inq_glibc *glibc, struct inq_glibc_check *check, const struct inq_glibc_tcache *tcache,
			  uint64_t size)
{
	const struct kind *kind = &kinds[tcache->kind];
	for (unsigned i = 0; i < kind->bins; i++) {
		struct list list = { .head = entry_at(glibc, tcache, i),
				     .size = i < kind->exact ? bin_size(glibc, i) : 0,
				     .owner = tcache->address,
				     .offset = 2 * glibc->words.word,
				     .most = kind->counts_used ? count_at(glibc, tcache, i) : 1 << 16,
				     .where = "tcache" };
		if (is_wanted(glibc, &list, size))
			follow_list(glibc, check, &list);
	}
}

static void follow_fastbins(struct inq_glibc *glibc, struct inq_glibc_check *check, const struct inq_glibc_arena *arena,
			    uint64_t size)
{
	unsigned word = glibc->words.word;
	for (unsigned i = 0; i < glibc->layout.fastbin_count; i++) {
		uint64_t step = word == 8 ? 16 : 8; /* fastbin_index(): by 16 on 64 bits, by 8 on 32 */
		struct list list = { .head = inq_word(&glibc->words,
						      arena->address + glibc->layout.fastbins + i * word),
				     .size = 2 * step + i * step,
				     .owner = arena->address,
				     .most = MOST_CACHED,
				     .where = "fastbin" };
		if (is_wanted(glibc, &list, size))
			follow_list(glibc, check, &list);
	}
}

static int by_chunk(const void *a, const void *b)
{
	const struct inq_glibc_cached *one = a, *other = b;
	return one->chunk < other->chunk ? -1 : one->chunk > other->chunk;
}

/* Sorts; a chunk that is in two places, or twice in one, was freed twice. */
static void settle(struct inq_glibc *glibc, struct inq_glibc_check *check)
{
	struct inq_glibc_cached *all = glibc->cached.items;
	size_t kept = 0;
	if (glibc->cached.count)
		qsort(all, glibc->cached.count, sizeof *all, by_chunk);
	for (size_t i = 0; i < glibc->cached.count; i++) {
		bool again = kept && all[kept - 1].chunk == all[i].chunk;
		if (again && (i < 2 || all[i - 2].chunk != all[i].chunk))
			inq_glibc_error(check, all[i].chunk, all[i].where,
					"the chunk is twice among the free ones (%s and %s): it was freed twice",
					all[kept - 1].where, all[i].where);
		if (!again)
			all[kept++] = all[i];
	}
	glibc->cached.count = kept;
}

/* Adds the chunks of this size, 0: of all. */
static enum inq_status follow(struct inq_glibc *glibc, struct inq_glibc_check *check, uint64_t size)
{
	for (size_t i = 0; i < glibc->tcaches.count; i++)
		follow_tcache(glibc, check, &glibc->tcaches.items[i], size);
	for (size_t i = 0; i < glibc->arenas.count; i++)
		follow_fastbins(glibc, check, &glibc->arenas.items[i], size);
	settle(glibc, check);
	return glibc->space->ctx->no_memory ? INQ_NO_MEMORY : INQ_OK;
}

enum inq_status inq_glibc_follow_lists(struct inq_glibc *glibc, struct inq_glibc_check *check)
{
	glibc->cached.count = 0;
	glibc->collected = true;
	learn_links(glibc);
	return follow(glibc, check, 0);
}

/* Finds the tcaches, and how links are stored. */
static void begin(struct inq_glibc *glibc)
{
	if (glibc->begun)
		return;
	glibc->begun = true;
	find_tcaches(glibc);
	learn_links(glibc);
}

enum inq_status inq_glibc_collect(struct inq_glibc *glibc)
{
	begin(glibc);
	return glibc->collected ? INQ_OK : inq_glibc_follow_lists(glibc, NULL);
}

enum inq_status inq_glibc_collect_size(struct inq_glibc *glibc, uint64_t size)
{
	begin(glibc);
	uint64_t steps = size / glibc->layout.align, place = steps < INQ_GLIBC_SIZES ? steps : 0; /* 0: larger ones */
	if (glibc->collected || glibc->collected_sizes[place])
		return INQ_OK;
	glibc->collected_sizes[place] = true;
	return follow(glibc, NULL, size);
}

const struct inq_glibc_cached *inq_glibc_cached_at(const struct inq_glibc *glibc, uint64_t chunk)
{
	struct inq_glibc_cached key = { .chunk = chunk };
	if (!glibc->cached.count)
		return NULL;
	return bsearch(&key, glibc->cached.items, glibc->cached.count, sizeof key, by_chunk);
}
