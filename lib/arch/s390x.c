/* s390x, and s390 with its 31-bit addresses. DWARF numbers: ELF ABI s390x supplement, "DWARF Register Number Mapping".
 * */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "pswm", 64 }, { "pswa", 65 }, { "r0", 0 },   { "r1", 1 },   { "r2", 2 },   { "r3", 3 },   { "r4", 4 },
	{ "r5", 5 },	{ "r6", 6 },	{ "r7", 7 },   { "r8", 8 },   { "r9", 9 },   { "r10", 10 }, { "r11", 11 },
	{ "r12", 12 },	{ "r13", 13 },	{ "r14", 14 }, { "r15", 15 }, { "a0", 48 },  { "a1", 49 },  { "a2", 50 },
	{ "a3", 51 },	{ "a4", 52 },	{ "a5", 53 },  { "a6", 54 },  { "a7", 55 },  { "a8", 56 },  { "a9", 57 },
	{ "a10", 58 },	{ "a11", 59 },	{ "a12", 60 }, { "a13", 61 }, { "a14", 62 }, { "a15", 63 }, { "orig_r2", -1 },
};

const struct inq_arch inq_arch_s390x = {
	.name = "s390x",
	.machine = 22, /* EM_S390 */
	.bits = 64,
	.endian = 2,
	.pc = 1,
	.sp = 17,
	.fp = 13,
	.lr = 16,
	.thread_pointer = INQ_NO_REGISTER,
	.preserved = 0x3ff << 8 | 3 << 18, /* r6-r15, a0 a1 (the thread pointer) */
	.cfa_to_sp = -160,		   /* the register save area */
	.chain = INQ_CHAIN_OFTEN,	   /* of code compiled with -mbackchain: r14 in its place of the save area */
	.chain_pc = 14,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};

const struct inq_arch inq_arch_s390 = {
	.name = "s390",
	.machine = 22,
	.bits = 32,
	.endian = 2,
	.pc = 1,
	.sp = 17,
	.fp = 13,
	.lr = 16,
	.thread_pointer = INQ_NO_REGISTER,
	.pc_mask = 0x7fffffff, /* the highest bit tells the addressing mode */
	.preserved = 0x3ff << 8 | 3 << 18,
	.cfa_to_sp = -96,
	.return_mask = 0x7fffffff,
	.chain = INQ_CHAIN_OFTEN, /* of code compiled with -mbackchain: r14 in its place of the save area */
	.chain_pc = 14,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
