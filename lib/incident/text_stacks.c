/* Stacks that texts print: how far each may be believed, and where its frames are, by what the text says and by the map
 * that was joined with it. The text's own names win: it was printed with the files of that machine. Where text and map name
 * different objects for one address, they are of two processes, and the report says so. */
#include "lib/incident/text_stacks.h"

#include "lib/incident/contradict.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_CONFLICTS = 10, MOST_WRONG = 3 };

static const char *path_of(const struct inq_space *space, uint32_t artefact)
{
	return artefact < space->artefacts.count ? space->artefacts.items[artefact].path : "";
}

static bool told_before(const struct inq_incident *incident, const char *evidence)
{
	unsigned count = 0;
	for (size_t i = 0; i < incident->contradictions.count; i++) {
		const struct inq_contradiction *one = &incident->contradictions.items[i];
		if (strcmp(one->what, "object") != 0)
			continue;
		if (++count == MOST_CONFLICTS || strcmp(one->evidence.items[0], evidence) == 0)
			return true;
	}
	return false;
}

static enum inq_status contradict(struct inq_incident *incident, const struct inq_thread *thread,
				  const struct inq_text_frame *frame, const struct inq_location *at)
{
	const struct inq_space *space = incident->space;
	const struct inq_mapping *mapping = inq_space_mapping_at(space, at->address);
	const char *place = at->object
				    ? inq_arena_printf(incident->ctx.arena, "in %s+0x%" PRIx64, at->object, at->offset)
				    : "where nothing is mapped";
	const char *evidence = inq_arena_printf(incident->ctx.arena,
						"line %" PRIu64 " says that 0x%" PRIx64
						" is in %s; by the map it is %s. The text's name was kept",
						frame->line, frame->pc, frame->object, place ? place : "elsewhere");
	if (!evidence)
		return inq_no_memory(&incident->ctx);
	if (told_before(incident, evidence))
		return INQ_OK;
	const struct inq_mapping *first = mapping ? mapping : space->mappings.items;
	return inq_incident_contradict(incident, "object", path_of(space, thread->place.artefact),
				       path_of(space, first->place.artefact), evidence);
}

/* The address of a frame that tells only its object and the offset there, or its symbol. */
static uint64_t find_pc(const struct inq_incident *incident, const struct inq_text_frame *frame)
{
	const char *base = frame->object ? inq_base_name(frame->object) : NULL;
	uint64_t address;
	if (frame->pc != INQ_UNKNOWN || !base)
		return frame->pc;
	struct inq_object *object = inq_object_by_name(incident->space, base, strlen(base));
	if (!object)
		return INQ_UNKNOWN;
	if (frame->offset < object->end - object->base)
		return object->base + frame->offset;
	if (frame->offset == INQ_UNKNOWN && frame->symbol && frame->symbol_offset != INQ_UNKNOWN &&
	    inq_symbol_find(incident->space, object, frame->symbol, strlen(frame->symbol), &address))
		return address + frame->symbol_offset;
	return INQ_UNKNOWN;
}

static enum inq_status ask_map(struct inq_incident *incident, const struct inq_text_frame *frame, uint64_t pc,
			       struct inq_location *ret)
{
	bool back = !frame->exact && frame->kind == INQ_FRAME_NATIVE && pc;
	*ret = (struct inq_location) {
		.address = INQ_UNKNOWN, .offset = INQ_UNKNOWN, .start = INQ_UNKNOWN, .end = INQ_UNKNOWN
	};
	if (pc == INQ_UNKNOWN)
		return INQ_OK;
	enum inq_status status = frame->symbol ? inq_locate_symbol(incident, pc - back, ret)
					       : inq_incident_locate(incident, pc - back, ret);
	ret->address += back;
	if (ret->object)
		ret->offset += back;
	if (ret->symbol)
		ret->symbol_offset += back;
	return status;
}

/* Whether the map says which part of the file is there: the kernel's log often does not, and offsets then count from the mapping. */
static bool is_placed(const struct inq_incident *incident, const struct inq_location *at)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(incident->space, at->address);
	return !mapping || mapping->file_offset != INQ_UNKNOWN;
}

/* What the text says, over what the map's files say. */
static void take_words(struct inq_incident *incident, const struct inq_text_frame *frame, struct inq_location *ret)
{
	bool placed = frame->offset == INQ_UNKNOWN || is_placed(incident, ret);
	if (frame->object && (!ret->object || !placed)) {
		ret->object = frame->object;
		ret->offset = frame->offset;
	}
	if (frame->symbol) {
		const char *readable = inq_readable_name(incident, frame->symbol);
		ret->symbol = frame->symbol;
		ret->symbol_offset = frame->symbol_offset;
		ret->function = readable == frame->symbol ? NULL : readable;
		ret->inlined = false;
	}
	if (frame->file) {
		ret->file = frame->file;
		ret->line = frame->source_line;
	}
	ret->told = !ret->mapped && (ret->object || ret->symbol);
}

enum inq_status inq_text_locate(struct inq_incident *incident, const struct inq_thread *thread,
				const struct inq_text_frame *frame, struct inq_location *ret)
{
	uint64_t pc = find_pc(incident, frame);
	enum inq_status status = ask_map(incident, frame, pc, ret);
	bool other = ret->object && !inq_is_same_object(frame->object ? frame->object : ret->object, ret->object);
	bool nowhere = frame->pc != INQ_UNKNOWN && !ret->mapped && inq_space_lists_all(incident->space);
	if (status == INQ_OK && frame->object && frame->pc != INQ_UNKNOWN && (other || nowhere)) {
		status = contradict(incident, thread, frame, ret);
		*ret = (struct inq_location) {
			.address = pc, .offset = INQ_UNKNOWN, .start = INQ_UNKNOWN, .end = INQ_UNKNOWN, .untold = true
		};
	}
	take_words(incident, frame, ret);
	return status;
}

/* What is at a frame pointer that cannot be one: stacks are never in files nor in the brk heap. NULL where it may be. */
static const char *wrong_place(const struct inq_incident *incident, uint64_t base)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(incident->space, base);
	const struct inq_region *region = inq_region_at(incident->report.regions, incident->report.region_count, base);
	if (!mapping)
		return inq_space_lists_all(incident->space) ? "nothing" : NULL;
	if (region && region->class_ == INQ_CLASS_BRK_HEAP)
		return "the brk heap";
	if (mapping->name && (strcmp(mapping->name, "[heap]") == 0 || strcmp(mapping->name, "[ heap ]") == 0))
		return "the brk heap";
	return mapping->file ? inq_base_name(mapping->file->path) : NULL;
}

/* The frame pointers from `at` on that lie where no stack is, in a sentence. */
static const char *list_wrong(struct inq_incident *incident, const struct inq_text_stack *stack, size_t at)
{
	struct inq_str text = { 0 };
	unsigned count = 0;
	for (size_t i = at; i < stack->count && count < MOST_WRONG; i++) {
		const char *what = wrong_place(incident, stack->frames[i].base);
		if (stack->frames[i].base == INQ_UNKNOWN || !what)
			break;
		inq_str_printf(&text, "%s0x%" PRIx64 " points into %s", count++ ? ", " : "the frame pointer ",
			       stack->frames[i].base, what);
	}
	inq_str_puts(&text, ": the frames that the text prints below were not believed");
	const char *why = text.failed ? NULL : inq_arena_copy(incident->ctx.arena, text.text, text.length);
	inq_str_release(&text);
	return why;
}

/* Why the frame after `at` is no caller of it; NULL when it may be. */
static const char *why_broken(struct inq_incident *incident, const struct inq_text_stack *stack, size_t at)
{
	const struct inq_text_frame *frame = &stack->frames[at], *next = frame + 1;
	if (frame->base == INQ_UNKNOWN)
		return NULL;
	if (wrong_place(incident, frame->base))
		return list_wrong(incident, stack, at);
	if (at + 1 == stack->count)
		return NULL;
	if (next->pc == 0)
		return "the return address that the text prints next is 0: it and what follows were not believed";
	if (next->base != INQ_UNKNOWN && next->base <= frame->base && next->base && !next->interrupted)
		return "the frame pointers that the text prints next go backwards: those frames were not believed";
	return NULL;
}

struct inq_text_trust inq_text_believe(struct inq_incident *incident, const struct inq_text_stack *stack)
{
	struct inq_text_trust trust = { .count = stack->count, .sure = stack->count, .end = stack->end };
	for (size_t i = 0; i < stack->count; i++) {
		const struct inq_text_frame *frame = &stack->frames[i];
		/* A signal may have come on another stack, or while the frame pointer held something else. */
		if (i && frame->interrupted && frame[-1].base != INQ_UNKNOWN && frame->base <= frame[-1].base &&
		    trust.sure > i + 1)
			trust.sure = i + 1;
		trust.why = why_broken(incident, stack, i);
		if (!trust.why)
			continue;
		trust.end = i + 1 < stack->count ? INQ_END_BROKEN_CHAIN : stack->end;
		trust.count = i + 1;
		break;
	}
	return trust;
}
