/* Arithmetic on sizes and addresses that come from an input: each helper says whether the result fits. */
#ifndef INQ_BASE_CHECKED_H
#define INQ_BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

/* *ret = a + b; false when it wraps (*ret is then unchanged). */
static inline bool inq_add(uint64_t a, uint64_t b, uint64_t *ret)
{
	uint64_t sum;
	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

static inline bool inq_mul(uint64_t a, uint64_t b, uint64_t *ret)
{
	uint64_t product;
	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*ret = product;
	return true;
}

/* The lowest `bits` (1 to 64) of the value as a signed number; what is above them is dropped. */
static inline int64_t inq_sign_extend(uint64_t value, unsigned bits)
{
	return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

/* Rounds up to a multiple of `align` (a power of two). False when it wraps. */
static inline bool inq_align_up(uint64_t value, uint64_t align, uint64_t *ret)
{
	uint64_t sum;
	if (!inq_add(value, align - 1, &sum))
		return false;
	*ret = sum & ~(align - 1);
	return true;
}

/* True when [offset, offset + size) lies within [0, limit). */
static inline bool inq_within(uint64_t offset, uint64_t size, uint64_t limit)
{
	return offset <= limit && size <= limit - offset;
}

#endif
