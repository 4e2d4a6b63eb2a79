/* One archive that is read from its beginning to its end, within bounds. */
#ifndef INQ_TRIAGE_ARCHIVE_READER_H
#define INQ_TRIAGE_ARCHIVE_READER_H

#include "lib/base/ctx.h"
#include "lib/io/archive_ops.h"
#include "lib/io/layers.h"
#include "lib/io/reader.h"

struct inq_archive;

/* On what is inside `layers`, which live as long as it. `file`, where the layers read one, lets it go to and fro when that is
 * not compressed; NULL: there is none. INQ_UNUSABLE with a warning when the module is missing. */
enum inq_status inq_archive_open(struct inq_ctx *ctx, struct inq_layers *layers, struct inq_file_reader *file,
				 struct inq_archive **ret);
void inq_archive_close(struct inq_archive *archive); /* NULL is fine */

/* The next member; false at the end, and when nothing more can be read. */
bool inq_archive_next(struct inq_archive *archive, struct inq_archive_entry *ret);
/* The bytes of the present member. */
const struct inq_reader *inq_archive_member(const struct inq_archive *archive);
/* Why it ended before its end, in ctx's arena; NULL when it did not. */
const char *inq_archive_failure(const struct inq_archive *archive);

#endif
