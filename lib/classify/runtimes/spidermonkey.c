/* SpiderMonkey (Firefox, GJS): chunks of 1 MiB, aligned to that, at random addresses. Each begins with the address
 * of the buffer of stores, 0 but in the nursery, that of the JSRuntime, and those of the next and the previous chunk
 * of its list (js/src/gc/Heap.h, js/public/HeapAPI.h: TenuredChunkBase, TenuredChunkInfo; gc/Memory.cpp:
 * MapAlignedPagesRandom). Measured with 102. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

enum { WORD = 8, RUNTIME = 1, NEXT = 2, PREVIOUS = 3, HEAD_WORDS = 4, ENOUGH_CHUNKS = 2, MANY_CHUNKS = 16 };
static const uint64_t CHUNK = 1 << 20, FAR = 64 << 20, WIDE = UINT64_C(1) << 40;

struct search {
	uint64_t runtime; /* of a chunk whose neighbour points back to it; 0: none seen yet */
};

static bool links_back(struct inq_space *space, uint64_t other, unsigned link, uint64_t chunk, uint64_t runtime)
{
	struct inq_view head;
	return other && other % CHUNK == 0 && inq_space_view(space, other, HEAD_WORDS * WORD, &head) &&
	       inq_view_get(&head, link * WORD, WORD) == chunk && inq_view_get(&head, RUNTIME * WORD, WORD) == runtime;
}

static uint64_t chunk_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t chunk)
{
	const struct search *search = state;
	uint64_t runtime;
	(void)mapping;
	return inq_space_integer(space, chunk + RUNTIME * WORD, WORD, &runtime) && runtime == search->runtime ? CHUNK
													      : 0;
}

/* The runtime of the first chunk that is in a list of two and more. */
static uint64_t find_runtime(struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		struct inq_view head;
		if (!inq_is_plain_data(mapping) || mapping->start % CHUNK ||
		    !inq_space_view(space, mapping->start, HEAD_WORDS * WORD, &head))
			continue;
		uint64_t runtime = inq_view_get(&head, RUNTIME * WORD, WORD);
		if (links_back(space, inq_view_get(&head, NEXT * WORD, WORD), PREVIOUS, mapping->start, runtime) ||
		    links_back(space, inq_view_get(&head, PREVIOUS * WORD, WORD), NEXT, mapping->start, runtime))
			return runtime;
	}
	return 0;
}

/* Aligned, and nothing near it. */
static bool is_far(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	return inq_is_plain_data(mapping) && mapping->start % CHUNK == 0 &&
	       (mapping->end - mapping->start) % CHUNK == 0 && !(index && mapping->start - mapping[-1].end < FAR) &&
	       !(index + 1 < space->mappings.count && mapping[1].start - mapping->end < FAR);
}

/* Without memory: nothing else spreads such pieces over terabytes. */
static void claim_shape(struct inq_space *space, struct inq_claims *claims, bool named)
{
	const struct inq_mapping *rows = space->mappings.items;
	size_t count = 0;
	uint64_t low = 0, high = 0;
	for (size_t i = 0; i < space->mappings.count; i++)
		if (rows[i].end - rows[i].start == CHUNK && is_far(space, i)) {
			low = count++ ? low : rows[i].start;
			high = rows[i].end;
		}
	if (count < (named ? ENOUGH_CHUNKS : MANY_CHUNKS) || (high - low < WIDE && !named))
		return;
	for (size_t i = 0; i < space->mappings.count; i++)
		if (rows[i].start >= low && rows[i].end <= high && is_far(space, i))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "spidermonkey", INQ_LIKELY,
				  named ? "1 MiB or a multiple, aligned to that, far from all else, and a program with "
					  "SpiderMonkey"
					: "1 MiB or a multiple, aligned to that, and many alike spread over terabytes, "
					  "as SpiderMonkey's chunks are");
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "libmozjs", "libxul", "js1", "js7", "js9", NULL };
	static const struct inq_piece_kind kind = {
		CHUNK, "spidermonkey", "chunks of SpiderMonkey's heap: all name one runtime, and are in its lists",
		chunk_size
	};
	bool named = inq_object_named(space, names);
	struct search search = { named && space->machine.bits == 64 ? find_runtime(space) : 0 };
	if (search.runtime)
		inq_claim_pieces(space, claims, &kind, &search);
	else
		claim_shape(space, claims, named);
}

const struct inq_runtime inq_runtime_spidermonkey = { claim };
