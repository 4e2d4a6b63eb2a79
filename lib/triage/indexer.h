/* The indexer: the one process that writes to the symbol cache.
 *
 * Workers read hostile cores, so none may write what others will read. One that misses something in the cache says which
 * object's file it is of; the run passes that on to this process, which reads no core: it opens the file by itself, sees that
 * it has that build ID, and leaves in the cache what is dear to make of it. It is locked in as workers are, but for the
 * folder of the cache, begins with the first wish and ends by itself, soon after the run: nobody waits for it. When it dies,
 * what was asked of it is asked again by the next run. */
#ifndef INQ_TRIAGE_INDEXER_H
#define INQ_TRIAGE_INDEXER_H

#include "lib/triage/channel.h"

#include <inquest/triage.h>

struct inq_indexer;

struct inq_indexer_setup {
	const char *folder; /* of the cache */
	const struct inq_options *analysis;
	const struct inq_triage_options *options;
	const char *const *readable; /* folders and files, NULL-terminated */
};

/* The folder that the options name, or the user's own ($XDG_CACHE_HOME/inquest, else ~/.cache/inquest); NULL: there is to be
 * none, or memory is out. */
const char *inq_indexer_folder(struct inq_arena *arena, const struct inq_triage_options *options);

/* What is named in the setup must live as long. NULL without memory. */
struct inq_indexer *inq_indexer_create(const struct inq_indexer_setup *setup);
/* It goes on with what it was asked for; NULL is fine. */
void inq_indexer_destroy(struct inq_indexer *indexer);

/* The body of an INQ_MESSAGE_WANT, of which nothing is believed: each is passed on once. */
void inq_indexer_ask(struct inq_indexer *indexer, const char *body, size_t size);
/* Sends what waits, and sees whether it is still there. Never blocks. */
void inq_indexer_push(struct inq_indexer *indexer);
/* How many objects were asked for. */
uint64_t inq_indexer_asked(const struct inq_indexer *indexer);
/* Why the folder could not be made or written to, once that was tried; NULL. */
const char *inq_indexer_problem(const struct inq_indexer *indexer);

#endif
