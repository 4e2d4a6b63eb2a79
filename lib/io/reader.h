/* A file or pipe as a reader: for those who hand a reader on. */
#ifndef INQ_IO_READER_H
#define INQ_IO_READER_H

#include "lib/base/ctx.h"

struct inq_file_reader {
	struct inq_reader reader;
	int fd;
	bool seekable; /* read by offset, so that a shared file position stays where it is */
	uint64_t at;   /* bytes read so far */
};

/* Opens an artefact that the user named ("-" is standard input): a regular file or a pipe. INQ_UNUSABLE with a warning that
 * says why. The reader is at its place until it is closed: it must not be copied. */
enum inq_status inq_file_reader_open(struct inq_ctx *ctx, const char *path, struct inq_file_reader *ret);
void inq_file_reader_close(struct inq_file_reader *reader);

/* A reader on an open descriptor, which stays the caller's. */
void inq_file_reader_on(struct inq_file_reader *reader, int fd, bool seekable);

#endif
