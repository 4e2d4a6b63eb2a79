/* The instruction at a fault: its bytes, its text, and what it does to memory with the registers of that moment. */
#ifndef INQ_DIAGNOSE_INSTRUCTION_H
#define INQ_DIAGNOSE_INSTRUCTION_H

#include "lib/diagnose/decode_ops.h"
#include "lib/unwind/unwind.h"

#include <inquest/report.h>

struct inq_instruction {
	struct inq_instruction_info info;
	bool decoded;
	struct inq_decoded details;	       /* operands[operand_of[i]] is what info.accesses[i] came from */
	uint8_t operand_of[INQ_MOST_OPERANDS]; /* by access */
};

/* Reads and decodes the instruction at `pc`. What is not to be had is left empty; only memory that runs out fails. */
enum inq_status inq_instruction_read(struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
				     struct inq_instruction *ret);

/* Whether the mapping at `address` allows the access (INQ_ACCESS_…); *judged says whether that is known. */
bool inq_access_permitted(const struct inq_space *space, uint64_t address, unsigned access, bool *judged);

/* True where `address` can be no address of a user's process: bits 47 to 63 of x86-64 differ (Intel SDM, volume 1,
 * "Canonical Addressing"). The upper half is the kernel's, and gives a page fault instead. */
bool inq_is_non_canonical(const struct inq_space *space, uint64_t address);

#endif
