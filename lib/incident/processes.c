/* Putting artefacts to processes, by what they contradict each other in; and which process is the one to report. */
#include "lib/incident/processes.h"

#include <stdlib.h>

/* An artefact is compared with those of each process: a file that lists all processes of a system stays cheap. */
enum { MOST_PROCESSES = 256 };

static int by_rank(const void *a, const void *b)
{
	const struct inq_party *one = a, *two = b;
	if (one->rank != two->rank)
		return one->rank < two->rank ? -1 : 1;
	return (one->order > two->order) - (one->order < two->order);
}

/* A stack that was pasted alone: it tells neither a process number nor a program. */
static bool is_nameless(const struct inq_space *space)
{
	const struct inq_process *process = &space->process;
	return inq_witness_class_of(space->artefacts.items[0].kind) == INQ_WITNESS_STACK &&
	       process->pid == INQ_UNKNOWN && !process->name && !process->exe && !process->args &&
	       !space->mappings.count;
}

/* A list of a heap's classes could be of any process. */
static bool tells_who(const struct inq_space *space)
{
	const struct inq_process *process = &space->process;
	return process->pid != INQ_UNKNOWN || process->name || process->exe || process->args || space->mappings.count ||
	       space->threads.count;
}

/* It contradicts none of them; and for a nameless stack something must speak for it. */
static bool fits(struct inq_ctx *ctx, const struct inq_parties *parties, const struct inq_party *party, int process)
{
	bool tied = !is_nameless(party->space), known = false;
	unsigned compared = 0;
	for (size_t i = 0; i < parties->count && compared < INQ_MOST_COMPARED; i++) {
		const struct inq_party *other = &parties->items[i];
		if (other->process != process)
			continue;
		compared++;
		struct inq_pair pair = inq_pair_of(ctx, other->space, party->space);
		if (inq_pair_is_apart(&pair))
			return false;
		known |= tells_who(other->space);
		tied = tied || inq_pair_is_related(&pair);
	}
	return tied || !known;
}

static int find_process(struct inq_ctx *ctx, struct inq_parties *parties, const struct inq_party *party)
{
	if (inq_witness_class_of(party->space->artefacts.items[0].kind) == INQ_WITNESS_MACHINE)
		return INQ_PROCESS_ANY;
	for (int process = 0; process < parties->processes; process++)
		if (fits(ctx, parties, party, process))
			return process;
	return INQ_PROCESS_NONE;
}

static void begin_process(struct inq_parties *parties, struct inq_party *party)
{
	if (parties->processes < MOST_PROCESSES)
		party->process = parties->processes++;
}

/* The nameless stacks that fit to what was placed. One that was placed may tie another one. */
static void place_nameless(struct inq_ctx *ctx, struct inq_parties *parties)
{
	bool placed = true;
	while (placed) {
		placed = false;
		for (size_t i = 0; i < parties->count; i++) {
			struct inq_party *party = &parties->items[i];
			if (party->process != INQ_PROCESS_NONE || !is_nameless(party->space))
				continue;
			party->process = find_process(ctx, parties, party);
			placed |= party->process != INQ_PROCESS_NONE;
		}
	}
}

/* Those that tell who they are first, so that the order in which they were named does not matter. */
static void place_all(struct inq_ctx *ctx, struct inq_parties *parties)
{
	for (size_t i = 0; i < parties->count; i++) {
		struct inq_party *party = &parties->items[i];
		if (is_nameless(party->space))
			continue;
		party->process = find_process(ctx, parties, party);
		if (party->process == INQ_PROCESS_NONE)
			begin_process(parties, party);
	}
	place_nameless(ctx, parties);
	for (size_t i = 0; i < parties->count; i++) {
		struct inq_party *party = &parties->items[i];
		if (party->process == INQ_PROCESS_NONE && is_nameless(party->space))
			party->process = find_process(ctx, parties, party);
		if (party->process == INQ_PROCESS_NONE)
			begin_process(parties, party);
	}
}

enum inq_status inq_parties_find(struct inq_ctx *ctx, struct inq_space *const *spaces, size_t count,
				 struct inq_parties *ret)
{
	struct inq_parties parties = { .items = inq_arena_array(ctx->arena, count, sizeof *parties.items) };
	if (!parties.items)
		return inq_no_memory(ctx);
	for (size_t i = 0; i < count; i++)
		parties.items[parties.count++] =
			(struct inq_party) { .space = spaces[i],
					     .rank = inq_witness_rank(spaces[i]->artefacts.items[0].kind),
					     .order = i,
					     .process = INQ_PROCESS_NONE };
	qsort(parties.items, parties.count, sizeof *parties.items, by_rank);
	place_all(ctx, &parties);
	*ret = parties;
	return ctx->no_memory ? INQ_NO_MEMORY : INQ_OK;
}

/* What speaks for reporting a process, the strongest first. */
struct merit {
	bool core;
	size_t artefacts;
	bool crashed;
	size_t order; /* of its first artefact: the lower the better */
};

static struct merit merit_of(const struct inq_parties *parties, int process)
{
	struct merit merit = { .order = SIZE_MAX };
	for (size_t i = 0; i < parties->count; i++) {
		const struct inq_party *party = &parties->items[i];
		const struct inq_space *space = party->space;
		if (party->process != process)
			continue;
		merit.core |= space->artefacts.items[0].holds_memory;
		merit.artefacts++;
		merit.crashed |= space->threads.count && space->threads.items[0].crashed;
		merit.order = party->order < merit.order ? party->order : merit.order;
	}
	return merit;
}

static bool is_better(struct merit one, struct merit two)
{
	if (one.core != two.core)
		return one.core;
	if (!one.core && one.artefacts != two.artefacts)
		return one.artefacts > two.artefacts;
	if (!one.core && one.crashed != two.crashed)
		return one.crashed;
	return one.order < two.order;
}

/* The process of that pid. If there were too many to tell apart, it becomes one now: those of its pid alone. */
static int process_by_pid(struct inq_parties *parties, uint64_t pid)
{
	int found = INQ_PROCESS_NONE;
	for (size_t i = 0; i < parties->count; i++) {
		struct inq_party *party = &parties->items[i];
		if (party->space->process.pid != pid)
			continue;
		if (found == INQ_PROCESS_NONE)
			found = party->process == INQ_PROCESS_NONE ? parties->processes++ : party->process;
		if (party->process == INQ_PROCESS_NONE)
			party->process = found;
	}
	return found;
}

int inq_parties_subject(struct inq_parties *parties, uint64_t pid)
{
	int best = pid ? process_by_pid(parties, pid) : INQ_PROCESS_NONE;
	if (best != INQ_PROCESS_NONE)
		return best;
	for (int process = 0; process < parties->processes; process++)
		if (best == INQ_PROCESS_NONE || is_better(merit_of(parties, process), merit_of(parties, best)))
			best = process;
	return best;
}
