/* Shards: parts of the inputs, for the machines of a cluster. Which shard an input is in depends on its identity alone, so
 * that machines agree without talking: the number of the shard, from 0 on, is HASH modulo the number of shards. HASH is the
 * 64-bit FNV-1a of the identity's bytes, mixed by the last steps of MurmurHash3 (fmix64), as FNV's low bits alone would not
 * spread names that differ at their end only. */
#ifndef INQ_TRIAGE_SHARD_H
#define INQ_TRIAGE_SHARD_H

#include <inquest/types.h>

/* Whether the input of this identity is in the shard, of `count`, counted from 0. */
bool inq_shard_has(const char *identity, uint64_t shard, uint64_t count);

#endif
