/* A folder as an artefact: one incident when its files are of one process, and are known to be. Else nothing of it is used,
 * and the user is told which files are of which process. */
#include "lib/incident/incident.h"
#include "lib/incident/processes.h"

#include "lib/io/folder.h"

#include <inttypes.h>

enum { MOST_TOLD = 20, MOST_NAMED = 8 };

/* How much the incident held before the folder. */
struct before {
	size_t spaces, artefacts, warnings;
	bool partial;
};

static void drop(struct inq_incident *incident, const struct before *before)
{
	while (incident->spaces.count > before->spaces)
		inq_space_destroy(incident->spaces.items[--incident->spaces.count]);
	incident->artefacts.count = before->artefacts;
	incident->partial = before->partial;
}

static enum inq_status read_files(struct inq_incident *incident, const struct inq_string_vec *files)
{
	enum inq_status status = INQ_OK;
	incident->in_folder = true;
	for (size_t i = 0; status != INQ_NO_MEMORY && i < files->count; i++) {
		enum inq_status one = inq_incident_read(incident, files->items[i]);
		if (one == INQ_NO_MEMORY || (one == INQ_PARTIAL && status == INQ_OK))
			status = one;
	}
	incident->in_folder = false;
	return status;
}

/* Something must say that it is of the same process as another: that nothing speaks against it is not enough. */
static bool is_tied(struct inq_ctx *ctx, const struct inq_parties *parties, const struct inq_party *party)
{
	size_t others = 0;
	if (party->process == INQ_PROCESS_ANY)
		return true;
	for (size_t i = 0; i < parties->count && others < INQ_MOST_COMPARED; i++) {
		const struct inq_party *other = &parties->items[i];
		if (other == party || other->process != party->process)
			continue;
		struct inq_pair pair = inq_pair_of(ctx, other->space, party->space);
		if (inq_pair_is_related(&pair))
			return true;
		others++;
	}
	return !others;
}

static bool are_tied(struct inq_ctx *ctx, const struct inq_parties *parties)
{
	for (size_t i = 0; i < parties->count; i++)
		if (!is_tied(ctx, parties, &parties->items[i]))
			return false;
	return true;
}

static void add_who(struct inq_str *text, const struct inq_parties *parties, int process)
{
	const char *name = NULL;
	uint64_t pid = INQ_UNKNOWN;
	for (size_t i = 0; i < parties->count; i++) {
		const struct inq_space *space = parties->items[i].space;
		if (parties->items[i].process != process)
			continue;
		name = name ? name : inq_program_name(space);
		pid = pid == INQ_UNKNOWN ? space->process.pid : pid;
	}
	if (pid != INQ_UNKNOWN)
		inq_str_printf(text, ", pid %" PRIu64, pid);
	if (name)
		inq_str_printf(text, ", %s", name);
}

/* "process 1, pid 12, cases: DIR/core (elf-core), DIR/maps (proc-maps)" */
static void tell_process(struct inq_ctx *ctx, const struct inq_parties *parties, int process)
{
	struct inq_str text = { 0 };
	size_t count = 0;
	add_who(&text, parties, process);
	for (size_t i = 0; i < parties->count; i++) {
		const struct inq_artefact *artefact = &parties->items[i].space->artefacts.items[0];
		if (parties->items[i].process == process && count++ < MOST_NAMED)
			inq_str_printf(&text, "%s %s (%s)", count == 1 ? ":" : ",", artefact->path, artefact->kind);
	}
	if (count > MOST_NAMED)
		inq_str_printf(&text, " and %zu more", count - MOST_NAMED);
	if (text.failed)
		inq_no_memory(ctx);
	else if (count)
		inq_warn(ctx, INQ_PLACE_NONE, 0, "process %d%s", process + 1, text.text);
	inq_str_release(&text);
}

static void tell_processes(struct inq_ctx *ctx, const struct inq_parties *parties)
{
	if (parties->processes > 1)
		inq_warn(
			ctx, INQ_PLACE_NONE, 0,
			"this folder is not one incident: it holds artefacts of %d processes; name the files of one of "
			"them instead",
			parties->processes);
	else
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "nothing says that the artefacts of this folder are of one process; name the files that are");
	for (int process = 0; process < parties->processes && process < MOST_TOLD; process++)
		tell_process(ctx, parties, process);
	if (parties->processes > MOST_TOLD)
		inq_warn(ctx, INQ_PLACE_NONE, 0, "and %d more processes; `inquest identify` lists all files",
			 parties->processes - MOST_TOLD);
}

/* INQ_UNUSABLE, and the user is told what was found, when the artefacts are not of one process. */
static enum inq_status judge(struct inq_incident *incident, const char *path, const struct before *before)
{
	struct inq_ctx *ctx = &incident->ctx;
	struct inq_parties parties;
	enum inq_status status = inq_parties_find(ctx, incident->spaces.items + before->spaces,
						  incident->spaces.count - before->spaces, &parties);
	if (status != INQ_OK)
		return status;
	if (parties.count && parties.processes <= 1 && are_tied(ctx, &parties))
		return INQ_OK;
	ctx->artefact = path;
	ctx->warnings.count = before->warnings; /* about files that are not used after all */
	if (parties.count)
		tell_processes(ctx, &parties);
	else
		inq_warn(ctx, INQ_PLACE_NONE, 0,
			 "no file of this folder is an artefact that can be read; `inquest identify FILE` says what "
			 "one is");
	return INQ_UNUSABLE;
}

enum inq_status inq_incident_add_folder(struct inq_incident *incident, const char *path)
{
	const struct before before = { incident->spaces.count, incident->artefacts.count, incident->ctx.warnings.count,
				       incident->partial };
	struct inq_string_vec files = { 0 };
	enum inq_status status = inq_folder_files(&incident->ctx, path, &files);
	if (status == INQ_OK)
		status = read_files(incident, &files);
	inq_string_vec_release(&files);
	if ((status != INQ_OK && status != INQ_PARTIAL) || incident->identifying)
		return status;
	enum inq_status judged = judge(incident, path, &before);
	if (judged == INQ_OK)
		return status;
	drop(incident, &before);
	return judged;
}
