/* 64-bit SPARC. DWARF numbers: those that GCC and Solaris use for 64-bit code (pc 80, npc 81, …, y 85). */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "g0", 0 },	  { "g1", 1 },	 { "g2", 2 },	{ "g3", 3 },	{ "g4", 4 },  { "g5", 5 },   { "g6", 6 },
	{ "g7", 7 },	  { "o0", 8 },	 { "o1", 9 },	{ "o2", 10 },	{ "o3", 11 }, { "o4", 12 },  { "o5", 13 },
	{ "o6", 14 },	  { "o7", 15 },	 { "l0", 16 },	{ "l1", 17 },	{ "l2", 18 }, { "l3", 19 },  { "l4", 20 },
	{ "l5", 21 },	  { "l6", 22 },	 { "l7", 23 },	{ "i0", 24 },	{ "i1", 25 }, { "i2", 26 },  { "i3", 27 },
	{ "i4", 28 },	  { "i5", 29 },	 { "i6", 30 },	{ "i7", 31 },	{ "pc", 80 }, { "npc", 81 }, { "y", 85 },
	{ "tstate", 82 }, { "ccr", -1 }, { "asi", -1 }, { "fprs", 84 },
};

const struct inq_arch inq_arch_sparcv9 = {
	.name = "sparcv9",
	.machine = 43, /* EM_SPARCV9 */
	.bits = 64,
	.endian = 2,
	.pc = 32,
	.sp = 14, /* o6, biased by 2047 */
	.fp = 30, /* i6 */
	.lr = 15, /* o7: of the call itself; the return address is 8 further */
	.thread_pointer = INQ_NO_REGISTER,
	.return_skip = 8,   /* the call and its delay slot */
	.cfa_to_sp = -2047, /* the bias of the stack pointer */
	.preserved = 0xfe,  /* g1-g7 */
	.chain = INQ_CHAIN_WINDOWS,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
