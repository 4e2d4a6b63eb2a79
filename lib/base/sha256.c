/* SHA-256, block by block. */
#include "lib/base/sha256.h"

#include <string.h>

enum { BLOCK = 64 };

struct sha256 {
	uint32_t state[8];
};

static const uint32_t round_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t value, unsigned by)
{
	return value >> by | value << (32 - by);
}

static void spread(const uint8_t *block, uint32_t words[64])
{
	for (unsigned i = 0; i < 16; i++)
		words[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			   (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned i = 16; i < 64; i++) {
		uint32_t a = words[i - 15], b = words[i - 2];
		words[i] = words[i - 16] + (rotate(a, 7) ^ rotate(a, 18) ^ a >> 3) + words[i - 7] +
			   (rotate(b, 17) ^ rotate(b, 19) ^ b >> 10);
	}
}

static void add_block(struct sha256 *hash, const uint8_t *block)
{
	uint32_t words[64], s[8];
	spread(block, words);
	memcpy(s, hash->state, sizeof s);
	for (unsigned i = 0; i < 64; i++) {
		uint32_t e = s[4], a = s[0];
		uint32_t one = s[7] + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & s[5]) ^ (~e & s[6])) +
			       round_constants[i] + words[i];
		uint32_t two =
			(rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]));
		memmove(s + 1, s, 7 * sizeof *s);
		s[4] += one;
		s[0] = one + two;
	}
	for (unsigned i = 0; i < 8; i++)
		hash->state[i] += s[i];
}

/* The last block, or two: what is left, a one bit, zeros, the length in bits. */
static void finish(struct sha256 *hash, const uint8_t *left, size_t length, uint64_t total)
{
	uint8_t tail[2 * BLOCK] = { 0 };
	size_t size = length + 9 > BLOCK ? 2 * BLOCK : BLOCK;
	memcpy(tail, left, length);
	tail[length] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		tail[size - 1 - i] = (uint8_t)(total * 8 >> 8 * i);
	for (size_t at = 0; at < size; at += BLOCK)
		add_block(hash, tail + at);
}

void inq_sha256(const void *bytes, size_t size, uint8_t ret[static INQ_SHA256_SIZE])
{
	struct sha256 hash = { { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
				 0x5be0cd19 } };
	const uint8_t *at = bytes;
	size_t left = size;
	for (; left >= BLOCK; at += BLOCK, left -= BLOCK)
		add_block(&hash, at);
	finish(&hash, at, left, size);
	for (unsigned i = 0; i < INQ_SHA256_SIZE; i++)
		ret[i] = (uint8_t)(hash.state[i / 4] >> (24 - 8 * (i % 4)));
}

void inq_sha256_hex(const void *bytes, size_t size, char ret[static 2 * INQ_SHA256_SIZE + 1])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t hash[INQ_SHA256_SIZE];
	inq_sha256(bytes, size, hash);
	for (unsigned i = 0; i < INQ_SHA256_SIZE; i++) {
		ret[2 * i] = digits[hash[i] >> 4];
		ret[2 * i + 1] = digits[hash[i] & 15];
	}
	ret[2 * INQ_SHA256_SIZE] = '\0';
}
