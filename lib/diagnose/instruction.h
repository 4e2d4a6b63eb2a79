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

/* The module that decodes the instructions of the space's processor; NULL when none does. */
const char *inq_instruction_module(const struct inq_space *space);

/* Reads and decodes the instruction at `pc`. What is not to be had is left empty; only memory that runs out fails. */
enum inq_status inq_instruction_read(struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
				     struct inq_instruction *ret);

/* Decodes the instruction at `pc`: sets info.bytes and size, and details. False when it is not to be had. */
bool inq_instruction_decode(struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
			    struct inq_instruction *ret);

/* The address that an operand of the instruction at `pc` names with these registers; false when one is not known. */
bool inq_operand_address(const struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
			 const struct inq_decoded *decoded, const struct inq_operand *operand, uint64_t *ret);

/* "fs:rax+rcx*8+0x10": the same words on every processor. In the arena; NULL when memory is out. */
const char *inq_operand_text(const struct inq_space *space, const struct inq_operand *operand);

/* Whether the mapping at `address` allows the access (INQ_ACCESS_…); *judged says whether that is known. */
bool inq_access_permitted(const struct inq_space *space, uint64_t address, unsigned access, bool *judged);

/* True where `address` can be no address of a user's process: bits 47 to 63 of x86-64 differ (Intel SDM, volume 1,
 * "Canonical Addressing"). The upper half is the kernel's, and gives a page fault instead. */
bool inq_is_non_canonical(const struct inq_space *space, uint64_t address);

#endif
