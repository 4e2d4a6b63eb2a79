/* Module: xz streams, by liblzma. */
#include "lib/io/provider.h"
#include "lib/io/unpack.h"

#include <lzma.h>
#include <stdlib.h>

static void *xz_open(void)
{
	static const lzma_stream empty = LZMA_STREAM_INIT;
	lzma_stream *stream = malloc(sizeof *stream);
	if (!stream)
		return NULL;
	*stream = empty;
	if (lzma_stream_decoder(stream, INQ_UNPACK_MOST_MEMORY, 0) == LZMA_OK)
		return stream;
	free(stream);
	return NULL;
}

static enum inq_unpack_step xz_step(void *state, struct inq_unpack_buffers *buffers)
{
	lzma_stream *stream = state;
	stream->next_in = buffers->in;
	stream->avail_in = buffers->in_size;
	stream->next_out = buffers->out;
	stream->avail_out = buffers->out_size;
	lzma_ret result = lzma_code(stream, LZMA_RUN);
	buffers->in = stream->next_in;
	buffers->in_size = stream->avail_in;
	buffers->out = stream->next_out;
	buffers->out_size = stream->avail_out;
	if (result == LZMA_STREAM_END)
		return INQ_UNPACK_END;
	if (result == LZMA_MEMLIMIT_ERROR)
		return INQ_UNPACK_TOO_LARGE;
	return result == LZMA_OK || result == LZMA_BUF_ERROR ? INQ_UNPACK_MORE : INQ_UNPACK_DAMAGED;
}

static void xz_close(void *state)
{
	lzma_end(state);
	free(state);
}

static const struct inq_unpack_ops ops = { xz_open, xz_step, xz_close };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_UNPACK, "unpack-xz", &ops };
