/* The frames of a stack that count: without plumbing, recursion and guesses. */
#include "lib/signature/parts.h"

#include <stdlib.h>
#include <string.h>

/* Of a stack: the frames beyond are never among those of a signature. */
enum { MOST_FRAMES = 256, LEAST_RECURSION = 3, MOST_PLACES = 4 };

void inq_pick_note(struct inq_picking *picking, const char *section)
{
	const char **slot;
	for (size_t i = 0; i < picking->sections.count; i++)
		if (strcmp(picking->sections.items[i], section) == 0)
			return;
	slot = inq_string_vec_push(&picking->sections);
	if (slot)
		*slot = section;
	else
		inq_no_memory(picking->ctx);
}

/* Where the frame is in its object: of a call that is under way, in the call, as what follows one that does not return may
 * be another function. */
static uint64_t offset_of(const struct inq_frame_info *frame)
{
	uint64_t offset = frame->location.offset;
	return offset != INQ_UNKNOWN && !frame->exact && offset ? offset - 1 : offset;
}

/* "+0x3e2f" */
static const char *offset_text(const struct inq_frame_info *frame, char buffer[static 20])
{
	uint64_t left = offset_of(frame);
	char *at = buffer + 19;
	*at = '\0';
	do
		*--at = "0123456789abcdef"[left % 16];
	while (left /= 16);
	*--at = 'x';
	*--at = '0';
	*--at = '+';
	return at;
}

/* Where the frame is in its build; "" where no build ID is known, NULL without memory. */
static const char *place_of(struct inq_picking *picking, const struct inq_picked *item)
{
	const struct inq_location *at = &item->frame->location;
	bool told = item->object && at->offset != INQ_UNKNOWN;
	const struct inq_report *report = picking->report;
	const struct inq_object_info *object =
		told ? inq_object_info_at(report->objects, report->object_count, at->address) : NULL;
	const char *id = object ? object->build_id : NULL;
	char buffer[20];
	return id ? inq_arena_join(picking->ctx->arena, item->object, "@", id, offset_text(item->frame, buffer), NULL)
		  : "";
}

/* "libglx.so.1!glXDestroy"; without a name the place in the build, else that in the object. */
static const char *name_of(struct inq_picking *picking, const struct inq_picked *item)
{
	struct inq_arena *arena = picking->ctx->arena;
	const struct inq_location *at = &item->frame->location;
	char buffer[20];
	if (item->function && item->object)
		return inq_arena_join(arena, item->object, "!", item->function, NULL);
	if (item->function || !item->object)
		return item->function;
	if (*item->places || at->offset == INQ_UNKNOWN)
		return *item->places ? item->places : item->object;
	return inq_arena_join(arena, item->object, offset_text(item->frame, buffer), NULL);
}

/* The frame's names and what the rules say of it. False without memory. */
static bool judge(struct inq_picking *picking, const struct inq_frame_info *frame, struct inq_picked *ret)
{
	const struct inq_location *at = &frame->location;
	const char *function = at->function ? at->function : at->symbol;
	*ret = (struct inq_picked) { .frame = frame, .count = 1, .action = INQ_RULE_SKIP, .section = "unknown" };
	if (at->object)
		ret->object = inq_normal_object(picking->ctx, at->object);
	if (function && at->symbol && !at->inlined)
		function = inq_qualify(picking->ctx, function, at->symbol);
	if (function)
		ret->function = inq_normal_function(picking->ctx, function);
	if ((at->object && !ret->object) || (function && !ret->function))
		return false;
	if (ret->function && !*ret->function)
		ret->function = NULL;
	if ((!ret->object && !ret->function) || strcmp(frame->kind, "signal") == 0)
		return true;
	const char *section,
		*renamed = ret->function ? inq_rule_rename(picking->rules, ret->object, ret->function, &section) : NULL;
	if (renamed) {
		ret->function = renamed;
		inq_pick_note(picking, section);
	}
	ret->section = NULL;
	ret->action = inq_rule_of(picking->rules, ret->object, ret->function, &ret->section);
	ret->places = place_of(picking, ret);
	ret->name = ret->places ? name_of(picking, ret) : NULL;
	return ret->name != NULL;
}

static enum inq_status judge_all(struct inq_picking *picking, const struct inq_frame_info *frames, size_t count)
{
	count = count < MOST_FRAMES ? count : MOST_FRAMES;
	picking->items = inq_arena_array(picking->ctx->arena, count + 1, sizeof *picking->items);
	picking->count = 0;
	if (!picking->items)
		return inq_no_memory(picking->ctx);
	for (size_t i = 0; i < count; i++)
		if (!judge(picking, &frames[i], &picking->items[picking->count++]))
			return inq_no_memory(picking->ctx);
	return INQ_OK;
}

/* Where the frames begin that led to the end. A program that raised the signal itself may have done so through functions of
 * its own; a fault of the processor is behind frames of that kind only while they stand innermost. */
static size_t find_inner(struct inq_picking *picking, bool raised)
{
	size_t begin = 0;
	for (size_t i = 0; i < picking->count; i++) {
		const struct inq_picked *item = &picking->items[i];
		if (item->action == INQ_RULE_INNER) {
			begin = i + 1;
			inq_pick_note(picking, item->section);
		} else if (item->action != INQ_RULE_SKIP && !raised) {
			break;
		}
	}
	return begin < picking->count ? begin : 0;
}

static size_t find_outer(struct inq_picking *picking, size_t begin)
{
	for (size_t i = begin; i < picking->count; i++)
		if (picking->items[i].action == INQ_RULE_OUTER) {
			inq_pick_note(picking, picking->items[i].section);
			return i;
		}
	return picking->count;
}

/* Keeps the items for which `wanted` holds, in place. */
static void filter(struct inq_picking *picking, bool (*wanted)(struct inq_picking *picking, size_t item), size_t least)
{
	size_t kept = 0, count = picking->count;
	for (size_t i = 0; i < count; i++)
		kept += wanted(picking, i);
	if (kept < least || kept == count)
		return;
	struct inq_picked *to = picking->items;
	for (size_t i = 0; i < count; i++) {
		struct inq_picked item = picking->items[i];
		if (wanted(picking, i))
			*to++ = item;
		else
			inq_pick_note(picking, item.section ? item.section : "guess");
	}
	picking->count = kept;
}

static bool has_name(struct inq_picking *picking, size_t item)
{
	return picking->items[item].name != NULL;
}

static bool is_believed(struct inq_picking *picking, size_t item)
{
	return picking->items[item].frame->confidence != INQ_POSSIBLE;
}

static bool is_no_plumbing(struct inq_picking *picking, size_t item)
{
	return picking->items[item].action != INQ_RULE_SKIP;
}

static bool is_no_entry(struct inq_picking *picking, size_t item)
{
	return picking->items[item].action != INQ_RULE_ENTRY;
}

/* Adds the places of a frame to those of another of its name, up to a number that recursion seldom has. */
static bool add_places(struct inq_picking *picking, struct inq_picked *to, const struct inq_picked *from)
{
	size_t count = 1;
	if (!*from->places || !*to->places || strstr(to->places, from->places))
		return true;
	for (const char *c = to->places; *c; c++)
		count += *c == ' ';
	if (count >= MOST_PLACES)
		return true;
	to->places = inq_arena_printf(picking->ctx->arena, "%s %s", to->places, from->places);
	return to->places != NULL;
}

/* Each name where it is innermost. */
static enum inq_status fold(struct inq_picking *picking)
{
	size_t kept = 0;
	for (size_t i = 0; i < picking->count; i++) {
		size_t seen = 0;
		while (seen < kept && strcmp(picking->items[seen].name, picking->items[i].name) != 0)
			seen++;
		if (seen == kept)
			picking->items[kept++] = picking->items[i];
		else if (!add_places(picking, &picking->items[seen], &picking->items[i]))
			return inq_no_memory(picking->ctx);
	}
	if (kept < picking->count)
		inq_pick_note(picking, "recursion");
	picking->count = kept;
	return INQ_OK;
}

static void cut(struct inq_picking *picking, size_t begin, size_t end)
{
	memmove(picking->items, picking->items + begin, (end - begin) * sizeof *picking->items);
	picking->count = end - begin;
}

enum inq_status inq_pick_stack(struct inq_picking *picking, const struct inq_frame_info *frames, size_t count,
			       bool raised)
{
	enum inq_status status = judge_all(picking, frames, count);
	if (status != INQ_OK)
		return status;
	size_t begin = find_inner(picking, raised), end = find_outer(picking, begin);
	bool begun = end < picking->count;
	cut(picking, begin, end > begin ? end : picking->count);
	filter(picking, has_name, 0);
	filter(picking, is_no_plumbing, 1);
	filter(picking, is_believed, 1);
	if (picking->count && picking->items[0].action == INQ_RULE_SKIP)
		picking->count = 1; /* nothing but plumbing: the innermost stands for it */
	if (begun && picking->count > 1) {
		picking->items[picking->count - 1].action = INQ_RULE_ENTRY;
		picking->items[picking->count - 1].section = "entry";
	}
	filter(picking, is_no_entry, 1);
	return fold(picking);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct inq_picked *)a)->name, ((const struct inq_picked *)b)->name);
}

enum inq_status inq_pick_sort(struct inq_picking *picking)
{
	size_t kept = 0;
	qsort(picking->items, picking->count, sizeof *picking->items, by_name);
	for (size_t i = 0; i < picking->count; i++) {
		struct inq_picked *before = kept ? &picking->items[kept - 1] : NULL;
		if (!before || strcmp(before->name, picking->items[i].name) != 0) {
			picking->items[kept++] = picking->items[i];
			continue;
		}
		before->count += picking->items[i].count;
		if (!add_places(picking, before, &picking->items[i]))
			return inq_no_memory(picking->ctx);
	}
	picking->count = kept;
	return INQ_OK;
}

/* The frames of a folded cycle stand for many. */
static void weigh(struct inq_picking *picking)
{
	for (size_t i = 0; i < picking->count; i++) {
		const struct inq_frame_info *frame = picking->items[i].frame;
		for (size_t k = i; frame->repeats && k < picking->count && k - i < frame->cycle; k++)
			picking->items[k].count = frame->repeats + 1;
	}
}

/* A leaf that each turn calls once is on the stack once; the functions of the cycle are there as often as it turned. */
static void forget_leaves(struct inq_picking *picking)
{
	uint64_t most = 0;
	for (size_t i = 0; i < picking->count; i++)
		most = picking->items[i].count > most ? picking->items[i].count : most;
	for (size_t i = 0; i < picking->count; i++)
		if (picking->items[i].count < LEAST_RECURSION || picking->items[i].count < most / 8)
			picking->items[i] =
				(struct inq_picked) { .frame = picking->items[i].frame, .section = "recursion" };
}

enum inq_status inq_pick_cycle(struct inq_picking *picking, const struct inq_frame_info *frames, size_t count)
{
	enum inq_status status = judge_all(picking, frames, count);
	if (status != INQ_OK)
		return status;
	weigh(picking);
	filter(picking, has_name, 0);
	status = inq_pick_sort(picking);
	if (status != INQ_OK)
		return status;
	forget_leaves(picking);
	filter(picking, has_name, 0);
	filter(picking, is_no_plumbing, 1);
	return INQ_OK;
}
