/* Fuzzes the readers of tables: of the kernel's memory, and of a JVM's classes. */
#include "tests/fuzz/texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "memstat", "kmastat", "umastat", "kstat", "vmstat", "jvm-histogram" };
	return fuzz_texts(kinds, sizeof kinds / sizeof *kinds, data, size);
}
