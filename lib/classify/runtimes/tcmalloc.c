/* Google's tcmalloc (not that of gperftools): it reserves 1 GiB at a time, aligned to that, at addresses of its own choice, and gives
 * memory out from the upper end down, in pieces of 2 MiB (tcmalloc/internal/system_allocator.h, kMinMmapAlloc). */
#include "lib/classify/runtime.h"

#include "lib/space/mapping.h"

enum { ENOUGH = 2 };
static const uint64_t REGION = 1 << 30, HUGE_PAGE = 2 << 20;

/* Whether row i is what is reserved of such a region, and the one behind it what is in use. */
static bool is_region(const struct inq_space *space, size_t i)
{
	const struct inq_mapping *rest = &space->mappings.items[i], *used = rest + 1;
	return i + 1 < space->mappings.count && rest->start % REGION == 0 && inq_mapping_is_plain(rest) &&
	       !(rest->permissions & (INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE)) && used->start == rest->end &&
	       used->end == rest->start + REGION && used->start % HUGE_PAGE == 0 && inq_is_plain_data(used);
}

static void claim(struct inq_space *space, struct inq_claims *claims)
{
	size_t count = 0;
	for (size_t i = 0; i < space->mappings.count; i++)
		count += is_region(space, i);
	for (size_t i = 0; i < space->mappings.count && count >= ENOUGH; i++)
		if (is_region(space, i))
			inq_claim(claims, i + 1, INQ_CLASS_ALLOCATOR, "tcmalloc", INQ_LIKELY,
				  "the upper end of 1 GiB, aligned to that, the rest of which is in reserve; several "
				  "alike, as "
				  "Google's tcmalloc has");
}

const struct inq_runtime inq_runtime_tcmalloc = { claim };
