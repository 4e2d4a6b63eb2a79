/* The incident's insides: what is read, what is joined, what is reported. Only this folder sees formats and analyses. */
#ifndef INQ_INCIDENT_INCIDENT_H
#define INQ_INCIDENT_INCIDENT_H

#include "lib/base/ctx.h"
#include "lib/base/str.h"
#include "lib/diagnose/hang.h"
#include "lib/io/files.h"
#include "lib/space/join.h"
#include "lib/space/objects.h"
#include "lib/symbol/symbol.h"

#include <inquest/incident.h>

INQ_VEC(inq_space_vec, struct inq_space *)
INQ_VEC(inq_source_vec, struct inq_source *)
INQ_VEC(inq_artefact_info_vec, struct inq_artefact_info)
INQ_VEC(inq_contradiction_vec, struct inq_contradiction)
INQ_VEC(inq_missing_vec, struct inq_missing)
INQ_VEC(inq_location_vec, struct inq_location)

struct inq_incident {
	struct inq_ctx ctx;
	struct inq_options options;
	struct inq_files *files;
	struct inq_source_vec sources;
	struct inq_space_vec spaces; /* one for each artefact read and not yet joined */
	struct inq_space *space;     /* the joined one */
	struct inq_artefact_info_vec artefacts;
	struct inq_contradiction_vec contradictions;
	struct inq_missing_vec missing;
	struct inq_location_vec locations;
	struct inq_report report;
	struct inq_thread_info *threads; /* what report.threads shows */
	const struct inq_wait *waits;	 /* what they wait for, by their stacks; NULL before */
	const struct inq_hang *hang;	 /* NULL: none, or nobody looked */
	unsigned wanted;		 /* what the present call asks for: INQ_OBJECTS | … */
	unsigned done;			 /* and what was already worked out */
	bool partial;
	bool identifying; /* a kind that is only recognised is a good answer */
	bool in_folder;	  /* the user did not name the file: one of no known kind is passed over */
};

/* read.c: what an artefact tells of itself, for report->artefacts. */
enum inq_status inq_incident_list(struct inq_incident *incident, const struct inq_artefact *artefact);
/* The same for a file that no format wants, or that cannot be read; INQ_UNUSABLE. */
enum inq_status inq_incident_list_unknown(struct inq_incident *incident, const char *path, uint64_t size,
					  const char *detail);
/* listings.c: reads what is in a file, one listing or many, into incident->spaces. */
enum inq_status inq_incident_read_listings(struct inq_incident *incident, const struct inq_source *source);
/* Reads a file into incident->spaces. `path` is in the arena. */
enum inq_status inq_incident_read(struct inq_incident *incident, const char *path);

/* folder.c: reads the files of a folder, if they are of one process; else INQ_UNUSABLE, and warnings that list them. `path`
 * is in the arena. */
enum inq_status inq_incident_add_folder(struct inq_incident *incident, const char *path);

/* together.c: joins the spaces that are of one process into incident->space; says which were kept apart, and what the
 * joined ones tell differently. */
enum inq_status inq_incident_join(struct inq_incident *incident);
enum inq_status inq_incident_contradict(struct inq_incident *incident, const char *what, const char *one,
					const char *other, const char *evidence);

/* fill.c: the model in the report's form. */
enum inq_status inq_fill_process(struct inq_incident *incident);
enum inq_status inq_fill_objects(struct inq_incident *incident);
enum inq_status inq_fill_threads(struct inq_incident *incident);
enum inq_status inq_fill_notes(struct inq_incident *incident);

/* stacks.c: the frames of every thread, and of the first alone. */
enum inq_status inq_fill_stacks(struct inq_incident *incident);
enum inq_status inq_fill_first_stack(struct inq_incident *incident);
/* The frames of one thread, or of a context that was saved in it: frames, frame_count and truncated_by of *info. */
enum inq_status inq_fill_stack(struct inq_incident *incident, const struct inq_thread *thread,
			       struct inq_thread_info *info);

/* arguments.c: the arguments in the listed frames of a thread that crashed; of any, if the user wants that. */
void inq_fill_arguments(struct inq_incident *incident, const struct inq_thread *thread, struct inq_frame_info *frames,
			size_t count);

/* locate.c: where an address falls, by object and symbol; debug information is not opened for it. */
enum inq_status inq_locate_symbol(struct inq_incident *incident, uint64_t address, struct inq_location *ret);
/* The source places of a location's address, as inq_symbol_places; and one of them put into the location. */
size_t inq_locate_source(struct inq_incident *incident, const struct inq_location *location,
			 struct inq_symbol_place *ret, size_t most);
void inq_location_set_source(struct inq_incident *incident, const struct inq_symbol_place *place,
			     struct inq_location *ret);
/* A linker's name as people read it, unless the user wants it as it is. */
const char *inq_readable_name(struct inq_incident *incident, const char *name);

/* crash.c: signal, place, instruction, what was behind a handler. */
enum inq_status inq_fill_crash(struct inq_incident *incident);
/* verdict.c: the answer in a sentence. */
enum inq_status inq_fill_verdict(struct inq_incident *incident);
/* missing.c: what is not here and would help most. */
void inq_fill_missing(struct inq_incident *incident);

#endif
