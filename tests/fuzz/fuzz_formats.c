/* Fuzzes every row of formats.def, and all that follows from what it read, through the public interface: detection, and a
 * row that was not detected. */
#include "formats/format.h"
#include "tests/fuzz/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t rows = 0;
	while (inq_format_row(rows))
		rows++;
	fuzz_investigate(data, size, NULL);
	fuzz_investigate(data, size, inq_format_row(size % rows)->name);
	return 0;
}
