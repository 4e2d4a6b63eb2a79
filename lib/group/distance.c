/* How far two stacks are apart. Frames that both have are aligned; each stretch between them costs by its place and its form:
 * where only one stack has frames of its own (a function was inlined, or left by a tail call) little, where both have (the
 * way there was another) much, the more the further in. docs/triage.md has the formula. */
#include "lib/group/parts.h"

#include <string.h>

/* What a stretch costs that begins at position 0, 1, 2 … */
static const double both_differ[] = { 1, 0.41, 0.32, 0.2, 0.14, 0.1, 0.08, 0.06 };
static const double one_lacks[] = { 0.5, 0.18, 0.1, 0.06, 0.04, 0.03, 0.02, 0.02 };
static const double other_place = 0.35; /* both differ, and none of their frames has a name: such places are exact */
static const double inlining = 0.3, other_object = 0.03, set_weight = 0.6;

enum { LAST = sizeof both_differ / sizeof *both_differ - 1 };

/* Frames that are aligned; -1 stands for the end inside of the innermost. */
struct pair {
	int a, b;
	double cost; /* of everything inside of it, and its own */
	int before;  /* the pair inside of it; -1 */
};

static bool share_program(const struct inq_stem *a, const struct inq_stem *b)
{
	for (size_t i = 0, k = 0; i < a->program_count && k < b->program_count;) {
		if (a->programs[i] == b->programs[k])
			return true;
		if (a->programs[i] < b->programs[k])
			i++;
		else
			k++;
	}
	return false;
}

/* True for "a!x::f" and "a!f", as debug information and the linker name a function, or a frame and the same one in another
 * object (*moved). */
static bool same_function(const char *one, const char *other, bool *moved)
{
	const char *one_bang = strchr(one, '!'), *other_bang = strchr(other, '!');
	const char *one_name = one_bang ? one_bang + 1 : one, *other_name = other_bang ? other_bang + 1 : other;
	size_t one_length = strlen(one_name), other_length = strlen(other_name);
	*moved = one_name - one != other_name - other || memcmp(one, other, (size_t)(one_name - one)) != 0;
	if (one_length > other_length)
		return strcmp(one_name + one_length - other_length, other_name) == 0;
	return strcmp(other_name + other_length - one_length, one_name) == 0;
}

/* The frame of `stem` that is the same as frame `i` of `other`; -1. A function that moved into another object of the same
 * program, as static linking does with those of libraries, stays the same. */
static int find_frame(const struct inq_stem *other, size_t i, const struct inq_stem *stem, bool *moved)
{
	*moved = false;
	for (size_t k = 0; k < stem->frame_count; k++)
		if (stem->frames[k] == other->frames[i])
			return (int)k;
	for (size_t k = 0; other->functions[i] && k < stem->frame_count; k++)
		if (stem->functions[k] == other->functions[i] &&
		    same_function(stem->frames[k], other->frames[i], moved) && (!*moved || share_program(stem, other)))
			return (int)k;
	*moved = false;
	return -1;
}

static bool are_unnamed(const struct inq_stem *stem, int from, int to)
{
	for (int i = from + 1; i < to; i++)
		if (stem->functions[i])
			return false;
	return true;
}

/* The cost of the frames between two aligned pairs. */
static double stretch(const struct inq_stem *a, const struct inq_stem *b, int from_a, int to_a, int from_b, int to_b)
{
	bool own_a = to_a - from_a > 1, own_b = to_b - from_b > 1;
	int at = from_a < from_b ? from_a + 1 : from_b + 1;
	at = at < LAST ? at : LAST;
	if (own_a && own_b) {
		bool exact = are_unnamed(a, from_a, to_a) && are_unnamed(b, from_b, to_b);
		return exact && both_differ[at] < other_place ? other_place : both_differ[at];
	}
	if (!own_a && !own_b)
		return 0;
	bool known = own_a ? b->inlines_known : a->inlines_known; /* of the one that lacks them */
	return one_lacks[at] * (known ? 1 : inlining);
}

static size_t align(const struct inq_stem *a, const struct inq_stem *b, struct pair *pairs)
{
	size_t count = 0;
	for (size_t i = 0; i < a->frame_count; i++) {
		bool moved;
		int other = find_frame(a, i, b, &moved);
		if (other < 0)
			continue;
		struct pair *pair = &pairs[count];
		*pair = (struct pair) { (int)i, other, stretch(a, b, -1, (int)i, -1, other), -1 };
		for (size_t k = 0; k < count; k++) {
			if (pairs[k].b >= other)
				continue;
			double cost = pairs[k].cost + stretch(a, b, pairs[k].a, (int)i, pairs[k].b, other);
			if (cost < pair->cost) {
				pair->cost = cost;
				pair->before = (int)k;
			}
		}
		pair->cost += moved ? other_object : 0;
		count++;
	}
	return count;
}

/* Notes the frames of the alignment that ends with pair `last`. */
static void note(const struct inq_stem *a, const struct pair *pairs, int last, struct inq_nearness *ret)
{
	for (int i = last; i >= 0; i = pairs[i].before)
		ret->agree_count++;
	size_t slot = ret->agree_count;
	for (int i = last; i >= 0; i = pairs[i].before)
		ret->agree[--slot] = a->frames[pairs[i].a];
}

static double sequence_distance(const struct inq_stem *a, const struct inq_stem *b, struct inq_nearness *ret)
{
	struct pair pairs[INQ_STEM_FRAMES];
	size_t count = align(a, b, pairs);
	double best = 1;
	int last = -1;
	for (size_t i = 0; i < count; i++) {
		double cost =
			pairs[i].cost + stretch(a, b, pairs[i].a, (int)a->frame_count, pairs[i].b, (int)b->frame_count);
		if (cost < best) {
			best = cost;
			last = (int)i;
		}
	}
	note(a, pairs, last, ret);
	return best;
}

static double set_distance(const struct inq_stem *a, const struct inq_stem *b, struct inq_nearness *ret)
{
	for (size_t i = 0; i < a->frame_count; i++) {
		bool moved;
		if (find_frame(a, i, b, &moved) >= 0)
			ret->agree[ret->agree_count++] = a->frames[i];
	}
	size_t all = a->frame_count + b->frame_count - ret->agree_count;
	return all ? set_weight * (double)(all - ret->agree_count) / (double)all : 1;
}

struct inq_nearness inq_stem_distance(const struct inq_stem *a, const struct inq_stem *b)
{
	struct inq_nearness ret = { .distance = inq_way_distance(&a->way, &b->way) };
	if (ret.distance < 1)
		ret.distance += a->way.set ? set_distance(a, b, &ret) : sequence_distance(a, b, &ret);
	return ret;
}
