/* Code that a program made at run time: executable memory of no file. Says nothing where everything is executable, as on
 * processors and kernels without that permission (32-bit x86 before NX). */
#include "lib/classify/rule.h"

#include "lib/space/mapping.h"

enum { EM_X86_64 = 62 };
static const uint64_t VSYSCALL = UINT64_C(0xffffffffff600000); /* Linux: arch/x86/include/uapi/asm/vsyscall.h */

static bool is_anonymous(const struct inq_mapping *mapping)
{
	return inq_mapping_is_plain(mapping) && !(mapping->permissions & INQ_PERM_SHARED);
}

/* Whether some plain writable memory is not executable: then the permission means something. */
static bool permission_matters(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++) {
		unsigned permissions = space->mappings.items[i].permissions;
		if (permissions & INQ_PERM_WRITE && !(permissions & INQ_PERM_EXECUTE))
			return true;
	}
	return false;
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	bool asked = false, matters = false;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!(mapping->permissions & INQ_PERM_EXECUTE) || !is_anonymous(mapping) ||
		    inq_claimed(claims, i) != INQ_CLASS_COUNT)
			continue;
		if (mapping->start == VSYSCALL && space->os == INQ_OS_LINUX &&
		    (space->machine.elf == EM_X86_64 || !space->machine.elf)) {
			inq_claim(claims, i, INQ_CLASS_VDSO, "vsyscall", INQ_CERTAIN,
				  "the fixed address of the vsyscall page");
			continue;
		}
		if (!asked)
			matters = permission_matters(space);
		asked = true;
		if (matters)
			inq_claim(claims, i, INQ_CLASS_TEXT, "jit", INQ_LIKELY,
				  "executable, and of no file: code made at run time");
	}
}

const struct inq_rule inq_rule_jit = { "jit", run };
