/* Keeping part of a stream: what is planned is there, byte for byte, and nothing else takes memory. */
#include "lib/io/keep.h"
#include "lib/io/reader.h"
#include "lib/io/source.h"

#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { SIZE = 3 << 20 };

static struct inq_ctx ctx;
static uint8_t *bytes;
static struct inq_memory_reader reader;

/* What the plan of these tests says. */
static struct {
	uint64_t size, need;
	struct inq_range ranges[4];
	size_t count;
	bool open_end;
	uint64_t given, memory; /* what it was last asked with */
	bool last;
} wanted;

static bool plan(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *ret)
{
	wanted.given = head->size;
	wanted.memory = memory;
	wanted.last = last;
	ck_assert(!head->size || memcmp(head->data, bytes, head->size) == 0);
	if (head->size < wanted.need && !last) {
		ret->need = wanted.need;
		return false;
	}
	ret->size = wanted.size;
	ret->open_end = wanted.open_end;
	for (size_t i = 0; i < wanted.count; i++) {
		struct inq_range *range = inq_range_vec_push(&ret->ranges);
		if (!range)
			return false;
		*range = wanted.ranges[i];
	}
	return true;
}

static const struct inq_keep keep = { .memory = 64 << 20, .plan = plan };

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create(), .artefact = "input" };
	bytes = malloc(SIZE);
	for (uint32_t i = 0; i < SIZE; i++)
		bytes[i] = (uint8_t)(1 + i * 2654435761U % 255);
	inq_memory_reader_on(&reader, bytes, SIZE);
	memset(&wanted, 0, sizeof wanted);
	wanted.size = SIZE;
	wanted.count = 1;
	wanted.ranges[0].end = SIZE;
}

static void teardown(void)
{
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	free(bytes);
}

static struct inq_source *open_source(enum inq_status expected)
{
	struct inq_source *source;
	ck_assert_int_eq(inq_source_from_reader(&ctx, "stream", &reader.reader, &keep, &source), expected);
	return source;
}

START_TEST(settles_ranges)
{
	static const struct inq_range given[] = {
		{ 9000, 9001 }, { 0, 1 }, { 20000, 30000 }, { 4096, 5000 }, { 50, 50 }
	};
	static const struct inq_range expected[] = { { 0, 12288 }, { 16384, 25000 } };
	struct inq_range_vec ranges = { 0 };
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		*inq_range_vec_push(&ranges) = given[i];
	inq_ranges_settle(&ranges, 25000);
	ck_assert_uint_eq(ranges.count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(ranges.items[i].start, expected[i].start);
		ck_assert_uint_eq(ranges.items[i].end, expected[i].end);
	}
	ck_assert_ptr_eq(inq_ranges_at(&ranges, 12287), &ranges.items[0]);
	ck_assert_ptr_null(inq_ranges_at(&ranges, 12288));
	ck_assert_ptr_eq(inq_ranges_at(&ranges, 16384), &ranges.items[1]);
	ck_assert_ptr_null(inq_ranges_at(&ranges, 25000));
	inq_range_vec_release(&ranges);
}
END_TEST

START_TEST(keeps_all)
{
	struct inq_source *source = open_source(INQ_OK);
	struct inq_range held;
	ck_assert_uint_eq(source->size, SIZE);
	ck_assert_mem_eq(source->data, bytes, SIZE);
	ck_assert_uint_eq(source->passed_over, 0);
	ck_assert(inq_source_held(source, SIZE - 1, &held) && held.start == 0 && held.end == SIZE);
	inq_source_give_back(source); /* is no file: nothing may be lost */
	ck_assert_mem_eq(source->data, bytes, SIZE);
	ck_assert_uint_eq(ctx.warnings.count, 0);
	inq_source_close(source);
}
END_TEST

START_TEST(keeps_what_is_planned)
{
	struct inq_range held;
	wanted.count = 3;
	wanted.ranges[0] = (struct inq_range) { 100000, 200000 };
	wanted.ranges[1] = (struct inq_range) { 0, 4096 };
	wanted.ranges[2] = (struct inq_range) { SIZE - 5000, SIZE };
	struct inq_source *source = open_source(INQ_OK);
	const uint64_t start = 100000 / 4096 * 4096, end = (200000 + 4095) / 4096 * 4096;
	const uint64_t last = (SIZE - 5000) / 4096 * 4096;
	ck_assert_uint_eq(source->size, SIZE);
	ck_assert_mem_eq(source->data, bytes, 4096);
	ck_assert_mem_eq(source->data + start, bytes + start, end - start);
	ck_assert_mem_eq(source->data + last, bytes + last, SIZE - last);
	ck_assert(inq_is_zero(source->data + 4096, start - 4096) && inq_is_zero(source->data + end, last - end));
	ck_assert_uint_eq(source->passed_over, SIZE - 4096 - (end - start) - (SIZE - last));
	ck_assert(inq_source_held(source, 150000, &held) && held.start == start && held.end == end);
	ck_assert(!inq_source_held(source, 4096, &held) && !inq_source_held(source, SIZE, &held));
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "were passed over"));
	inq_source_close(source);
}
END_TEST

START_TEST(asks_with_more)
{
	wanted.need = 1000000;
	struct inq_source *source = open_source(INQ_OK);
	ck_assert_uint_eq(wanted.given, 1000000);
	ck_assert(!wanted.last);
	ck_assert_mem_eq(source->data, bytes, SIZE);
	inq_source_close(source);
}
END_TEST

/* There is no more than there is, and the head may not take all the memory. */
START_TEST(asks_a_last_time)
{
	wanted.need = _i ? SIZE + 1 : UINT64_MAX;
	struct inq_source *source = open_source(INQ_OK);
	ck_assert_uint_eq(wanted.given, SIZE);
	ck_assert_uint_eq(wanted.memory, 64 << 20);
	ck_assert(wanted.last);
	ck_assert_mem_eq(source->data, bytes, SIZE);
	inq_source_close(source);
}
END_TEST

START_TEST(shorter_than_planned)
{
	struct inq_range held;
	wanted.size = UINT64_C(1) << 36;
	wanted.count = 2;
	wanted.ranges[1] = (struct inq_range) { SIZE + 100000, SIZE + 200000 };
	struct inq_source *source = open_source(INQ_OK);
	ck_assert_uint_eq(source->size, SIZE);
	ck_assert_uint_eq(source->passed_over, 0);
	ck_assert(!inq_source_held(source, SIZE, &held));
	ck_assert_mem_eq(source->data, bytes, SIZE);
	inq_source_close(source);
}
END_TEST

START_TEST(longer_than_planned)
{
	wanted.size = wanted.ranges[0].end = 100001;
	wanted.open_end = _i;
	struct inq_source *source = open_source(_i ? INQ_PARTIAL : INQ_OK);
	ck_assert_uint_eq(source->size, 100001);
	ck_assert_mem_eq(source->data, bytes, 100001);
	ck_assert_uint_eq(ctx.warnings.count, _i ? 1 : 0);
	inq_source_close(source);
}
END_TEST

static size_t resident(const void *data, size_t size)
{
	size_t pages = (size + 4095) / 4096, count = 0;
	unsigned char *in_core = malloc(pages);
	ck_assert_int_eq(mincore((void *)(uintptr_t)data, size, in_core), 0);
	for (size_t i = 0; i < pages; i++)
		count += in_core[i] & 1;
	free(in_core);
	return count;
}

/* Neither pages of zeros nor what was passed over takes memory. */
START_TEST(zeros_are_free)
{
	memset(bytes + 4096, 0, SIZE - 8192);
	bytes[1 << 20] = 1;
	struct inq_source *source = open_source(INQ_OK);
	ck_assert_mem_eq(source->data, bytes, SIZE);
	inq_source_close(source);
	wanted.ranges[0].end = 1 << 20;
	inq_memory_reader_on(&reader, bytes, SIZE);
	source = open_source(INQ_OK);
	ck_assert_uint_le(resident(source->data, SIZE), 1);
	inq_source_close(source);
}
END_TEST

START_TEST(empty)
{
	reader.left = 0;
	ck_assert_ptr_null(open_source(INQ_UNUSABLE));
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], "is empty"));
}
END_TEST

START_TEST(no_memory)
{
	enum inq_status status = INQ_NO_MEMORY;
	for (unsigned long at = 1; status != INQ_OK; at++) {
		struct inq_source *source;
		inq_memory_reader_on(&reader, bytes, SIZE);
		inq_alloc_fail_at(at);
		status = inq_source_from_reader(&ctx, "stream", &reader.reader, &keep, &source);
		inq_alloc_fail_at(0);
		ck_assert(status == INQ_OK || (status == INQ_NO_MEMORY && !source));
		inq_source_close(source);
		ck_assert_uint_lt(at, 50);
	}
}
END_TEST

/* A reader that tells lies, or fails with a reason of its own. */
static int64_t bad_read(void *data, void *buffer, size_t size)
{
	int *calls = data;
	memset(buffer, 'x', 10);
	return (*calls)++ || size < 10 ? -5 : 10;
}

static int64_t lying_read(void *data, void *buffer, size_t size)
{
	(void)data, (void)buffer;
	return (int64_t)size + 1;
}

static const char *bad_why(void *data)
{
	(void)data;
	return "the tape broke";
}

START_TEST(reader_fails)
{
	int calls = 0;
	const struct inq_reader bad = { bad_read, bad_why, &calls }, lying = { lying_read, NULL, NULL };
	struct inq_source *source;
	wanted.count = 1;
	memset(bytes, 'x', 10);
	ck_assert_int_eq(inq_source_from_reader(&ctx, "stream", &bad, &keep, &source), INQ_PARTIAL);
	ck_assert_uint_eq(source->size, 10);
	ck_assert(source->cut);
	ck_assert_str_eq(ctx.warnings.items[0], "stream:0xa: cannot be read: the tape broke; what came before is used");
	inq_source_close(source);
	ck_assert_int_eq(inq_source_from_reader(&ctx, "stream", &lying, &keep, &source), INQ_UNUSABLE);
	ck_assert_ptr_null(source);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keep");
	TCase *tcase = tcase_create("keep");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, settles_ranges);
	tcase_add_test(tcase, keeps_all);
	tcase_add_test(tcase, keeps_what_is_planned);
	tcase_add_test(tcase, asks_with_more);
	tcase_add_loop_test(tcase, asks_a_last_time, 0, 2);
	tcase_add_test(tcase, shorter_than_planned);
	tcase_add_loop_test(tcase, longer_than_planned, 0, 2);
	tcase_add_test(tcase, zeros_are_free);
	tcase_add_test(tcase, empty);
	tcase_add_test(tcase, no_memory);
	tcase_add_test(tcase, reader_fails);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
