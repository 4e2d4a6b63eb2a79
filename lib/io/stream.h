/* An open file or pipe, read from its beginning to its end through a buffer. */
#ifndef INQ_IO_STREAM_H
#define INQ_IO_STREAM_H

#include <inquest/types.h>

struct inq_stream {
	int fd;	       /* not closed by the stream */
	bool seekable; /* read by offset, so that a shared file position stays where it is */
	bool ended;    /* the buffer holds all that is left */
	int error;     /* errno of the read that ended it; 0 for a real end */
	uint64_t read; /* bytes taken from the file so far */
	uint8_t *buffer;
	size_t at, end; /* what of the buffer is not used yet */
};

/* `fd` of a regular file (seekable) or a pipe. False when memory is out. */
bool inq_stream_open(struct inq_stream *stream, int fd, bool seekable);
void inq_stream_close(struct inq_stream *stream);

/* Has at least `least` bytes in the buffer (up to half its size), or all that is left. Returns how many there are. */
size_t inq_stream_fill(struct inq_stream *stream, size_t least);

/* The offset of the first byte not used yet. */
static inline uint64_t inq_stream_offset(const struct inq_stream *stream)
{
	return stream->read - (stream->end - stream->at);
}

#endif
