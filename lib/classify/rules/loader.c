/* Memory of the run-time linker itself. Until the C library is there, ld.so takes a few pages from the kernel for the records of
 * what it loads (glibc, elf/dl-minimal-malloc.c): the link_map chain runs through them. Without memory to read: the last
 * small piece below the linker and the vdso, which were mapped before it. */
#include "lib/classify/rule.h"

#include "lib/space/link_map.h"
#include "lib/space/mapping.h"

#include <inttypes.h>

enum { LARGEST = 256 << 10, LARGEST_SHAPE = 16 << 10 };

static bool may_be(const struct inq_claims *claims, const struct inq_space *space, size_t index, uint64_t most)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	unsigned wanted = INQ_PERM_READ | INQ_PERM_WRITE, other = INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return inq_claimed(claims, index) == INQ_CLASS_COUNT && inq_mapping_is_plain(mapping) &&
	       (mapping->permissions & wanted) == wanted && !(mapping->permissions & other) &&
	       mapping->end - mapping->start <= most;
}

static void claim_records(struct inq_space *space, struct inq_claims *claims)
{
	struct inq_link_vec links = { 0 };
	if (space->os != INQ_OS_LINUX || inq_link_map_read(space, &links) != INQ_OK)
		links.count = 0;
	for (size_t i = 0; i < links.count; i++) {
		const struct inq_mapping *mapping = inq_space_mapping_at(space, links.items[i].at);
		size_t index = mapping ? (size_t)(mapping - space->mappings.items) : 0;
		if (mapping && may_be(claims, space, index, LARGEST))
			inq_claim(claims, index, INQ_CLASS_DATA, "loader", INQ_LIKELY,
				  "the run-time linker's records of what it loaded are in it (link_map)");
	}
	inq_link_vec_release(&links);
}

static bool is_loader(const struct inq_space *space, const struct inq_mapping *mapping, const struct inq_claims *claims)
{
	enum inq_class class_ = inq_claimed(claims, (size_t)(mapping - space->mappings.items));
	return class_ == INQ_CLASS_VVAR || class_ == INQ_CLASS_VDSO ||
	       (mapping->object < space->objects.count &&
		space->objects.items[mapping->object].kind == INQ_OBJECT_INTERPRETER);
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	claim_records(space, claims);
	for (size_t i = 0; i + 1 < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->data_size || mapping[1].start != mapping->end || !is_loader(space, &mapping[1], claims) ||
		    !may_be(claims, space, i, LARGEST_SHAPE))
			continue;
		inq_claim(claims, i, INQ_CLASS_DATA, "loader", INQ_POSSIBLE,
			  "a few pages directly below the run-time linker, which takes such for its records");
		return;
	}
}

const struct inq_rule inq_rule_loader = { "loader", run };
