/* Functions that end a program are mostly called with constant texts, which are loaded right before the call: mov $imm32,%edi or
 * lea disp32(%rip),%rdi, and so on for the registers of the x86-64 ABI (3.2.3, Parameter Passing). */
#include "lib/diagnose/call_argument.h"

#include "lib/diagnose/text.h"

enum { EM_X86_64 = 62, CALL_SIZE = 5, LONGEST_LOAD = 7, MOST_BETWEEN = 28, ARGUMENTS = 4 };

static const struct {
	uint8_t move, place; /* opcode of mov $imm32, ModRM of lea */
} loads[ARGUMENTS] = { { 0xbf, 0x3d }, { 0xbe, 0x35 }, { 0xba, 0x15 }, { 0xb9, 0x0d } };

/* The text whose address an instruction that ends at `end` loads into the argument's register. */
static const char *loaded_text(struct inq_space *space, uint64_t end, unsigned argument)
{
	struct inq_view code;
	if (!inq_space_view(space, end - LONGEST_LOAD, LONGEST_LOAD, &code))
		return NULL;
	uint64_t operand = inq_view_get(&code, 3, 4);
	if (code.data[0] == 0x48 && code.data[1] == 0x8d && code.data[2] == loads[argument].place)
		return inq_text_to_nul(space, end + (uint64_t)(int32_t)operand);
	return code.data[2] == loads[argument].move ? inq_text_to_nul(space, operand) : NULL;
}

const char *inq_constant_argument(struct inq_space *space, uint64_t returns_to, unsigned argument)
{
	const char *text = NULL;
	bool known = space->machine.arch && space->machine.arch->machine == EM_X86_64 && argument < ARGUMENTS;
	for (uint64_t between = 0; known && !text && between <= MOST_BETWEEN; between++)
		text = loaded_text(space, returns_to - CALL_SIZE - between, argument);
	return text;
}
