/* Memory that nobody may touch: guard pages next to stacks, and address space that is only reserved. */
#include "lib/classify/rule.h"

/* glibc's default guard is one page; the JVM's zones and large-page guards reach further. */
enum { LARGEST_GUARD = 1 << 20, LARGEST_LONELY_GUARD = 64 << 10, SMALLEST_STACK = 16 << 10 };

static bool is_stack(enum inq_class class_)
{
	return class_ == INQ_CLASS_STACK || class_ == INQ_CLASS_THREAD_STACK;
}

/* Stacks grow down, so the guard lies directly below; it is as sure as the stack. */
static void claim_guard(struct inq_space *space, struct inq_claims *claims, size_t index)
{
	const struct inq_mapping *guard = &space->mappings.items[index], *above = guard + 1;
	uint64_t size = guard->end - guard->start;
	if (index + 1 >= space->mappings.count || above->start != guard->end)
		return;
	if (is_stack(inq_claimed(claims, index + 1)) && size <= LARGEST_GUARD) {
		inq_claim(claims, index, INQ_CLASS_GUARD, NULL,
			  (enum inq_confidence)inq_claimed_confidence(claims, index + 1),
			  "no access, directly below a stack");
		return;
	}
	bool anonymous = !above->file && (above->permissions & INQ_PERM_WRITE) && (above->permissions & INQ_PERM_READ);
	if (anonymous && size <= LARGEST_LONELY_GUARD && above->end - above->start >= SMALLEST_STACK)
		inq_claim(claims, index, INQ_CLASS_GUARD, NULL, INQ_POSSIBLE,
			  "small and without access, directly below anonymous memory, as a thread stack's guard is");
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		unsigned access = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;
		if (!(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & access)
			continue;
		if (mapping->file) {
			inq_claim(claims, i, INQ_CLASS_RESERVED, NULL, INQ_CERTAIN,
				  "no access: the gap between the segments of an object");
			continue;
		}
		claim_guard(space, claims, i);
		if (inq_claimed(claims, i) == INQ_CLASS_COUNT)
			inq_claim(claims, i, INQ_CLASS_RESERVED, NULL, INQ_CERTAIN, "no access: address space only");
	}
}

const struct inq_rule inq_rule_no_access = { "no-access", run };
