/* Checksums of whole files. */
#ifndef INQ_IO_CHECKSUM_H
#define INQ_IO_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* *ret = the CRC-32 that gzip and .gnu_debuglink have (RFC 1952, 8; GDB's manual, "Separate Debug Files"). False when the
 * module for it is missing. */
bool inq_crc32(const void *bytes, size_t size, uint32_t *ret);

#endif
