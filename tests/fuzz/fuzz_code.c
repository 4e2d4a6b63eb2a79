/* Fuzzes the following of a function's code: the first byte chooses the instructions, two tell the place; the rest is code. */
#include "lib/unwind/prologue/follow.h"
#include "tests/fuzz/support.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		uint16_t machine;
		bool thumb;
		uint8_t word;
	} codes[] = { { 62, false, 8 }, { 3, false, 4 }, { 183, false, 8 },
		      { 40, false, 4 }, { 40, true, 4 }, { 243, false, 8 } };
	if (size < 3)
		return 0;
	unsigned index = data[0] % (sizeof codes / sizeof *codes);
	const struct inq_view text = { .data = data + 3, .size = size - 3, .word = codes[index].word };
	struct inq_frame_layout layout = { .reader = inq_code_reader(codes[index].machine, codes[index].thumb),
					   .depths.sp_known = true };
	uint64_t place = (uint64_t)data[1] | (uint64_t)data[2] << 8;
	if (inq_follow_code(&text, place, &layout) && place > text.size)
		abort(); /* no way leads out of the code */
	return 0;
}
