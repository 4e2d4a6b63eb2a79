/* Stacks that a text prints, against the map of another artefact: the objects that it names for addresses, and its frame
 * pointers, which point into stacks. */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* "libc-2.31.so" and "libc.so.6", "ld-2.31.so" and "ld-linux-x86-64.so.2" are one file under two names: what counts is
 * what stands before the version. */
static size_t stem_length(const char *name)
{
	size_t length = 0;
	while (name[length] && name[length] != '.' &&
	       !(name[length] == '-' && name[length + 1] >= '0' && name[length + 1] <= '9'))
		length++;
	return length ? length : strlen(name);
}

/* Windows' paths have backslashes, and its names no case. */
static const char *file_name(const char *path)
{
	const char *base = inq_base_name(path), *slash = strrchr(base, '\\');
	return slash ? slash + 1 : base;
}

bool inq_is_same_object(const char *told, const char *mapped)
{
	const char *one = file_name(told), *two = file_name(mapped);
	size_t length = stem_length(one), other = stem_length(two);
	size_t least = length < other ? length : other;
	const char *longer = length < other ? two : one;
	return strncasecmp(one, two, least) == 0 && (length == other || longer[least] == '-');
}

/* What a map says of the frames. */
struct frame_fit {
	size_t same, other;		     /* addresses in the object that the text names, and elsewhere */
	const struct inq_text_frame *first;  /* of those elsewhere */
	size_t moved;			     /* of those elsewhere: the object is mapped, but not there */
	const struct inq_text_frame *away;   /* the first of them */
	size_t mapped, unmapped;	     /* frame pointers */
	const struct inq_text_frame *astray; /* the first that points to nothing */
};

static const struct inq_mapping *find_object(const struct inq_space *map, const char *told)
{
	const struct inq_file *last = NULL;
	for (size_t i = 0; i < map->mappings.count; i++) {
		const struct inq_mapping *mapping = &map->mappings.items[i];
		if (!mapping->file || mapping->file == last)
			continue;
		last = mapping->file;
		if (inq_is_same_object(told, mapping->file->path))
			return mapping;
	}
	return NULL;
}

static void fit_elsewhere(const struct inq_space *map, const struct inq_text_frame *frame, struct frame_fit *fit)
{
	enum { MOST_LOOKED_FOR = 64 };
	if (fit->other < MOST_LOOKED_FOR && find_object(map, frame->object)) {
		fit->moved++;
		fit->away = fit->away ? fit->away : frame;
	}
	if (!fit->other++)
		fit->first = frame;
}

static void fit_frame(const struct inq_space *map, bool named, const struct inq_text_frame *frame,
		      struct frame_fit *fit)
{
	if (named && frame->pc != INQ_UNKNOWN && frame->object) {
		const struct inq_mapping *mapping = inq_space_mapping_at(map, frame->pc);
		bool same = mapping && mapping->file && inq_is_same_object(frame->object, mapping->file->path);
		if (same)
			fit->same++;
		else
			fit_elsewhere(map, frame, fit);
	}
	if (frame->base == INQ_UNKNOWN)
		return;
	if (inq_space_mapping_at(map, frame->base))
		fit->mapped++;
	else if (!fit->unmapped++)
		fit->astray = frame;
}

/* Of one of the two the stacks, of the other the map; nothing when they are not so. */
static struct frame_fit fit_frames(const struct inq_space *text, const struct inq_space *map)
{
	enum { MOST_FRAMES = 10000 };
	struct frame_fit fit = { 0 };
	size_t left = MOST_FRAMES;
	bool named = inq_names_files(map);
	if (!inq_space_lists_all(map))
		return fit;
	for (size_t i = 0; i < text->threads.count; i++) {
		const struct inq_text_stack *stack = &text->threads.items[i].stack;
		for (size_t j = 0; j < stack->count && left; j++, left--)
			fit_frame(map, named, &stack->frames[j], &fit);
	}
	return fit;
}

bool inq_pair_frames_fit(const struct inq_pair *pair)
{
	struct frame_fit one = fit_frames(pair->one, pair->two), two = fit_frames(pair->two, pair->one);
	size_t good = one.same + two.same + one.mapped + two.mapped;
	return good > one.other + two.other + one.unmapped + two.unmapped;
}

/* Of one side the innermost frames, of threads in their order. */
struct inner {
	const struct inq_space *space;
	size_t thread, frame, left;
};

static struct inner inner_of(const struct inq_space *space)
{
	enum { FEW = 16 };
	return (struct inner) { .space = space, .left = FEW };
}

static const struct inq_text_frame *next_frame(struct inner *inner)
{
	const struct inq_thread_vec *threads = &inner->space->threads;
	while (inner->thread < threads->count && inner->frame >= threads->items[inner->thread].stack.count) {
		inner->thread++;
		inner->frame = 0;
	}
	if (inner->thread >= threads->count || !inner->left)
		return NULL;
	inner->left--;
	return &threads->items[inner->thread].stack.frames[inner->frame++];
}

/* The C library and the loader are in every process. */
static bool is_everywhere(const char *object)
{
	static const char *const names[] = { "libc.so", "ld.so", "libpthread.so", "linux-vdso.so" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (inq_is_same_object(object, names[i]))
			return true;
	return false;
}

static bool frames_agree(const struct inq_text_frame *one, const struct inq_text_frame *two)
{
	if (one->pc == two->pc && one->pc != INQ_UNKNOWN && one->pc)
		return true;
	return one->object && two->object && inq_is_same_object(one->object, two->object) &&
	       !is_everywhere(one->object);
}

/* Whether the frame is in a file that the other maps there, or in its program. */
static bool is_of(const struct inq_text_frame *frame, const struct inq_space *other)
{
	const struct inq_mapping *mapping = frame->pc == INQ_UNKNOWN ? NULL : inq_space_mapping_at(other, frame->pc);
	return (mapping && mapping->file) || (frame->object && inq_is_program(other, frame->object));
}

static bool any_is_of(const struct inq_space *text, const struct inq_space *other)
{
	struct inner inner = inner_of(text);
	const struct inq_text_frame *frame;
	while ((frame = next_frame(&inner)))
		if (is_of(frame, other))
			return true;
	return false;
}

bool inq_pair_stacks_agree(const struct inq_pair *pair)
{
	struct inner inner = inner_of(pair->one);
	const struct inq_text_frame *one, *two;
	while ((one = next_frame(&inner)))
		for (struct inner others = inner_of(pair->two); (two = next_frame(&others));)
			if (frames_agree(one, two))
				return true;
	return any_is_of(pair->one, pair->two) || any_is_of(pair->two, pair->one);
}

static uint64_t base_of(const struct inq_space *map, const struct inq_file *file)
{
	size_t i = 0;
	while (map->mappings.items[i].file != file)
		i++;
	return map->mappings.items[i].start;
}

static const char *say_object(const struct inq_pair *pair, const struct inq_text_frame *frame, bool two_is_text)
{
	const struct inq_space *map = two_is_text ? pair->one : pair->two;
	const char *text = two_is_text ? inq_pair_two(pair) : inq_pair_one(pair);
	const char *map_name = two_is_text ? inq_pair_one(pair) : inq_pair_two(pair);
	const struct inq_mapping *mapping = inq_space_mapping_at(map, frame->pc);
	if (!mapping || !mapping->file)
		return inq_pair_say(pair, "%s says that 0x%" PRIx64 " is in %s; in the map of %s %s is there", text,
				    frame->pc, frame->object, map_name, mapping ? "no file" : "nothing");
	return inq_pair_say(pair, "%s says that 0x%" PRIx64 " is in %s; in the map of %s it is %s+0x%" PRIx64, text,
			    frame->pc, frame->object, map_name, mapping->file->path,
			    frame->pc - base_of(map, mapping->file));
}

const char *inq_contradicts_object(const struct inq_pair *pair)
{
	struct frame_fit two = fit_frames(pair->two, pair->one), one = fit_frames(pair->one, pair->two);
	if (two.other > two.same)
		return say_object(pair, two.first, true);
	return one.other > one.same ? say_object(pair, one.first, false) : NULL;
}

static const char *say_moved(const struct inq_pair *pair, const struct inq_text_frame *frame, bool two_is_text)
{
	const struct inq_mapping *mapping = find_object(two_is_text ? pair->one : pair->two, frame->object);
	return inq_pair_say(pair, "%s says that 0x%" PRIx64 " is in %s; in the map of %s that stands at 0x%" PRIx64,
			    two_is_text ? inq_pair_two(pair) : inq_pair_one(pair), frame->pc, frame->object,
			    two_is_text ? inq_pair_one(pair) : inq_pair_two(pair), mapping->start);
}

/* Nothing moves an object that is mapped: whatever the process numbers say, that was another run. Processes of containers often
 * have the same small number. */
const char *inq_contradicts_moved(const struct inq_pair *pair)
{
	struct frame_fit two = fit_frames(pair->two, pair->one), one = fit_frames(pair->one, pair->two);
	if (two.moved > two.same)
		return say_moved(pair, two.away, true);
	return one.moved > one.same ? say_moved(pair, one.away, false) : NULL;
}

const char *inq_contradicts_frames(const struct inq_pair *pair)
{
	struct frame_fit two = fit_frames(pair->two, pair->one), one = fit_frames(pair->one, pair->two);
	bool wrong = two.unmapped > two.mapped;
	if (!wrong && one.unmapped <= one.mapped)
		return NULL;
	const struct inq_text_frame *astray = wrong ? two.astray : one.astray;
	return inq_pair_say(pair,
			    "of the frame pointers that %s prints most point to nothing in the map of %s: 0x%" PRIx64,
			    wrong ? inq_pair_two(pair) : inq_pair_one(pair),
			    wrong ? inq_pair_one(pair) : inq_pair_two(pair), astray->base);
}
