/* A source: the bytes of one input, mapped and never read whole. Standard input and compressed files are unpacked into
 * an unnamed temporary file (holes stay holes) and mapped from there. */
#ifndef INQ_IO_SOURCE_H
#define INQ_IO_SOURCE_H

#include "lib/base/ctx.h"

struct inq_source {
	const char *path; /* as the user named it; "-" for standard input */
	const uint8_t *data;
	uint64_t size;		 /* of `data`: unpacked */
	const char *compression; /* "gzip", …; NULL */
	bool cut;		 /* the compressed stream ended early: what came before is there */
	void *map;
	size_t map_size;
};

/* Opens an artefact that the user named ("-" is standard input). Only regular files and pipes are read: a folder, device
 * or socket is refused. INQ_UNUSABLE with a warning that says why; INQ_PARTIAL when the compressed stream is cut or
 * damaged (what came before is there). The source belongs to the caller until inq_source_close. */
enum inq_status inq_source_open(struct inq_ctx *ctx, const char *path, struct inq_source **ret);

/* Takes over an open descriptor of a regular file (a file found by lib/io/files.h); it is never unpacked. `path` must live
 * as long as the source. */
enum inq_status inq_source_from_fd(struct inq_ctx *ctx, int fd, const char *path, struct inq_source **ret);

/* A source on bytes that the caller keeps alive: for tests and fuzzers. */
enum inq_status inq_source_from_memory(const uint8_t *data, size_t size, const char *path, struct inq_source **ret);

/* Lets go of the memory that its pages take, for now: they are read again when they are touched. */
void inq_source_give_back(const struct inq_source *source);

void inq_source_close(struct inq_source *source); /* NULL is fine */

#endif
