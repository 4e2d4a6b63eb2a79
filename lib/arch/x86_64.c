/* x86-64 and x32. DWARF numbers: System V ABI, AMD64 supplement, figure 3.36. */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "rax", 0 },	   { "rbx", 3 },      { "rcx", 2 },	  { "rdx", 1 },	 { "rsi", 4 },	{ "rdi", 5 },
	{ "rbp", 6 },	   { "rsp", 7 },      { "r8", 8 },	  { "r9", 9 },	 { "r10", 10 }, { "r11", 11 },
	{ "r12", 12 },	   { "r13", 13 },     { "r14", 14 },	  { "r15", 15 }, { "rip", 16 }, { "eflags", 49 },
	{ "cs", 51 },	   { "ss", 52 },      { "ds", 53 },	  { "es", 50 },	 { "fs", 54 },	{ "gs", 55 },
	{ "fs_base", 58 }, { "gs_base", 59 }, { "orig_rax", -1 },
};

static const struct inq_frame_record frame_record = { .saved_fp = 0, .saved_pc = 1, .caller_sp = 2, .sp_exact = true };

const struct inq_arch inq_arch_x86_64 = {
	.name = "x86_64",
	.machine = 62, /* EM_X86_64 */
	.endian = 1,
	.pc = 16,
	.sp = 7,
	.fp = 6,
	.lr = INQ_NO_REGISTER,
	.thread_pointer = 24,
	.slot = 8,					       /* also of x32 */
	.preserved = 1 << 1 | 1 << 6 | 0xf << 12 | 0xff << 18, /* rbx rbp r12-r15, segments */
	.frame_records = &frame_record,
	.frame_record_count = 1,
	.tls_below = true,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
	.vectors = { .dwarf = 17,
		     .count = 16,
		     .offset = 160,
		     .size = 16 }, /* xmm, as FXSAVE stores them: Intel's manual, volume 1, 10.5.1 */
};
