/* The brk heap.
 *
 * Solaris tells where it is (pr_brkbase, proc(5)); in its map texts the last row under the executable's name is its bss
 * with the heap grown after it. Linux maps the heap above the executable's bss, at a random distance of at most 32 MiB
 * (arch_randomize_brk; 1 GiB on arm64 and others), so the first anonymous writable mapping there is likely the heap. */
#include "lib/classify/rule.h"

#include <inttypes.h>

enum { FARTHEST_BRK = 1 << 30 };

static const struct inq_object *executable(const struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++)
		if (space->objects.items[i].kind == INQ_OBJECT_EXE)
			return &space->objects.items[i];
	return NULL;
}

static bool is_labelled(const struct inq_space *space, const struct inq_claims *claims)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (inq_claimed(claims, i) == INQ_CLASS_BRK_HEAP)
			return true;
	return false;
}

static void claim_told(struct inq_space *space, struct inq_claims *claims)
{
	uint64_t end;
	if (!inq_add(space->brk_base, space->brk_size, &end))
		return;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, end - 1);
	if (mapping && (!mapping->permissions || mapping->permissions & INQ_PERM_WRITE))
		inq_claim_part(claims, (size_t)(mapping - space->mappings.items), space->brk_base, mapping->end,
			       INQ_CLASS_BRK_HEAP, NULL, INQ_CERTAIN, "the system says where it begins (pr_brkbase)");
}

/* The last of several rows of the executable, where rows have no permissions (mdb) or it is writable (pmap). */
static void claim_solaris_row(struct inq_space *space, struct inq_claims *claims, const struct inq_object *exe)
{
	if (exe->mapping_count < 3)
		return;
	for (size_t i = space->mappings.count; i-- > 0;) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->object >= space->objects.count || &space->objects.items[mapping->object] != exe)
			continue;
		if (!(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & INQ_PERM_WRITE)
			inq_claim(claims, i, INQ_CLASS_BRK_HEAP, NULL, INQ_LIKELY,
				  inq_claim_text(space,
						 "last row under the executable's name: its bss with the brk heap "
						 "grown after it, %" PRIu64 " bytes",
						 mapping->end - mapping->start));
		return;
	}
}

static bool is_heap_like(const struct inq_mapping *mapping)
{
	bool writable = (mapping->permissions & INQ_PERM_WRITE) && !(mapping->permissions & INQ_PERM_SHARED);
	return !mapping->file && writable;
}

/* Directly after the executable's data is its bss; the heap is the next one. Without address randomisation both may be
 * one mapping: the bss rule then splits it by the program header. */
static void claim_above(struct inq_space *space, struct inq_claims *claims, const struct inq_object *exe)
{
	const struct inq_mapping *mapping = inq_space_mapping_from(space, exe->end);
	const struct inq_mapping *last = space->mappings.items + space->mappings.count;
	if (mapping && mapping->start == exe->end && is_heap_like(mapping))
		mapping++;
	if (!mapping || mapping >= last || !is_heap_like(mapping) || mapping->start - exe->end > FARTHEST_BRK)
		return;
	if (mapping + 1 == last)
		return; /* the last of all is the stack of a map without labels */
	inq_claim(claims, (size_t)(mapping - space->mappings.items), INQ_CLASS_BRK_HEAP, NULL, INQ_LIKELY,
		  "the first anonymous writable mapping above the executable's bss");
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	const struct inq_object *exe = executable(space);
	if (space->brk_size)
		claim_told(space, claims);
	else if (exe && !is_labelled(space, claims)) {
		if (space->os == INQ_OS_SOLARIS)
			claim_solaris_row(space, claims, exe);
		else if (space->os == INQ_OS_LINUX)
			claim_above(space, claims, exe);
	}
}

const struct inq_rule inq_rule_brk_heap = { "brk-heap", run };
