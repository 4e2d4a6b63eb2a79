/* Entries in the form that is compared: at most eight frames, names interned, and what one crash does not tell (the names of
 * frames, the functions inlined in them) taken from crashes of the same build that do. */
#include "lib/group/names.h"
#include "lib/group/parts.h"

#include <stdlib.h>
#include <string.h>

/* What stands at a place of a build: one function, and those inlined there, innermost first. */
struct chain {
	const char *const *names;
	size_t count;
	bool inlines_known;
};

struct making {
	struct inq_arena *arena;
	struct inq_names interned, places; /* places: of struct chain */
};

static bool is_named(const struct inq_signature *signature, const char *const *places, size_t frame)
{
	return strcmp(signature->frames[frame], places[frame]) != 0;
}

static int compare_names(const struct chain *a, const struct chain *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		int order = strcmp(a->names[i], b->names[i]);
		if (order)
			return order;
	}
	return 0;
}

/* The better knowledge of a place: with inlined functions, the longer, else the first by name, whichever came first. */
static bool is_better(const struct chain *one, const struct chain *other)
{
	if (one->inlines_known != other->inlines_known)
		return one->inlines_known;
	if (one->count != other->count)
		return one->count > other->count;
	return compare_names(one, other) < 0;
}

/* The first of a list of places, and the rest: places are separated by blanks. */
static const char *next_place(struct making *making, const char **list)
{
	size_t length = strcspn(*list, " ");
	const char *place = inq_arena_copy(making->arena, *list, length);
	*list += length + ((*list)[length] == ' ');
	return place;
}

static bool learn_place(struct making *making, const char *place, const struct chain *found)
{
	void **slot = place ? inq_name_slot(&making->places, making->arena, place, NULL) : NULL;
	if (slot && !*slot)
		*slot = inq_arena_alloc(making->arena, sizeof *found);
	if (!slot || !*slot)
		return false;
	struct chain *known = *slot;
	if (!known->count || is_better(found, known))
		*known = *found;
	return true;
}

/* True when the list has the place. */
static bool has_place(const char *list, const char *place)
{
	size_t length = strlen(place);
	for (const char *at = list; (at = strstr(at, place)); at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

/* All frames from `first` on that were seen at the place. */
static bool learn_chain(struct making *making, const struct inq_signature *signature, const char *const *places,
			size_t first, const char *place)
{
	struct chain found = { .inlines_known = signature->inlines_known };
	const char **names =
		place ? inq_arena_array(making->arena, signature->frame_count - first, sizeof *names) : NULL;
	if (!names)
		return false;
	for (size_t i = first; i < signature->frame_count; i++)
		if (has_place(places[i], place))
			names[found.count++] = signature->frames[i];
	found.names = names;
	return learn_place(making, place, &found);
}

static bool learn_build(struct making *making, const struct inq_signature *signature, const char *const *places)
{
	for (size_t i = 0; i < signature->frame_count; i++) {
		if (!is_named(signature, places, i) || (i && strcmp(places[i], places[i - 1]) == 0))
			continue;
		for (const char *list = places[i]; *list;)
			if (!learn_chain(making, signature, places, i, next_place(making, &list)))
				return false;
	}
	return true;
}

static bool learn(struct making *making, const struct inq_entry *entry)
{
	for (size_t i = 0; i < entry->build_count; i++)
		if (!learn_build(making, &entry->signature, entry->builds[i]))
			return false;
	return true;
}

/* "f" of "libx.so!a::b::f". */
static const char *last_part(const char *name)
{
	const char *bang = strchr(name, '!');
	name = bang ? bang + 1 : name;
	for (const char *next; (next = strstr(name, "::")) && next[2];)
		name = next + 2;
	return name;
}

/* Interns the frame, unless the stem has it or is full. */
static bool add_frame(struct making *making, struct inq_stem *stem, const char *name, bool named)
{
	const char *key;
	if (!inq_name_slot(&making->interned, making->arena, name, &key))
		return false;
	for (size_t i = 0; i < stem->frame_count; i++)
		if (stem->frames[i] == key)
			return true;
	if (stem->frame_count == INQ_STEM_FRAMES)
		return true;
	size_t slot = stem->frame_count++;
	stem->frames[slot] = key;
	return !named || inq_name_slot(&making->interned, making->arena, last_part(name), &stem->functions[slot]);
}

/* By the first of a list. */
static void **find_place(const struct making *making, const char *list)
{
	char place[512];
	size_t length = strcspn(list, " ");
	if (length >= sizeof place)
		return NULL;
	memcpy(place, list, length);
	place[length] = '\0';
	return inq_name_find(&making->places, place);
}

/* The chain that is known of the frame's place and better than the frame itself; NULL. */
static const struct chain *find_chain(const struct making *making, const struct inq_signature *signature,
				      const char *const *places, size_t frame)
{
	void **slot = *places[frame] ? find_place(making, places[frame]) : NULL;
	const struct chain *chain = slot ? *slot : NULL;
	if (!chain || (is_named(signature, places, frame) && !chain->inlines_known))
		return NULL;
	return chain;
}

/* The frames, with what is known of a build's places. */
static bool fill_frames(struct making *making, const struct inq_signature *signature, const char *const *places,
			struct inq_stem *stem)
{
	bool all = true;
	for (size_t i = 0; i < signature->frame_count; i++) {
		const struct chain *chain = signature->inlines_known ? NULL : find_chain(making, signature, places, i);
		all &= chain && chain->inlines_known;
		for (size_t k = 0; chain && k < chain->count; k++)
			if (!add_frame(making, stem, chain->names[k], true))
				return false;
		if (!chain && !add_frame(making, stem, signature->frames[i], is_named(signature, places, i)))
			return false;
	}
	/* A canary is checked at the end of the function that others were inlined in: these are not on the stack any more. */
	stem->inlines_known = (signature->inlines_known || all) && !strstr(signature->kind, "stack-smashing");
	return true;
}

/* A program that ended itself by a way of its run-time's, whose frames nothing tells of, though it does of those behind
 * them: the way is no part of the bug. */
static void drop_unnamed_end(struct inq_stem *stem)
{
	size_t unnamed = 0;
	while (unnamed < stem->frame_count && !stem->functions[unnamed])
		unnamed++;
	if (stem->way.family != INQ_WAY_ABORT || unnamed == stem->frame_count)
		return;
	stem->frame_count -= unnamed;
	memmove(stem->frames, stem->frames + unnamed, stem->frame_count * sizeof *stem->frames);
	memmove(stem->functions, stem->functions + unnamed, stem->frame_count * sizeof *stem->functions);
}

/* How many frames of a build are known better than the signature itself tells. */
static size_t count_known(const struct making *making, const struct inq_signature *signature, const char *const *places)
{
	size_t count = 0;
	for (size_t i = 0; i < signature->frame_count; i++)
		count += find_chain(making, signature, places, i) != NULL;
	return count;
}

static int compare_builds(const struct inq_signature *signature, const char *const *a, const char *const *b)
{
	for (size_t i = 0; i < signature->frame_count; i++) {
		int order = strcmp(a[i], b[i]);
		if (order)
			return order;
	}
	return 0;
}

/* Of the builds that an entry was seen in, the one that is known best. */
static const char *const *best_build(const struct making *making, const struct inq_entry *entry)
{
	const struct inq_signature *signature = &entry->signature;
	const char *const *best = entry->builds[0];
	size_t most = count_known(making, signature, best);
	for (size_t i = 1; i < entry->build_count; i++) {
		size_t known = count_known(making, signature, entry->builds[i]);
		if (known < most || (known == most && compare_builds(signature, best, entry->builds[i]) <= 0))
			continue;
		best = entry->builds[i];
		most = known;
	}
	return best;
}

int inq_stem_compare(const struct inq_stem *a, unsigned skip, const struct inq_stem *b)
{
	size_t i = 0, k = 0;
	for (;; i++, k++) {
		while (i < a->frame_count && skip >> i & 1)
			i++;
		if (i == a->frame_count || k == b->frame_count)
			break;
		int order = a->frames[i] == b->frames[k] ? 0 : strcmp(a->frames[i], b->frames[k]);
		if (order)
			return order;
	}
	return (i < a->frame_count) - (k < b->frame_count);
}

/* The same for the same entries, however they are ordered: hashes are unique. */
static int by_frames(const void *a, const void *b, void *entries)
{
	const struct inq_stem *one = a, *other = b;
	const struct inq_entry *all = entries;
	int order = inq_stem_compare(one, 0, other);
	return order ? order : strcmp(all[one->entry].signature.hash, all[other->entry].signature.hash);
}

static enum inq_status make_all(struct making *making, const struct inq_entry *entries, size_t count,
				struct inq_stem *stems, size_t *ret_count)
{
	size_t made = 0;
	for (size_t i = 0; i < count; i++)
		if (entries[i].signature.hash && !learn(making, &entries[i]))
			return INQ_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		if (!entries[i].signature.hash)
			continue;
		struct inq_stem *stem = &stems[made++];
		stem->entry = i;
		stem->way = inq_way_of(&entries[i].signature);
		stem->programs = entries[i].programs;
		stem->program_count = entries[i].program_count;
		if (!fill_frames(making, &entries[i].signature, best_build(making, &entries[i]), stem))
			return INQ_NO_MEMORY;
		drop_unnamed_end(stem);
	}
	*ret_count = made;
	return INQ_OK;
}

enum inq_status inq_stems_make(struct inq_arena *arena, const struct inq_entry *entries, size_t count,
			       struct inq_stem **ret, size_t *ret_count)
{
	struct making making = { .arena = arena };
	struct inq_stem *stems = inq_arena_array(arena, count, sizeof *stems);
	enum inq_status status = stems ? make_all(&making, entries, count, stems, ret_count) : INQ_NO_MEMORY;
	inq_names_release(&making.interned);
	inq_names_release(&making.places);
	if (status != INQ_OK)
		return status;
	qsort_r(stems, *ret_count, sizeof *stems, by_frames, (void *)entries);
	*ret = stems;
	return INQ_OK;
}
