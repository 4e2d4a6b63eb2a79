/* Facts that lie beside a core in small files: the metadata in JSON of crash handlers ("core.42.json", "coredump.json"), and in
 * an archive those of an ABRT problem folder, one file for each. What the core itself tells counts more: they fill gaps. */
#ifndef INQ_TRIAGE_FACTS_H
#define INQ_TRIAGE_FACTS_H

#include "lib/base/ctx.h"

#include <inquest/triage.h>

struct inq_facts {
	const char *exe, *name, *host, *version; /* NULL */
	uint64_t pid, seen;			 /* INQ_UNKNOWN; seconds since 1970 */
};

struct inq_facts inq_facts_none(void);

/* Adds what the file `name` with these bytes tells, where nothing is known yet. False when it holds no facts, and so may be an
 * artefact. Strings go into ctx's arena. */
bool inq_facts_add(struct inq_ctx *ctx, const char *name, const uint8_t *bytes, size_t size, struct inq_facts *facts);

/* The same of a file. */
bool inq_facts_add_file(struct inq_ctx *ctx, const char *path, struct inq_facts *facts);

/* Puts into the result what it lacks; `seen_is_known`: not only by the time of the file. Facts of another program are not
 * used. */
void inq_facts_fill(const struct inq_facts *facts, bool seen_is_known, struct inq_triage_result *result);

/* The names of ABRT's facts, NULL-terminated. */
extern const char *const inq_facts_files[];

#endif
