/* glibc's heap, of every release that differs: the sums of a heap laid out by hand, the state of each chunk, and damage. */
#include "lib/heap/heap.h"

#include "lib/space/objects.h"

#include "tests/support/heapwriter.h"
#include "tests/support/spaces.h"

static struct hw hw;
static struct test_space test;
static struct inq_space *space;
static struct inq_heap heap;

static void make(int index)
{
	hw_make(&hw, &hw_releases[index]);
}

static void walk(unsigned parts)
{
	test_space_begin(&test, "made", hw.data, sizeof hw.data);
	hw_build(&hw, &test.builder);
	space = test_space_seal(&test);
	ck_assert_int_eq(inq_objects_find(space), INQ_OK);
	ck_assert_int_eq(inq_heap_walk(space, parts, &heap), INQ_OK);
}

static void end(void)
{
	inq_space_destroy(space);
	test_space_end(&test);
}

START_TEST(sums_of_each_release)
{
	make(_i);
	walk(INQ_HEAP_CHECK);
	const struct hw_release *r = hw.release;
	uint64_t fast = r->fastbins ? HW_FAST : 0, cached = r->tcache ? 2 * HW_CACHED : 0;
	ck_assert_str_eq(heap.version_guess, r->guess);
	ck_assert_uint_eq(heap.error_count, 0);
	ck_assert(heap.reconciled);
	ck_assert_uint_eq(heap.arena_count, 2);
	ck_assert_uint_eq(heap.arenas[0].free.bytes, HW_FREE + fast + cached);
	ck_assert_uint_eq(heap.arenas[0].in_use.bytes,
			  r->tcache + HW_USED + HW_LAST + (HW_FAST - fast) + (2 * HW_CACHED - cached));
	ck_assert_uint_eq(heap.arenas[0].top, hw.heap + HW_HEAP_SIZE - hw.top);
	ck_assert_uint_eq(heap.arenas[1].in_use.bytes, HW_THREAD);
	ck_assert_uint_eq(heap.arenas[1].start, hw.thread_arena);
	ck_assert_uint_eq(heap.arenas[1].overhead, hw.thread_first - hw.thread);
	end();
}
END_TEST

static void expect_chunk(uint64_t chunk, uint64_t size, enum inq_chunk_state state, const char *where)
{
	struct inq_heap_chunk found;
	ck_assert(inq_heap_chunk_at(space, chunk + 3 * hw.release->word, &found));
	ck_assert_uint_eq(found.start, chunk);
	ck_assert_uint_eq(found.user, chunk + 2 * hw.release->word);
	ck_assert_uint_eq(found.size, size);
	ck_assert_int_eq(found.state, state);
	ck_assert_pstr_eq(found.where, where);
}

START_TEST(state_of_each_chunk)
{
	make(_i);
	walk(0);
	expect_chunk(hw.used, HW_USED, INQ_CHUNK_IN_USE, NULL);
	expect_chunk(hw.last, HW_LAST, INQ_CHUNK_IN_USE, NULL);
	expect_chunk(hw.free, HW_FREE, INQ_CHUNK_FREE, "unsorted bin");
	if (hw.release->fastbins)
		expect_chunk(hw.fast, HW_FAST, INQ_CHUNK_FREE, "fastbin");
	if (hw.release->tcache)
		expect_chunk(hw.cached[1], HW_CACHED, INQ_CHUNK_FREE, "tcache");
	expect_chunk(hw.top, hw.heap + HW_HEAP_SIZE - hw.top, INQ_CHUNK_TOP, NULL);
	expect_chunk(hw.thread_first, HW_THREAD, INQ_CHUNK_IN_USE, NULL);
	struct inq_heap_chunk none;
	ck_assert(!inq_heap_chunk_at(space, hw.libc + 64, &none));
	ck_assert(!inq_heap_chunk_at(space, hw.heap - 1, &none));
	end();
}
END_TEST

START_TEST(extents_of_each_release)
{
	const struct inq_heap_extent *extents;
	size_t count;
	make(_i);
	walk(0);
	ck_assert_int_eq(inq_heap_extents(space, &extents, &count), INQ_OK);
	ck_assert_uint_eq(count, 2);
	ck_assert_uint_eq(extents[0].start, hw.heap);
	ck_assert_uint_eq(extents[0].end, hw.heap + HW_HEAP_SIZE);
	ck_assert(extents[0].brk && !extents[1].brk);
	ck_assert_uint_eq(extents[1].start, hw.thread);
	ck_assert_uint_eq(extents[1].end, hw.thread + HW_HEAP_SIZE);
	end();
}
END_TEST

enum { TODAY = 6 }; /* 2.35 to 2.41 */

static const struct inq_heap_error *error_with(const char *words)
{
	for (size_t i = 0; i < heap.error_count; i++)
		if (strstr(heap.errors[i].text, words))
			return &heap.errors[i];
	ck_abort_msg("none of %zu errors says \"%s\"", heap.error_count, words);
	return NULL;
}

START_TEST(bad_size)
{
	make(TODAY);
	hw_chunk(&hw, hw.fast, 0x4141414141414140, 1);
	walk(0);
	const struct inq_heap_error *error = error_with("beyond the heap");
	ck_assert_uint_eq(error->address, hw.fast);
	ck_assert(error->has_before);
	ck_assert_uint_eq(error->before.start, hw.cached[1]);
	ck_assert(!heap.reconciled);
	ck_assert_uint_eq(heap.arenas[0].unwalked, HW_FAST); /* the next chunk is found again */
	end();
}
END_TEST

START_TEST(bad_top)
{
	make(TODAY);
	hw_chunk(&hw, hw.top, 0xfffffffffffffff0, 1); /* the "house of force" */
	walk(INQ_HEAP_CHECK);
	const struct inq_heap_error *error = error_with("top chunk's size");
	ck_assert_uint_eq(error->address, hw.top);
	ck_assert_uint_eq(error->before.start, hw.last);
	end();
}
END_TEST

START_TEST(bad_links)
{
	make(TODAY);
	hw_word(&hw, hw.free + 24, 0x1234);
	walk(INQ_HEAP_CHECK);
	ck_assert_uint_eq(error_with("written to after it was freed")->address, hw.free);
	end();
	make(TODAY);
	hw_word(&hw, hw.free + 16, 0x1234);
	walk(INQ_HEAP_CHECK);
	ck_assert_uint_eq(error_with("no chunk of a heap")->address, hw.free);
	end();
	make(TODAY);
	hw_word(&hw, hw.cached[0] + 16, 0x4242424242424242);
	walk(INQ_HEAP_CHECK);
	ck_assert_uint_eq(error_with("tcache")->address, hw.cached[0]);
	end();
}
END_TEST

START_TEST(bad_neighbours)
{
	make(TODAY);
	hw_word(&hw, hw.last, HW_FREE - 16); /* prev_size */
	walk(INQ_HEAP_CHECK);
	ck_assert_uint_eq(error_with("prev_size")->address, hw.last);
	end();
	make(TODAY);
	hw_chunk(&hw, hw.cached[0], HW_CACHED, 0); /* one byte too many was written: the flag is cleared */
	walk(INQ_HEAP_CHECK);
	const struct inq_heap_error *error = error_with("flags");
	ck_assert_uint_eq(error->address, hw.cached[0]);
	ck_assert_uint_eq(error->before.start, hw.used);
	ck_assert_int_eq(error->before.state, INQ_CHUNK_IN_USE);
	end();
}
END_TEST

START_TEST(twice_free)
{
	make(TODAY);
	hw_link(&hw, hw.cached[1] + 16, hw.cached[0] + 16);
	walk(INQ_HEAP_CHECK);
	ck_assert_uint_gt(heap.error_count, 0);
	end();
	make(TODAY);
	hw_link(&hw, hw.cached[0] + 16, hw.cached[0] + 16); /* freed twice in a row */
	walk(INQ_HEAP_CHECK);
	ck_assert_uint_eq(error_with("freed twice")->address, hw.cached[0]);
	end();
}
END_TEST

START_TEST(lost_and_found)
{
	make(TODAY);
	hw_word(&hw, hw.libc + 0x100, hw.used + 20); /* a pointer into it, from data */
	hw_word(&hw, hw.used + 16, hw.last + 16);    /* and on */
	walk(INQ_HEAP_LEAKS | INQ_HEAP_TYPES);
	ck_assert(heap.searched_leaks);
	ck_assert_uint_eq(heap.leak_count, 2); /* the tcache, whose thread is not here, and the other arena's block */
	ck_assert_uint_eq(heap.leaks[0].size, 0x290);
	ck_assert_uint_eq(heap.leaks[1].size, HW_THREAD);
	ck_assert_uint_eq(heap.type_count, 4);
	end();
}
END_TEST

START_TEST(no_heap)
{
	make(TODAY);
	memset(hw.data, 0, HW_LIBC_SIZE);
	test_space_begin(&test, "made", hw.data, sizeof hw.data);
	hw_build(&hw, &test.builder);
	space = test_space_seal(&test);
	ck_assert_int_eq(inq_objects_find(space), INQ_OK);
	ck_assert_int_eq(inq_heap_walk(space, 0, &heap), INQ_UNUSABLE);
	end();
}
END_TEST

/* Every allocation in turn fails: no crash, and the lack of memory is told. */
START_TEST(no_memory)
{
	make(TODAY);
	enum inq_status status = INQ_NO_MEMORY;
	for (unsigned long n = 1; status == INQ_NO_MEMORY && n < 500; n++) {
		test_space_begin(&test, "made", hw.data, sizeof hw.data);
		hw_build(&hw, &test.builder);
		space = test_space_seal(&test);
		inq_objects_find(space);
		inq_alloc_fail_at(n);
		status = inq_heap_walk(space, INQ_HEAP_CHECK | INQ_HEAP_LEAKS | INQ_HEAP_TYPES, &heap);
		inq_alloc_fail_at(0);
		bool told = test.ctx.no_memory;
		end();
		if (told)
			status = INQ_NO_MEMORY;
	}
	ck_assert_int_eq(status, INQ_OK);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("glibc");
	TCase *tests = tcase_create("all");
	tcase_add_loop_test(tests, sums_of_each_release, 0, HW_RELEASES);
	tcase_add_loop_test(tests, state_of_each_chunk, 0, HW_RELEASES);
	tcase_add_loop_test(tests, extents_of_each_release, 0, HW_RELEASES);
	tcase_add_test(tests, bad_size);
	tcase_add_test(tests, bad_top);
	tcase_add_test(tests, bad_links);
	tcase_add_test(tests, bad_neighbours);
	tcase_add_test(tests, twice_free);
	tcase_add_test(tests, lost_and_found);
	tcase_add_test(tests, no_heap);
	tcase_add_test(tests, no_memory);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
