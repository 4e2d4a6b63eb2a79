/* Runs the unwinding instructions of 32-bit Arm's exception tables on the registers of a frame.
 * Facts: Exception Handling ABI for the Arm Architecture (ehabi32, IHI 0038), section 10.3, "Frame unwinding
 * instructions". */
#ifndef INQ_UNWIND_EHABI_RUN_H
#define INQ_UNWIND_EHABI_RUN_H

#include "lib/unwind/ehabi/index.h"

enum { INQ_EHABI_SP = 13, INQ_EHABI_LR = 14, INQ_EHABI_PC = 15, INQ_EHABI_REGISTERS = 16 };

/* r0 … r15; bit i of `valid`: values[i] is known. */
struct inq_ehabi_registers {
	uint64_t values[INQ_EHABI_REGISTERS];
	uint32_t valid;
};

enum inq_ehabi_result {
	INQ_EHABI_DONE,	    /* the registers are the caller's */
	INQ_EHABI_REFUSED,  /* the instructions say that the frame cannot be undone */
	INQ_EHABI_NO_BYTES, /* the stack is not in the artefact */
	INQ_EHABI_BAD	    /* no such instruction, or a register that is not known */
};

enum inq_ehabi_result inq_ehabi_run(const uint8_t *code, size_t size, const struct inq_ehabi_memory *memory,
				    struct inq_ehabi_registers *registers);

#endif
