/* Reads text with the formats, as an incident does, and keeps each listing's space for a test to look at. */
#ifndef INQ_TESTS_LISTINGS_H
#define INQ_TESTS_LISTINGS_H

#include "formats/format.h"

enum { TEST_MOST_LISTINGS = 64 };

struct test_listing {
	const struct inq_format *format;
	struct inq_space *space; /* NULL when the reader gave none */
	enum inq_status status;
};

struct test_listings {
	struct inq_ctx ctx;
	struct inq_source *source;
	struct test_listing items[TEST_MOST_LISTINGS];
	size_t count;
	bool stopped_early; /* at a listing of a kind that is only recognised, or after the most that are kept */
};

/* The bytes must live until test_listings_end. */
void test_listings_read(struct test_listings *test, const char *name, const uint8_t *data, size_t size);
void test_listings_end(struct test_listings *test);

/* Whether some warning has `text` in it. */
bool test_listings_warned(const struct test_listings *test, const char *text);

/* The whole file, NUL-terminated; NULL when it cannot be read. The caller frees it. */
char *test_file(const char *path, size_t *size);

#endif
