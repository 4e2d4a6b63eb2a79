/* Module: bzip2 streams, by libbz2. */
#include "lib/io/provider.h"
#include "lib/io/unpack.h"

#include <bzlib.h>
#include <stdlib.h>

static void *bzip2_open(void)
{
	bz_stream *stream = calloc(1, sizeof *stream);
	if (!stream || BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK)
		return stream;
	free(stream);
	return NULL;
}

static enum inq_unpack_step bzip2_step(void *state, struct inq_unpack_buffers *buffers)
{
	bz_stream *stream = state;
	stream->next_in = (char *)(uintptr_t)buffers->in;
	stream->avail_in = (unsigned)buffers->in_size;
	stream->next_out = (char *)buffers->out;
	stream->avail_out = (unsigned)buffers->out_size;
	int result = BZ2_bzDecompress(stream);
	buffers->in = (const uint8_t *)stream->next_in;
	buffers->in_size = stream->avail_in;
	buffers->out = (uint8_t *)stream->next_out;
	buffers->out_size = stream->avail_out;
	if (result == BZ_STREAM_END)
		return INQ_UNPACK_END;
	return result == BZ_OK ? INQ_UNPACK_MORE : INQ_UNPACK_DAMAGED;
}

static void bzip2_close(void *state)
{
	BZ2_bzDecompressEnd(state);
	free(state);
}

static const struct inq_unpack_ops ops = { bzip2_open, bzip2_step, bzip2_close };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_UNPACK, "unpack-bzip2", &ops };
