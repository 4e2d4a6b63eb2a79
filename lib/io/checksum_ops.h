/* Checksums of whole files: what the module `crc32` does for the library. */
#ifndef INQ_IO_CHECKSUM_OPS_H
#define INQ_IO_CHECKSUM_OPS_H

#include <stddef.h>
#include <stdint.h>

struct inq_checksum_ops {
	uint32_t (*checksum)(const void *bytes, size_t size);
};

#endif
