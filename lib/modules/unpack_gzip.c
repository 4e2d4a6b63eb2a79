/* Module: gzip members (RFC 1952) and bare zlib streams (RFC 1950: compressed sections), by zlib, which tells them apart. */
#include "lib/io/provider.h"
#include "lib/io/unpack.h"

#include <stdlib.h>
#include <zlib.h>

static void *gzip_open(void)
{
	enum { EITHER_HEADER = 32 }; /* inflateInit2 in zlib's manual */
	z_stream *z = calloc(1, sizeof *z);
	if (z && inflateInit2(z, EITHER_HEADER + MAX_WBITS) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static enum inq_unpack_step gzip_step(void *state, struct inq_unpack_buffers *buffers)
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

static void gzip_close(void *state)
{
	inflateEnd(state);
	free(state);
}

static const struct inq_unpack_ops ops = { gzip_open, gzip_step, gzip_close };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_UNPACK, "unpack-gzip", &ops };
