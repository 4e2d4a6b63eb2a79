/* What classification says of a space that was made by hand. The regions of the last classification are kept. */
#ifndef INQ_TESTS_REGIONS_H
#define INQ_TESTS_REGIONS_H

#include "lib/classify/rule.h"

#include "tests/support/spaces.h"

void test_classify(struct inq_space *space);
/* Seals a space of 64 bits, in which an object of this path (NULL: none) is mapped, and classifies it. */
struct inq_space *test_classified(struct test_space *test, const char *path);
/* The same of a space with one mapping, which holds `data`. */
struct inq_space *test_classified_memory(struct test_space *test, const char *path, uint64_t start, const uint8_t *data,
					 size_t size);

const struct inq_region *test_regions(size_t *count);
const struct inq_region *test_region_at(uint64_t address);
void test_expect_region(uint64_t address, enum inq_class class_, const char *subclass, enum inq_confidence confidence);

/* Writes a word of 8 bytes, little-endian. */
void test_put(uint8_t *to, uint64_t value);

#endif
