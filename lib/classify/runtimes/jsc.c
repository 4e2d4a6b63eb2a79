/* JavaScriptCore (WebKit, Bun): its objects lie in blocks of 16 KiB, aligned to that. Each begins with the address
 * of its handle, which malloc gave and which has the block's address in it and that of the VM, and that of the VM
 * (Source/JavaScriptCore/heap/MarkedBlock.h). What programs may write out of bounds, and the structures, have cages:
 * reservations of a power of two from 4 GiB up, aligned to that, readable and writable as a whole
 * (bmalloc/Gigacage.h, runtime/StructureAlignedMemoryAllocator.cpp). Measured with WebKitGTK 2.50 and Bun 1.4. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

enum { WORD = 8, BLOCK = 16 << 10, HANDLE_WORDS = 20 };
static const uint64_t LEAST_CAGE = UINT64_C(1) << 32;

static uint64_t block_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t block)
{
	struct inq_view head, handle;
	(void)state;
	(void)mapping;
	if (!inq_space_view(space, block, 2 * WORD, &head))
		return 0;
	uint64_t at = inq_view_get(&head, 0, WORD), vm = inq_view_get(&head, WORD, WORD);
	if (!at || at % WORD || !vm || vm % WORD || at - block < BLOCK ||
	    !inq_space_view(space, at, HANDLE_WORDS * WORD, &handle))
		return 0;
	bool has_block = false, has_vm = false;
	for (uint64_t i = 0; i < HANDLE_WORDS; i++) {
		uint64_t word = inq_view_get(&handle, i * WORD, WORD);
		has_block |= word == block;
		has_vm |= word == vm;
	}
	return has_block && has_vm ? BLOCK : 0;
}

static void claim_cages(const struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_mapping *rows = space->mappings.items;
	for (size_t i = 0, next; i < space->mappings.count; i = next) {
		for (next = i + 1; next < space->mappings.count && inq_mapping_is_plain(&rows[i]) &&
				   inq_mapping_is_plain(&rows[next]) && rows[next].start == rows[next - 1].end;)
			next++;
		uint64_t size = rows[next - 1].end - rows[i].start;
		if (size < LEAST_CAGE || (size & (size - 1)) || rows[i].start % size)
			continue;
		for (size_t j = i; j < next; j++)
			if (inq_is_plain_data(&rows[j]))
				inq_claim(claims, j, INQ_CLASS_ALLOCATOR, "jsc", INQ_LIKELY,
					  "in a reservation of a power of two, aligned to that, as JavaScriptCore's "
					  "cages are, and a program with it");
	}
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "libjavascriptcore", "libwebkit", "libWPEWebKit", "bun", "jsc", NULL };
	static const struct inq_piece_kind kind = {
		BLOCK, "jsc", "blocks of JavaScriptCore's heap: each and its handle point to each other", block_size
	};
	if (space->machine.bits != 64 || !inq_object_named(space, names))
		return;
	claim_cages(space, claims);
	inq_claim_pieces(space, claims, &kind, NULL);
}

const struct inq_runtime inq_runtime_jsc = { claim };
