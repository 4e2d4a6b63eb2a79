/* i386. DWARF numbers: System V ABI, Intel386 supplement, table 2.14. */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "eax", 0 }, { "ebx", 3 }, { "ecx", 1 }, { "edx", 2 },	   { "esi", 6 },       { "edi", 7 },
	{ "ebp", 5 }, { "esp", 4 }, { "eip", 8 }, { "eflags", 9 }, { "cs", 41 },       { "ss", 42 },
	{ "ds", 43 }, { "es", 40 }, { "fs", 44 }, { "gs", 45 },	   { "orig_eax", -1 },
};

static const struct inq_frame_record frame_record = { .saved_fp = 0, .saved_pc = 1, .caller_sp = 2, .sp_exact = true };

const struct inq_arch inq_arch_i386 = {
	.name = "i386",
	.machine = 3, /* EM_386 */
	.bits = 32,
	.endian = 1,
	.pc = 8,
	.sp = 7,
	.fp = 6,
	.lr = INQ_NO_REGISTER,
	.thread_pointer = INQ_NO_REGISTER,
	.preserved = 1 << 1 | 7 << 4 | 0x3f << 10, /* ebx esi edi ebp, segments */
	.frame_records = &frame_record,
	.frame_record_count = 1,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
