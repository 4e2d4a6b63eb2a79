/* Threads that wait for each other for ever, or all for one that holds a lock. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { MOST_SHOWN = INQ_MOST_EVIDENCE - 1 };

static uint64_t tid_of(const struct inq_case *crash, uint32_t thread)
{
	return crash->space->threads.items[thread].tid;
}

/* The ring, from its first thread on. */
static void say_ring(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_hang *hang = crash->hang;
	uint32_t at = hang->thread;
	size_t shown = hang->ring < MOST_SHOWN ? hang->ring : MOST_SHOWN;
	for (size_t i = 0; i < shown; i++, at = crash->waits[at].owner)
		inq_find_evidence(crash, ret, "thread %" PRIu64 " waits on %s", tid_of(crash, at),
				  crash->waits[at].what);
	if (shown < hang->ring)
		inq_find_evidence(crash, ret, "and so on, %zu threads in all, back to thread %" PRIu64, hang->ring,
				  tid_of(crash, hang->thread));
}

static void say_holder(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_hang *hang = crash->hang;
	const struct inq_thread_info *holder = &crash->threads[hang->thread];
	const char *waits = crash->waits[hang->thread].what;
	ret->id = "held-lock";
	ret->text = inq_case_text(crash, "%zu threads wait for a lock that thread %" PRIu64 " holds", hang->waiters,
				  holder->tid);
	inq_find_evidence(crash, ret, "the lock is at 0x%" PRIx64, hang->object);
	if (waits)
		inq_find_evidence(crash, ret, "thread %" PRIu64 " itself waits for %s", holder->tid, waits);
	if (holder->frame_count)
		inq_find_evidence(crash, ret, "thread %" PRIu64 " is in %s", holder->tid,
				  inq_case_place(crash, &holder->frames[0].location));
}

/* A ring is a fact; that the process was ended because of it is not, where it ended itself. */
static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_hang *hang = crash->hang;
	bool ended = inq_case_was_ended(crash);
	if (!hang || inq_fault_by_processor(crash->space, crash->fault) || (!hang->ring && !ended))
		return false;
	ret->confidence = ended ? INQ_LIKELY : INQ_POSSIBLE;
	if (!hang->ring) {
		say_holder(crash, ret);
		return true;
	}
	if (ended)
		ret->confidence = INQ_CERTAIN;
	ret->text = hang->ring == 1
			    ? inq_case_text(crash, "deadlock: thread %" PRIu64 " waits for a lock that it holds itself",
					    tid_of(crash, hang->thread))
			    : inq_case_text(crash, "deadlock: %zu threads wait for each other", hang->ring);
	say_ring(crash, ret);
	return true;
}

const struct inq_cause inq_cause_deadlock = { .id = "deadlock", .find = find };
