/* SHA-256 (FIPS 180-4): a fingerprint that nobody can give to other bytes. */
#ifndef INQ_BASE_SHA256_H
#define INQ_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { INQ_SHA256_SIZE = 32 };

void inq_sha256(const void *bytes, size_t size, uint8_t ret[static INQ_SHA256_SIZE]);
/* The same as 64 hexadecimal digits and a NUL. */
void inq_sha256_hex(const void *bytes, size_t size, char ret[static 2 * INQ_SHA256_SIZE + 1]);

#endif
