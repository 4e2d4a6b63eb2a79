/* The store: results in an SQLite file, so that a second run reads only what is new or changed. Written in transactions of a
 * batch (WAL): a run that is killed loses at most what was not acknowledged, and repeats only that. The schema is in
 * docs/triage.md, for others' SQL. SQLite stands behind a module (lib/triage/store_ops.h). */
#ifndef INQ_TRIAGE_STORE_H
#define INQ_TRIAGE_STORE_H

#include "lib/base/ctx.h"

#include <inquest/triage.h>

struct inq_store;

/* Opens or makes it. INQ_UNUSABLE with a warning that says why: no SQLite, no such folder, another program's database, a
 * newer version of the schema, read-only (when `write` is wanted). */
enum inq_status inq_store_open(struct inq_ctx *ctx, const char *path, bool write, struct inq_store **ret);
/* Commits what is left. NULL is fine. */
enum inq_status inq_store_close(struct inq_store *store);

/* True when the store has a result of the input `path` (a file; an archive with all its members) as it is now. */
bool inq_store_has(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns);

/* Puts a result in, in place of an older one of the same path. Written at the end of the batch; INQ_UNUSABLE when it cannot
 * be (a full disk). inq_store_commit ends the batch now. */
enum inq_status inq_store_put(struct inq_store *store, const struct inq_triage_result *result, const char *line);
/* An input was read whole: an archive is complete only then. */
enum inq_status inq_store_finished(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns);
enum inq_status inq_store_commit(struct inq_store *store);

/* Every line, in the order of their paths; the callback's false ends it. */
enum inq_status inq_store_each(struct inq_store *store, bool (*line)(void *data, const char *line, size_t length),
			       void *data);

#endif
