/* Sources: what is opened and what is refused, from a file, a pipe, a FIFO, standard input, /proc; packed, also twice. */
#include "lib/io/source.h"

#include "tests/support/spaces.h"
#include "tests/unit/io/packed.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct inq_ctx ctx;
static char folder[64], path[100];

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create(), .artefact = "outer" };
	snprintf(folder, sizeof folder, "/tmp/inquest-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/input", folder);
}

static void teardown(void)
{
	ck_assert_str_eq(ctx.artefact, "outer");
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	unlink(path);
	rmdir(folder);
}

static void write_file(const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

/* A pipe that holds `bytes`, closed behind them. */
static int pipe_of(const void *bytes, size_t size)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(write(ends[1], bytes, size), (ssize_t)size);
	close(ends[1]);
	return ends[0];
}

static void expect(const char *name, const char *text, const char *compression)
{
	struct inq_source *source;
	ck_assert_int_eq(inq_source_open(&ctx, name, &source), INQ_OK);
	ck_assert_uint_eq(source->size, strlen(text));
	ck_assert_mem_eq(source->data, text, strlen(text));
	ck_assert_str_eq(source->path, name);
	ck_assert_pstr_eq(source->compression, compression);
	ck_assert(!source->cut);
	inq_source_close(source);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}

static void expect_refused(const char *name, const char *why)
{
	struct inq_source *source = (struct inq_source *)&ctx;
	ck_assert_int_eq(inq_source_open(&ctx, name, &source), INQ_UNUSABLE);
	ck_assert_ptr_null(source);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_msg(strstr(ctx.warnings.items[0], why) != NULL, "%s", ctx.warnings.items[0]);
	ck_assert_int_eq(strncmp(ctx.warnings.items[0], name, strlen(name)), 0);
}

START_TEST(plain_file)
{
	write_file("text\n", 5);
	expect(path, "text\n", NULL);
}
END_TEST

START_TEST(packed_file)
{
	write_file(packed_rows[_i].bytes, packed_rows[_i].size);
	expect(path, packed_plain, packed_rows[_i].name);
}
END_TEST

START_TEST(packed_pipe)
{
	int fd = pipe_of(packed_rows[_i].bytes, packed_rows[_i].size);
	snprintf(path, sizeof path, "/dev/fd/%d", fd); /* as bash's <(…) names it */
	expect(path, packed_plain, packed_rows[_i].name);
	close(fd);
}
END_TEST

START_TEST(standard_input)
{
	int fd = _i ? pipe_of(packed_gzip, sizeof packed_gzip) : pipe_of(packed_plain, strlen(packed_plain));
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	expect("-", packed_plain, _i ? "gzip" : NULL);
	expect_refused("-", "is empty"); /* all was read */
}
END_TEST

START_TEST(standard_input_file)
{
	write_file("text\n", 5);
	int fd = open(path, O_RDONLY);
	ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	expect("-", "text\n", NULL);
}
END_TEST

static void *write_late(void *unused)
{
	(void)unused;
	usleep(50000);
	int fd = open(path, O_WRONLY);
	if (fd >= 0 && write(fd, "late\n", 5) == 5)
		close(fd);
	return NULL;
}

/* The reader waits for the writer. */
START_TEST(fifo)
{
	pthread_t writer;
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(pthread_create(&writer, NULL, write_late, NULL), 0);
	expect(path, "late\n", NULL);
	pthread_join(writer, NULL);
}
END_TEST

/* Files of /proc claim to be empty. */
START_TEST(proc_file)
{
	struct inq_source *source;
	ck_assert_int_eq(inq_source_open(&ctx, "/proc/self/maps", &source), INQ_OK);
	ck_assert_uint_gt(source->size, 100);
	ck_assert_ptr_nonnull(memmem(source->data, source->size, "[stack]", 7));
	inq_source_close(source);
}
END_TEST

START_TEST(refused)
{
	expect_refused(_i == 0	 ? "/"
		       : _i == 1 ? "/dev/null"
				 : "/nonexistent/file",
		       _i == 0	 ? "is a folder"
		       : _i == 1 ? "is a device"
				 : "cannot be opened: No such file");
}
END_TEST

START_TEST(refused_socket)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	expect_refused(path, "cannot be opened");
	close(fd);
}
END_TEST

START_TEST(empty)
{
	static const uint8_t gzip_of_nothing[20] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3 };
	write_file(gzip_of_nothing, _i ? sizeof gzip_of_nothing : 0);
	expect_refused(path, "is empty");
}
END_TEST

START_TEST(cut)
{
	struct inq_source *source;
	write_file(packed_lz4, sizeof packed_lz4 - 8); /* the block is whole, the end mark is not */
	ck_assert_int_eq(inq_source_open(&ctx, path, &source), INQ_PARTIAL);
	ck_assert(source->cut);
	ck_assert_str_eq(source->compression, "lz4");
	ck_assert_uint_eq(source->size, strlen(packed_plain));
	ck_assert_uint_eq(ctx.warnings.count, 1);
	inq_source_close(source);
}
END_TEST

START_TEST(cut_to_nothing)
{
	write_file(packed_gzip, 10); /* its header */
	expect_refused(path, "ends early");
}
END_TEST

/* `size` bytes in gzip's stored form (RFC 1951, 3.2.4), without a true checksum; the length. */
static size_t store(uint8_t *to, const void *bytes, uint16_t size)
{
	const uint8_t head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1 };
	memcpy(to, head, sizeof head);
	uint16_t lengths[2] = { size, (uint16_t)~size };
	memcpy(to + sizeof head, lengths, sizeof lengths);
	memcpy(to + sizeof head + 4, bytes, size);
	memset(to + sizeof head + 4 + size, 0, 8);
	return sizeof head + 4 + size + 8;
}

START_TEST(packed_twice)
{
	struct inq_source *source;
	uint8_t once[256], twice[300];
	size_t size = store(once, packed_zstd, sizeof packed_zstd);
	write_file(once, size);
	ck_assert_int_eq(inq_source_open(&ctx, path, &source), INQ_PARTIAL); /* the checksum is wrong */
	ck_assert_str_eq(source->compression, "gzip");
	ck_assert_mem_eq(source->data, packed_plain, strlen(packed_plain));
	inq_source_close(source);

	write_file(twice, store(twice, once, (uint16_t)size));
	ck_assert_int_eq(inq_source_open(&ctx, path, &source), INQ_PARTIAL);
	ck_assert_uint_eq(source->size, sizeof packed_zstd); /* the third layer is left as it is */
	inq_source_close(source);
}
END_TEST

START_TEST(no_memory)
{
	enum inq_status status = INQ_NO_MEMORY;
	write_file(packed_gzip, sizeof packed_gzip);
	for (unsigned long at = 1; status != INQ_OK; at++) {
		struct inq_source *source;
		inq_alloc_fail_at(at);
		status = inq_source_open(&ctx, path, &source);
		inq_alloc_fail_at(0);
		ck_assert(status == INQ_OK || (status == INQ_NO_MEMORY && !source && ctx.no_memory));
		inq_source_close(source);
		ck_assert_uint_lt(at, 50);
	}
}
END_TEST

START_TEST(from_fd)
{
	struct inq_source *source;
	write_file(packed_gzip, sizeof packed_gzip);
	ck_assert_int_eq(inq_source_from_fd(&ctx, open(path, O_RDONLY), path, &source), INQ_OK);
	ck_assert_uint_eq(source->size, sizeof packed_gzip); /* as it is */
	inq_source_close(source);
	write_file("", 0);
	ck_assert_int_eq(inq_source_from_fd(&ctx, open(path, O_RDONLY), path, &source), INQ_UNUSABLE);
	ck_assert_ptr_null(source);
}
END_TEST

/* Of a large file some bytes can be had without the map's pages. */
START_TEST(copy)
{
	enum { LARGE = 2 << 20 };
	struct inq_source *source;
	char bytes[8] = { 0 };
	char *text = inq_alloc(LARGE);
	memset(text, 'a', LARGE);
	memcpy(text + LARGE - 4, "last", 4);
	write_file(text, LARGE);
	free(text);
	ck_assert_int_eq(inq_source_from_fd(&ctx, open(path, O_RDONLY), path, &source), INQ_OK);
	ck_assert_uint_eq(inq_source_copy(source, LARGE - 5, bytes, sizeof bytes), 5);
	ck_assert_str_eq(bytes, "alast");
	ck_assert_uint_eq(inq_source_copy(source, LARGE, bytes, sizeof bytes), 0);
	ck_assert_uint_eq(inq_source_copy(source, UINT64_MAX, bytes, sizeof bytes), 0);
	inq_source_close(source);
	write_file("small", 5);
	ck_assert_int_eq(inq_source_from_fd(&ctx, open(path, O_RDONLY), path, &source), INQ_OK);
	ck_assert_uint_eq(inq_source_copy(source, 0, bytes, sizeof bytes), 0);
	inq_source_close(source);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("source");
	TCase *tcase = tcase_create("source");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, plain_file);
	tcase_add_loop_test(tcase, packed_file, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, packed_pipe, 0, PACKED_COUNT);
	tcase_add_loop_test(tcase, standard_input, 0, 2);
	tcase_add_test(tcase, standard_input_file);
	tcase_add_test(tcase, fifo);
	tcase_add_test(tcase, proc_file);
	tcase_add_loop_test(tcase, refused, 0, 3);
	tcase_add_test(tcase, refused_socket);
	tcase_add_loop_test(tcase, empty, 0, 2);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, cut_to_nothing);
	tcase_add_test(tcase, packed_twice);
	tcase_add_test(tcase, no_memory);
	tcase_add_test(tcase, from_fd);
	tcase_add_test(tcase, copy);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
