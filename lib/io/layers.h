/* The compressions around some bytes, taken off as they are read: a stream of what is inside. */
#ifndef INQ_IO_LAYERS_H
#define INQ_IO_LAYERS_H

#include "lib/base/ctx.h"
#include "lib/io/stream.h"
#include "lib/io/unpack.h"

/* A packed file in a packed file is unpacked; three are more likely an attack than a habit. */
enum { INQ_MOST_LAYERS = 2 };

/* Its streams point into it: it stays where it is. */
struct inq_layers {
	struct inq_stream streams[INQ_MOST_LAYERS + 1]; /* the outermost first */
	struct inq_unpacker unpackers[INQ_MOST_LAYERS]; /* unpackers[i] reads streams[i] */
	unsigned count;					/* of compressions */
	const char *compression;			/* the outermost; NULL for none */
};

/* `reader` must live as long as the layers. INQ_UNUSABLE with a warning when a module is missing. To be closed in any case. */
enum inq_status inq_layers_open(struct inq_ctx *ctx, const struct inq_reader *reader, struct inq_layers *ret);
void inq_layers_close(struct inq_layers *layers);

/* What is inside. */
static inline struct inq_stream *inq_layers_inside(struct inq_layers *layers)
{
	return &layers->streams[layers->count];
}

/* INQ_PARTIAL once one of them was found damaged or cut (a warning has said so), or the reader itself failed. */
enum inq_status inq_layers_status(const struct inq_layers *layers);

#endif
