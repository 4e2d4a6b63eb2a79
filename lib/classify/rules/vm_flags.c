/* What the kernel's own flags of a mapping say: smaps' VmFlags (Documentation/filesystems/proc.rst) and procstat's FLG
 * column (procstat(1)). */
#include "lib/classify/rule.h"

#include <string.h>

enum { LARGEST_PAGE = 64 << 10 };

static const struct flag {
	const char *name; /* a word of VmFlags */
	bool anonymous;	  /* only for memory without a file */
	enum inq_class class_;
	const char *subclass, *evidence;
} flags[] = {
	{ "gd", true, INQ_CLASS_STACK, NULL, "the kernel says that it grows down (VmFlags gd)" },
	{ "ht", true, INQ_CLASS_ANON, "hugetlb", "the kernel says that it is of huge pages (VmFlags ht)" },
	{ "pf", false, INQ_CLASS_DEVICE, NULL, "the kernel says that it is of bare page frames (VmFlags pf)" },
	{ "io", false, INQ_CLASS_DEVICE, NULL, "the kernel says that it is a device's memory (VmFlags io)" },
};

static bool has_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words; (at = strstr(at, word)); at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* "CN--D": the last of procstat's five letters is D for memory that grows down, which all stacks of FreeBSD do: the highest
 * is the main one. */
static void claim_growing(struct inq_space *space, struct inq_claims *claims)
{
	enum inq_class class_ = INQ_CLASS_STACK;
	for (size_t i = space->mappings.count; i-- > 0;) {
		const char *letters = space->mappings.items[i].vm_flags;
		if (!letters || strlen(letters) != 5 || letters[4] != 'D')
			continue;
		inq_claim(claims, i, class_, NULL, INQ_LIKELY, "the kernel says that it grows down (flag D)");
		class_ = INQ_CLASS_THREAD_STACK;
	}
}

/* hugetlbfs, where the kernel prints no flags: pages larger than any that it makes by itself. */
static void claim_large_pages(struct inq_claims *claims, size_t index, const struct inq_mapping *mapping)
{
	bool large =
		mapping->usage && mapping->usage->page_size != INQ_UNKNOWN && mapping->usage->page_size > LARGEST_PAGE;
	if (large && !mapping->vm_flags && !mapping->file && inq_claimed(claims, index) == INQ_CLASS_COUNT)
		inq_claim(claims, index, INQ_CLASS_ANON, "hugetlb", INQ_CERTAIN,
			  "the kernel says that its pages are huge (KernelPageSize)");
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	if (space->os == INQ_OS_FREEBSD)
		claim_growing(space, claims);
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		claim_large_pages(claims, i, mapping);
		/* The vdso's pages have such flags too. */
		if (!mapping->vm_flags || inq_claimed(claims, i) != INQ_CLASS_COUNT)
			continue;
		for (size_t j = 0; j < sizeof flags / sizeof *flags; j++)
			if (!(flags[j].anonymous && mapping->file) && has_word(mapping->vm_flags, flags[j].name))
				inq_claim(claims, i, flags[j].class_, flags[j].subclass, INQ_CERTAIN,
					  flags[j].evidence);
	}
}

const struct inq_rule inq_rule_vm_flags = { "vm-flags", run };
