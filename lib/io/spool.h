/* A spool: an unnamed file that takes the bytes of a pipe or of a compressed file, so that they can be mapped.
 *
 * It begins in memory (memfd) and moves to an unlinked file in $TMPDIR (/var/tmp) when it grows. Pages of zeros are left
 * out, so that a sparse core stays sparse. A hostile file can unpack to any size: the spool is limited, and keeps what
 * came before. */
#ifndef INQ_IO_SPOOL_H
#define INQ_IO_SPOOL_H

#include <inquest/types.h>

struct inq_ctx;
struct inq_stream;

struct inq_spool_limits {
	uint64_t size;	 /* bytes, holes included */
	uint64_t memory; /* bytes kept in memory, holes not counted */
};

struct inq_spool {
	struct inq_ctx *ctx;
	struct inq_spool_limits limits;
	int fd;
	bool on_disk;
	bool full;	      /* takes no more: a limit, or an error; a warning was given */
	uint64_t size;	      /* bytes written, holes included */
	uint64_t stored;      /* holes not counted */
	uint64_t most_stored; /* once on disk */
	uint8_t *buffer;      /* the bytes that follow, until there are enough to write */
	size_t used;
};

/* The limits for a user's files. */
extern const struct inq_spool_limits inq_spool_usual;

enum inq_status inq_spool_create(struct inq_ctx *ctx, const struct inq_spool_limits *limits, struct inq_spool *ret);
void inq_spool_destroy(struct inq_spool *spool);

/* Takes all of the stream, unless the spool is full before. */
void inq_spool_copy(struct inq_spool *spool, struct inq_stream *stream);

/* Writes what is left and gives the descriptor, which the caller now owns; -1 with a warning when that fails. */
int inq_spool_finish(struct inq_spool *spool);

#endif
