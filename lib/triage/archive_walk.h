/* The members of an archive, and of the archives in it, one after the other. Every walk gives the same members in the same
 * order. */
#ifndef INQ_TRIAGE_ARCHIVE_WALK_H
#define INQ_TRIAGE_ARCHIVE_WALK_H

#include "lib/triage/archive_reader.h"

/* A regular file in it, or a link. */
struct inq_archive_visit {
	const char *path;    /* "cores.zip//a/core.1", safe to print; until the next member */
	const char *archive; /* "cores.zip" */
	uint64_t index;	     /* counted over all archives of the walk */
	unsigned depth;	     /* 0: of the outermost archive */
	const struct inq_archive_entry *entry;
	const struct inq_reader *reader;
};

struct inq_archive_walk {
	struct inq_ctx *ctx;
	/* False ends the walk. */
	bool (*visit)(void *data, struct inq_archive_walk *walk, const struct inq_archive_visit *visit);
	void *data;
	uint64_t count; /* of members so far */
	bool stopped;
};

/* All members of the archive inside `layers`; `path` is its own. *failure: why it ended early, in ctx's arena; NULL. Called by
 * `visit` for an archive in an archive. INQ_OK, INQ_NO_MEMORY, or INQ_UNUSABLE when archives cannot be read at all. */
enum inq_status inq_archive_walk(struct inq_archive_walk *walk, struct inq_layers *layers, struct inq_file_reader *file,
				 const char *path, unsigned depth, const char **failure);

/* The path of the member of this name, as in a visit, in the arena; NULL without memory. */
const char *inq_archive_path(struct inq_arena *arena, const char *archive, const char *name);

#endif
