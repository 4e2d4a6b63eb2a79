/* The place of a fault by the kernel's log, against what else tells of the end of that thread. The kernel logs a fault only when
 * it ends the process (show_signal_msg of x86 and its like leave out what a handler takes), so there is one line of it: a second
 * one with another place is of another process, which was given the number later. */
#include "lib/incident/contradict.h"
#include "lib/incident/witness.h"

#include <inttypes.h>
#include <string.h>

static bool is_kernels(const struct inq_space *space)
{
	return strcmp(space->artefacts.items[0].kind, "kernel-segfault-log") == 0 && space->threads.count;
}

/* What was made of the process after it ended. Logs that a handler wrote are of an earlier fault than the one that ended it. */
static bool is_of_the_end(const struct inq_space *space)
{
	const char *kind = space->artefacts.items[0].kind;
	enum inq_witness_class class_ = inq_witness_class_of(kind);
	return class_ == INQ_WITNESS_CORE || class_ == INQ_WITNESS_STACK || is_kernels(space) ||
	       strcmp(kind, "systemd-coredump") == 0;
}

/* The same thread at its end, by the same signal; NULL where that is not told. */
static const struct inq_thread *same_thread(const struct inq_space *space, const struct inq_thread *thread)
{
	for (size_t i = 0; i < space->threads.count; i++) {
		const struct inq_thread *other = &space->threads.items[i];
		if (other->tid == thread->tid && other->crashed && other->signal.number == thread->signal.number)
			return other;
	}
	return NULL;
}

static uint64_t pc_of(const struct inq_space *space, const struct inq_thread *thread)
{
	uint64_t pc = INQ_UNKNOWN;
	if (thread->stack.count)
		return thread->stack.frames[0].pc;
	return inq_thread_pc(space, thread, &pc) ? pc : INQ_UNKNOWN;
}

/* A handler may stand above the place, and a debugger leaves out some addresses. */
static bool may_be_at(const struct inq_thread *thread, uint64_t pc)
{
	for (size_t i = 0; i < thread->stack.count; i++)
		if (thread->stack.frames[i].pc == pc || thread->stack.frames[i].pc == INQ_UNKNOWN)
			return true;
	return false;
}

static const char *compare(const struct inq_pair *pair, const char *what, uint64_t one, uint64_t two)
{
	if (one == INQ_UNKNOWN || two == INQ_UNKNOWN || one == two)
		return NULL;
	return inq_pair_say(pair,
			    "%s has the fault %s 0x%" PRIx64 ", %s %s 0x%" PRIx64
			    ": a process ends only once, so its number was given to another one later",
			    inq_pair_one(pair), what, one, inq_pair_two(pair), what, two);
}

const char *inq_contradicts_fault(const struct inq_pair *pair)
{
	bool log_is_one = is_kernels(pair->one);
	const struct inq_space *log = log_is_one ? pair->one : pair->two;
	if (!is_kernels(log) || !is_of_the_end(log_is_one ? pair->two : pair->one))
		return NULL;
	const struct inq_thread *line = log->threads.items;
	const struct inq_thread *other = same_thread(log_is_one ? pair->two : pair->one, line);
	if (!other || line->tid == INQ_UNKNOWN)
		return NULL;
	const struct inq_thread *one = log_is_one ? line : other, *two = log_is_one ? other : line;
	uint64_t pc = pc_of(log, line);
	const char *evidence =
		may_be_at(other, pc) ? NULL : compare(pair, "at", pc_of(pair->one, one), pc_of(pair->two, two));
	if (!evidence && is_kernels(pair->one) && is_kernels(pair->two) && one->signal.has_address &&
	    two->signal.has_address)
		evidence = compare(pair, "of", one->signal.address, two->signal.address);
	return evidence;
}
