/* A stack that grew past its end: the fault lies at the stack pointer, and that at the lower end of the thread's stack. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/plumbing.h"

#include <inttypes.h>

enum {
	REACH = 64 << 10,    /* of one frame below the stack pointer; x86-64's red zone and large locals */
	GUARD = 1 << 20,     /* how far below the stack the pointer can be: guard pages, stack_guard_gap of Linux */
	SMALLEST = 64 << 10, /* a smaller mapping above is hardly a stack that overflowed */
	INNER_FRAMES = 4,    /* that can be within the one that is too large: memset of an array */
	LARGEST_FRAME = 1 << 30,
};

static bool is_stack(const struct inq_region *region)
{
	return region && (region->class_ == INQ_CLASS_STACK || region->class_ == INQ_CLASS_THREAD_STACK);
}

/* The mapping above the guard that the stack pointer has left, or whose first page it is in. */
static bool stack_above(const struct inq_case *crash, struct inq_range *ret)
{
	uint64_t sp = crash->fault->sp;
	const struct inq_mapping *mapping = inq_space_mapping_from(crash->space, sp);
	const struct inq_mapping *end = crash->space->mappings.items + crash->space->mappings.count;
	for (; mapping && mapping < end; mapping++) {
		bool accessible = !(mapping->permissions & INQ_PERM_KNOWN) || mapping->permissions & INQ_PERM_WRITE;
		if (mapping->start > sp && mapping->start - sp > GUARD)
			return false;
		*ret = (struct inq_range) { mapping->start, mapping->end };
		if (accessible)
			return true;
	}
	return false;
}

/* The stack above the guard that was hit. Pages that madvise made a guard (glibc 2.42 and up) look like the stack's own. */
static bool stack_above_guard(const struct inq_case *crash, struct inq_range *ret)
{
	const struct inq_region *guard = inq_case_region(crash, crash->fault->address);
	const struct inq_region *stack = guard ? inq_case_region(crash, guard->end) : NULL;
	if (!guard || guard->class_ != INQ_CLASS_GUARD || !is_stack(stack))
		return false;
	*ret = (struct inq_range) { stack->start, stack->end };
	return true;
}

/* Where the stack pointer is at its end: within reach of the fault, and not far above the stack's first byte. */
static bool is_at_end(const struct inq_case *crash, const struct inq_range *stack)
{
	uint64_t sp = crash->fault->sp, address = crash->fault->address;
	return address - (sp - REACH) <= 2 * (uint64_t)REACH && address < stack->start &&
	       stack->end - stack->start >= SMALLEST && (sp < stack->start || sp - stack->start <= REACH);
}

/* The frame at the fault, or one of the few inside of it, begins on a stack and reaches beyond it: arrays larger than what was left, or
 * alloca. Such a frame may step over any guard, so that where it ends tells nothing. */
static const struct inq_frame_info *frame_beyond(const struct inq_case *crash, struct inq_range *ret)
{
	uint64_t sp = crash->fault->sp, address = crash->fault->address;
	for (size_t i = 1; i < crash->frame_count && i <= INNER_FRAMES; i++) {
		const struct inq_frame_info *frame = &crash->frames[i];
		const struct inq_mapping *mapping = inq_space_mapping_at(crash->space, frame->sp);
		if (frame->confidence < INQ_LIKELY)
			return NULL;
		if (!mapping || frame->sp == sp)
			continue;
		*ret = (struct inq_range) { mapping->start, mapping->end };
		bool beyond = sp < mapping->start && address < mapping->start && address >= sp - REACH &&
			      frame->sp - sp <= LARGEST_FRAME && !inq_space_mapping_at(crash->space, sp);
		return beyond ? frame - 1 : NULL;
	}
	return NULL;
}

/* The first frame of those that recur: of functions that call each other the first that is the program's, as the C library's qsort
 * only calls it back. *times: how often. */
static const struct inq_frame_info *find_recursion(const struct inq_case *crash, uint64_t *times)
{
	size_t i = 0;
	while (i < crash->frame_count && !crash->frames[i].repeats)
		i++;
	if (i == crash->frame_count)
		return NULL;
	*times = crash->frames[i].repeats + 1;
	for (size_t k = i; k < crash->frame_count && k - i < crash->frames[i].cycle; k++)
		if (!inq_is_plumbing(&crash->frames[k].location))
			return &crash->frames[k];
	return &crash->frames[i];
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t sp = crash->fault->sp, address = crash->fault->address;
	struct inq_range stack;
	if (!inq_case_memory_fault(crash) || sp == INQ_UNKNOWN || inq_fault_access(crash->fault) == INQ_ACCESS_EXECUTE)
		return false;
	bool grown = (stack_above_guard(crash, &stack) || stack_above(crash, &stack)) && is_at_end(crash, &stack);
	const struct inq_frame_info *large = grown ? NULL : frame_beyond(crash, &stack);
	if (!grown && !large)
		return false;
	uint64_t times;
	const struct inq_frame_info *recursion = find_recursion(crash, &times);
	ret->text = recursion ? inq_case_text(crash, "stack overflow by recursion: %s came %" PRIu64 " times",
					      inq_case_place(crash, &recursion->location), times)
		    : grown   ? "stack overflow"
			      : inq_case_text(crash, "stack overflow: the frame of %s is larger than what was left",
					      inq_case_place(crash, &large->location));
	bool known = is_stack(inq_case_region(crash, stack.start));
	ret->confidence = grown && (known || recursion) ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "the fault address 0x%" PRIx64 " is %s the stack, which begins at 0x%" PRIx64,
			  address, grown ? "just below" : "below", stack.start);
	inq_find_evidence(crash, ret, "the stack pointer is 0x%" PRIx64 "; the stack has %" PRIu64 " KiB%s", sp,
			  (stack.end - stack.start) >> 10, grown ? ", all used" : "");
	if (crash->fault->computed)
		inq_find_evidence(crash, ret,
				  "the kernel tells no address, as when it finds no room on the stack to call the "
				  "program's own handler; the instruction computes this one");
	return true;
}

const struct inq_cause inq_cause_stack_overflow = { .id = "stack-overflow", .find = find };
