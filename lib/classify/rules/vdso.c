/* The vdso, which AT_SYSINFO_EHDR points to, and its data pages (vvar) directly below it.
 * Linux: Documentation/ABI/stable/vdso; the kernel maps vvar and vdso as neighbours (arch/x86/entry/vdso/vma.c). */
#include "lib/classify/rule.h"

enum { AT_SYSINFO_EHDR = 33, MOST_VVAR = 64 << 10 };

static void run(struct inq_space *space, struct inq_claims *claims)
{
	uint64_t image = inq_space_aux(space, AT_SYSINFO_EHDR, 0);
	const struct inq_mapping *vdso = image ? inq_space_mapping_at(space, image) : NULL;
	if (!vdso || vdso->file)
		return;
	size_t index = (size_t)(vdso - space->mappings.items);
	inq_claim(claims, index, INQ_CLASS_VDSO, NULL, INQ_CERTAIN,
		  "the auxiliary vector points to it (AT_SYSINFO_EHDR)");
	while (index-- > 0) {
		const struct inq_mapping *below = &space->mappings.items[index];
		bool small = below->end - below->start <= MOST_VVAR;
		if (below->end != below[1].start || below->file || !small || below->permissions & INQ_PERM_WRITE ||
		    below->permissions & INQ_PERM_EXECUTE)
			return;
		inq_claim(claims, index, INQ_CLASS_VVAR, NULL, INQ_LIKELY, "read-only pages directly below the vdso");
	}
}

const struct inq_rule inq_rule_vdso = { "vdso", run };
