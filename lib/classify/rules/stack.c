/* The main stack and the threads' stacks, by what points into them.
 *
 * The kernel puts the program's name and 16 random bytes at the top of the main stack and says so in the auxiliary vector
 * (AT_EXECFN, AT_RANDOM: fs/binfmt_elf.c); Solaris tells its bounds (pstatus_t, proc(5)). A thread's stack is the anonymous
 * writable mapping that its stack pointer is in: likely only, because a signal handler may run on an alternate stack. */
#include "lib/classify/rule.h"

#include <inttypes.h>

enum { AT_RANDOM = 25, AT_EXECFN = 31 };

static bool may_be_stack(const struct inq_mapping *mapping)
{
	bool writable = !(mapping->permissions & INQ_PERM_KNOWN) || (mapping->permissions & INQ_PERM_WRITE);
	return !mapping->file && writable;
}

static void claim_at(struct inq_space *space, struct inq_claims *claims, uint64_t address, const char *evidence)
{
	const struct inq_mapping *mapping = address ? inq_space_mapping_at(space, address) : NULL;
	if (mapping && may_be_stack(mapping))
		inq_claim(claims, (size_t)(mapping - space->mappings.items), INQ_CLASS_STACK, NULL, INQ_CERTAIN,
			  evidence);
}

static void claim_threads(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i < space->threads.count; i++) {
		const struct inq_thread *thread = &space->threads.items[i];
		uint64_t sp;
		const struct inq_mapping *mapping = NULL;
		if (inq_thread_sp(space, thread, &sp))
			mapping = inq_space_mapping_at(space, sp);
		if (!mapping || !may_be_stack(mapping))
			continue;
		size_t index = (size_t)(mapping - space->mappings.items);
		enum inq_class before = inq_claimed(claims, index);
		if (before == INQ_CLASS_COUNT || before == INQ_CLASS_THREAD_STACK)
			inq_claim_thread(
				claims, index, thread->tid, INQ_CLASS_THREAD_STACK, INQ_LIKELY,
				inq_claim_text(space, "the stack pointer of thread %" PRIu64 " is in it", thread->tid));
	}
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	if (space->stack_size)
		claim_at(space, claims, space->stack_base, "the system says that the main stack is here (pstatus)");
	claim_at(space, claims, inq_space_aux(space, AT_EXECFN, 0),
		 "the program's name at the top of the main stack is in it (AT_EXECFN)");
	claim_at(space, claims, inq_space_aux(space, AT_RANDOM, 0),
		 "the kernel's random bytes at the top of the main stack are in it (AT_RANDOM)");
	claim_threads(space, claims);
}

const struct inq_rule inq_rule_stack = { "stack", run };
