/* 64-bit RISC-V, registers by their ABI names. DWARF numbers: RISC-V ELF psABI, "DWARF Register Numbers". */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "pc", -1 }, { "ra", 1 },  { "sp", 2 },  { "gp", 3 },	{ "tp", 4 },  { "t0", 5 },   { "t1", 6 },
	{ "t2", 7 },  { "s0", 8 },  { "s1", 9 },  { "a0", 10 }, { "a1", 11 }, { "a2", 12 },  { "a3", 13 },
	{ "a4", 14 }, { "a5", 15 }, { "a6", 16 }, { "a7", 17 }, { "s2", 18 }, { "s3", 19 },  { "s4", 20 },
	{ "s5", 21 }, { "s6", 22 }, { "s7", 23 }, { "s8", 24 }, { "s9", 25 }, { "s10", 26 }, { "s11", 27 },
	{ "t3", 28 }, { "t4", 29 }, { "t5", 30 }, { "t6", 31 },
};

static const struct inq_frame_record frame_record = {
	.saved_fp = -2, .saved_pc = -1, .caller_sp = 0, .sp_exact = true
};

const struct inq_arch inq_arch_riscv64 = {
	.name = "riscv64",
	.machine = 243, /* EM_RISCV */
	.bits = 64,
	.endian = 1,
	.pc = 0,
	.sp = 2,
	.fp = 8,
	.lr = 1,
	.thread_pointer = 4,
	.preserved = 3 << 8 | 0x3ff << 18 | 3 << 3, /* s0-s11, gp, tp */
	.frame_records = &frame_record,
	.frame_record_count = 1,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
