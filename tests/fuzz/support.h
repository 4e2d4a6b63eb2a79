/* What the fuzz targets share. */
#ifndef INQ_TESTS_FUZZ_SUPPORT_H
#define INQ_TESTS_FUZZ_SUPPORT_H

#include "lib/space/build.h"

#include <stddef.h>
#include <stdint.h>

/* The entry of every target, called by libFuzzer or by replay.c. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An open file in memory that holds the bytes; -1 when there is no room. */
int fuzz_file(const uint8_t *data, size_t size);

/* Takes the bytes as an artefact through the public interface: reading, analysis, look-ups, and all documents in all forms.
 * `kind` NULL: as it is detected. */
void fuzz_investigate(const uint8_t *data, size_t size, const char *kind);

/* Maps the first `size` bytes of the artefact at `start`, readable and with these permissions. */
void fuzz_mapping(struct inq_builder *builder, uint64_t start, uint64_t size, uint8_t permissions);

#endif
