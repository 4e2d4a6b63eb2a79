/* Groups of equal stacks: the threads are sorted by a hash of their frames, so that equal ones come together. */
#include "lib/render/stacks.h"

#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>

struct hashed {
	const struct inq_thread_info *thread;
	uint64_t hash;
};

/* FNV-1a, a word at a time: <http://www.isthe.com/chongo/tech/comp/fnv/>. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x100000001b3);
	return hash ^ hash >> 32;
}

/* Of all that same_stack() looks at but for what hardly ever differs alone. */
static uint64_t hash_of(const struct inq_thread_info *thread)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (const char *at = thread->truncated_by; at && *at; at++)
		hash = mix(hash, (unsigned char)*at);
	for (size_t i = 0; i < thread->frame_count; i++)
		hash = mix(mix(hash, thread->frames[i].pc), thread->frames[i].repeats);
	return hash;
}

static bool same_name(const char *one, const char *two)
{
	return one == two || (one && two && strcmp(one, two) == 0);
}

/* Of one process: the same pc is the same object and offset. */
static bool same_frame(const struct inq_frame_info *one, const struct inq_frame_info *two)
{
	return one->pc == two->pc && one->repeats == two->repeats && one->cycle == two->cycle &&
	       one->exact == two->exact &&
	       (one->pc != INQ_UNKNOWN || same_name(one->location.symbol, two->location.symbol));
}

static bool same_stack(const struct inq_thread_info *one, const struct inq_thread_info *two)
{
	if (one->frame_count != two->frame_count || !one->truncated_by != !two->truncated_by)
		return false;
	if (one->truncated_by && strcmp(one->truncated_by, two->truncated_by) != 0)
		return false;
	for (size_t i = 0; i < one->frame_count; i++)
		if (!same_frame(&one->frames[i], &two->frames[i]))
			return false;
	return true;
}

static int by_hash(const void *one, const void *two)
{
	const struct hashed *a = one, *b = two;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return (a->thread > b->thread) - (a->thread < b->thread);
}

static int by_count(const void *one, const void *two)
{
	const struct inq_stack_group *a = one, *b = two;
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->threads[0] > b->threads[0]) - (a->threads[0] < b->threads[0]);
}

/* Two different stacks of one hash only make more groups than there need be, when they take turns. */
static void group(struct inq_stack_groups *groups, const struct hashed *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		groups->threads[i] = rows[i].thread;
		if (i && rows[i].hash == rows[i - 1].hash && same_stack(rows[i].thread, rows[i - 1].thread))
			groups->items[groups->count - 1].count++;
		else
			groups->items[groups->count++] = (struct inq_stack_group) { &groups->threads[i], 1 };
	}
	if (groups->count)
		qsort(groups->items, groups->count, sizeof(*groups->items), by_count);
}

bool inq_stack_groups_init(struct inq_stack_groups *groups, const struct inq_report *report)
{
	size_t count = report->thread_count;
	struct hashed *rows = inq_alloc((count + 1) * sizeof(*rows));
	*groups = (struct inq_stack_groups) { .items = inq_alloc((count + 1) * sizeof(*groups->items)),
					      .threads = inq_alloc((count + 1) * sizeof(*groups->threads)) };
	bool good = rows && groups->items && groups->threads;
	if (good) {
		for (size_t i = 0; i < count; i++)
			rows[i] = (struct hashed) { &report->threads[i], hash_of(&report->threads[i]) };
		qsort(rows, count, sizeof(*rows), by_hash);
		group(groups, rows, count);
	} else {
		inq_stack_groups_release(groups);
	}
	free(rows);
	return good;
}

void inq_stack_groups_release(struct inq_stack_groups *groups)
{
	free(groups->items);
	free(groups->threads);
	*groups = (struct inq_stack_groups) { 0 };
}

size_t inq_stack_shown(const struct inq_frame_info *frames, size_t count, size_t limit)
{
	size_t shown = 0;
	if (!limit)
		return count;
	while (shown < count && frames[shown].index < limit)
		shown += frames[shown].repeats && frames[shown].cycle ? frames[shown].cycle : 1;
	return shown < count ? shown : count;
}

uint64_t inq_stack_depth(const struct inq_frame_info *frames, size_t count)
{
	uint64_t depth = 0;
	for (size_t i = 0; i < count; i++) {
		const struct inq_frame_info *frame = &frames[i];
		uint64_t end = frame->index + UINT64_C(1);
		if (frame->repeats)
			end = frame->index + frame->cycle * (frame->repeats + 1);
		depth = end > depth ? end : depth;
	}
	return depth;
}
