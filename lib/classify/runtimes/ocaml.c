/* OCaml 5: one reservation for the minor heaps of 128 domains, of 2 MiB each unless asked otherwise, and pools of 32
 * KiB, at pages. A pool begins with the next one, a free block in it, the domain that owns it, and its kind of
 * sizes; the domain's state begins with young_limit, young_ptr, young_start, young_end (runtime/domain.c:
 * caml_init_domains; runtime/shared_heap.c: struct pool; runtime/caml/domain_state.tbl). OCaml 4 has its heap from
 * malloc, and so have both large blocks. Measured with 5.4. */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

enum {
	WORD = 8,
	PAGE = 4096,
	POOL = 32 << 10,
	POOL_WORDS = 4,
	DOMAIN_WORDS = 4,
	MOST_KIND = 32,
	DOMAINS = 128,
	MOST_TRIES = 4,
	MOST_LOOKED_AT = 64 /* pages of a mapping, before any pool was found */
};
static const uint64_t MINOR_HEAP = 2 << 20, MINOR_HEAPS = (uint64_t)DOMAINS * MINOR_HEAP;

struct search {
	uint64_t start, end; /* all minor heaps */
	uint64_t owner;	     /* the domain that was last seen to be one */
};

static bool is_domain(struct inq_space *space, struct search *search, uint64_t domain)
{
	struct inq_view state;
	if (domain == search->owner)
		return domain != 0;
	if (!domain || domain % WORD || !inq_space_view(space, domain, DOMAIN_WORDS * WORD, &state))
		return false;
	uint64_t pointer = inq_view_get(&state, WORD, WORD), start = inq_view_get(&state, 2 * WORD, WORD),
		 end = inq_view_get(&state, 3 * WORD, WORD);
	if (start < search->start || end > search->end || start >= end || pointer < start || pointer > end)
		return false;
	search->owner = domain;
	return true;
}

static uint64_t pool_size(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t pool)
{
	struct inq_view head;
	(void)mapping;
	if (!inq_space_view(space, pool, POOL_WORDS * WORD, &head))
		return 0;
	uint64_t next = inq_view_get(&head, 0, WORD), block = inq_view_get(&head, WORD, WORD),
		 kind = inq_view_get(&head, 3 * WORD, WORD);
	return kind && kind <= MOST_KIND && next % PAGE == 0 && (!block || (block > pool && block - pool < POOL)) &&
			       is_domain(space, state, inq_view_get(&head, 2 * WORD, WORD))
		       ? POOL
		       : 0;
}

/* What of the minor heaps is in use lies at the lower end of their reservation. */
static bool find_minor_heaps(const struct inq_space *space, size_t index, struct search *ret)
{
	const struct inq_mapping *rest = &space->mappings.items[index], *used = rest - 1;
	uint64_t size = rest->end - rest->start;
	if (!index || size % MINOR_HEAP || size >= MINOR_HEAPS || size < MINOR_HEAPS / 2 || rest->end < MINOR_HEAPS ||
	    !inq_mapping_is_plain(rest) || (rest->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE)) ||
	    !inq_is_plain_data(used) || used->end != rest->start)
		return false;
	*ret = (struct search) { .start = rest->end - MINOR_HEAPS, .end = rest->end };
	return used->start <= ret->start;
}

/* Other programs have such a reservation, too, and large heaps: a few pages of each mapping tell whether these are pools. */
static bool has_pools(struct inq_space *space, const struct inq_claims *claims, struct search *search)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!inq_is_plain_data(mapping) || inq_claimed(claims, i) != INQ_CLASS_COUNT)
			continue;
		for (uint64_t at = 0; at < mapping->data_size && at < MOST_LOOKED_AT * PAGE; at += PAGE)
			if (pool_size(space, search, mapping, mapping->start + at))
				return true;
	}
	return false;
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	static const struct inq_piece_kind kind = {
		PAGE, "ocaml", "pools of OCaml's heap: links and owner fit, and the owner's minor heap", pool_size
	};
	struct search search;
	unsigned tries = 0;
	for (size_t i = 0; space->machine.bits == 64 && i < space->mappings.count && tries < MOST_TRIES; i++) {
		if (!find_minor_heaps(space, i, &search))
			continue;
		tries++;
		if (has_pools(space, claims, &search) && inq_claim_pieces(space, claims, &kind, &search))
			inq_claim_part(claims, i - 1, search.start, space->mappings.items[i].start, INQ_CLASS_ALLOCATOR,
				       "ocaml", INQ_CERTAIN, "OCaml's minor heaps: the owner of its pools says so");
	}
}

const struct inq_runtime inq_runtime_ocaml = { claim };
