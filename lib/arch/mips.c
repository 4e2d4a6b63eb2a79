/* MIPS, all sizes and both byte orders. DWARF numbers: those that GCC uses (hi 64, lo 65). */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "r0", 0 },	  { "r1", 1 },	   { "r2", 2 },	  { "r3", 3 },	 { "r4", 4 },	{ "r5", 5 },
	{ "r6", 6 },	  { "r7", 7 },	   { "r8", 8 },	  { "r9", 9 },	 { "r10", 10 }, { "r11", 11 },
	{ "r12", 12 },	  { "r13", 13 },   { "r14", 14 }, { "r15", 15 }, { "r16", 16 }, { "r17", 17 },
	{ "r18", 18 },	  { "r19", 19 },   { "r20", 20 }, { "r21", 21 }, { "r22", 22 }, { "r23", 23 },
	{ "r24", 24 },	  { "r25", 25 },   { "r26", 26 }, { "r27", 27 }, { "r28", 28 }, { "r29", 29 },
	{ "r30", 30 },	  { "r31", 31 },   { "lo", 65 },  { "hi", 64 },	 { "pc", -1 },	{ "badvaddr", -1 },
	{ "status", -1 }, { "cause", -1 },
};

const struct inq_arch inq_arch_mips = {
	.name = "mips",
	.machine = 8, /* EM_MIPS */
	.pc = 34,
	.sp = 29,
	.fp = 30,
	.lr = 31,
	.thread_pointer = INQ_NO_REGISTER,
	.preserved = UINT64_C(0xff) << 16 | UINT64_C(7) << 28, /* s0-s7, gp, sp, s8 */
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
