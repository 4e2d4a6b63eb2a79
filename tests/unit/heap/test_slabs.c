/* Heaps of slabs: sums and look-ups over rows made by hand, and rows that cannot be. */
#include "lib/heap/slabs.h"

#include "tests/support/spaces.h"

enum { BASE = 0x10000000, SIZE = 1 << 16, WORD = 8 };

static struct test_space test;
static struct inq_space *space;
static struct inq_slabs *slabs;
static uint8_t data[SIZE];

static void begin(void)
{
	memset(data, 0, sizeof data);
	test_space_begin(&test, "core", data, SIZE);
	test_space_row(&test, BASE, BASE + SIZE, "rw-p", NULL);
	test.builder.space->mappings.items[0].data_offset = 0;
	test.builder.space->mappings.items[0].data_size = SIZE;
	space = test_space_seal(&test);
	space->machine.bits = 64;
	slabs = inq_slabs_create(space);
	ck_assert_ptr_nonnull(slabs);
	slabs->evidence = "made by hand";
	inq_slabs_arena(slabs, "arena", 7);
}

static void end(void)
{
	inq_slabs_release(slabs);
	inq_space_destroy(space);
	test_space_end(&test);
}

static bool add(uint64_t start, uint64_t end_, uint64_t first, uint64_t stride, uint32_t slots)
{
	struct inq_slab slab = {
		.start = BASE + start, .end = BASE + end_, .first = BASE + first, .stride = stride, .slots = slots
	};
	return inq_slabs_add(slabs, &slab);
}

static void link_block(uint64_t from, uint64_t to)
{
	for (unsigned i = 0; i < WORD; i++)
		data[from + i] = (uint8_t)((BASE + to) >> 8 * i);
}

/* 10 blocks of 104 bytes behind a gap of 24, of which two are free; one block of 8 KiB; a free page. */
START_TEST(sums)
{
	struct inq_heap heap = { .allocator = "x" };
	struct inq_heap_chunk chunk;
	begin();
	ck_assert(add(0x2000, 0x4000, 0x2000, 0x2000, 1));
	ck_assert(add(0, 0x1000, 24, 104, 10));
	ck_assert(inq_slabs_add_rest(slabs, BASE + 0x4000, BASE + 0x5000, 0, true));
	ck_assert(inq_slabs_seal(slabs));
	ck_assert(inq_slabs_free(slabs, BASE + 24));
	ck_assert(inq_slabs_free(slabs, BASE + 336));
	ck_assert(!inq_slabs_free(slabs, BASE + 336));
	ck_assert(!inq_slabs_free(slabs, BASE + 337));
	ck_assert(!inq_slabs_free(slabs, BASE + 1064));
	inq_slabs_agree(slabs, true);
	ck_assert_int_eq(inq_slabs_walk(space, slabs, 0, &heap), INQ_OK);
	ck_assert_uint_eq(heap.in_use.count, 9);
	ck_assert_uint_eq(heap.in_use.bytes, 8 * 104 + 0x2000);
	ck_assert_uint_eq(heap.free.count, 3);
	ck_assert_uint_eq(heap.free.bytes, 2 * 104 + 0x1000);
	ck_assert_uint_eq(heap.total, 0x1000 + 0x2000 + 0x1000);
	ck_assert_uint_eq(heap.arenas[0].overhead, 0x1000 - 1040);
	ck_assert_uint_eq(heap.arenas[0].start, BASE);
	ck_assert(heap.reconciled);
	ck_assert(inq_slabs_chunk_at(space, slabs, BASE + 336 + 103, &chunk));
	ck_assert_uint_eq(chunk.start, BASE + 336);
	ck_assert_int_eq(chunk.state, INQ_CHUNK_FREE);
	ck_assert(inq_slabs_chunk_at(space, slabs, BASE + 0x3fff, &chunk));
	ck_assert_int_eq(chunk.state, INQ_CHUNK_IN_USE);
	ck_assert(!inq_slabs_chunk_at(space, slabs, BASE + 23, &chunk));
	ck_assert(!inq_slabs_chunk_at(space, slabs, BASE + 1064, &chunk));
	ck_assert(!inq_slabs_chunk_at(space, slabs, BASE + 0x4800, &chunk));
	end();
}
END_TEST

START_TEST(lists)
{
	begin();
	ck_assert(add(0, 0x1000, 0, 64, 64));
	ck_assert(inq_slabs_seal(slabs));
	link_block(0, 128);
	link_block(128, 192);
	link_block(192, 128); /* in a circle */
	ck_assert_uint_eq(inq_slabs_free_list(slabs, BASE), 3);
	ck_assert_uint_eq(inq_slabs_free_list(slabs, BASE + 1), 0);
	ck_assert_uint_eq(inq_slabs_free_list(slabs, 0), 0);
	link_block(640, 704);
	link_block(704, 705); /* written to */
	ck_assert_uint_eq(inq_slabs_free_list(slabs, BASE + 640), 2);
	ck_assert_uint_eq(slabs->faults.count, 2);
	ck_assert_uint_eq(slabs->faults.items[0].at, BASE + 192);
	ck_assert_uint_eq(slabs->faults.items[1].to, BASE + 705);
	struct inq_heap heap = { .allocator = "x" };
	ck_assert_int_eq(inq_slabs_walk(space, slabs, INQ_HEAP_CHECK, &heap), INQ_OK);
	ck_assert_uint_eq(heap.error_count, 2);
	ck_assert_uint_eq(heap.errors[1].address, BASE + 704);
	ck_assert_ptr_nonnull(strstr(heap.errors[0].text, "twice"));
	ck_assert_ptr_nonnull(strstr(heap.errors[1].text, "no block begins"));
	end();
}
END_TEST

static uint64_t count_of(const struct inq_heap_cluster *clusters, size_t count, uint64_t size)
{
	for (size_t i = 0; i < count; i++)
		if (clusters[i].size == size)
			return clusters[i].sum.count;
	return 0;
}

/* 64 blocks of 64 bytes, one of them free; 170 of 24; one of 8 KiB; a page of the allocator's own, whose pointers do not count. Data behind
 * them points to a block of 64, which points to another, and to the large one, which points to one of 24. */
START_TEST(kinds_and_leaks)
{
	struct inq_heap heap = { .allocator = "x" };
	begin();
	ck_assert(add(0, 0x1000, 0, 64, 64));
	ck_assert(add(0x1000, 0x2000, 0x1000, 24, 170));
	ck_assert(add(0x2000, 0x4000, 0x2000, 0x2000, 1));
	ck_assert(inq_slabs_add_rest(slabs, BASE + 0x4000, BASE + 0x5000, 0, false));
	ck_assert(inq_slabs_seal(slabs));
	ck_assert(inq_slabs_free(slabs, BASE + 64));
	link_block(0x5000, 0);
	link_block(0, 128);
	link_block(0x5008, 0x2000);
	link_block(0x2008, 0x1000 + 24);
	link_block(0x4000, 192);
	link_block(0x5010, 64);
	ck_assert_int_eq(inq_slabs_walk(space, slabs, INQ_HEAP_TYPES | INQ_HEAP_LEAKS, &heap), INQ_OK);
	ck_assert_uint_eq(count_of(heap.types, heap.type_count, 64), 63);
	ck_assert_uint_eq(count_of(heap.types, heap.type_count, 24), 170);
	ck_assert_uint_eq(count_of(heap.types, heap.type_count, 0x2000), 1);
	ck_assert(heap.searched_leaks);
	ck_assert_uint_eq(count_of(heap.leaks, heap.leak_count, 64), 61);
	ck_assert_uint_eq(count_of(heap.leaks, heap.leak_count, 24), 169);
	ck_assert_uint_eq(count_of(heap.leaks, heap.leak_count, 0x2000), 0);
	end();
}
END_TEST

START_TEST(rows_that_cannot_be)
{
	begin();
	ck_assert(!add(0, 0x1000, 0, 0, 1));
	ck_assert(!add(0, 0x1000, 0, 64, 0));
	ck_assert(!add(0, 0x1000, 0, 64, 65));
	ck_assert(!add(0x1000, 0x2000, 0, 64, 64));
	ck_assert(!add(0, 0x1000, 0, UINT64_MAX / 2, 3));
	ck_assert(!add(0, SIZE + 0x1000, 0, 64, 64));
	ck_assert(!add(0x1000, 0, 0x1000, 64, 1));
	ck_assert(!inq_slabs_add_rest(slabs, BASE + SIZE, BASE + SIZE + 1, 0, true));
	ck_assert(add(0, 0x1000, 0, 64, 64));
	ck_assert(add(0x800, 0x2000, 0x800, 64, 64)); /* overlaps, and is left out */
	ck_assert(inq_slabs_seal(slabs));
	ck_assert_uint_eq(slabs->slabs.count, 1);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slabs");
	TCase *tcase = tcase_create("slabs");
	tcase_add_test(tcase, sums);
	tcase_add_test(tcase, lists);
	tcase_add_test(tcase, kinds_and_leaks);
	tcase_add_test(tcase, rows_that_cannot_be);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
