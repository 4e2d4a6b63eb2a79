/* Joining the artefacts of one process; keeping those of others apart; saying what they tell differently. */
#include "lib/incident/incident.h"
#include "lib/incident/processes.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_CONFLICTS = 10, MOST_APART = 16 };

enum inq_status inq_incident_contradict(struct inq_incident *incident, const char *what, const char *one,
					const char *other, const char *evidence)
{
	struct inq_arena *arena = incident->ctx.arena;
	const char **paths = inq_arena_array(arena, 2, sizeof *paths);
	const char **reasons = inq_arena_array(arena, 1, sizeof *reasons);
	struct inq_contradiction *slot = inq_contradiction_vec_push(&incident->contradictions);
	if (!paths || !reasons || !slot || !evidence)
		return inq_no_memory(&incident->ctx);
	paths[0] = one;
	paths[1] = other;
	reasons[0] = evidence;
	*slot = (struct inq_contradiction) { .what = what, .artefacts = { paths, 2 }, .evidence = { reasons, 1 } };
	return INQ_OK;
}

static const char *path_of(const struct inq_space *space)
{
	return space->artefacts.items[0].path;
}

static struct inq_artefact_info *info_of(struct inq_incident *incident, const struct inq_artefact *artefact)
{
	for (size_t i = 0; i < incident->artefacts.count; i++) {
		struct inq_artefact_info *info = &incident->artefacts.items[i];
		if (info->path == artefact->path && info->line == artefact->line && info->kind == artefact->kind)
			return info;
	}
	return NULL;
}

/* The artefacts that were put to processes, and which of these is reported. */
struct joining {
	struct inq_incident *incident;
	struct inq_parties parties;
	int subject;
	struct inq_given given;
	size_t apart; /* artefacts told as kept apart so far */
};

static bool is_joined(const struct joining *joining, const struct inq_party *party)
{
	return party->process == joining->subject || party->process == INQ_PROCESS_ANY;
}

/* The best witness of the reported process that contradicts the party by this rule: its evidence, NULL for none. */
static const char *ask(struct joining *joining, const struct inq_contradiction_rule *rule,
		       const struct inq_party *party, const struct inq_party **ret)
{
	const struct inq_party *first = joining->parties.items, *last = first + joining->parties.count;
	if (is_joined(joining, party))
		last = party; /* of two that are joined the later one is compared with the earlier */
	unsigned compared = 0;
	for (const struct inq_party *other = first; other < last && compared < INQ_MOST_COMPARED; other++) {
		if (!is_joined(joining, other) || other == party)
			continue;
		compared++;
		struct inq_pair pair = inq_pair_of(&joining->incident->ctx, other->space, party->space);
		const char *evidence = rule->check(&pair);
		*ret = other;
		if (evidence)
			return evidence;
	}
	return NULL;
}

static enum inq_status tell_differences(struct joining *joining, const struct inq_party *party)
{
	const struct inq_contradiction_rule *rule;
	enum inq_status status = INQ_OK;
	for (size_t row = 0; status == INQ_OK && (rule = inq_contradiction_row(row)); row++) {
		const struct inq_party *other;
		const char *evidence = ask(joining, rule, party, &other);
		if (evidence)
			status = inq_incident_contradict(joining->incident, rule->what, path_of(other->space),
							 path_of(party->space), evidence);
	}
	return status;
}

/* The first artefact of the reported process. */
static const struct inq_party *first_of_subject(const struct joining *joining)
{
	const struct inq_party *party = joining->parties.items;
	while (!is_joined(joining, party))
		party++;
	return party;
}

/* One file with listings of several processes, some of which are reported, is no contradiction. */
static bool in_same_file(const struct joining *joining, const struct inq_party *party)
{
	for (size_t i = 0; i < joining->parties.count; i++) {
		const struct inq_party *other = &joining->parties.items[i];
		if (is_joined(joining, other) && path_of(other->space) == path_of(party->space))
			return true;
	}
	return false;
}

/* What is kept apart for want of anything in common, not for a contradiction. */
static bool is_untied(const struct joining *joining, const struct inq_party *party)
{
	unsigned compared = 0;
	for (size_t i = 0; i < joining->parties.count && compared < INQ_MOST_COMPARED; i++) {
		const struct inq_party *other = &joining->parties.items[i];
		if (!is_joined(joining, other))
			continue;
		compared++;
		struct inq_pair pair = inq_pair_of(&joining->incident->ctx, other->space, party->space);
		if (inq_pair_is_apart(&pair))
			return false;
	}
	return true;
}

static void warn_of_listing(struct joining *joining, const struct inq_party *party)
{
	struct inq_incident *incident = joining->incident;
	const struct inq_artefact *theirs = &party->space->artefacts.items[0];
	incident->ctx.artefact = theirs->path;
	if (is_untied(joining, party))
		inq_warn(&incident->ctx, INQ_PLACE_LINE, theirs->line,
			 "nothing says that the stack that begins here is of the same process; put it into a file of "
			 "its "
			 "own to report it");
	else if (theirs->pid != INQ_UNKNOWN && theirs->pid == first_of_subject(joining)->space->process.pid)
		inq_warn(&incident->ctx, INQ_PLACE_LINE, theirs->line,
			 "a listing of another process with the number %" PRIu64
			 " begins here; put it into a file of its own to report it",
			 theirs->pid);
	else if (theirs->pid != INQ_UNKNOWN)
		inq_warn(&incident->ctx, INQ_PLACE_LINE, theirs->line,
			 "a listing of another process begins here; use --pid %" PRIu64 " to report that one",
			 theirs->pid);
	else
		inq_warn(&incident->ctx, INQ_PLACE_LINE, theirs->line,
			 "a listing of another process begins here; put it into a file of its own to report it");
}

/* "X is of another run of Xorg than Y, and was kept apart" */
static const char *conclude(const struct inq_pair *pair, bool untied)
{
	if (untied)
		return inq_pair_say(pair,
				    "nothing says that %s is of the same process as %s: no number, program, object or "
				    "address in common. It was kept apart, and nothing of it is in this report",
				    inq_pair_two(pair), inq_pair_one(pair));
	const char *name = inq_program_name(pair->one);
	name = name ? name : inq_program_name(pair->two);
	bool same = name && inq_pair_same_program(pair);
	return inq_pair_say(pair, "%s is of another %s%s than %s, and was kept apart: nothing of it is in this report",
			    inq_pair_two(pair), same ? "run of " : "process", same ? name : "", inq_pair_one(pair));
}

static enum inq_status keep_apart(struct joining *joining, const struct inq_party *party)
{
	struct inq_incident *incident = joining->incident;
	const struct inq_artefact *theirs = &party->space->artefacts.items[0];
	struct inq_artefact_info *info = info_of(incident, theirs);
	if (info)
		info->other_process = true;
	if (in_same_file(joining, party)) {
		warn_of_listing(joining, party);
		return INQ_OK;
	}
	if (joining->apart++ >= MOST_APART)
		return INQ_OK;
	const struct inq_party *first = first_of_subject(joining);
	struct inq_pair pair = inq_pair_of(&incident->ctx, first->space, party->space);
	enum inq_status status = inq_incident_contradict(incident, "process", path_of(first->space), theirs->path,
							 conclude(&pair, is_untied(joining, party)));
	return status == INQ_OK ? tell_differences(joining, party) : status;
}

struct conflicts {
	struct inq_incident *incident;
	const struct inq_space *joined;
	const struct inq_artefact *theirs;
	unsigned told;
};

/* Two artefacts name different files at one address. */
static void told_differently(void *data, const struct inq_mapping *ours, const struct inq_mapping *theirs)
{
	struct conflicts *conflicts = data;
	if (!ours->file || !theirs->file ||
	    strcmp(inq_base_name(ours->file->path), inq_base_name(theirs->file->path)) == 0 ||
	    conflicts->told++ >= MOST_CONFLICTS)
		return;
	const struct inq_artefact_vec *artefacts = &conflicts->joined->artefacts;
	const char *path = ours->place.artefact < artefacts->count ? artefacts->items[ours->place.artefact].path : NULL;
	inq_incident_contradict(conflicts->incident, "mapping", path ? path : "", conflicts->theirs->path,
				inq_arena_printf(conflicts->incident->ctx.arena,
						 "0x%" PRIx64 " is %s in %s and %s in %s; the first was kept",
						 ours->start, ours->file->path, path ? inq_base_name(path) : "one",
						 theirs->file->path, inq_base_name(conflicts->theirs->path)));
}

static void take_hints(const struct inq_incident *incident, struct inq_space *space)
{
	space->all_lines = incident->options.all_lines;
	space->cache = incident->options.cache;
	space->fetch = incident->options.debuginfod && !incident->options.no_files;
	space->jvm_hints = (struct inq_jvm_hints) {
		.args = incident->options.jvm_args,
		.version = incident->options.jvm_version,
		.text_only = incident->options.jvm_text_only,
	};
}

/* The best witness comes first: what it tells stays, the others fill the gaps. */
static enum inq_status join_space(struct joining *joining, struct inq_space *space)
{
	struct inq_incident *incident = joining->incident;
	if (space == incident->space)
		return INQ_OK;
	struct inq_artefact theirs = space->artefacts.items[0];
	struct inq_artefact_info *info = info_of(incident, &theirs);
	const char *gave = inq_witness_gives(space, &joining->given);
	if (info)
		info->gave = gave;
	if (!incident->space) {
		take_hints(incident, space);
		incident->space = space;
		return INQ_OK;
	}
	struct conflicts conflicts = { .incident = incident, .joined = incident->space, .theirs = &theirs };
	return inq_space_join(incident->space, space, told_differently, &conflicts);
}

/* What was joined by an earlier call is the reported process, and a witness like the others. */
static enum inq_status find_parties(struct joining *joining)
{
	struct inq_incident *incident = joining->incident;
	struct inq_space_vec *spaces = &incident->spaces;
	if (incident->space) {
		struct inq_space **slot = inq_space_vec_push(spaces);
		if (!slot)
			return inq_no_memory(&incident->ctx);
		*slot = incident->space;
	}
	enum inq_status status = inq_parties_find(&incident->ctx, spaces->items, spaces->count, &joining->parties);
	spaces->count -= incident->space != NULL;
	if (status != INQ_OK)
		return status;
	joining->subject = inq_parties_subject(&joining->parties, incident->options.pid);
	for (size_t i = 0; incident->space && i < joining->parties.count; i++)
		if (joining->parties.items[i].space == incident->space)
			joining->subject = joining->parties.items[i].process;
	return INQ_OK;
}

static enum inq_status tell_all(struct joining *joining)
{
	enum inq_status status = INQ_OK;
	for (int joined = 0; joined < 2; joined++) /* other processes first: they weigh most */
		for (size_t i = 0; status == INQ_OK && i < joining->parties.count; i++) {
			struct inq_party *party = &joining->parties.items[i];
			if (is_joined(joining, party) != joined)
				continue;
			status = joined ? tell_differences(joining, party) : keep_apart(joining, party);
		}
	if (joining->apart > MOST_APART)
		inq_warn(&joining->incident->ctx, INQ_PLACE_NONE, 0,
			 "%zu more artefacts are of other processes, and were kept apart", joining->apart - MOST_APART);
	return status;
}

static enum inq_status join_all(struct joining *joining)
{
	struct inq_incident *incident = joining->incident;
	enum inq_status status = INQ_OK;
	incident->spaces.count = 0; /* from here on the parties hold them */
	for (size_t i = 0; i < joining->parties.count; i++) {
		struct inq_party *party = &joining->parties.items[i];
		if (status == INQ_OK && is_joined(joining, party))
			status = join_space(joining, party->space);
		else if (party->space != incident->space)
			inq_space_destroy(party->space);
	}
	return status;
}

enum inq_status inq_incident_join(struct inq_incident *incident)
{
	struct joining joining = { .incident = incident };
	enum inq_status status = find_parties(&joining);
	if (status == INQ_OK)
		status = tell_all(&joining);
	if (status == INQ_OK)
		status = join_all(&joining);
	if (status == INQ_OK && incident->options.pid && incident->space->process.pid != incident->options.pid)
		inq_warn(&incident->ctx, INQ_PLACE_NONE, 0,
			 "no listing is of pid %" PRIu64 "; the first one is reported", incident->options.pid);
	return status;
}
