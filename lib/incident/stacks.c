/* The backtraces of all threads, with the place of each frame; recursion is folded. */
#include "lib/incident/text_stacks.h"

#include "lib/base/dense.h"
#include "lib/diagnose/waits.h"
#include "lib/unwind/unwind.h"

#include <stdlib.h>
#include <string.h>

/* A stack of 8 MiB holds half a million frames of 16 bytes. All threads together stay below what a person could ever want
 * and a hostile core could ask for: past it, the stacks that are left are cut short. */
enum { MOST_FRAMES = 1 << 20, MOST_IN_ALL = 1 << 22, MOST_WHEN_SPENT = 64 };
/* Cycles up to this length are found; this many frames at least are folded. */
enum { LONGEST_CYCLE = 32, LEAST_FOLDED = 16, LEAST_REPEATS = 3 };
enum { MOST_INLINED = 16 };

INQ_VEC(frame_info_vec, struct inq_frame_info)

/* Threads wait in the same few places: their names are looked up once. */
struct place {
	uint64_t pc;
	bool known, back; /* back: pc is a return address */
	struct inq_location location;
	struct inq_symbol_place chain[MOST_INLINED]; /* innermost function first; the last is that of the frame */
	size_t chain_length;
};

INQ_VEC(place_vec, struct place)

struct filling {
	struct inq_incident *incident;
	struct place_vec places;
	struct inq_dense index; /* of places */
	size_t budget;		/* frames that may still be walked */
};

/* The place of a frame; NULL when memory is out. A return address is named by the call before it: it may already be in
 * the next function. */
static const struct place *find_place(struct filling *filling, const struct inq_frame *frame)
{
	struct inq_incident *incident = filling->incident;
	bool back = !frame->exact && frame->kind != INQ_FRAME_SIGNAL && frame->pc;
	size_t at = inq_dense_place(&filling->index, frame->pc, filling->places.count);
	if (at == filling->places.count && !place_vec_push(&filling->places)) {
		inq_no_memory(&incident->ctx);
		return NULL;
	}
	struct place *place = &filling->places.items[at];
	if (place->known && place->pc == frame->pc && place->back == back)
		return place;
	*place = (struct place) { .pc = frame->pc, .known = true, .back = back };
	struct inq_location *location = &place->location;
	if (inq_locate_symbol(incident, frame->pc - back, location) == INQ_NO_MEMORY)
		return NULL;
	place->chain_length = inq_locate_source(incident, location, place->chain, MOST_INLINED);
	location->address += back;
	if (location->object)
		location->offset += back;
	if (location->symbol)
		location->symbol_offset += back;
	return place;
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

/* The frames of one thread as they are listed. */
struct listing {
	struct filling *filling;
	struct frame_info_vec infos;
	const struct inq_thread *thread;
	const struct inq_text_frame *printed; /* the text's word for the next frame; NULL */
	uint64_t index;			      /* of the next one on the stack: those that were folded count */
};

static struct inq_frame_info *push(struct listing *listing, const struct inq_frame *frame, const struct place *place)
{
	struct inq_frame_info *info = frame_info_vec_push(&listing->infos);
	if (info)
		*info = (struct inq_frame_info) { .index = (unsigned)listing->index++,
						  .pc = frame->pc,
						  .sp = frame->sp,
						  .exact = frame->exact,
						  .kind = inq_frame_kind_name(frame->kind),
						  .found_by = inq_found_by_name(frame->found_by),
						  .confidence = frame->confidence,
						  .location = place->location };
	return info;
}

/* A text names each function that was inlined in a frame of its own. */
static bool add_printed(struct listing *listing, const struct inq_frame *frame)
{
	const struct inq_text_frame *printed = listing->printed++;
	struct place place = { 0 };
	if (inq_text_locate(listing->filling->incident, listing->thread, printed, &place.location) == INQ_NO_MEMORY)
		return false;
	struct inq_frame_info *info = push(listing, frame, &place);
	if (info) {
		info->pc = place.location.address;
		info->printed_arguments = printed->arguments;
	}
	return info != NULL;
}

/* Go makes it look as if the very instruction that faulted had called runtime.sigpanic (runtime/signal_amd64.go, preparePanic). */
static bool was_interrupted(const struct listing *listing)
{
	size_t count = listing->infos.count;
	const char *last = count ? listing->infos.items[count - 1].location.symbol : NULL;
	return last && strcmp(last, "runtime.sigpanic") == 0;
}

/* The frame, and before it one for each function that was inlined at its pc: these have no symbol of their own. */
static bool add_frame(struct listing *listing, const struct inq_frame *walked)
{
	struct inq_incident *incident = listing->filling->incident;
	if (listing->printed)
		return add_printed(listing, walked);
	struct inq_frame copy = *walked, *frame = &copy;
	frame->exact |= was_interrupted(listing);
	const struct place *place = find_place(listing->filling, frame);
	for (size_t i = 0; place && i + 1 < place->chain_length; i++) {
		struct inq_frame_info *info = push(listing, frame, place);
		if (!info)
			return false;
		info->kind = inq_frame_kind_name(INQ_FRAME_INLINE);
		info->location.symbol = info->location.function = NULL;
		info->location.symbol_offset = 0;
		info->location.inlined = true;
		inq_location_set_source(incident, &place->chain[i], &info->location);
	}
	struct inq_frame_info *info = place ? push(listing, frame, place) : NULL;
	if (info && place->chain_length)
		inq_location_set_source(incident, &place->chain[place->chain_length - 1], &info->location);
	return info != NULL;
}

/* The frames of one cycle, the first with how often they came again. */
static bool add_cycle(struct listing *listing, const struct inq_frame *frames, size_t cycle, size_t repeats)
{
	size_t first = listing->infos.count;
	for (size_t i = 0; i < cycle; i++)
		if (!add_frame(listing, &frames[i]))
			return false;
	size_t added = listing->infos.count - first;
	listing->infos.items[first].cycle = repeats ? (unsigned)added : 0;
	listing->infos.items[first].repeats = repeats;
	listing->index += repeats * added;
	if (listing->printed)
		listing->printed += repeats * cycle;
	return true;
}

static enum inq_status fill_frames(struct filling *filling, const struct inq_thread *thread,
				   const struct inq_frame_vec *frames, struct inq_thread_info *info)
{
	struct inq_ctx *ctx = &filling->incident->ctx;
	struct listing listing = { .filling = filling, .thread = thread, .printed = thread->stack.frames };
	bool ok = true;
	for (size_t at = 0, repeats; at < frames->count && ok;) {
		size_t cycle = find_cycle(frames, at, &repeats);
		ok = add_cycle(&listing, &frames->items[at], cycle, repeats);
		at += cycle * (repeats + 1);
	}
	size_t count = listing.infos.count;
	struct inq_frame_info *infos = ok ? inq_arena_array(ctx->arena, count, sizeof *infos) : NULL;
	if (infos && count)
		memcpy(infos, listing.infos.items, count * sizeof *infos);
	frame_info_vec_release(&listing.infos);
	if (!infos)
		return inq_no_memory(ctx);
	if (!thread->stack.frames && !filling->incident->options.brief)
		inq_fill_arguments(filling->incident, thread, infos, count);
	info->frames = infos;
	info->frame_count = count;
	return INQ_OK;
}

/* What tells a frame of a text from others, where no address does: folding asks whether two are the same. */
static uint64_t frame_key(const struct inq_text_frame *frame)
{
	const char *const words[] = { frame->object, frame->symbol, frame->file };
	uint64_t hash = frame->symbol_offset ^ frame->source_line;
	if (frame->pc != INQ_UNKNOWN)
		return frame->pc;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (const char *at = words[i]; at && *at; at++)
			hash = (hash ^ (uint8_t)*at) * UINT64_C(0x100000001b3); /* FNV-1a */
	return hash;
}

/* The stack that a text prints. */
static enum inq_status fill_printed(struct filling *filling, const struct inq_thread *thread,
				    struct inq_thread_info *info)
{
	struct inq_text_trust trust = inq_text_believe(filling->incident, &thread->stack);
	struct inq_frame_vec frames = { 0 };
	enum inq_status status = INQ_OK;
	for (size_t i = 0; i < trust.count && status == INQ_OK; i++) {
		const struct inq_text_frame *printed = &thread->stack.frames[i];
		struct inq_frame *frame = inq_frame_vec_push(&frames);
		if (frame)
			*frame = (struct inq_frame) { .pc = frame_key(printed),
						      .sp = printed->base,
						      .exact = printed->exact,
						      .kind = printed->kind,
						      .found_by = INQ_FOUND_TEXT,
						      .confidence = i < trust.sure ? INQ_LIKELY : INQ_POSSIBLE };
		else
			status = inq_no_memory(&filling->incident->ctx);
	}
	if (status == INQ_OK)
		status = fill_frames(filling, thread, &frames, info);
	info->truncated_by = trust.end == INQ_END_UNTOLD ? NULL : inq_truncated_name(trust.end);
	info->truncated_why = trust.why;
	inq_frame_vec_release(&frames);
	return status;
}

static enum inq_status fill_thread(struct filling *filling, const struct inq_thread *thread,
				   struct inq_thread_info *info)
{
	struct inq_stack stack;
	if (thread->stack.count)
		return fill_printed(filling, thread, info);
	size_t limit = filling->budget < MOST_FRAMES ? filling->budget : MOST_FRAMES;
	if (limit < MOST_WHEN_SPENT)
		limit = MOST_WHEN_SPENT;
	enum inq_status status = inq_unwind_thread(filling->incident->space, thread, limit, &stack);
	if (status != INQ_OK)
		return status;
	if (stack.frames.count)
		status = fill_frames(filling, thread, &stack.frames, info);
	info->truncated_by = inq_truncated_name(stack.truncated_by);
	filling->budget -= stack.frames.count < filling->budget ? stack.frames.count : filling->budget;
	inq_frame_vec_release(&stack.frames);
	return status;
}

enum inq_status inq_fill_stack(struct inq_incident *incident, const struct inq_thread *thread,
			       struct inq_thread_info *info)
{
	struct filling filling = { .incident = incident, .budget = MOST_FRAMES };
	enum inq_status status = fill_thread(&filling, thread, info);
	place_vec_release(&filling.places);
	return status;
}

/* The functions on the stacks tell what the threads wait for. */
static enum inq_status fill_waits(struct inq_incident *incident)
{
	size_t count = incident->space->threads.count;
	enum inq_status status = inq_find_waits(incident->space, incident->threads, &incident->waits);
	for (size_t i = 0; i < count && status == INQ_OK; i++) {
		const struct inq_wait *wait = &incident->waits[i];
		incident->threads[i].waits_on = wait->what;
		if (wait->owner < count)
			incident->threads[i].waits_for = wait->owner;
	}
	return status == INQ_OK ? inq_find_hang(&incident->ctx, incident->waits, count, &incident->hang) : status;
}

static bool has_stack(const struct inq_thread *thread)
{
	return thread->registers || thread->stack.count;
}

enum inq_status inq_fill_first_stack(struct inq_incident *incident)
{
	const struct inq_thread_vec *threads = &incident->space->threads;
	const struct inq_wait *waits;
	if (incident->done & INQ_STACKS || !threads->count || !has_stack(&threads->items[0]))
		return INQ_OK;
	enum inq_status status = inq_fill_stack(incident, &threads->items[0], &incident->threads[0]);
	if (status == INQ_OK)
		status = inq_find_waits(incident->space, incident->threads, &waits);
	if (status == INQ_OK)
		incident->threads[0].waits_on = waits[0].what;
	return status;
}

enum inq_status inq_fill_stacks(struct inq_incident *incident)
{
	struct inq_thread_vec *threads = &incident->space->threads;
	struct filling filling = { .incident = incident, .budget = MOST_IN_ALL };
	enum inq_status status = INQ_OK;
	for (size_t i = 0; i < threads->count && status == INQ_OK; i++)
		if (has_stack(&threads->items[i]))
			status = fill_thread(&filling, &threads->items[i], &incident->threads[i]);
	place_vec_release(&filling.places);
	return status == INQ_OK ? fill_waits(incident) : status;
}
