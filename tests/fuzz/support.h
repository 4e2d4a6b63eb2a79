/* What the fuzz targets share. */
#ifndef INQ_TESTS_FUZZ_SUPPORT_H
#define INQ_TESTS_FUZZ_SUPPORT_H

#include <stddef.h>
#include <stdint.h>

/* The entry of every target, called by libFuzzer or by replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An open file in memory that holds the bytes; -1 when there is no room. */
int fuzz_file(const uint8_t *data, size_t size);

#endif
