/* Runs the instructions of call-frame information up to one address: the row that says where each register of the caller
 * is. A row is small and free of memory and registers, so that it can be kept and used again for the same address.
 * Facts: DWARF 5, section 6.4.2. */
#ifndef INQ_UNWIND_CFI_RUN_H
#define INQ_UNWIND_CFI_RUN_H

#include "lib/arch/arch.h"
#include "lib/unwind/cfi/entry.h"

enum { INQ_DWARF_REGISTERS = 128, INQ_CFI_MOST_RULES = 40 };

/* How DWARF's numbers map to the registers of the processor's row. */
struct inq_dwarf_map {
	const struct inq_arch *arch;
	uint8_t index[INQ_DWARF_REGISTERS]; /* INQ_NO_REGISTER for those that the row has not */
};

void inq_dwarf_map_init(struct inq_dwarf_map *map, const struct inq_arch *arch);
uint8_t inq_dwarf_index(const struct inq_dwarf_map *map, uint64_t number);

enum inq_cfi_how {
	INQ_CFI_UNSPECIFIED,	 /* nothing is said: by the processor's convention */
	INQ_CFI_UNDEFINED,	 /* its value is lost */
	INQ_CFI_SAME,		 /* not changed */
	INQ_CFI_OFFSET,		 /* saved at CFA + offset */
	INQ_CFI_VALUE_OFFSET,	 /* is CFA + offset */
	INQ_CFI_REGISTER,	 /* is in `source`, plus offset (0 but for the CFA) */
	INQ_CFI_EXPRESSION,	 /* saved where the expression says */
	INQ_CFI_VALUE_EXPRESSION /* is what the expression says */
};

struct inq_cfi_rule {
	uint8_t how;	/* enum inq_cfi_how */
	uint8_t target; /* the register that it is for: an index of the processor's row */
	uint8_t source; /* of INQ_CFI_REGISTER: an index */
	uint32_t size;	/* of an expression */
	union {
		int64_t offset;
		const uint8_t *expression;
	};
};

struct inq_cfi_row {
	struct inq_cfi_rule cfa;
	uint8_t return_index; /* the register whose caller's value is the return address */
	bool signal_frame;
	uint8_t count;
	struct inq_cfi_rule rules[INQ_CFI_MOST_RULES];
};

/* The row of `address` (as the file counts), which is inside the entry. False for instructions that are broken, unknown,
 * or need a register that the processor's row has not. */
bool inq_cfi_run(const struct inq_cfi_fde *fde, uint64_t address, const struct inq_dwarf_map *map,
		 struct inq_cfi_row *ret);

#endif
