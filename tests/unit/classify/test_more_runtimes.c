/* Memory of Ruby, Erlang, .NET, PHP and the sanitizers' allocator. Addresses and sizes are those that Ruby 3.1, OTP 25, .NET 3.1 and
 * 10, PHP 8.2 and clang 14 have on x86-64; the fields are those of struct heap_page (Ruby, gc.c) and Carrier_t (OTP, erl_alloc_util.h). */
#include "tests/support/regions.h"

#include <stdlib.h>
#include <string.h>

/* Two pages of 409 slots of 40 bytes, their records in a third; the second of which may be damaged. */
START_TEST(ruby_pages)
{
	enum { PAGE = 16 << 10, SIZE = 3 * PAGE };
	const uint64_t base = 0x7f0000000000;
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	/* The second record: whole; of another page; with more free slots than slots; within the page that it is of. */
	for (uint64_t damaged = 0; damaged < 4; damaged++) {
		for (uint64_t i = 0; i < 2; i++) {
			uint64_t record = i && damaged == 3 ? PAGE + 1024 : 2 * PAGE + i * 256;
			uint64_t page = i && damaged == 1 ? 0 : i * PAGE, first = base + page + 8;
			first += (40 - first % 40) % 40;
			test_put(data + i * PAGE, base + record);
			test_put(data + record, 40 | 409 << 16 | (i && damaged == 2 ? UINT64_C(410) : 3) << 32);
			test_put(data + record + 32, first);
		}
		struct inq_space *space = test_classified_memory(&test, "/usr/bin/ruby3.1", base, data, SIZE);
		test_expect_region(base, INQ_CLASS_ALLOCATOR, "ruby", INQ_CERTAIN);
		test_expect_region(base + PAGE, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "ruby",
				   INQ_CERTAIN);
		test_expect_region(base + 2 * PAGE, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

/* Carriers of 256 and 512 KiB that are linked; then one link breaks. */
START_TEST(erlang_carriers)
{
	enum { UNIT = 256 << 10, SIZE = 4 * UNIT };
	const uint64_t base = 0x7f0000040000, owner = base + 3 * UNIT + 64;
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	test_put(data, UNIT | 1);
	test_put(data + 8, base + UNIT);
	test_put(data + 24, owner | 1);
	test_put(data + UNIT, 2 * UNIT | 1);
	test_put(data + UNIT + 24, owner);
	for (int damaged = 0; damaged < 2; damaged++) {
		test_put(data + UNIT + 16, damaged ? base + 8 : base);
		struct inq_space *space =
			test_classified_memory(&test, "/usr/lib/erlang/bin/beam.smp", base, data, SIZE);
		test_expect_region(base, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "erlang",
				   INQ_CERTAIN);
		test_expect_region(base + 2 * UNIT, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR,
				   damaged ? NULL : "erlang", INQ_CERTAIN);
		test_expect_region(base + 3 * UNIT, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

/* Two regions of 4 MiB in a reservation of 48 GiB, as .NET 10 has them, and an arena of glibc next to it. */
START_TEST(dotnet_regions)
{
	const uint64_t base = 0x7e0000000000, whole = UINT64_C(48) << 30, m = 1 << 20;
	struct test_space test;
	for (int one = 0; one < 2; one++) {
		test_space_begin(&test, "maps", NULL, 0);
		test_space_row(&test, base, base + (one ? m : 4096), "rw-p", NULL);
		test_space_row(&test, base + (one ? m : 4096), base + 4 * m, "---p", NULL);
		if (!one)
			test_space_row(&test, base + 4 * m, base + 5 * m, "rw-p", NULL);
		test_space_row(&test, base + (one ? 4 : 5) * m, base + whole, "---p", NULL);
		test_space_row(&test, base + whole, base + whole + 0x21000, "rw-p", NULL);
		test_space_row(&test, base + whole + 0x21000, base + whole + 64 * m, "---p", NULL);
		test_space_row(&test, 0x7f0000000000, 0x7f0000010000, "r-xs", "/memfd:doublemapper (deleted)");
		test_space_row(&test, 0x7f0000010000, 0x7f0000020000, "rw-s", "/memfd:doublemapper (deleted)");
		struct inq_space *space = test_classified(&test, NULL);
		test_expect_region(base, one ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, one ? NULL : "dotnet",
				   one ? INQ_CERTAIN : INQ_LIKELY);
		test_expect_region(base + whole, INQ_CLASS_MALLOC_ARENA, NULL, INQ_LIKELY);
		test_expect_region(0x7f0000000000, INQ_CLASS_TEXT, "jit", INQ_CERTAIN);
		test_expect_region(0x7f0000010000, INQ_CLASS_SHARED_MEMORY, "dotnet", INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

/* The two segments of .NET Core 3.1: 256 and 128 MiB. */
START_TEST(dotnet_segments)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7f969fffe000, 0x7f96a2890000, "rw-p", NULL);
	test_space_row(&test, 0x7f96a2890000, 0x7f96afffe000, "---p", NULL);
	test_space_row(&test, 0x7f96afffe000, 0x7f96b2814000, "rw-p", NULL);
	test_space_row(&test, 0x7f96b2814000, 0x7f96b8000000, "---p", NULL);
	test_space_row(&test, 0x7f96c4e94000, 0x7f96c4f0d000, "rw-p", NULL);
	struct inq_space *space = test_classified(&test, "/usr/share/dotnet/libcoreclr.so");
	test_expect_region(0x7f969fffe000, INQ_CLASS_ALLOCATOR, "dotnet", INQ_LIKELY);
	test_expect_region(0x7f96afffe000, INQ_CLASS_ALLOCATOR, "dotnet", INQ_LIKELY);
	test_expect_region(0x7f96c4e94000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

/* A segment's record: allocated, committed, reserved, used, mem (gcpriv.h, class heap_segment). */
START_TEST(dotnet_record)
{
	enum { SIZE = 64 << 10 };
	const uint64_t base = 0x7f969fffe000;
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	for (int damaged = 0; damaged < 2; damaged++) {
		const uint64_t record[] = { base + 0x4000, base + SIZE, base + (256 << 20), base + 0x5000,
					    base + (damaged ? 0x1000 : 0x2000) };
		for (size_t i = 0; i < sizeof record / sizeof *record; i++)
			test_put(data + 8 * i, record[i]);
		struct inq_space *space =
			test_classified_memory(&test, "/usr/share/dotnet/libcoreclr.so", base, data, SIZE);
		test_expect_region(base, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "dotnet",
				   INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

/* Two chunks in a ring, the heap in the first, and a large block that its list has; then a ring that is broken. */
START_TEST(php_chunks)
{
	enum { CHUNK = 2 << 20, SIZE = 3 * CHUNK, HEAP = 64, LIST = 0x10000 };
	const uint64_t base = 0x7f1472000000;
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	for (uint64_t damaged = 0; damaged < 2; damaged++) {
		for (uint64_t i = 0; i < 2; i++) {
			test_put(data + i * CHUNK, base + HEAP);
			test_put(data + i * CHUNK + 8, base + (1 - i) * CHUNK);
			test_put(data + i * CHUNK + 16, base + (1 - i) * CHUNK + damaged * 4096);
		}
		test_put(data + HEAP + 39 * 8, base + LIST);
		test_put(data + HEAP + 40 * 8, base);
		test_put(data + LIST, base + 2 * CHUNK);
		test_put(data + LIST + 8, CHUNK);
		struct inq_space *space = test_classified_memory(&test, "/usr/bin/php8.2", base, data, SIZE);
		for (uint64_t i = 0; i < 3; i++)
			test_expect_region(base + i * CHUNK, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR,
					   damaged ? NULL : "php", INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

/* Ten regions of 64 GiB, each with blocks and, 8 GiB before its end, a list; one region is not used. */
START_TEST(sanitizer_regions)
{
	const uint64_t base = 0x600000000000, region = UINT64_C(64) << 30, list = UINT64_C(56) << 30, piece = 64 << 10;
	struct test_space test;
	uint64_t at = base;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7fff7000, 0x8fff7000, "rw-p", NULL);
	test_space_row(&test, 0x8fff7000, 0x2008fff7000, "---p", NULL);
	test_space_row(&test, 0x2008fff7000, 0x10007fff8000, "rw-p", NULL);
	for (uint64_t i = 0; i < 10; i++)
		for (uint64_t place = base + i * region; i != 8 && place <= base + i * region + list; place += list) {
			if (at < place)
				test_space_row(&test, at, place, "---p", NULL);
			test_space_row(&test, place, at = place + piece, "rw-p", NULL);
		}
	struct inq_space *space = test_classified(&test, "/opt/program");
	test_expect_region(base, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY);
	test_expect_region(base + list, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY);
	test_expect_region(base + 9 * region + list, INQ_CLASS_ALLOCATOR, "sanitizer", INQ_LIKELY);
	test_expect_region(base + piece, INQ_CLASS_RESERVED, NULL, INQ_CERTAIN);
	test_expect_region(0x7fff7000, INQ_CLASS_ANON, "shadow", INQ_LIKELY);
	test_expect_region(0x2008fff7000, INQ_CLASS_ANON, "shadow", INQ_LIKELY);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("more-runtimes");
	TCase *tcase = tcase_create("more-runtimes");
	tcase_add_test(tcase, ruby_pages);
	tcase_add_test(tcase, erlang_carriers);
	tcase_add_test(tcase, dotnet_regions);
	tcase_add_test(tcase, dotnet_segments);
	tcase_add_test(tcase, dotnet_record);
	tcase_add_test(tcase, php_chunks);
	tcase_add_test(tcase, sanitizer_regions);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
