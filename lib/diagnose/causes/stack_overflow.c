/* A stack that grew past its end: the fault lies at the stack pointer, and that at the lower end of the thread's stack. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum {
	REACH = 64 << 10,    /* of one frame below the stack pointer; x86-64's red zone and large locals */
	GUARD = 1 << 20,     /* how far below the stack the pointer can be: guard pages, stack_guard_gap of Linux */
	SMALLEST = 64 << 10, /* a smaller mapping above is hardly a stack that overflowed */
};

/* The mapping above the guard that the stack pointer has left, or whose first page it is in. */
static const struct inq_mapping *stack_above(const struct inq_space *space, uint64_t sp)
{
	const struct inq_mapping *mapping = inq_space_mapping_from(space, sp);
	const struct inq_mapping *end = space->mappings.items + space->mappings.count;
	for (; mapping && mapping < end; mapping++) {
		bool accessible = !(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & INQ_PERM_WRITE;
		if (mapping->start > sp && mapping->start - sp > GUARD)
			return NULL;
		if (accessible)
			return mapping;
	}
	return NULL;
}

static const struct inq_frame_info *find_recursion(const struct inq_case *crash)
{
	for (size_t i = 0; i < crash->frame_count; i++)
		if (crash->frames[i].repeats)
			return &crash->frames[i];
	return NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t sp = crash->fault->sp, address = crash->fault->address;
	if (!inq_case_memory_fault(crash) || sp == INQ_UNKNOWN || inq_fault_access(crash->fault) == INQ_ACCESS_EXECUTE)
		return false;
	/* The address is near the stack pointer on either side. */
	if (address - (sp - REACH) > 2 * (uint64_t)REACH)
		return false;
	const struct inq_mapping *stack = stack_above(crash->space, sp);
	if (!stack || address >= stack->start || stack->end - stack->start < SMALLEST ||
	    (sp >= stack->start && sp - stack->start > REACH))
		return false;
	const struct inq_region *region = inq_case_region(crash, stack->start);
	bool known = region && (region->class_ == INQ_CLASS_STACK || region->class_ == INQ_CLASS_THREAD_STACK);
	const struct inq_frame_info *recursion = find_recursion(crash);
	ret->text = recursion ? inq_case_text(crash, "stack overflow by recursion: %s came %" PRIu64 " times",
					      inq_case_place(crash, &recursion->location), recursion->repeats + 1)
			      : "stack overflow";
	ret->confidence = known || recursion ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret,
			  "the fault address 0x%" PRIx64 " is just below the stack, which begins at 0x%" PRIx64,
			  address, stack->start);
	inq_find_evidence(crash, ret, "the stack pointer is 0x%" PRIx64 "; the stack has %" PRIu64 " KiB, all used", sp,
			  (stack->end - stack->start) >> 10);
	if (crash->fault->computed)
		inq_find_evidence(crash, ret,
				  "the kernel tells no address, as when it finds no room on the stack to call the "
				  "program's own handler; the instruction computes this one");
	return true;
}

const struct inq_cause inq_cause_stack_overflow = { .id = "stack-overflow", .find = find };
