/* Fuzzes the readers of stacks and crash logs. */
#include "tests/fuzz/texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "mdb-stack", "pstack",	      "gdb-stack",	     "crash-d",
					     "tombstone", "systemd-coredump", "kernel-segfault-log", "hs-err" };
	return fuzz_texts(kinds, sizeof kinds / sizeof *kinds, data, size);
}
