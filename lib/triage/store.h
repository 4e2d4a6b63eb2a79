/* The store: results in an SQLite file, so that a second run reads only what is new or changed. Written in transactions of a
 * batch (WAL): a run that is killed loses at most what was not yet acknowledged, and repeats only that. Between batches no
 * lock is held, so that several processes can share a store. The schema is in docs/triage.md, for others' SQL. SQLite stands
 * behind a module (lib/triage/store_ops.h). */
#ifndef INQ_TRIAGE_STORE_H
#define INQ_TRIAGE_STORE_H

#include "lib/base/ctx.h"

#include <inquest/triage.h>

struct inq_store;

/* Opens or makes it; `ctx` must outlive it. INQ_UNUSABLE with a warning that says why: no SQLite, no such folder, another
 * program's database, a newer version of the schema, damaged, read-only (when `write` is wanted). With a path NULL it is
 * temporary, for one process. */
enum inq_status inq_store_open(struct inq_ctx *ctx, const char *path, bool write, struct inq_store **ret);
/* Commits what is left, and leaves one file, without a log beside it. NULL is fine. */
enum inq_status inq_store_close(struct inq_store *store);

/* Whether a file begins as a store does. */
bool inq_store_detect(const uint8_t *head, size_t size);

/* True when the store has a result of the input `path` (a file; an archive with all its members) as it is now. */
bool inq_store_has(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns);

/* Puts a result in, in place of an older one of the same path. It is written at the end of the batch: with the 256th, with
 * the first after a second, by inq_store_commit (which is for pauses in which no results come). INQ_UNUSABLE, with a warning
 * the first time, when it cannot be (a full disk): what was committed before stays. */
enum inq_status inq_store_put(struct inq_store *store, const struct inq_triage_result *result, const char *line);
/* The same of a result from elsewhere. Of several of one path the same one stays, in whatever order they come: that of the
 * newer file, the one that went better, the line that sorts first. */
enum inq_status inq_store_offer(struct inq_store *store, const struct inq_triage_result *result, const char *line);
/* An input was read whole: an archive is complete only then. What an older state of it gave is forgotten. */
enum inq_status inq_store_finished(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns);
/* The same of an input that was read elsewhere: of two states of one file the newer stays, and nothing is forgotten. */
enum inq_status inq_store_offer_finished(struct inq_store *store, const char *path, uint64_t size, uint64_t mtime_ns);
enum inq_status inq_store_commit(struct inq_store *store);

/* Every line, in the order of their paths; the callback's false ends it. INQ_PARTIAL when the store turns out to be damaged
 * on the way. */
enum inq_status inq_store_each(struct inq_store *store, bool (*line)(void *data, const char *line, size_t length),
			       void *data);
/* Every input that was finished. */
enum inq_status inq_store_each_input(struct inq_store *store,
				     bool (*input)(void *data, const char *path, uint64_t size, uint64_t mtime_ns),
				     void *data);

#endif
