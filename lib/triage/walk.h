/* A folder and all in it, walked lazily in the order of the names. Links to files are followed, links to folders are not, so
 * that no walk runs in circles; hidden names are passed over. */
#ifndef INQ_TRIAGE_WALK_H
#define INQ_TRIAGE_WALK_H

#include "lib/triage/item.h"

struct inq_walk;

/* INQ_UNUSABLE with a warning when it cannot be read. */
enum inq_status inq_walk_open(struct inq_ctx *ctx, const char *path, struct inq_walk **ret);
void inq_walk_close(struct inq_walk *walk); /* NULL is fine */

/* The next file that is something for a batch; false at the end. Its strings are in `arena`. */
bool inq_walk_next(struct inq_walk *walk, struct inq_arena *arena, struct inq_item *ret);

/* Fills `item` from the file at `path`, which a user named: kind, size, time, metadata. False when it is no file that can be
 * read: the item is then as far known as it can be. */
bool inq_walk_file(struct inq_arena *arena, const char *path, struct inq_item *item);

#endif
