/* Rings of threads that wait for each other, among threads that only wait for them. */
#include "lib/diagnose/hang.h"

#include "tests/support/spaces.h"

enum { MOST = 64, LOCK = 0x1000 };

static struct inq_ctx ctx;
static struct inq_wait waits[MOST];
static const struct inq_hang *hang;

static void begin(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	for (uint32_t i = 0; i < MOST; i++)
		waits[i] = (struct inq_wait) { .owner = INQ_NO_OWNER };
}

static void end(void)
{
	inq_arena_destroy(ctx.arena);
}

static void waits_for(uint32_t thread, uint32_t owner, bool lock)
{
	waits[thread] = (struct inq_wait) { .what = "mutex", .object = LOCK + owner, .owner = owner, .lock = lock };
}

static void find(size_t count)
{
	ck_assert_int_eq(inq_find_hang(&ctx, waits, count, &hang), INQ_OK);
}

START_TEST(no_threads_and_no_waits)
{
	find(0);
	ck_assert_ptr_null(hang);
	find(MOST);
	ck_assert_ptr_null(hang);
}
END_TEST

START_TEST(a_chain_is_no_ring)
{
	for (uint32_t i = 0; i + 1 < MOST; i++)
		waits_for(i, i + 1, false);
	find(MOST);
	ck_assert_ptr_null(hang);
}
END_TEST

START_TEST(the_largest_ring)
{
	waits_for(3, 3, true); /* itself */
	waits_for(9, 7, true);
	waits_for(7, 8, false); /* a join */
	waits_for(8, 9, true);
	waits_for(1, 9, true); /* leads into the ring */
	waits_for(0, 1, true);
	find(MOST);
	ck_assert_ptr_nonnull(hang);
	ck_assert_uint_eq(hang->ring, 3);
	ck_assert_uint_eq(hang->thread, 7);
	ck_assert_uint_eq(hang->object, LOCK + 8);
}
END_TEST

START_TEST(most_wait_for_one)
{
	for (uint32_t i = 0; i < 10; i++)
		if (i != 4)
			waits_for(i, 4, true);
	find(10);
	ck_assert_ptr_nonnull(hang);
	ck_assert_uint_eq(hang->ring, 0);
	ck_assert_uint_eq(hang->thread, 4);
	ck_assert_uint_eq(hang->waiters, 9);
	/* Some of many threads wait now and then: that is no hang. */
	find(MOST);
	ck_assert_ptr_null(hang);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hang");
	TCase *tcase = tcase_create("rings");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, no_threads_and_no_waits);
	tcase_add_test(tcase, a_chain_is_no_ring);
	tcase_add_test(tcase, the_largest_ring);
	tcase_add_test(tcase, most_wait_for_one);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
