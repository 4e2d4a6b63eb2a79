/* Orders of registers, from names to offsets. */
#include "lib/arch/order.h"

#include <string.h>

/* The index of the register whose name is the `length` bytes at `name`. Names are compared a few hundred times for each
 * thread: whole, with the zeros behind them, which takes two instructions and no call. */
static uint8_t register_named(const struct inq_arch *arch, const char *name, size_t length)
{
	char whole[INQ_ARCH_NAME] = { 0 };
	if (length >= sizeof whole)
		return INQ_NO_REGISTER;
	memcpy(whole, name, length);
	for (uint8_t i = 0; i < arch->register_count; i++)
		if (memcmp(arch->registers[i].name, whole, sizeof whole) == 0)
			return i;
	return INQ_NO_REGISTER;
}

bool inq_register_order(const struct inq_arch *arch, const char *order, uint16_t offset, uint8_t slot,
			struct inq_register_slots *ret)
{
	ret->count = 0;
	for (const char *word = order; *word;) {
		size_t length = strcspn(word, " :");
		const char *next = word + length;
		struct inq_register_slot found = { .offset = offset, .size = slot };
		if (*next == ':') {
			found.size = (uint8_t)(next[1] - '0');
			next += 2;
		}
		found.index = register_named(arch, word, length);
		offset = (uint16_t)(offset + found.size);
		if (found.index != INQ_NO_REGISTER && ret->count < INQ_MAX_REGISTERS)
			ret->items[ret->count++] = found;
		else if (*word != '-')
			return false;
		word = next + strspn(next, " ");
	}
	return true;
}
