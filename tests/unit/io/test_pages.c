/* Small files read page by page: what was asked for is what pread gives, all else is zero, and nothing of one file is seen in the
 * next; which files sources read so, and which they map. */
#include "lib/io/pages.h"

#include "lib/io/source.h"
#include "tests/support/spaces.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE = 9 * PAGE + 123 };

static struct inq_pages *pages;
static char path[64];
static uint8_t content[SIZE];
static int fd;

static void setup(void)
{
	srand(1);
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(1 + rand() % 255); /* never zero: what was read can be told from what was not */
	snprintf(path, sizeof path, "/tmp/inquest-pages-XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, SIZE), SIZE);
	pages = inq_pages_create();
	ck_assert_ptr_nonnull(pages);
}

static void teardown(void)
{
	inq_pages_destroy(pages);
	close(fd);
	unlink(path);
}

/* Pages [first, end) are there, and no other. */
static void expect_only(const uint8_t *bytes, size_t first, size_t end)
{
	static uint8_t expected[INQ_PAGES_MOST];
	size_t from = first * PAGE, to = end * PAGE < SIZE ? end * PAGE : SIZE;
	memset(expected, 0, sizeof expected);
	memcpy(expected + from, content + from, to - from);
	ck_assert(memcmp(bytes, expected, sizeof expected) == 0);
}

START_TEST(only_what_is_needed)
{
	const uint8_t *bytes = inq_pages_open(pages, fd, SIZE);
	ck_assert_ptr_nonnull(bytes);
	inq_pages_need(pages, 3 * PAGE + 10, 1);
	expect_only(bytes, 3, 4);
	inq_pages_need(pages, 3 * PAGE + PAGE - 1, 2);
	expect_only(bytes, 3, 5);
	inq_pages_need(pages, 2 * PAGE, 5 * PAGE); /* around what is there */
	expect_only(bytes, 2, 7);
	inq_pages_need(pages, 0, 0);
	inq_pages_need(pages, SIZE, 1);
	inq_pages_need(pages, UINT64_MAX, UINT64_MAX);
	expect_only(bytes, 2, 7);
	inq_pages_need(pages, 8 * PAGE, UINT64_MAX);
	inq_pages_need(pages, 7 * PAGE, 1);
	expect_only(bytes, 2, 10);
}
END_TEST

START_TEST(nothing_is_left_for_the_next)
{
	const uint8_t *bytes = inq_pages_open(pages, fd, SIZE);
	inq_pages_need(pages, 0, SIZE);
	expect_only(bytes, 0, 10);
	ck_assert_ptr_null(inq_pages_open(pages, fd, SIZE)); /* one at a time */
	inq_pages_close(pages);
	ck_assert_ptr_eq(inq_pages_open(pages, fd, SIZE), bytes);
	expect_only(bytes, 0, 0);
	inq_pages_need(pages, PAGE, 1);
	expect_only(bytes, 1, 2);
	inq_pages_close(pages);
	inq_pages_close(pages);
	ck_assert_ptr_null(inq_pages_open(pages, fd, INQ_PAGES_MOST + 1));
}
END_TEST

START_TEST(a_file_that_became_shorter)
{
	const uint8_t *bytes = inq_pages_open(pages, fd, SIZE);
	ck_assert_int_eq(ftruncate(fd, 2 * PAGE), 0);
	inq_pages_need(pages, 0, SIZE);
	expect_only(bytes, 0, 2);
}
END_TEST

static uint64_t beginning;

static uint64_t told(const struct inq_view *head)
{
	ck_assert_uint_eq(head->size, 2 * PAGE);
	ck_assert_mem_eq(head->data, content, head->size);
	return beginning;
}

static struct inq_source *open_source(struct inq_ctx *ctx)
{
	const struct inq_keep keep = { .pages = pages, .beginning = told };
	struct inq_source *source;
	ck_assert_int_eq(inq_source_open_within(ctx, path, &keep, &source), INQ_OK);
	ck_assert_uint_eq(source->size, SIZE);
	return source;
}

START_TEST(sources)
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	beginning = 3 * PAGE;
	struct inq_source *source = open_source(&ctx);
	ck_assert_ptr_eq(source->pages, pages);
	expect_only(source->data, 0, 3);
	inq_source_need(source, 5 * PAGE, PAGE);
	ck_assert_mem_eq(source->data + 5 * PAGE, content + 5 * PAGE, PAGE);

	struct inq_source *second = open_source(&ctx); /* while the pages are taken: mapped */
	ck_assert_ptr_null(second->pages);
	ck_assert_mem_eq(second->data, content, SIZE);
	inq_source_close(second);
	inq_source_close(source);

	beginning = 0;
	source = open_source(&ctx); /* not of that kind */
	ck_assert_ptr_null(source->pages);
	inq_source_need(source, 0, SIZE);
	ck_assert_mem_eq(source->data, content, SIZE);
	inq_source_close(source);
	expect_only(inq_pages_open(pages, fd, SIZE), 0, 0);
	inq_arena_destroy(ctx.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pages");
	TCase *tcase = tcase_create("pages");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, only_what_is_needed);
	tcase_add_test(tcase, nothing_is_left_for_the_next);
	tcase_add_test(tcase, a_file_that_became_shorter);
	tcase_add_test(tcase, sources);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
