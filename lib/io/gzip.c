/* gzip members and bare zlib streams, by zlib, which is linked for other reasons: the one decoder that needs no module. */
#include "lib/base/arena.h"
#include "lib/io/unpack.h"

#include <stdlib.h>
#include <zlib.h>

static void *open_stream(int window)
{
	z_stream *z = inq_alloc(sizeof *z);
	if (z && inflateInit2(z, window) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static void *gzip_open(void)
{
	return open_stream(16 + MAX_WBITS); /* 16: a gzip header, not zlib's own */
}

static void *zlib_open(void)
{
	return open_stream(MAX_WBITS);
}

static enum inq_unpack_step inflate_step(void *state, struct inq_unpack_buffers *buffers)
{
	z_stream *z = state;
	z->next_in = (Bytef *)(uintptr_t)buffers->in;
	z->avail_in = (uInt)buffers->in_size;
	z->next_out = buffers->out;
	z->avail_out = (uInt)buffers->out_size;
	int result = inflate(z, Z_NO_FLUSH);
	buffers->in = z->next_in;
	buffers->in_size = z->avail_in;
	buffers->out = z->next_out;
	buffers->out_size = z->avail_out;
	if (result == Z_STREAM_END)
		return INQ_UNPACK_END;
	return result == Z_OK || result == Z_BUF_ERROR ? INQ_UNPACK_MORE : INQ_UNPACK_DAMAGED;
}

static void inflate_close(void *state)
{
	inflateEnd(state);
	free(state);
}

const struct inq_unpack_ops inq_unpack_gzip = { gzip_open, inflate_step, inflate_close };
const struct inq_unpack_ops inq_unpack_zlib = { zlib_open, inflate_step, inflate_close };
