/* Erlang: its allocators carve carriers out of segments that are mapped in multiples of 256 KiB, aligned to that. A carrier
 * begins with its size and flags, the next and the previous carrier of its allocator, which point back to it, and that
 * allocator (erts/emulator/beam/erl_alloc_util.h: Carrier_t; erl_mseg.h: MSEG_ALIGN_BITS). Carriers that malloc gave are
 * malloc's chunks as well, and left to it. */
#include "lib/classify/runtime.h"

enum {
	WORD = 8,
	UNIT = 256 << 10,
	HEADER_WORDS = 4,
	FLAGS = 7,
	FROM_SEGMENT = 1,
	NEXT = 1,
	PREVIOUS = 2,
	ALLOCATOR = 3
};

static bool links_back(struct inq_space *space, uint64_t other, unsigned link, uint64_t carrier)
{
	uint64_t back;
	return !other || (inq_space_integer(space, other + link * WORD, WORD, &back) && back == carrier);
}

/* The size of the carrier at the address; 0 when there is none. */
static uint64_t carrier_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t carrier)
{
	(void)state;
	struct inq_view head;
	uint64_t word;
	if (!inq_space_view(space, carrier, HEADER_WORDS * WORD, &head))
		return 0;
	uint64_t size = inq_view_get(&head, 0, WORD), allocator = inq_view_get(&head, ALLOCATOR * WORD, WORD);
	bool segment = size & FROM_SEGMENT;
	size &= ~(uint64_t)FLAGS;
	bool fits = segment && size && size % UNIT == 0 && size <= mapping->end - carrier;
	return fits && inq_space_integer(space, allocator & ~(uint64_t)FLAGS, WORD, &word) &&
			       links_back(space, inq_view_get(&head, NEXT * WORD, WORD), PREVIOUS, carrier) &&
			       links_back(space, inq_view_get(&head, PREVIOUS * WORD, WORD), NEXT, carrier)
		       ? size
		       : 0;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "beam.", "beam", NULL };
	static const struct inq_piece_kind kind = { UNIT, "erlang",
						    "carriers of Erlang's allocators: size, links and owner fit",
						    carrier_size };
	if (space->machine.bits == 64 && inq_object_named(space, names))
		inq_claim_pieces(space, claims, &kind, NULL);
}

const struct inq_runtime inq_runtime_erlang = { claim };
