/* Complete linkage under a threshold, near-linear: stems are sorted by their frames, so what is alike stands close, and a stem
 * is compared only with the neighbours of itself and of what it would be without some of its innermost frames. From the
 * nearest pair on, two clusters become one when no stem of one is too far from any of the other. */
#include "lib/group/parts.h"

#include <stdlib.h>
#include <string.h>

/* Neighbours on each side; comparisons for each stem that merging may cost, which only a hostile set reaches. */
enum { NEIGHBOURS = 12, COMPARISONS = 400, LEAST_COMPARISONS = 1 << 26 };

struct edge {
	double distance;
	size_t a, b; /* a < b */
};

INQ_VEC(edge_vec, struct edge)

struct clustering {
	const struct inq_stem *stems;
	size_t count;
	struct edge_vec edges;
	size_t *cluster; /* the first stem of each one's cluster */
	size_t *next;	 /* in its cluster; SIZE_MAX ends it */
	size_t *last;	 /* of the cluster that begins here */
	size_t budget;
};

static double distance(const struct clustering *clustering, size_t a, size_t b)
{
	if (a > b)
		return distance(clustering, b, a);
	return inq_stem_distance(&clustering->stems[a], &clustering->stems[b]).distance;
}

static bool compare(struct clustering *clustering, size_t a, size_t b)
{
	double apart = a == b ? 1 : distance(clustering, a, b);
	if (apart > INQ_GROUP_THRESHOLD)
		return true;
	struct edge *edge = edge_vec_push(&clustering->edges);
	if (!edge)
		return false;
	*edge = (struct edge) { apart, a < b ? a : b, a < b ? b : a };
	return true;
}

/* Where the stem would stand without the frames of `skip`. */
static size_t place_of(const struct clustering *clustering, const struct inq_stem *stem, unsigned skip)
{
	size_t low = 0, high = clustering->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (inq_stem_compare(stem, skip, &clustering->stems[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool compare_around(struct clustering *clustering, size_t stem, unsigned skip)
{
	size_t at = skip ? place_of(clustering, &clustering->stems[stem], skip) : stem;
	size_t from = at < NEIGHBOURS ? 0 : at - NEIGHBOURS;
	size_t to = clustering->count - at < NEIGHBOURS ? clustering->count : at + NEIGHBOURS;
	for (size_t i = from; i < to; i++)
		if (!compare(clustering, stem, i))
			return false;
	return true;
}

static int by_distance(const void *a, const void *b)
{
	const struct edge *one = a, *other = b;
	if (one->distance != other->distance)
		return one->distance < other->distance ? -1 : 1;
	if (one->a != other->a)
		return one->a < other->a ? -1 : 1;
	return one->b < other->b ? -1 : one->b > other->b;
}

static enum inq_status find_edges(struct clustering *clustering)
{
	/* Which of the first three frames the other stack may lack. */
	static const unsigned skips[] = { 0, 1, 2, 3, 4, 6 };
	for (size_t i = 0; i < clustering->count; i++)
		for (size_t k = 0; k < sizeof skips / sizeof *skips; k++)
			if (!compare_around(clustering, i, skips[k]))
				return INQ_NO_MEMORY;
	if (clustering->edges.count)
		qsort(clustering->edges.items, clustering->edges.count, sizeof(struct edge), by_distance);
	return INQ_OK;
}

static bool fit(struct clustering *clustering, size_t one, size_t other)
{
	for (size_t a = one; a != SIZE_MAX; a = clustering->next[a])
		for (size_t b = other; b != SIZE_MAX; b = clustering->next[b]) {
			if (!clustering->budget)
				return false;
			clustering->budget--;
			if (distance(clustering, a, b) > INQ_GROUP_THRESHOLD)
				return false;
		}
	return true;
}

static void merge(struct clustering *clustering, size_t into, size_t from)
{
	for (size_t i = from; i != SIZE_MAX; i = clustering->next[i])
		clustering->cluster[i] = into;
	clustering->next[clustering->last[into]] = from;
	clustering->last[into] = clustering->last[from];
}

static void join(struct clustering *clustering)
{
	for (size_t i = 0; i < clustering->count; i++) {
		clustering->cluster[i] = clustering->last[i] = i;
		clustering->next[i] = SIZE_MAX;
	}
	for (size_t i = 0; i < clustering->edges.count; i++) {
		size_t one = clustering->cluster[clustering->edges.items[i].a];
		size_t other = clustering->cluster[clustering->edges.items[i].b];
		if (one != other && fit(clustering, one, other))
			merge(clustering, one < other ? one : other, one < other ? other : one);
	}
}

enum inq_status inq_stems_cluster(const struct inq_stem *stems, size_t count, size_t *cluster)
{
	struct clustering clustering = { .stems = stems, .count = count, .cluster = cluster };
	enum inq_status status = INQ_NO_MEMORY;
	if (!count)
		return INQ_OK;
	if (count > SIZE_MAX / 2 / sizeof *clustering.next)
		return INQ_NO_MEMORY;
	clustering.next = inq_alloc(2 * count * sizeof *clustering.next);
	clustering.last = clustering.next ? clustering.next + count : NULL;
	clustering.budget = count > SIZE_MAX / COMPARISONS ? SIZE_MAX : count * COMPARISONS + LEAST_COMPARISONS;
	if (clustering.next)
		status = find_edges(&clustering);
	if (status == INQ_OK)
		join(&clustering);
	edge_vec_release(&clustering.edges);
	free(clustering.next);
	return status;
}
