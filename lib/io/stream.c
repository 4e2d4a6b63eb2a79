/* Buffered reading. */
#include "lib/io/stream.h"

#include "lib/base/arena.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 256 << 10 };

bool inq_stream_open(struct inq_stream *stream, const struct inq_reader *reader)
{
	*stream = (struct inq_stream) { .reader = reader, .buffer = inq_alloc(BUFFER_SIZE) };
	return stream->buffer != NULL;
}

void inq_stream_close(struct inq_stream *stream)
{
	free(stream->buffer);
	stream->buffer = NULL;
}

/* A caller's function that claims to have given more than there was room for is not believed. */
static void take(struct inq_stream *stream, int64_t got, size_t room)
{
	if (got > 0 && (uint64_t)got <= room) {
		stream->end += (size_t)got;
		stream->read += (uint64_t)got;
		return;
	}
	stream->ended = true;
	if (got)
		stream->error = got < 0 && got >= -INT_MAX ? (int)-got : EIO;
}

size_t inq_stream_fill(struct inq_stream *stream, size_t least)
{
	if (stream->end - stream->at < least && stream->at) {
		memmove(stream->buffer, stream->buffer + stream->at, stream->end - stream->at);
		stream->end -= stream->at;
		stream->at = 0;
	}
	while (!stream->ended && stream->end - stream->at < least) {
		size_t room = BUFFER_SIZE - stream->end;
		take(stream, stream->reader->read(stream->reader->data, stream->buffer + stream->end, room), room);
	}
	return stream->end - stream->at;
}

const char *inq_stream_why(const struct inq_stream *stream)
{
	const struct inq_reader *reader = stream->reader;
	const char *why = reader->why ? reader->why(reader->data) : NULL;
	return why ? why : strerror(stream->error);
}
