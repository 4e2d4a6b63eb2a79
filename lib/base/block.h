/* Sixteen bytes at a time: which of them are a character, as a mask whose bit i stands for byte i. x86-64 has an instruction that
 * makes such a mask (SSE2, which is part of it); elsewhere two words of eight bytes do. */
#ifndef INQ_BASE_BLOCK_H
#define INQ_BASE_BLOCK_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

enum { INQ_BLOCK = 16 };

#ifdef __SSE2__
#include <emmintrin.h>

struct inq_block {
	__m128i bytes;
};

static inline struct inq_block inq_block_at(const char *at)
{
	return (struct inq_block) { _mm_loadu_si128((const __m128i *)(const void *)at) };
}

static inline uint32_t inq_block_is(struct inq_block block, char c)
{
	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block.bytes, _mm_set1_epi8(c)));
}

/* The bytes that are not ASCII. */
static inline uint32_t inq_block_high(struct inq_block block)
{
	return (uint32_t)_mm_movemask_epi8(block.bytes);
}
#else
struct inq_block {
	uint64_t words[2];
};

static inline struct inq_block inq_block_at(const char *at)
{
	struct inq_block block;
	memcpy(&block, at, sizeof block);
	return (struct inq_block) { { le64toh(block.words[0]), le64toh(block.words[1]) } };
}

/* The highest bits of the eight bytes, next to each other. */
static inline uint32_t inq_block_high_bits(uint64_t word)
{
	return (uint32_t)((word & 0x8080808080808080) * 0x0002040810204081 >> 56);
}

static inline uint32_t inq_block_high(struct inq_block block)
{
	return inq_block_high_bits(block.words[0]) | inq_block_high_bits(block.words[1]) << 8;
}

/* A byte is 0 when neither its highest bit is set nor a carry from the others reaches it. */
static inline uint32_t inq_block_is(struct inq_block block, char c)
{
	const uint64_t low = 0x7f7f7f7f7f7f7f7f;
	for (int i = 0; i < 2; i++) {
		uint64_t word = block.words[i] ^ UINT64_MAX / 0xff * (uint8_t)c;
		block.words[i] = ~(((word & low) + low) | word);
	}
	return inq_block_high(block);
}
#endif

/* Eight bytes as a number, the first one lowest. */
static inline uint64_t inq_eight_at(const char *at)
{
	uint64_t bytes;
	memcpy(&bytes, at, sizeof bytes);
	return le64toh(bytes);
}

#endif
