/* Which artefacts are of one process, and what the joined ones tell differently. */
#include "lib/incident/incident.h"

#include <inttypes.h>

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

/* How well two maps fit: named rows that agree about an address, and those that do not. */
struct agreement {
	size_t same, different;
};

static bool same_name(const struct inq_mapping *one, const struct inq_mapping *two)
{
	return strcmp(inq_base_name(one->file->path), inq_base_name(two->file->path)) == 0;
}

static struct agreement compare_maps(const struct inq_space *one, const struct inq_space *two)
{
	struct agreement agreement = { 0 };
	for (size_t i = 0; i < two->mappings.count; i++) {
		const struct inq_mapping *theirs = &two->mappings.items[i];
		const struct inq_mapping *ours = theirs->file ? inq_space_mapping_at(one, theirs->start) : NULL;
		if (!ours || !ours->file)
			continue;
		if (same_name(ours, theirs))
			agreement.same++;
		else
			agreement.different++;
	}
	return agreement;
}

static bool has_files(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (space->mappings.items[i].file)
			return true;
	return false;
}

/* NULL when the two can be of one process; else why they cannot. */
static const char *why_apart(struct inq_incident *incident, const struct inq_space *one, const struct inq_space *two)
{
	const struct inq_artefact *ours = &one->artefacts.items[0], *theirs = &two->artefacts.items[0];
	if (ours->pid != INQ_UNKNOWN && theirs->pid != INQ_UNKNOWN && ours->pid != theirs->pid)
		return inq_arena_printf(incident->ctx.arena,
					"one is of pid %" PRIu64 ", the other of pid %" PRIu64 ": two processes",
					ours->pid, theirs->pid);
	if (one->os != INQ_OS_UNKNOWN && two->os != INQ_OS_UNKNOWN && one->os != two->os)
		return inq_arena_printf(incident->ctx.arena, "one is of %s, the other of %s", inq_os_name(one->os),
					inq_os_name(two->os));
	if (!has_files(one) || !has_files(two))
		return NULL;
	struct agreement maps = compare_maps(one, two);
	if (maps.same > maps.different ||
	    (!maps.same && !maps.different && ours->pid == theirs->pid && ours->pid != INQ_UNKNOWN))
		return NULL;
	return inq_arena_printf(incident->ctx.arena,
				"their maps do not fit: %zu mapped files stand at the same address in both, %zu do not",
				maps.same, maps.different);
}

struct conflicts {
	struct inq_incident *incident;
	const struct inq_space *joined;
	const struct inq_artefact *theirs;
	unsigned told;
};

enum { MOST_CONFLICTS = 10 };

/* Two artefacts name different files at one address. */
static void told_differently(void *data, const struct inq_mapping *ours, const struct inq_mapping *theirs)
{
	struct conflicts *conflicts = data;
	if (!ours->file || !theirs->file || same_name(ours, theirs) || conflicts->told++ >= MOST_CONFLICTS)
		return;
	const struct inq_artefact_vec *artefacts = &conflicts->joined->artefacts;
	const char *path = ours->place.artefact < artefacts->count ? artefacts->items[ours->place.artefact].path : NULL;
	inq_incident_contradict(conflicts->incident, "mapping", path ? path : "", conflicts->theirs->path,
				inq_arena_printf(conflicts->incident->ctx.arena,
						 "0x%" PRIx64 " is %s in one and %s in the other; the first was kept",
						 ours->start, ours->file->path, theirs->file->path));
}

/* The subject: the process asked for, else a core before a text, else what was named first. */
static size_t choose_subject(const struct inq_incident *incident)
{
	uint64_t pid = incident->options.pid;
	for (size_t i = 0; pid && i < incident->spaces.count; i++)
		if (incident->spaces.items[i]->artefacts.items[0].pid == pid)
			return i;
	for (size_t i = 0; !pid && i < incident->spaces.count; i++)
		if (incident->spaces.items[i]->artefacts.items[0].holds_memory)
			return i;
	return 0;
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

static enum inq_status keep_apart(struct inq_incident *incident, struct inq_space *space, const char *why)
{
	const struct inq_artefact *ours = &incident->space->artefacts.items[0], *theirs = &space->artefacts.items[0];
	struct inq_artefact_info *info = info_of(incident, theirs);
	if (info)
		info->other_process = true;
	if (ours->path != theirs->path)
		return inq_incident_contradict(
			incident, "process", ours->path, theirs->path,
			inq_arena_printf(incident->ctx.arena, "%s; the second was kept apart", why));
	incident->ctx.artefact = theirs->path;
	if (theirs->pid != INQ_UNKNOWN)
		inq_warn(&incident->ctx, INQ_PLACE_LINE, theirs->line,
			 "a listing of another process begins here; use --pid %" PRIu64 " to report that one",
			 theirs->pid);
	else
		inq_warn(&incident->ctx, INQ_PLACE_LINE, theirs->line,
			 "a listing of another process begins here; put it into a file of its own to report it");
	return INQ_OK;
}

static enum inq_status add_space(struct inq_incident *incident, struct inq_space *space)
{
	const char *why = why_apart(incident, incident->space, space);
	if (why) {
		enum inq_status status = keep_apart(incident, space, why);
		inq_space_destroy(space);
		return status;
	}
	struct inq_artefact theirs = space->artefacts.items[0];
	struct conflicts conflicts = { .incident = incident, .joined = incident->space, .theirs = &theirs };
	return inq_space_join(incident->space, space, told_differently, &conflicts);
}

enum inq_status inq_incident_join(struct inq_incident *incident)
{
	struct inq_space_vec *spaces = &incident->spaces;
	enum inq_status status = INQ_OK;
	if (!incident->space) {
		size_t subject = choose_subject(incident);
		incident->space = spaces->items[subject];
		incident->space->all_lines = incident->options.all_lines;
		incident->space->fetch = incident->options.debuginfod && !incident->options.no_files;
		incident->space->jvm_hints = (struct inq_jvm_hints) {
			.args = incident->options.jvm_args,
			.version = incident->options.jvm_version,
			.text_only = incident->options.jvm_text_only,
		};
		spaces->items[subject] = NULL;
	}
	for (size_t i = 0; i < spaces->count; i++) {
		struct inq_space *space = spaces->items[i];
		spaces->items[i] = NULL;
		if (space && status == INQ_OK)
			status = add_space(incident, space);
		else
			inq_space_destroy(space);
	}
	spaces->count = 0;
	if (incident->options.pid && incident->space->artefacts.items[0].pid != incident->options.pid)
		inq_warn(&incident->ctx, INQ_PLACE_NONE, 0,
			 "no listing is of pid %" PRIu64 "; the first one is reported", incident->options.pid);
	return status;
}
