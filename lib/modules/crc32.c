/* Module: the CRC-32 of gzip and of .gnu_debuglink, by zlib. */
#include "lib/io/checksum_ops.h"
#include "lib/io/provider.h"

#include <zlib.h>

static uint32_t checksum(const void *bytes, size_t size)
{
	return (uint32_t)crc32_z(0, bytes, size);
}

static const struct inq_checksum_ops ops = { checksum };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_CHECKSUM, "crc32", &ops };
