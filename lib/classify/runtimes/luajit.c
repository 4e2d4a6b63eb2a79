/* LuaJIT: its allocator, of Doug Lea's design, keeps its state in the first chunk of the first segment that it
 * mapped; in the state is the list of all segments: base, size, next. Large blocks are mapped by themselves: their
 * header says so, and a fence follows them (src/lj_alloc.c: struct malloc_state, struct malloc_segment,
 * direct_alloc). Measured with 2.1. */
#include "lib/classify/runtime.h"

enum {
	WORD = 8,
	PAGE = 4096,
	HEAD = 1 * WORD,
	STATE = 2 * WORD,
	SEGMENTS = STATE + 105 * WORD, /* behind the sizes and links of all bins */
	LEAST_STATE = SEGMENTS,
	MOST_STATE = SEGMENTS + 256,
	IN_USE = 3,
	MOST_SEGMENTS = 1 << 16,
	DIRECT = 1,
	DIRECT_HEAD = 2,
	FLAGS = 7,
	FENCE = IN_USE | WORD,
	FENCE_ROOM = 4 * WORD
};

static bool word(struct inq_space *space, uint64_t address, uint64_t *ret)
{
	return inq_space_integer(space, address, WORD, ret);
}

struct search {
	struct inq_claims *claims;
	unsigned left; /* segments that may still be read: no list is longer */
};

struct segment {
	uint64_t base, size, next;
};

static bool read_segment(struct inq_space *space, uint64_t at, struct segment *ret)
{
	struct inq_view view;
	if (!inq_space_view(space, at, 3 * WORD, &view))
		return false;
	*ret = (struct segment) { inq_view_get(&view, 0, WORD), inq_view_get(&view, WORD, WORD),
				  inq_view_get(&view, 2 * WORD, WORD) };
	return ret->base && ret->base % PAGE == 0 && ret->size && ret->size % PAGE == 0;
}

/* Whether the page begins with a state: its list of segments ends, and the page is in one. A segment may have grown
 * downwards. */
static bool is_state(struct inq_space *space, struct search *search, uint64_t page)
{
	uint64_t head, at = page + SEGMENTS;
	struct segment segment;
	bool found = false;
	if (!word(space, page + HEAD, &head) || (head & FLAGS) != IN_USE || head < LEAST_STATE || head > MOST_STATE)
		return false;
	for (; at && search->left; search->left--, at = segment.next) {
		if (!read_segment(space, at, &segment))
			return false;
		found |= segment.base <= page && page - segment.base < segment.size;
	}
	return found && !at;
}

static void claim_segments(struct inq_space *space, const struct search *search, uint64_t state)
{
	struct segment segment;
	for (uint64_t at = state + SEGMENTS; at && read_segment(space, at, &segment); at = segment.next) {
		const struct inq_mapping *mapping = inq_space_mapping_at(space, segment.base);
		if (mapping && segment.size <= mapping->end - segment.base)
			inq_claim_part(search->claims, (size_t)(mapping - space->mappings.items), segment.base,
				       segment.base + segment.size, INQ_CLASS_ALLOCATOR, "luajit", INQ_CERTAIN,
				       "a segment in the list of LuaJIT's allocator");
	}
}

/* The size of the block that is mapped by itself; 0 when there is none. A state is claimed on the way. */
static uint64_t direct_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t page)
{
	uint64_t first, head, fence, end;
	if (is_state(space, state, page))
		claim_segments(space, state, page);
	if (!word(space, page, &first) || first != DIRECT || !word(space, page + HEAD, &head) ||
	    (head & FLAGS) != DIRECT_HEAD)
		return 0;
	uint64_t size = (head & ~(uint64_t)FLAGS) + FENCE_ROOM;
	bool fits = size % PAGE == 0 && size >= PAGE && size <= mapping->end - page;
	uint64_t behind = page + size - FENCE_ROOM;
	return fits && word(space, behind + HEAD, &fence) && fence == FENCE && word(space, behind + 2 * WORD, &end) &&
			       !end
		       ? size
		       : 0;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "luajit", "libluajit", "nvim", "texlua", "luatex", NULL };
	static const struct inq_piece_kind kind = {
		PAGE, "luajit", "blocks of LuaJIT's allocator that are mapped by themselves: header and fence fit",
		direct_size
	};
	struct search search = { claims, MOST_SEGMENTS };
	if (space->machine.bits == 64 && inq_object_named(space, names))
		inq_claim_pieces(space, claims, &kind, &search);
}

const struct inq_runtime inq_runtime_luajit = { claim };
