/* What a reader gives, through a buffer. */
#ifndef INQ_IO_STREAM_H
#define INQ_IO_STREAM_H

#include <inquest/types.h>

struct inq_stream {
	const struct inq_reader *reader; /* not closed by the stream */
	bool ended;			 /* the buffer holds all that is left */
	int error;			 /* errno of the read that ended it; 0 for a real end */
	uint64_t read;			 /* bytes taken from the reader so far */
	uint8_t *buffer;
	size_t at, end; /* what of the buffer is not used yet */
};

/* False when memory is out. */
bool inq_stream_open(struct inq_stream *stream, const struct inq_reader *reader);
void inq_stream_close(struct inq_stream *stream);

/* Has at least `least` bytes in the buffer (up to half its size), or all that is left. Returns how many there are. */
size_t inq_stream_fill(struct inq_stream *stream, size_t least);

/* Why it ended before its end, in words. */
const char *inq_stream_why(const struct inq_stream *stream);

/* The offset of the first byte not used yet. */
static inline uint64_t inq_stream_offset(const struct inq_stream *stream)
{
	return stream->read - (stream->end - stream->at);
}

#endif
