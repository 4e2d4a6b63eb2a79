/* Unpacking: every compression whole, cut at each byte, damaged, in several members, with something behind; the spool's
 * limits and holes. */
#include "lib/io/reader.h"
#include "lib/io/spool.h"
#include "lib/io/stream.h"
#include "lib/io/unpack.h"

#include "lib/base/ctx.h"
#include "tests/support/spaces.h"
#include "tests/unit/io/packed.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static struct inq_ctx ctx;
static uint8_t unpacked[1 << 16];
static size_t unpacked_size;

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create(), .artefact = "input" };
}

static void teardown(void)
{
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static const char *last_warning(void)
{
	return ctx.warnings.count ? ctx.warnings.items[ctx.warnings.count - 1] : "";
}

static int file_of(const void *bytes, size_t size)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	return fd;
}

/* Unpacks and keeps the first bytes in `unpacked`; gives the spool's file. */
static enum inq_status unpack_to(const char *name, const void *bytes, size_t size,
				 const struct inq_spool_limits *limits, int *ret)
{
	int fd = file_of(bytes, size);
	struct inq_file_reader file;
	struct inq_stream stream, inside;
	struct inq_unpacker unpacker;
	struct inq_spool spool;
	inq_file_reader_on(&file, fd, true);
	ck_assert(inq_stream_open(&stream, &file.reader) && inq_stream_open(&inside, &unpacker.reader));
	ck_assert_int_eq(inq_spool_create(&ctx, limits, &spool), INQ_OK);
	enum inq_status status = inq_unpacker_open(&ctx, name, &stream, &unpacker);
	if (status == INQ_OK) {
		inq_spool_copy(&spool, &inside);
		status = spool.full ? INQ_PARTIAL : unpacker.status;
	}
	*ret = inq_spool_finish(&spool);
	inq_unpacker_close(&unpacker);
	inq_spool_destroy(&spool);
	inq_stream_close(&inside);
	inq_stream_close(&stream);
	close(fd);
	ck_assert_int_ge(*ret, 0);
	ssize_t got = pread(*ret, unpacked, sizeof unpacked, 0);
	ck_assert_int_ge(got, 0);
	unpacked_size = (size_t)got;
	return status;
}

static enum inq_status unpack(const char *name, const void *bytes, size_t size)
{
	int fd;
	enum inq_status status = unpack_to(name, bytes, size, &inq_spool_usual, &fd);
	close(fd);
	return status;
}

/* The bytes of `rows` one after the other; the length. */
static size_t join(uint8_t *to, const void *first, size_t first_size, const void *second, size_t second_size)
{
	memcpy(to, first, first_size);
	memcpy(to + first_size, second, second_size);
	return first_size + second_size;
}

static void expect_text(const char *text)
{
	ck_assert_uint_eq(unpacked_size, strlen(text));
	ck_assert_mem_eq(unpacked, text, unpacked_size);
}

START_TEST(whole)
{
	const struct packed_row *row = &packed_rows[_i];
	ck_assert_str_eq(inq_unpack_detect(row->bytes, row->size), row->name);
	ck_assert_int_eq(unpack(row->name, row->bytes, row->size), INQ_OK);
	expect_text(packed_plain);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}
END_TEST

START_TEST(cut_anywhere)
{
	const struct packed_row *row = &packed_rows[_i];
	for (size_t size = 1; size < row->size; size++) {
		ck_assert_msg(unpack(row->name, row->bytes, size) == INQ_PARTIAL, "cut at %zu", size);
		ck_assert_uint_le(unpacked_size, strlen(packed_plain));
		ck_assert_mem_eq(unpacked, packed_plain, unpacked_size);
	}
	ck_assert_ptr_nonnull(strstr(last_warning(), "ends early"));
}
END_TEST

START_TEST(flipped_bits)
{
	const struct packed_row *row = &packed_rows[_i];
	uint8_t bytes[256];
	for (size_t at = 0; at < row->size * 8; at++) {
		memcpy(bytes, row->bytes, row->size);
		bytes[at / 8] ^= (uint8_t)(1 << at % 8);
		enum inq_status status = unpack(row->name, bytes, row->size);
		ck_assert(status == INQ_OK || status == INQ_PARTIAL);
	}
	memcpy(bytes, row->bytes, row->size);
	bytes[row->size / 2] ^= 0xff;
	ck_assert_int_eq(unpack(row->name, bytes, row->size), INQ_PARTIAL);
}
END_TEST

START_TEST(two_members)
{
	const struct packed_row *row = &packed_rows[_i];
	uint8_t bytes[256];
	size_t size = join(bytes, row->bytes, row->size, row->bytes, row->size);
	ck_assert_int_eq(unpack(row->name, bytes, size), INQ_OK);
	expect_text("hello, core\nhello, core\n");
	ck_assert_int_eq(unpack(row->name, bytes, size - 1), INQ_PARTIAL);
	ck_assert_mem_eq(unpacked, packed_plain, strlen(packed_plain));
}
END_TEST

START_TEST(zeros_behind)
{
	const struct packed_row *row = &packed_rows[_i];
	const uint8_t zeros[64] = { 0 };
	uint8_t bytes[256];
	size_t size = join(bytes, row->bytes, row->size, zeros, sizeof zeros);
	ck_assert_int_eq(unpack(row->name, bytes, size), INQ_OK);
	expect_text(packed_plain);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}
END_TEST

START_TEST(garbage_behind)
{
	const struct packed_row *row = &packed_rows[_i];
	uint8_t bytes[256];
	size_t size = join(bytes, row->bytes, row->size, "garbage", 7);
	ck_assert_int_eq(unpack(row->name, bytes, size), INQ_OK);
	expect_text(packed_plain);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(last_warning(), "ignored"));
}
END_TEST

START_TEST(skippable_frames)
{
	uint8_t bytes[256];
	size_t size = join(bytes, packed_skippable, sizeof packed_skippable, packed_zstd, sizeof packed_zstd);
	ck_assert_str_eq(inq_unpack_detect(bytes, size), "zstd");
	ck_assert_int_eq(unpack("zstd", bytes, size), INQ_OK);
	expect_text(packed_plain);
	size = join(bytes, packed_skippable, sizeof packed_skippable, packed_lz4, sizeof packed_lz4);
	ck_assert_str_eq(inq_unpack_detect(bytes, size), "lz4");
	ck_assert_int_eq(unpack("lz4", bytes, size), INQ_OK);
	expect_text(packed_plain);
}
END_TEST

START_TEST(not_packed)
{
	ck_assert_ptr_null(inq_unpack_detect((const uint8_t *)"BZhello, world, how are you", 27));
	ck_assert_ptr_null(inq_unpack_detect((const uint8_t *)"\177ELF\2\1\1", 7));
	ck_assert_ptr_null(inq_unpack_detect((const uint8_t *)"\x1f\x8b", 2));
	ck_assert_ptr_null(inq_unpack_detect(NULL, 0));
}
END_TEST

/* gzip of `size` bytes, mostly zero: a page of text at the start of each MiB. The caller frees it. */
static uint8_t *pack_sparse(size_t size, size_t *ret)
{
	uint8_t *plain = calloc(1, size);
	size_t most = compressBound(size) + 64;
	uint8_t *packed = malloc(most);
	ck_assert(plain && packed);
	for (size_t at = 0; at < size; at += 1 << 20)
		memset(plain + at, 'x', 4096);
	z_stream z = { .next_in = plain, .avail_in = (uInt)size, .next_out = packed, .avail_out = (uInt)most };
	ck_assert_int_eq(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
	*ret = z.total_out;
	deflateEnd(&z);
	free(plain);
	return packed;
}

enum { SPARSE_SIZE = 16 << 20 };

/* Every MiB of the file is a page of text and then nothing. */
static void expect_sparse(int fd, size_t size)
{
	struct stat st;
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_uint_eq((size_t)st.st_size, size);
	ck_assert_msg(st.st_blocks * 512 < 2 << 20, "%lld blocks", (long long)st.st_blocks);
	uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	ck_assert_ptr_ne(bytes, MAP_FAILED);
	for (size_t at = 0; at < size; at += 512)
		ck_assert_uint_eq(bytes[at], at % (1 << 20) < 4096 ? 'x' : 0);
	munmap(bytes, size);
}

/* In memory, and when it has to move to disk on the way. */
START_TEST(holes_stay)
{
	static const uint64_t memory[] = { 256 << 20, 5 * 4096, 0 };
	const struct inq_spool_limits limits = { .size = 1 << 30, .memory = memory[_i] };
	size_t size;
	int fd;
	uint8_t *packed = pack_sparse(SPARSE_SIZE, &size);
	ck_assert_int_eq(unpack_to("gzip", packed, size, &limits, &fd), INQ_OK);
	expect_sparse(fd, SPARSE_SIZE);
	close(fd);
	free(packed);
}
END_TEST

START_TEST(bomb)
{
	const struct inq_spool_limits limits = { .size = (5 << 20) + 1000, .memory = 1 << 20 };
	size_t size;
	int fd;
	uint8_t *packed = pack_sparse(SPARSE_SIZE, &size);
	ck_assert_int_eq(unpack_to("gzip", packed, size, &limits, &fd), INQ_PARTIAL);
	expect_sparse(fd, limits.size);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(last_warning(), "only the first 5243880 bytes"));
	close(fd);
	free(packed);
}
END_TEST

/* What is in memory already is kept. */
START_TEST(no_folder)
{
	const struct inq_spool_limits limits = { .size = 1 << 30, .memory = 5 * 4096 };
	size_t size;
	int fd;
	uint8_t *packed = pack_sparse(SPARSE_SIZE, &size);
	setenv("TMPDIR", "/nonexistent", 1);
	ck_assert_int_eq(unpack_to("gzip", packed, size, &limits, &fd), INQ_PARTIAL);
	expect_sparse(fd, 5 << 20);
	ck_assert_ptr_nonnull(strstr(last_warning(), "set TMPDIR"));
	close(fd);
	free(packed);
}
END_TEST

/* A module that cannot be opened costs its files and nothing else. */
START_TEST(missing_module)
{
	char folder[] = "/tmp/inquest-test-XXXXXX", path[64];
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/unpack-zstd.so", folder);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	setenv("INQUEST_MODULE_DIR", folder, 1);
	ck_assert_int_eq(unpack("zstd", packed_zstd, sizeof packed_zstd), INQ_UNUSABLE);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(last_warning(), "reading zstd files needs the module unpack-zstd.so"));
	ck_assert_ptr_nonnull(strstr(last_warning(), "install the package libzstd1, or unpack the file first"));
	ck_assert_int_eq(unpack("xz", packed_xz, sizeof packed_xz), INQ_OK);
	unlink(path);
	rmdir(folder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unpack");
	TCase *tcase = tcase_create("unpack");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, whole, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, cut_anywhere, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, flipped_bits, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, two_members, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, zeros_behind, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, garbage_behind, 0, PACKED_COUNT);
	tcase_add_test(tcase, skippable_frames);
	tcase_add_test(tcase, not_packed);
	tcase_add_loop_test(tcase, holes_stay, 0, 3);
	tcase_add_test(tcase, bomb);
	tcase_add_test(tcase, no_folder);
	tcase_add_test(tcase, missing_module);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
