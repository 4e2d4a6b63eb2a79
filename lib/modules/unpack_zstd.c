/* Module: zstd frames, by libzstd. */
#include "lib/io/provider.h"
#include "lib/io/unpack.h"

#include <zstd.h>
#include <zstd_errors.h>

static void *zstd_open(void)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	/* Frames made with --long name windows of up to 2 GiB: 2^28 is INQ_UNPACK_MOST_MEMORY. */
	if (stream)
		ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 28);
	return stream;
}

static enum inq_unpack_step zstd_step(void *state, struct inq_unpack_buffers *buffers)
{
	ZSTD_inBuffer in = { buffers->in, buffers->in_size, 0 };
	ZSTD_outBuffer out = { buffers->out, buffers->out_size, 0 };
	size_t result = ZSTD_decompressStream(state, &out, &in);
	buffers->in += in.pos;
	buffers->in_size -= in.pos;
	buffers->out += out.pos;
	buffers->out_size -= out.pos;
	if (!ZSTD_isError(result))
		return result == 0 ? INQ_UNPACK_END : INQ_UNPACK_MORE;
	return ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge ? INQ_UNPACK_TOO_LARGE
										     : INQ_UNPACK_DAMAGED;
}

static void zstd_close(void *state)
{
	ZSTD_freeDStream(state);
}

static const struct inq_unpack_ops ops = { zstd_open, zstd_step, zstd_close };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_UNPACK, "unpack-zstd", &ops };
