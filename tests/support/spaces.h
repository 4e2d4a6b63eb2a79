/* Spaces made by hand, for tests of what stands above the formats. */
#ifndef INQ_TESTS_SPACES_H
#define INQ_TESTS_SPACES_H

#include "lib/space/build.h"
#include "lib/space/join.h"

#include <check.h>

struct test_space {
	struct inq_ctx ctx;
	struct inq_source source;
	struct inq_builder builder;
};

/* Begins a space whose artefact holds `size` bytes at `data` (NULL for a text map). */
void test_space_begin(struct test_space *test, const char *path, const uint8_t *data, size_t size);
/* Adds a row: "rwxp"-like permissions, file path or label or NULL. */
void test_space_row(struct test_space *test, uint64_t start, uint64_t end, const char *permissions, const char *name);
/* Seals it; the caller destroys the space, and then test_space_end. */
struct inq_space *test_space_seal(struct test_space *test);
void test_space_end(struct test_space *test);

/* Runs one suite and gives main's result; 77 when the environment lacks what the suite needs. */
int test_run(Suite *suite);

#endif
