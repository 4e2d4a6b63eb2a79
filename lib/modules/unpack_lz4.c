/* Module: lz4 frames, by liblz4. */
#include "lib/io/provider.h"
#include "lib/io/unpack.h"

#include <lz4frame.h>

static void *lz4_open(void)
{
	LZ4F_dctx *context;
	return LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)) ? NULL : context;
}

static enum inq_unpack_step lz4_step(void *state, struct inq_unpack_buffers *buffers)
{
	size_t in = buffers->in_size, out = buffers->out_size;
	size_t result = LZ4F_decompress(state, buffers->out, &out, buffers->in, &in, NULL);
	if (LZ4F_isError(result))
		return INQ_UNPACK_DAMAGED;
	buffers->in += in;
	buffers->in_size -= in;
	buffers->out += out;
	buffers->out_size -= out;
	return result == 0 ? INQ_UNPACK_END : INQ_UNPACK_MORE;
}

static void lz4_close(void *state)
{
	LZ4F_freeDecompressionContext(state);
}

static const struct inq_unpack_ops ops = { lz4_open, lz4_step, lz4_close };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_UNPACK, "unpack-lz4", &ops };
