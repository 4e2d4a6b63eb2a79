/* Dart: its heap is pages of 512 KiB and larger ones for large objects, at multiples of 512 KiB. Each begins with
 * flags, the address of its record and the next page; the record (VirtualMemory, which malloc gave) begins with the
 * page's address and size, or has these behind the address of its functions (runtime/vm/heap/page.h,
 * runtime/vm/virtual_memory.h). Measured with Dart 3. */
#include "lib/classify/runtime.h"

enum { WORD = 8, HEAD_WORDS = 3, RECORD_WORDS = 3, RECORD = 1, NEXT = 2, MOST_FLAGS = 0xff, SYSTEM_PAGE = 4096 };
static const uint64_t PAGE = 512 << 10;

static bool is_closed(const struct inq_mapping *mapping)
{
	return !(mapping->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE));
}

static uint64_t page_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t page)
{
	struct inq_view head, record;
	(void)state;
	(void)mapping;
	if (!inq_space_view(space, page, HEAD_WORDS * WORD, &head))
		return 0;
	uint64_t at = inq_view_get(&head, RECORD * WORD, WORD), next = inq_view_get(&head, NEXT * WORD, WORD);
	if (inq_view_get(&head, 0, WORD) > MOST_FLAGS || next % PAGE || at % WORD || at - page < PAGE ||
	    !inq_space_view(space, at, RECORD_WORDS * WORD, &record))
		return 0;
	unsigned i = inq_view_get(&record, 0, WORD) == page ? 0 : 1;
	uint64_t size = inq_view_get(&record, (i + 1) * WORD, WORD);
	return inq_view_get(&record, i * WORD, WORD) == page && size % SYSTEM_PAGE == 0 ? size : 0;
}

/* Without memory: at such an address, and neither above a guard, as a stack is, nor below a reserve, as an arena of
 * malloc is. */
static void claim_shape(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_mapping *rows = space->mappings.items;
	for (size_t i = 0; i < space->mappings.count; i++) {
		bool guarded = i && rows[i - 1].end == rows[i].start && is_closed(&rows[i - 1]);
		bool reserve =
			i + 1 < space->mappings.count && rows[i + 1].start == rows[i].end && is_closed(&rows[i + 1]);
		if (inq_is_plain_data(&rows[i]) && rows[i].start % PAGE == 0 && rows[i].end - rows[i].start >= PAGE &&
		    !guarded && !reserve)
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "dart", INQ_LIKELY,
				  "at a multiple of 512 KiB, as the pages of Dart's heap are");
	}
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "dart", "libflutter", NULL };
	static const struct inq_piece_kind kind = { PAGE, "dart",
						    "pages of Dart's heap: each and its record point to each other",
						    page_size };
	if (space->machine.bits != 64 || !inq_object_named(space, names))
		return;
	if (inq_space_holds_memory(space))
		inq_claim_pieces(space, claims, &kind, NULL);
	else
		claim_shape(space, claims);
}

const struct inq_runtime inq_runtime_dart = { claim };
