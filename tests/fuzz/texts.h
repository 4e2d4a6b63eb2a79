/* The readers of texts, one by one: the first byte of an input chooses the reader, the rest is its text. */
#ifndef INQ_TESTS_FUZZ_TEXTS_H
#define INQ_TESTS_FUZZ_TEXTS_H

#include "tests/fuzz/support.h"

/* Reads listing after listing with the chosen reader, and works out what follows from it. */
int fuzz_texts(const char *const *kinds, size_t count, const uint8_t *data, size_t size);

#endif
