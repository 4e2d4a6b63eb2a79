/* Haskell by GHC: its heap is megablocks of 1 MiB in a reservation of 1 TiB and one megablock, from 0x4200000000 on
 * (rts/posix/OSMem.c, osReserveHeapMemory; rts/sm/MBlock.c). A megablock, but for the further ones of a large
 * object, begins with the descriptors of its blocks of 4 KiB, 64 bytes each, the first word of which is the block's
 * address; the descriptors are in the first four blocks, which have none (rts/include/rts/storage/Block.h:
 * BDESCR_SIZE, FIRST_BLOCK). Programs of any name have it, linked in. Measured with 9.0 and 9.10. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

static const uint64_t BASE = UINT64_C(0x4200000000), MEGABLOCK = 1 << 20, RESERVED = UINT64_C(1) << 40;
enum { WORD = 8, BLOCK = 4096, DESCRIPTOR = 64, FIRST_BLOCK = 4 };

static bool has_descriptor(struct inq_space *space)
{
	uint64_t start;
	return inq_space_integer(space, BASE + (uint64_t)FIRST_BLOCK * DESCRIPTOR, WORD, &start) &&
	       start == BASE + (uint64_t)FIRST_BLOCK * BLOCK;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_mapping *rows = space->mappings.items, *all = rows + space->mappings.count;
	const struct inq_mapping *first = inq_space_mapping_at(space, BASE), *end = first;
	if (!first || first->start != BASE || !inq_is_plain_data(first))
		return;
	while (end < all && inq_mapping_is_plain(end) && (end == first || end->start == end[-1].end))
		end++;
	bool told = has_descriptor(space), whole = end[-1].end - BASE == RESERVED + MEGABLOCK;
	for (; first < end && (told || whole); first++)
		if (inq_is_plain_data(first))
			inq_claim(claims, (size_t)(first - rows), INQ_CLASS_ALLOCATOR, "ghc",
				  told ? INQ_CERTAIN : INQ_LIKELY,
				  told ? "megablocks of GHC's heap: descriptors of blocks are where it begins"
				       : "in a reservation of 1 TiB and 1 MiB from 0x4200000000 on, as GHC's heap is");
}

const struct inq_runtime inq_runtime_ghc = { claim };
