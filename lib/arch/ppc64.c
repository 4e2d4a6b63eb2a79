/* PowerPC, 64 bits (both byte orders) and 32 bits: they differ in nothing but the size of a register. DWARF numbers:
 * 64-Bit ELF V2 ABI, "DWARF Register Number Mapping"; the call-frame information that GCC writes for 32 bits uses the
 * same for lr (65). */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "r0", 0 },	 { "r1", 1 },	   { "r2", 2 },	  { "r3", 3 },	   { "r4", 4 },	      { "r5", 5 },
	{ "r6", 6 },	 { "r7", 7 },	   { "r8", 8 },	  { "r9", 9 },	   { "r10", 10 },     { "r11", 11 },
	{ "r12", 12 },	 { "r13", 13 },	   { "r14", 14 }, { "r15", 15 },   { "r16", 16 },     { "r17", 17 },
	{ "r18", 18 },	 { "r19", 19 },	   { "r20", 20 }, { "r21", 21 },   { "r22", 22 },     { "r23", 23 },
	{ "r24", 24 },	 { "r25", 25 },	   { "r26", 26 }, { "r27", 27 },   { "r28", 28 },     { "r29", 29 },
	{ "r30", 30 },	 { "r31", 31 },	   { "pc", -1 },  { "msr", -1 },   { "orig_r3", -1 }, { "ctr", 66 },
	{ "lr", 65 },	 { "xer", 76 },	   { "cr", 68 },  { "softe", -1 }, { "trap", -1 },    { "dar", -1 },
	{ "dsisr", -1 }, { "result", -1 },
};

const struct inq_arch inq_arch_ppc64 = {
	.name = "ppc64",
	.machine = 21, /* EM_PPC64 */
	.bits = 64,
	.pc = 32,
	.sp = 1,
	.fp = 31,
	.lr = 36,
	.thread_pointer = 13,
	.preserved = UINT64_C(0x3ffff) << 14 | 1 << 2, /* r14-r31, r2 */
	.chain = INQ_CHAIN_BACK,
	.chain_pc = 2, /* the same ABI, "The Stack Frame" */
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};

const struct inq_arch inq_arch_ppc = {
	.name = "ppc",
	.machine = 20, /* EM_PPC */
	.bits = 32,
	.pc = 32,
	.sp = 1,
	.fp = 31,
	.lr = 36,
	.thread_pointer = INQ_NO_REGISTER,
	.preserved = UINT64_C(0x3ffff) << 14 | 1 << 2,
	.chain = INQ_CHAIN_BACK,
	.chain_pc = 1, /* System V ABI, PowerPC supplement, "The Stack Frame" */
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
