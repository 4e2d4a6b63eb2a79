/* Fuzzes 32-bit Arm's exception index: the first byte tells how many entries it has; the rest is the memory, in which the
 * index stands first, and is at once tables, stack, and instructions. */
#include "lib/unwind/ehabi/run.h"
#include "tests/fuzz/support.h"

enum { BASE = 0x10000, STEP = 0x80, FUNCTIONS = 0x1000 };

static bool read_memory(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	const struct inq_view *view = data;
	return inq_view_at(view, address - BASE, size, ret);
}

static void run(const uint8_t *code, size_t size, const struct inq_ehabi_memory *memory)
{
	struct inq_ehabi_registers registers = { .valid = 0xffff };
	for (uint64_t i = 0; i < INQ_EHABI_REGISTERS; i++)
		registers.values[i] = BASE + 8 * i;
	inq_ehabi_run(code, size, memory, &registers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	struct inq_view view = { .data = data + 1, .size = size - 1, .word = 4 };
	struct inq_ehabi_index index = { .address = BASE, .count = data[0] };
	const struct inq_ehabi_memory memory = { read_memory, &view };
	for (uint64_t address = BASE; address < BASE + FUNCTIONS; address += STEP)
		if (inq_ehabi_find(&index, &memory, address) && !index.last.cannot_unwind)
			run(index.last.code, index.last.size, &memory);
	run(view.data, view.size, &memory);
	return 0;
}
