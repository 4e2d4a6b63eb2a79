/* The backtraces of all threads, with the place of each frame; recursion is folded. */
#include "lib/incident/incident.h"

#include "lib/unwind/unwind.h"

#include <stdlib.h>

/* A stack of 8 MiB holds half a million frames of 16 bytes. All threads together stay below what a person could ever want
 * and a hostile core could ask for: past it, the stacks that are left are cut short. */
enum { MOST_FRAMES = 1 << 20, MOST_IN_ALL = 1 << 22, MOST_WHEN_SPENT = 64 };
/* Cycles up to this length are found; this many frames at least are folded. */
enum { LONGEST_CYCLE = 32, LEAST_FOLDED = 16, LEAST_REPEATS = 3 };
enum { KEPT_PLACES = 1024 };

/* Threads wait in the same few places: their names are looked up once. */
struct place {
	uint64_t pc;
	bool back; /* pc is a return address */
	const struct inq_location *location;
};

struct filling {
	struct inq_incident *incident;
	struct place *places;
	size_t budget; /* frames that may still be walked */
};

/* A return address is named by the call before it: it may already be in the next function. */
static enum inq_status look_up(struct inq_incident *incident, uint64_t pc, bool back, struct inq_location *ret)
{
	enum inq_status status = inq_incident_locate(incident, pc - back, ret);
	ret->address += back;
	if (ret->object)
		ret->offset += back;
	if (ret->symbol)
		ret->symbol_offset += back;
	return status;
}

static enum inq_status locate(struct filling *filling, const struct inq_frame *frame, struct inq_location *ret)
{
	bool back = !frame->exact && frame->kind != INQ_FRAME_SIGNAL && frame->pc;
	struct place *place = &filling->places[(frame->pc ^ frame->pc >> 10) % KEPT_PLACES];
	if (place->location && place->pc == frame->pc && place->back == back) {
		*ret = *place->location;
		return INQ_OK;
	}
	*place = (struct place) { frame->pc, back, ret };
	return look_up(filling->incident, frame->pc, back, ret);
}

/* How often the `length` frames at `at` come again right after them. */
static size_t count_repeats(const struct inq_frame_vec *frames, size_t at, size_t length)
{
	size_t end = at + length;
	while (end < frames->count && frames->items[end].pc == frames->items[end - length].pc)
		end++;
	return (end - at) / length - 1;
}

/* The shortest cycle that begins at `at` and is worth folding: its length, or 1. */
static size_t find_cycle(const struct inq_frame_vec *frames, size_t at, size_t *repeats)
{
	for (size_t length = 1; length <= LONGEST_CYCLE && at + length < frames->count; length++) {
		*repeats = count_repeats(frames, at, length);
		if (*repeats >= LEAST_REPEATS && *repeats * length >= LEAST_FOLDED)
			return length;
	}
	*repeats = 0;
	return 1;
}

static size_t count_folded(const struct inq_frame_vec *frames)
{
	size_t count = 0, repeats;
	for (size_t at = 0; at < frames->count;) {
		size_t cycle = find_cycle(frames, at, &repeats);
		count += cycle;
		at += cycle * (repeats + 1);
	}
	return count;
}

static struct inq_frame_info describe(const struct inq_frame *frame, size_t index)
{
	return (struct inq_frame_info) { .index = (unsigned)index,
					 .pc = frame->pc,
					 .sp = frame->sp,
					 .exact = frame->exact,
					 .kind = inq_frame_kind_name(frame->kind),
					 .found_by = inq_found_by_name(frame->found_by),
					 .confidence = frame->confidence };
}

static enum inq_status fill_frames(struct filling *filling, const struct inq_frame_vec *frames,
				   struct inq_thread_info *info)
{
	size_t repeats, count = count_folded(frames);
	struct inq_frame_info *infos = inq_arena_array(filling->incident->ctx.arena, count, sizeof *infos),
			      *slot = infos;
	if (!infos)
		return inq_no_memory(&filling->incident->ctx);
	for (size_t at = 0; at < frames->count;) {
		size_t cycle = find_cycle(frames, at, &repeats);
		struct inq_frame_info *first = slot;
		for (size_t i = at; i < at + cycle; i++, slot++) {
			*slot = describe(&frames->items[i], i);
			if (locate(filling, &frames->items[i], &slot->location) == INQ_NO_MEMORY)
				return INQ_NO_MEMORY;
		}
		first->cycle = repeats ? (unsigned)cycle : 0;
		first->repeats = repeats;
		at += cycle * (repeats + 1);
	}
	info->frames = infos;
	info->frame_count = count;
	return INQ_OK;
}

static enum inq_status fill_thread(struct filling *filling, const struct inq_thread *thread,
				   struct inq_thread_info *info)
{
	struct inq_stack stack;
	size_t limit = filling->budget < MOST_FRAMES ? filling->budget : MOST_FRAMES;
	if (limit < MOST_WHEN_SPENT)
		limit = MOST_WHEN_SPENT;
	enum inq_status status = inq_unwind_thread(filling->incident->space, thread, limit, &stack);
	if (status != INQ_OK)
		return status;
	if (stack.frames.count)
		status = fill_frames(filling, &stack.frames, info);
	info->truncated_by = inq_truncated_name(stack.truncated_by);
	filling->budget -= stack.frames.count < filling->budget ? stack.frames.count : filling->budget;
	inq_frame_vec_release(&stack.frames);
	return status;
}

enum inq_status inq_fill_stacks(struct inq_incident *incident)
{
	struct inq_thread_vec *threads = &incident->space->threads;
	struct filling filling = { .incident = incident, .budget = MOST_IN_ALL };
	enum inq_status status = INQ_OK;
	filling.places = inq_alloc(KEPT_PLACES * sizeof *filling.places);
	if (!filling.places)
		return inq_no_memory(&incident->ctx);
	for (size_t i = 0; i < threads->count && status == INQ_OK; i++)
		if (threads->items[i].registers)
			status = fill_thread(&filling, &threads->items[i], &incident->threads[i]);
	free(filling.places);
	return status;
}
