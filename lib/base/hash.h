/* FNV-1a, 64 bits: draft-eastlake-fnv, 2 and 5. For tables of our own and for what must stay the same everywhere; not against who
 * wants collisions. */
#ifndef INQ_BASE_HASH_H
#define INQ_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t inq_hash_bytes(const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	uint64_t hash = 0xcbf29ce484222325;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ at[i]) * 0x100000001b3;
	return hash;
}

static inline uint64_t inq_hash_string(const char *string)
{
	return inq_hash_bytes(string, strlen(string));
}

#endif
