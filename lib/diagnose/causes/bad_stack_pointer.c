/* The stack pointer itself is no address of a stack: it was loaded from damaged memory (a saved context, a frame pointer that was
 * overwritten), or switched to a stack that is gone. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { NEAR = 4096, FAR = 1 << 30, ANY = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE };

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_space *space = crash->space;
	uint64_t sp = crash->fault->sp, address = crash->fault->address;
	if (!inq_case_memory_fault(crash) || sp == INQ_UNKNOWN || address - (sp - NEAR) > 2 * NEAR ||
	    inq_fault_access(crash->fault) == INQ_ACCESS_EXECUTE || !inq_space_lists_all(space))
		return false;
	/* A stack that has overflowed is not far above, behind its guard at most. */
	const struct inq_mapping *above = inq_space_mapping_from(space, sp);
	bool stack = above && (above->permissions & INQ_PERM_WRITE || !(above->permissions & ANY));
	if (inq_space_mapping_at(space, sp) || (stack && above->start - sp < FAR))
		return false;
	ret->text = inq_case_text(crash, "the stack pointer itself is bad: 0x%" PRIx64 " is in no stack", sp);
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the fault address 0x%" PRIx64 " is next to it, and nothing is mapped around it",
			  address);
	return true;
}

const struct inq_cause inq_cause_bad_stack_pointer = { .id = "bad-stack-pointer", .find = find };
