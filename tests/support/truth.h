/* The CASE.json files of testdata: objects of numbers and strings, one per listing. Only as much JSON as those need. */
#ifndef INQ_TESTS_TRUTH_H
#define INQ_TESTS_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One object of "listings": a piece of the file's text. */
struct test_truth {
	const char *text;
	size_t length;
};

/* The object after `*cursor` (which starts as the file's text); false when there is no more. */
bool test_truth_next(const char **cursor, struct test_truth *ret);
/* A number, decimal or as a string in hexadecimal; false when the key is absent. */
bool test_truth_number(const struct test_truth *truth, const char *key, uint64_t *ret);
/* A string copied into `buffer`; false when the key is absent. */
bool test_truth_string(const struct test_truth *truth, const char *key, char *buffer, size_t size);

#endif
