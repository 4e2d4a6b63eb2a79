/* What a disassembler module tells of one instruction. The module knows the encoding and nothing of the process; which
 * address an operand names, and whether that was permitted, is worked out by instruction.c. */
#ifndef INQ_DIAGNOSE_DECODE_OPS_H
#define INQ_DIAGNOSE_DECODE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INQ_MOST_OPERANDS = 4, INQ_REGISTER_NAME = 8 };

enum inq_instruction_kind {
	INQ_INSTRUCTION_OTHER,
	INQ_INSTRUCTION_CALL,
	INQ_INSTRUCTION_JUMP,
	INQ_INSTRUCTION_RETURN,
	INQ_INSTRUCTION_DIVIDE,
	INQ_INSTRUCTION_TRAP, /* made to fail: ud2, int3, brk, udf */
	INQ_INSTRUCTION_SYSTEM_CALL
};

/* A memory operand: base + index * scale + displacement, in the segment. Names of registers are the manual's, lower case,
 * "" for none; they may be parts of a register ("eax", "w3"). */
struct inq_operand {
	char base[INQ_REGISTER_NAME], index[INQ_REGISTER_NAME], segment[INQ_REGISTER_NAME];
	int64_t displacement;
	int32_t scale;	   /* of the index; negative where it is subtracted */
	uint16_t size;	   /* bytes accessed; 0 unknown */
	uint8_t access;	   /* INQ_ACCESS_…; 0 when the operand is not accessed (lea) */
	bool index_signed; /* a 32-bit index is sign-extended */
	bool aligned;	   /* fails when the address is not a multiple of the size, whatever is mapped there */
};

struct inq_decoded {
	uint8_t size; /* bytes of the instruction */
	uint8_t kind; /* enum inq_instruction_kind */
	char text[96];
	char group[16];			/* the extension it belongs to ("avx512"), "" for the base set */
	char target[INQ_REGISTER_NAME]; /* the register that a call or jump goes through */
	char divisor[INQ_REGISTER_NAME];
	uint8_t operand_count;
	struct inq_operand operands[INQ_MOST_OPERANDS];
};

struct inq_decode_code {
	uint16_t machine; /* e_machine */
	uint8_t bits;
	bool big, thumb;
	uint64_t address;
	const uint8_t *bytes;
	size_t size;
};

struct inq_decode_ops {
	/* False for a machine that it does not know, or for bytes that are no instruction. */
	bool (*decode)(const struct inq_decode_code *code, struct inq_decoded *ret);
};

#endif
