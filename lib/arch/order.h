/* Registers as some record keeps them: a string of names from the processor's row, in the order of the record. "x:4" has 4
 * bytes instead of `slot`; "-" is skipped. */
#ifndef INQ_ARCH_ORDER_H
#define INQ_ARCH_ORDER_H

#include "lib/arch/arch.h"

/* Where each register of the record is. */
struct inq_register_slot {
	uint16_t offset;
	uint8_t size, index;
};

struct inq_register_slots {
	size_t count;
	struct inq_register_slot items[INQ_MAX_REGISTERS];
};

/* `offset`: of the first register; `slot`: bytes of one. False when a name is none of the processor's registers. */
bool inq_register_order(const struct inq_arch *arch, const char *order, uint16_t offset, uint8_t slot,
			struct inq_register_slots *ret);

#endif
