/* Unpacking in memory: whole, cut, damaged, and larger than allowed. */
#include "lib/base/arena.h"
#include "lib/io/unpack.h"
#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SIZE = 100000 };

static uint8_t plain[SIZE], packed[2 * SIZE];
static uLongf packed_size;

static void set_up(void)
{
	for (size_t i = 0; i < SIZE; i++)
		plain[i] = (uint8_t)(i * i >> 7);
	packed_size = sizeof packed;
	ck_assert_int_eq(compress(packed, &packed_size, plain, SIZE), Z_OK);
}

static void expect(size_t size, size_t expected, size_t most, bool good)
{
	size_t got = 0;
	uint8_t *bytes = inq_unpack_bytes(inq_unpack_zlib(), packed, size, expected, most, &got);
	ck_assert_int_eq(bytes != NULL, good);
	if (good) {
		ck_assert_uint_eq(got, SIZE);
		ck_assert_int_eq(memcmp(bytes, plain, SIZE), 0);
	}
	free(bytes);
}

START_TEST(whole)
{
	expect(packed_size, SIZE, SIZE, true);
	expect(packed_size, 1, 1 << 20, true); /* a bad guess costs time only */
	expect(packed_size, 1 << 20, 1 << 20, true);
	expect(packed_size + 100, SIZE, SIZE, true); /* what follows the stream is not looked at */
}
END_TEST

START_TEST(too_large)
{
	expect(packed_size, SIZE, SIZE - 1, false);
	expect(packed_size, 0, SIZE, false);
	expect(packed_size, SIZE, 0, false);
}
END_TEST

START_TEST(spoiled)
{
	for (size_t size = 0; size < packed_size; size += 1 + packed_size / 50)
		expect(size, SIZE, SIZE, false);
	packed[packed_size - 1] ^= 1; /* its checksum */
	expect(packed_size, SIZE, SIZE, false);
}
END_TEST

START_TEST(no_memory)
{
	for (unsigned long i = 1; i < 4; i++) {
		inq_alloc_fail_at(i);
		size_t size;
		uint8_t *bytes = inq_unpack_bytes(inq_unpack_zlib(), packed, packed_size, 1, 1 << 20, &size);
		inq_alloc_fail_at(0);
		ck_assert_ptr_null(bytes);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("unpack_bytes");
	TCase *tcase = tcase_create("unpack_bytes");
	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, whole);
	tcase_add_test(tcase, too_large);
	tcase_add_test(tcase, spoiled);
	tcase_add_test(tcase, no_memory);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
