/* Buffered reading of files and pipes, also of pipes that do not block. */
#include "lib/io/stream.h"

#include "lib/base/arena.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 256 << 10 };

bool inq_stream_open(struct inq_stream *stream, int fd, bool seekable)
{
	*stream = (struct inq_stream) { .fd = fd, .seekable = seekable, .buffer = inq_alloc(BUFFER_SIZE) };
	return stream->buffer != NULL;
}

void inq_stream_close(struct inq_stream *stream)
{
	free(stream->buffer);
	stream->buffer = NULL;
}

/* A pipe is polled first: a FIFO opened without blocking has no writer yet and would look ended. */
static ssize_t read_some(struct inq_stream *stream, uint8_t *room, size_t size)
{
	for (;;) {
		ssize_t got;
		if (stream->seekable) {
			got = pread(stream->fd, room, size, (off_t)stream->read);
		} else {
			struct pollfd wait = { .fd = stream->fd, .events = POLLIN };
			got = poll(&wait, 1, -1) < 0 ? -1 : read(stream->fd, room, size);
		}
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
	}
}

size_t inq_stream_fill(struct inq_stream *stream, size_t least)
{
	if (stream->end - stream->at < least && stream->at) {
		memmove(stream->buffer, stream->buffer + stream->at, stream->end - stream->at);
		stream->end -= stream->at;
		stream->at = 0;
	}
	while (!stream->ended && stream->end - stream->at < least) {
		ssize_t got = read_some(stream, stream->buffer + stream->end, BUFFER_SIZE - stream->end);
		if (got <= 0) {
			stream->ended = true;
			stream->error = got < 0 ? errno : 0;
		} else {
			stream->end += (size_t)got;
			stream->read += (uint64_t)got;
		}
	}
	return stream->end - stream->at;
}
