/* Archives by hand: POSIX pax (ustar), RFC 1952 by zlib, RFC 4648. */
#include "tests/support/archives.h"

#include "tests/support/corewriter.h"

#include <check.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BLOCK = 512 };

void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
	bytes->data = realloc(bytes->data, bytes->size + size + 1);
	ck_assert_ptr_nonnull(bytes->data);
	if (size)
		memcpy(bytes->data + bytes->size, data, size);
	bytes->size += size;
}

void bytes_release(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes) { 0 };
}

static void add_member(struct bytes *tar, const char *name, char type, const char *target, const void *data,
		       size_t size)
{
	static const uint8_t zeros[BLOCK] = { 0 };
	char header[BLOCK] = { 0 };
	unsigned sum = 0;
	snprintf(header, 100, "%s", name);
	snprintf(header + 100, 8, "%07o", 0644);
	snprintf(header + 124, 12, "%011zo", size);
	snprintf(header + 136, 12, "%011o", 1700000000);
	memset(header + 148, ' ', 8);
	header[156] = type;
	snprintf(header + 157, 100, "%s", target);
	memcpy(header + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (uint8_t)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	bytes_add(tar, header, BLOCK);
	bytes_add(tar, data, size);
	bytes_add(tar, zeros, (BLOCK - size % BLOCK) % BLOCK);
}

void tar_member(struct bytes *tar, const char *name, char type, const void *data, size_t size)
{
	add_member(tar, name, type, "", data, size);
}

void tar_link(struct bytes *tar, const char *name, char type, const char *target)
{
	add_member(tar, name, type, target, NULL, 0);
}

void tar_file(struct bytes *tar, const char *name, const void *data, size_t size)
{
	tar_member(tar, name, '0', data, size);
}

void tar_end(struct bytes *tar)
{
	static const uint8_t zeros[2 * BLOCK] = { 0 };
	bytes_add(tar, zeros, sizeof zeros);
}

struct bytes gzip_of(const void *data, size_t size)
{
	size_t most = compressBound(size) + 64;
	struct bytes packed = { .data = malloc(most) };
	ck_assert_ptr_nonnull(packed.data);
	z_stream z = { .next_in = (Bytef *)(uintptr_t)data,
		       .avail_in = (uInt)size,
		       .next_out = packed.data,
		       .avail_out = (uInt)most };
	ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	packed.size = z.total_out;
	deflateEnd(&z);
	return packed;
}

struct bytes base64_of(const void *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const uint8_t *from = data;
	struct bytes text = { 0 };
	for (size_t at = 0; at < size; at += 3) {
		size_t left = size - at;
		unsigned bits = (unsigned)from[at] << 16 | (left > 1 ? (unsigned)from[at + 1] << 8 : 0) |
				(left > 2 ? from[at + 2] : 0U);
		char four[4] = { digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=',
				 left > 2 ? digits[bits & 63] : '=' };
		bytes_add(&text, four, 4);
	}
	return text;
}

/* elf_prstatus of Linux: pr_cursig at 12, pr_pid at 32. */
struct bytes small_core(uint64_t pid)
{
	struct corewriter w = corewriter(EM_X86_64, 64, false);
	uint8_t status[336] = { 0 };
	struct bytes core;
	corewriter_put(&w, status, 12, 2, 11);
	corewriter_put(&w, status, 32, 4, pid);
	corewriter_note(&w, "CORE", NT_PRSTATUS, status, sizeof status);
	corewriter_segment(&w, 0x10000, 4096, 4096, PF_R | PF_W);
	core.data = corewriter_finish(&w, &core.size);
	corewriter_release(&w);
	return core;
}
