/* Ruby: pages of 64 KiB, 16 KiB before 3.2, aligned to their size. Each begins with a pointer to its record (struct
 * heap_page), which says how large its slots are, how many, and how many are free, and where the first one is: in
 * that page, at a multiple of the smallest slot (gc.c, heap_page_allocate). The record is malloc's, and never in the
 * page. */
#include "lib/classify/runtime.h"

enum {
	WORD = 8,
	SMALL_PAGE = 16 << 10,
	LARGE_PAGE = 64 << 10,
	RECORD_WORDS = 8,
	HEADER_MOST = 1024,
	OLD_SLOT = 40,
	TRANSIENT_HEAP = 32 << 20,
	TRANSIENT_BLOCK = 32 << 10
};

/* The size of the page at the address by its own record; 0 when it is none. From 3.1 on the record begins with the
 * size of a slot and their number, before that with the number. */
static uint64_t page_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t page)
{
	(void)state;
	(void)mapping;
	struct inq_view head, record;
	if (!inq_space_view(space, page, WORD, &head))
		return 0;
	uint64_t at = inq_view_get(&head, 0, WORD), first = 0;
	if (at % WORD || !inq_space_view(space, at, RECORD_WORDS * WORD, &record))
		return 0;
	for (uint64_t i = 1; i < RECORD_WORDS && !first; i++) {
		uint64_t word = inq_view_get(&record, i * WORD, WORD);
		first = word > page && word - page <= HEADER_MOST ? word : 0;
	}
	uint64_t one = inq_view_get(&record, 0, 2), two = inq_view_get(&record, 2, 2),
		 three = inq_view_get(&record, 4, 2);
	bool sized = one >= OLD_SLOT && one % WORD == 0 && one * two > SMALL_PAGE / 2 && one * two <= LARGE_PAGE;
	uint64_t used = first - page + (sized ? one * two : OLD_SLOT * one);
	bool fits = first % OLD_SLOT == 0 && (sized ? three <= two : two <= one); /* not more free than there are */
	if (!first || !fits || used <= SMALL_PAGE / 2 || used > LARGE_PAGE)
		return 0;
	uint64_t size = used <= SMALL_PAGE ? SMALL_PAGE : page % LARGE_PAGE == 0 ? LARGE_PAGE : 0;
	return at - page < size ? 0 : size;
}

/* The heap for what does not live long, from 2.6 to 3.2: 32 MiB in blocks of 32 KiB, each of which begins with two
 * small numbers and the next block of its list (transient_heap.c: struct transient_heap_block). True without memory. */
static bool is_transient(struct inq_space *space, const struct inq_mapping *mapping)
{
	bool linked = false;
	if (mapping->end - mapping->start != TRANSIENT_HEAP || mapping->start % TRANSIENT_BLOCK)
		return false;
	for (uint64_t at = mapping->start; mapping->data_size && at < mapping->end; at += TRANSIENT_BLOCK) {
		struct inq_view head;
		if (!inq_space_view(space, at, 2 * WORD, &head))
			return false;
		uint64_t numbers = inq_view_get(&head, 0, WORD), next = inq_view_get(&head, WORD, WORD);
		if (numbers > UINT32_MAX ||
		    (next && (next % TRANSIENT_BLOCK || next < mapping->start || next >= mapping->end)))
			return false;
		linked |= next != 0;
	}
	return linked || !mapping->data_size;
}

static void claim_transient(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (inq_is_plain_data(mapping) && inq_claimed(claims, i) == INQ_CLASS_COUNT &&
		    is_transient(space, mapping))
			inq_claim(claims, i, INQ_CLASS_ALLOCATOR, "ruby", mapping->data_size ? INQ_CERTAIN : INQ_LIKELY,
				  mapping->data_size ? "Ruby's transient heap: its blocks link to each other"
						     : "32 MiB at a multiple of 32 KiB, as Ruby's transient heap is");
	}
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const names[] = { "libruby", "ruby", NULL };
	static const struct inq_piece_kind kind = { SMALL_PAGE, "ruby",
						    "pages of Ruby's heap: each and its record point to each other",
						    page_size };
	if (space->machine.bits != 64 || !inq_object_named(space, names))
		return;
	inq_claim_pieces(space, claims, &kind, NULL);
	claim_transient(space, claims);
}

const struct inq_runtime inq_runtime_ruby = { claim };
