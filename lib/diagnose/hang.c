/* Each thread waits for at most one other: following the waits from a thread ends in a ring or at one that waits for
 * nobody. Each thread is visited a few times at most: linear. */
#include "lib/diagnose/hang.h"

#include <stdlib.h>

enum { LEAST_WAITERS = 2 };

struct walk {
	const struct inq_wait *waits;
	size_t count;
	uint32_t *round; /* in which walk a thread was first met; 0: not yet */
	size_t *waiters; /* of each thread: how many wait for it directly */
};

static size_t ring_length(const struct inq_wait *waits, uint32_t at)
{
	size_t length = 1;
	for (uint32_t i = waits[at].owner; i != at; i = waits[i].owner)
		length++;
	return length;
}

static uint32_t lowest_in_ring(const struct inq_wait *waits, uint32_t at)
{
	uint32_t lowest = at;
	for (uint32_t i = waits[at].owner; i != at; i = waits[i].owner)
		if (i < lowest)
			lowest = i;
	return lowest;
}

/* Follows the waits from `start`; a thread that was met in this same walk closes a ring. */
static void follow(struct walk *walk, uint32_t start, struct inq_hang *ret)
{
	uint32_t i = start;
	while (i != INQ_NO_OWNER && !walk->round[i]) {
		walk->round[i] = start + 1;
		i = walk->waits[i].owner;
	}
	if (i == INQ_NO_OWNER || walk->round[i] != start + 1)
		return;
	size_t length = ring_length(walk->waits, i);
	if (length <= ret->ring)
		return;
	ret->ring = length;
	ret->thread = lowest_in_ring(walk->waits, i);
	ret->object = walk->waits[ret->thread].object;
}

/* The holder that most threads wait for, and their lock. */
static void find_holder(struct walk *walk, struct inq_hang *ret)
{
	for (uint32_t i = 0; i < walk->count; i++) {
		uint32_t owner = walk->waits[i].owner;
		if (owner == INQ_NO_OWNER || !walk->waits[i].lock || ++walk->waiters[owner] <= ret->waiters)
			continue;
		ret->waiters = walk->waiters[owner];
		ret->thread = owner;
		ret->object = walk->waits[i].object;
	}
}

enum inq_status inq_find_hang(struct inq_ctx *ctx, const struct inq_wait *waits, size_t count,
			      const struct inq_hang **ret)
{
	struct walk walk = { .waits = waits, .count = count };
	struct inq_hang *hang = inq_arena_alloc(ctx->arena, sizeof *hang);
	walk.round = inq_alloc(count * sizeof *walk.round);
	walk.waiters = inq_alloc(count * sizeof *walk.waiters);
	bool ok = hang && walk.round && walk.waiters;
	*ret = NULL;
	for (uint32_t i = 0; ok && i < count; i++)
		follow(&walk, i, hang);
	if (ok && !hang->ring)
		find_holder(&walk, hang);
	free(walk.round);
	free(walk.waiters);
	if (!ok)
		return inq_no_memory(ctx);
	if (hang->ring || (hang->waiters >= LEAST_WAITERS && hang->waiters >= (count - 1) / 2))
		*ret = hang;
	return INQ_OK;
}
