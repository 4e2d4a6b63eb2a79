/* The vdso, which AT_SYSINFO_EHDR points to, and its data pages (vvar) directly below it.
 * Linux: Documentation/ABI/stable/vdso; the kernel maps vvar and vdso as neighbours (arch/x86/entry/vdso/vma.c). */
#include "lib/classify/rule.h"

#include "lib/space/mapping.h"

enum { AT_SYSINFO_EHDR = 33, MOST_VVAR = 64 << 10, MOST_VDSO = 8 << 10 };

static bool is_read_only(const struct inq_mapping *mapping)
{
	unsigned any = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return inq_mapping_is_plain(mapping) && (mapping->permissions & any) == INQ_PERM_READ &&
	       mapping->end - mapping->start <= MOST_VVAR;
}

static void claim_vvar(const struct inq_space *space, struct inq_claims *claims, size_t vdso)
{
	while (vdso-- > 0) {
		const struct inq_mapping *below = &space->mappings.items[vdso];
		if (below->end != below[1].start || !is_read_only(below))
			return;
		inq_claim(claims, vdso, INQ_CLASS_VVAR, NULL, INQ_LIKELY, "read-only pages directly below the vdso");
	}
}

/* pmap gives the two no names: a page or two of code above pages of data. */
static bool has_shape(const struct inq_space *space, size_t index)
{
	const struct inq_mapping *mapping = &space->mappings.items[index];
	unsigned all = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE | INQ_PERM_SHARED;
	return index && (mapping->permissions & all) == (INQ_PERM_READ | INQ_PERM_EXECUTE) &&
	       mapping->end - mapping->start <= MOST_VDSO && inq_mapping_is_plain(mapping) &&
	       mapping[-1].end == mapping->start && is_read_only(&mapping[-1]);
}

static void claim_by_shape(const struct inq_space *space, struct inq_claims *claims)
{
	size_t found = 0, count = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		if (inq_claimed(claims, i) == INQ_CLASS_VDSO && space->mappings.items[i].name)
			return;
		if (has_shape(space, i)) {
			found = i;
			count++;
		}
	}
	if (count != 1)
		return;
	inq_claim(claims, found, INQ_CLASS_VDSO, NULL, INQ_LIKELY,
		  "the only page or two of code without a file that have read-only pages directly below");
	claim_vvar(space, claims, found);
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	uint64_t image = inq_space_aux(space, AT_SYSINFO_EHDR, 0);
	const struct inq_mapping *vdso = image ? inq_space_mapping_at(space, image) : NULL;
	if (!image && (space->os == INQ_OS_LINUX || space->os == INQ_OS_UNKNOWN))
		claim_by_shape(space, claims);
	if (!vdso || vdso->file)
		return;
	size_t index = (size_t)(vdso - space->mappings.items);
	inq_claim(claims, index, INQ_CLASS_VDSO, NULL, INQ_CERTAIN,
		  "the auxiliary vector points to it (AT_SYSINFO_EHDR)");
	claim_vvar(space, claims, index);
}

const struct inq_rule inq_rule_vdso = { "vdso", run };
