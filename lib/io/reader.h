/* Files, pipes and bytes in memory as readers. */
#ifndef INQ_IO_READER_H
#define INQ_IO_READER_H

#include "lib/base/ctx.h"

/* Its reader points to it: it stays where it is. */
struct inq_file_reader {
	struct inq_reader reader;
	int fd;
	bool seekable; /* a regular file: read by offset, so that a shared file position stays where it is */
	uint64_t at;   /* where the next read begins */
	uint64_t size; /* of a regular file, as inq_file_reader_open found it */
};

/* Opens an artefact that the user named ("-" is standard input). Only regular files and pipes are read: a folder, device or
 * socket is refused. INQ_UNUSABLE with a warning that says why. */
enum inq_status inq_file_reader_open(struct inq_ctx *ctx, const char *path, struct inq_file_reader *ret);
void inq_file_reader_close(struct inq_file_reader *reader);

/* On a descriptor that stays the caller's. */
void inq_file_reader_on(struct inq_file_reader *reader, int fd, bool seekable);

/* Bytes in memory, as a reader that stays where it is. */
struct inq_memory_reader {
	struct inq_reader reader;
	const uint8_t *bytes;
	size_t left;
};
void inq_memory_reader_on(struct inq_memory_reader *reader, const uint8_t *bytes, size_t size);

#endif
