/* Module: zlib streams of known size, by libdeflate, which needs less than half of zlib's time. */
#include "lib/io/provider.h"
#include "lib/symbol/inflate_ops.h"

#include <libdeflate.h>

static bool inflate(const uint8_t *packed, size_t packed_size, uint8_t *ret, size_t unpacked_size)
{
	struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();
	if (!decompressor)
		return false;
	/* Without a place for the real size it fails when that is another one. */
	bool ok = libdeflate_zlib_decompress(decompressor, packed, packed_size, ret, unpacked_size, NULL) ==
		  LIBDEFLATE_SUCCESS;
	libdeflate_free_decompressor(decompressor);
	return ok;
}

static const struct inq_inflate_ops ops = { inflate };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_INFLATE, "inflate", &ops };
