/* 32-bit SPARC. DWARF numbers: those that GCC and Solaris use for 32-bit code (y 64 … npc 69). */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "g0", 0 },   { "g1", 1 },   { "g2", 2 },   { "g3", 3 },  { "g4", 4 },	 { "g5", 5 },	{ "g6", 6 },
	{ "g7", 7 },   { "o0", 8 },   { "o1", 9 },   { "o2", 10 }, { "o3", 11 }, { "o4", 12 },	{ "o5", 13 },
	{ "o6", 14 },  { "o7", 15 },  { "l0", 16 },  { "l1", 17 }, { "l2", 18 }, { "l3", 19 },	{ "l4", 20 },
	{ "l5", 21 },  { "l6", 22 },  { "l7", 23 },  { "i0", 24 }, { "i1", 25 }, { "i2", 26 },	{ "i3", 27 },
	{ "i4", 28 },  { "i5", 29 },  { "i6", 30 },  { "i7", 31 }, { "pc", 68 }, { "npc", 69 }, { "y", 64 },
	{ "psr", 65 }, { "wim", 66 }, { "tbr", 67 },
};

const struct inq_arch inq_arch_sparc = {
	.name = "sparc",
	.machine = 2, /* EM_SPARC */
	.bits = 32,
	.endian = 2,
	.pc = 32,
	.sp = 14, /* o6 */
	.fp = 30, /* i6 */
	.lr = 15, /* o7: of the call itself; the return address is 8 further */
	.thread_pointer = INQ_NO_REGISTER,
	.return_skip = 8,  /* the call and its delay slot */
	.preserved = 0xfe, /* g1-g7 */
	.chain = INQ_CHAIN_WINDOWS,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
