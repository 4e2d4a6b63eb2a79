/* Fuzzes the readers of address maps. */
#include "tests/fuzz/texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const kinds[] = { "proc-maps",    "smaps",	    "mdb-mappings", "pmap-linux",
					     "pmap-solaris", "procstat-vm", "gdb-mappings", "lldb-regions" };
	return fuzz_texts(kinds, sizeof kinds / sizeof *kinds, data, size);
}
