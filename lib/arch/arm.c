/* 32-bit Arm. DWARF numbers: DWARF for the Arm Architecture (aadwarf32), "DWARF register names". The frame pointer is
 * r11 in Arm code (r7 in Thumb code). */
#include "lib/arch/arch.h"

static const struct inq_arch_register registers[] = {
	{ "r0", 0 },   { "r1", 1 },  { "r2", 2 },  { "r3", 3 },	 { "r4", 4 },	 { "r5", 5 },
	{ "r6", 6 },   { "r7", 7 },  { "r8", 8 },  { "r9", 9 },	 { "r10", 10 },	 { "r11", 11 },
	{ "r12", 12 }, { "sp", 13 }, { "lr", 14 }, { "pc", 15 }, { "cpsr", -1 }, { "orig_r0", -1 },
};

/* GCC's Arm code points to the upper of the two words (push {fp, lr}; add fp, sp, #4), clang's to the lower. */
static const struct inq_frame_record frame_records[] = {
	{ .saved_fp = -1, .saved_pc = 0, .caller_sp = 1, .sp_exact = true },
	{ .saved_fp = 0, .saved_pc = 1, .caller_sp = 2, .sp_exact = true },
};

const struct inq_arch inq_arch_arm = {
	.name = "arm",
	.machine = 40, /* EM_ARM */
	.bits = 32,
	.pc = 15,
	.sp = 13,
	.fp = 11,
	.lr = 14,
	.thread_pointer = INQ_NO_REGISTER,
	.return_mask = UINT64_C(0xfffffffe), /* bit 0: Thumb */
	.preserved = 0xff << 4,		     /* r4-r11 */
	.frame_records = frame_records,
	.frame_record_count = sizeof frame_records / sizeof *frame_records,
	.register_count = sizeof registers / sizeof *registers,
	.registers = registers,
};
