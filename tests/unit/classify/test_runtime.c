/* Memory of Go, CPython and V8. Addresses and sizes are those that Go 1.19, CPython 3.11 and Node 18 have on x86-64; the
 * fields of a pool's header are those of struct pool_header (Objects/obmalloc.c). */
#include "lib/classify/rule.h"

#include "tests/support/spaces.h"

#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 20, POOL = 16 << 10 };

static const struct inq_region *regions;
static size_t region_count;

static void expect(uint64_t address, enum inq_class class_, const char *subclass, enum inq_confidence confidence)
{
	size_t i = 0;
	while (i < region_count && !(regions[i].start <= address && address < regions[i].end))
		i++;
	ck_assert_msg(i < region_count, "no region at %llx", (unsigned long long)address);
	ck_assert_str_eq(inq_class_name(regions[i].class_), inq_class_name(class_));
	ck_assert_pstr_eq(regions[i].subclass, subclass);
	ck_assert_int_eq(regions[i].confidence, confidence);
}

static struct inq_space *classified(struct test_space *test, const char *path)
{
	struct inq_space *space = test_space_seal(test);
	space->machine.bits = 64;
	if (path) {
		struct inq_object *object = inq_object_vec_push(&space->objects);
		ck_assert_ptr_nonnull(object);
		*object = (struct inq_object) { .path = path, .kind = INQ_OBJECT_LIBRARY, .load_bias = INQ_UNKNOWN };
	}
	ck_assert_int_eq(inq_classify(space, &regions, &region_count), INQ_OK);
	return space;
}

/* Its reserve makes it look like an arena of glibc. */
START_TEST(go_heap)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0xc000000000, 0xc001800000, "rw-p", NULL);
	test_space_row(&test, 0xc001800000, 0xc004000000, "---p", NULL);
	test_space_row(&test, 0x7f0000000000, 0x7f0000100000, "rw-p", NULL);
	struct inq_space *space = classified(&test, NULL);
	expect(0xc000000000, INQ_CLASS_ALLOCATOR, "go", INQ_LIKELY);
	expect(0xc001800000, INQ_CLASS_ALLOCATOR, "go", INQ_LIKELY);
	expect(0x7f0000000000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

static void v8_rows(struct test_space *test)
{
	test_space_begin(test, "maps", NULL, 0);
	for (uint64_t i = 1; i <= 4; i++)
		test_space_row(test, i << 32, (i << 32) + (256 << 10), "rw-p", NULL);
	test_space_row(test, UINT64_C(9) << 32, (UINT64_C(9) << 32) + 0x151000, "rw-p", NULL);
	test_space_row(test, 0x7f0000003000, 0x7f0000043000, "rw-p", NULL);
	test_space_row(test, 0x7f1000000000, 0x7f1000001000, "---p", NULL);
	test_space_row(test, 0x7f1000001000, 0x7f1000040000, "rwxp", NULL);
}

START_TEST(v8_pages)
{
	struct test_space test;
	v8_rows(&test);
	struct inq_space *space = classified(&test, "/usr/bin/node");
	expect(0x100000000, INQ_CLASS_ALLOCATOR, "v8", INQ_LIKELY);
	expect(0x900000000, INQ_CLASS_ALLOCATOR, "v8", INQ_POSSIBLE);
	expect(0x7f0000003000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	expect(0x7f1000001000, INQ_CLASS_TEXT, "jit", INQ_LIKELY); /* above a guard, and still no stack */
	inq_space_destroy(space);
	test_space_end(&test);
	v8_rows(&test);
	space = classified(&test, "/usr/bin/other");
	expect(0x100000000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

START_TEST(python_by_size)
{
	struct test_space test;
	test_space_begin(&test, "maps", NULL, 0);
	test_space_row(&test, 0x7f0000074000, 0x7f0000474000, "rw-p", NULL);
	test_space_row(&test, 0x7f1000000000, 0x7f1000001000, "---p", NULL);
	test_space_row(&test, 0x7f1000001000, 0x7f1000801000, "rw-p", NULL);
	test_space_row(&test, 0x7f2000000000, 0x7f20000c4000, "rw-p", NULL);
	struct inq_space *space = classified(&test, "/usr/lib/libpython3.11.so.1.0");
	expect(0x7f0000074000, INQ_CLASS_ALLOCATOR, "python", INQ_LIKELY);
	expect(0x7f1000001000, INQ_CLASS_THREAD_STACK, NULL, INQ_LIKELY);
	expect(0x7f2000000000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
	inq_space_destroy(space);
	test_space_end(&test);
}
END_TEST

static void put(uint8_t *to, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* A pool of blocks of 64 bytes, ten of which were given out. */
static void make_pool(uint8_t *pool)
{
	put(pool, 10);
	put(pool + 36, 64 / 16 - 1);
	put(pool + 40, 48 + 10 * 64);
	put(pool + 44, POOL - 64);
}

/* Two arenas, and 32 KiB of another's that the kernel merged behind them; then one whose pool cannot be. */
START_TEST(python_by_pools)
{
	enum { SIZE = 2 * ARENA + 2 * POOL };
	struct test_space test;
	uint8_t *data = calloc(1, SIZE);
	ck_assert_ptr_nonnull(data);
	for (size_t i = 0; i < 4; i++)
		make_pool(data + i / 2 * ARENA + i % 2 * POOL);
	for (int damaged = 0; damaged < 2; damaged++) {
		put(data + ARENA + 44, damaged ? POOL - 80 : POOL - 64);
		test_space_begin(&test, "core", data, SIZE);
		test_space_row(&test, 0x7f0000000000, 0x7f0000000000 + SIZE, "rw-p", NULL);
		test.builder.space->mappings.items[0].data_offset = 0;
		test.builder.space->mappings.items[0].data_size = SIZE;
		struct inq_space *space = classified(&test, "/usr/lib/libpython3.11.so.1.0");
		expect(0x7f0000000000, INQ_CLASS_ALLOCATOR, "python", INQ_CERTAIN);
		expect(0x7f0000100000, damaged ? INQ_CLASS_ANON : INQ_CLASS_ALLOCATOR, damaged ? NULL : "python",
		       INQ_CERTAIN);
		expect(0x7f0000200000, INQ_CLASS_ANON, NULL, INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
	free(data);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("runtime");
	TCase *tcase = tcase_create("runtime");
	tcase_add_test(tcase, go_heap);
	tcase_add_test(tcase, v8_pages);
	tcase_add_test(tcase, python_by_size);
	tcase_add_test(tcase, python_by_pools);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
