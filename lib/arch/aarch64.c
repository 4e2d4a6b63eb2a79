/* AArch64. DWARF numbers: DWARF for the Arm 64-bit Architecture (aadwarf64), "DWARF register names". */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "x0", 0 },   { "x1", 1 },   { "x2", 2 },   { "x3", 3 },   { "x4", 4 },   { "x5", 5 },	     { "x6", 6 },
	{ "x7", 7 },   { "x8", 8 },   { "x9", 9 },   { "x10", 10 }, { "x11", 11 }, { "x12", 12 },    { "x13", 13 },
	{ "x14", 14 }, { "x15", 15 }, { "x16", 16 }, { "x17", 17 }, { "x18", 18 }, { "x19", 19 },    { "x20", 20 },
	{ "x21", 21 }, { "x22", 22 }, { "x23", 23 }, { "x24", 24 }, { "x25", 25 }, { "x26", 26 },    { "x27", 27 },
	{ "x28", 28 }, { "x29", 29 }, { "x30", 30 }, { "sp", 31 },  { "pc", 32 },  { "pstate", -1 }, { "tpidr", 36 },
};

static const struct inq_frame_record frame_record = { .saved_fp = 0, .saved_pc = 1, .caller_sp = 2, .sp_exact = false };

const struct inq_arch inq_arch_aarch64 = {
	.name = "aarch64",
	.machine = 183, /* EM_AARCH64 */
	.bits = 64,
	.pc = 32,
	.sp = 31,
	.fp = 29,
	.lr = 30,
	.thread_pointer = 34,
	.return_mask = UINT64_C(0xffffffffffff), /* what pointer authentication leaves of a user address */
	.preserved = UINT64_C(0x7ff) << 19 | UINT64_C(1) << 34, /* x19-x29, tpidr */
	.frame_records = &frame_record,
	.frame_record_count = 1,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
	.vectors = { .dwarf = 64, .count = 32, .offset = 0, .size = 16 }, /* v: struct user_fpsimd_state */
};
