/* Joining the spaces of several artefacts into one, and the objects that their mappings make up. */
#ifndef INQ_SPACE_JOIN_H
#define INQ_SPACE_JOIN_H

#include "lib/space/model.h"

/* An empty, unsealed space. Owned by the caller. */
struct inq_space *inq_space_create(struct inq_ctx *ctx);
void inq_space_destroy(struct inq_space *space); /* NULL is fine */
/* Makes it empty again, for the next listing: what was allocated for the one before is kept. Not of a sealed space. */
void inq_space_clear(struct inq_space *space);

/* Moves what `more` knows into `space`: mappings are laid over each other by address (a range that both know keeps the
 * bytes of the one that holds memory and the name, file and sizes of whoever tells them), process facts fill the
 * gaps. What they tell differently is noted by `conflict`, which may be NULL. `more` is emptied and destroyed. */
enum inq_status inq_space_join(struct inq_space *space, struct inq_space *more,
			       void (*conflict)(void *data, const struct inq_mapping *ours,
						const struct inq_mapping *theirs),
			       void *data);

#endif
