/* x86-64 and x32. DWARF numbers: System V ABI, AMD64 supplement, figure 3.36. */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "rax", 0 },	   { "rbx", 3 },      { "rcx", 2 },	  { "rdx", 1 },	 { "rsi", 4 },	{ "rdi", 5 },
	{ "rbp", 6 },	   { "rsp", 7 },      { "r8", 8 },	  { "r9", 9 },	 { "r10", 10 }, { "r11", 11 },
	{ "r12", 12 },	   { "r13", 13 },     { "r14", 14 },	  { "r15", 15 }, { "rip", 16 }, { "eflags", 49 },
	{ "cs", 51 },	   { "ss", 52 },      { "ds", 53 },	  { "es", 50 },	 { "fs", 54 },	{ "gs", 55 },
	{ "fs_base", 58 }, { "gs_base", 59 }, { "orig_rax", -1 },
};

const struct inq_arch inq_arch_x86_64 = {
	.name = "x86_64",
	.machine = 62, /* EM_X86_64 */
	.endian = 1,
	.pc = 16,
	.sp = 7,
	.fp = 6,
	.lr = INQ_NO_REGISTER,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
