/* The signature of a hang: where the threads wait that keep each other waiting. */
#include "lib/signature/parts.h"

#include <string.h>

/* Of a ring: more threads are never all named. A hostile core has threads that wait in a chain without an end to be found. */
enum { MOST_THREADS = 64, MOST_STARTS = 4096, MOST_STEPS = 4096 };

static uint64_t next_of(const struct inq_report *report, uint64_t thread)
{
	uint64_t next = report->threads[thread].waits_for;
	return next < report->thread_count ? next : INQ_UNKNOWN;
}

/* Follows one thread after the other, at two speeds: they meet in a ring, or one reaches an end. */
static uint64_t ring_from(const struct inq_report *report, uint64_t thread)
{
	uint64_t slow = thread, fast = next_of(report, thread);
	for (unsigned i = 0; i < MOST_STEPS && fast != INQ_UNKNOWN && fast != slow; i++) {
		fast = next_of(report, fast);
		if (fast == INQ_UNKNOWN || fast == slow)
			break;
		fast = next_of(report, fast);
		slow = next_of(report, slow);
	}
	return fast == slow ? fast : INQ_UNKNOWN;
}

uint64_t inq_signature_ring(const struct inq_report *report)
{
	for (uint64_t i = 0; i < report->thread_count && i < MOST_STARTS; i++) {
		uint64_t found = next_of(report, i) == INQ_UNKNOWN ? INQ_UNKNOWN : ring_from(report, i);
		if (found != INQ_UNKNOWN)
			return found;
	}
	return INQ_UNKNOWN;
}

/* Adds the innermost frame that counts of a thread that waits. */
static enum inq_status add_thread(struct inq_picking *picking, const struct inq_thread_info *thread,
				  struct inq_picked *items, size_t *count)
{
	enum inq_status status = inq_pick_stack(picking, thread->frames, thread->frame_count, true);
	if (status == INQ_OK && picking->count)
		items[(*count)++] = picking->items[0];
	return status;
}

static const struct inq_thread_info *thread_by_tid(const struct inq_report *report, uint64_t tid)
{
	for (size_t i = 0; i < report->thread_count; i++)
		if (report->threads[i].tid == tid)
			return &report->threads[i];
	return NULL;
}

enum inq_status inq_pick_hang(struct inq_picking *picking)
{
	const struct inq_report *report = picking->report;
	uint64_t first = inq_signature_ring(report), at = first;
	const struct inq_thread_info *holder = NULL;
	struct inq_picked *items = inq_arena_array(picking->ctx->arena, MOST_THREADS, sizeof *items);
	enum inq_status status = INQ_OK;
	size_t count = 0;
	if (!items)
		return inq_no_memory(picking->ctx);
	if (first == INQ_UNKNOWN && report->crash.has_culprit)
		holder = thread_by_tid(report, report->crash.culprit.thread);
	if (holder)
		status = add_thread(picking, holder, items, &count);
	for (bool more = first != INQ_UNKNOWN; more && status == INQ_OK; more = at != first && count < MOST_THREADS) {
		status = add_thread(picking, &report->threads[at], items, &count);
		at = next_of(report, at);
	}
	picking->items = items;
	picking->count = count;
	return status == INQ_OK ? inq_pick_sort(picking) : status;
}
