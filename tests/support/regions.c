/* Regions of a space made by hand. */
#include "tests/support/regions.h"

static const struct inq_region *regions;
static size_t region_count;

void test_classify(struct inq_space *space)
{
	ck_assert_int_eq(inq_classify(space, &regions, &region_count), INQ_OK);
}

struct inq_space *test_classified(struct test_space *test, const char *path)
{
	struct inq_space *space = test_space_seal(test);
	space->machine.bits = 64;
	if (path) {
		struct inq_object *object = inq_object_vec_push(&space->objects);
		ck_assert_ptr_nonnull(object);
		*object = (struct inq_object) { .path = path, .kind = INQ_OBJECT_EXE, .load_bias = INQ_UNKNOWN };
	}
	test_classify(space);
	return space;
}

struct inq_space *test_classified_memory(struct test_space *test, const char *path, uint64_t start, const uint8_t *data,
					 size_t size)
{
	test_space_begin(test, "core", data, size);
	test_space_row(test, start, start + size, "rw-p", NULL);
	test->builder.space->mappings.items[0].data_offset = 0;
	test->builder.space->mappings.items[0].data_size = size;
	return test_classified(test, path);
}

const struct inq_region *test_regions(size_t *count)
{
	*count = region_count;
	return regions;
}

const struct inq_region *test_region_at(uint64_t address)
{
	for (size_t i = 0; i < region_count; i++)
		if (regions[i].start <= address && address < regions[i].end)
			return &regions[i];
	ck_abort_msg("no region at 0x%llx", (unsigned long long)address);
	return NULL;
}

void test_expect_region(uint64_t address, enum inq_class class_, const char *subclass, enum inq_confidence confidence)
{
	const struct inq_region *region = test_region_at(address);
	ck_assert_str_eq(inq_class_name(region->class_), inq_class_name(class_));
	ck_assert_pstr_eq(region->subclass, subclass);
	ck_assert_int_eq(region->confidence, confidence);
}

void test_put(uint8_t *to, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}
