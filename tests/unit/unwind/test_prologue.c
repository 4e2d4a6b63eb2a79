/* Instructions by their bytes: how long they are, by objdump; what they do to a frame, by the processors' manuals. */
#include "lib/unwind/prologue/effect.h"
#include "lib/unwind/prologue/x86_length.h"

#include "tests/support/spaces.h"

#include <stdio.h>

/* The first instructions of this program. */
START_TEST(test_lengths_by_objdump)
{
	enum { WORD = sizeof(void *) };
	char line[512];
	unsigned count = 0;
	FILE *listing =
		popen("objdump -d -w --insn-width=16 -j .text /proc/$PPID/exe 2>/dev/null | head -n 20000", "r");
	ck_assert_ptr_nonnull(listing);
	while (fgets(line, sizeof line, listing)) {
		uint8_t bytes[16];
		struct inq_view text = { .data = bytes, .word = WORD };
		struct inq_x86 x;
		int used;
		char *at = strchr(line, '\t'), *mnemonic = at ? strchr(at + 1, '\t') : NULL;
		if (!mnemonic)
			continue;
		*mnemonic = '\0';
		for (unsigned byte; text.size < sizeof bytes && sscanf(at, "%2x%n", &byte, &used) == 1; at += used)
			bytes[text.size++] = (uint8_t)byte;
		if (!text.size || strstr(mnemonic + 1, "(bad)"))
			continue;
		ck_assert_msg(inq_x86_read(&text, &x) && x.size == text.size, "%s", line);
		count++;
	}
	pclose(listing);
	if (count)
		ck_assert_uint_gt(count, 1000);
	else
		puts("SKIPPED: objdump is not there");
}
END_TEST

enum { RBX = 1, RBP = 6, SAME = INQ_SP_SAME, MOVES = INQ_SP_MOVES, FROM_FP = INQ_SP_FROM_FP, LOST = INQ_SP_LOST };

static const struct example {
	inq_effect_reader *read;
	uint8_t word, size;
	const char *bytes;
	struct inq_effect effect; /* its size is that of the bytes, or given */
} examples[] = {
	{ inq_effect_x86, 8, 1, "\x55", { .sp = MOVES, .by = -8, .save_count = 1, .saves = { { RBP, 0 } } } },
	{ inq_effect_x86, 8, 2, "\x41\x57", { .sp = MOVES, .by = -8, .save_count = 1, .saves = { { 15, 0 } } } },
	{ inq_effect_x86, 4, 1, "\x53", { .sp = MOVES, .by = -4, .save_count = 1, .saves = { { RBX, 0 } } } },
	{ inq_effect_x86, 8, 1, "\x5d", { .sp = MOVES, .by = 8, .loses_fp = true } },
	{ inq_effect_x86, 8, 3, "\x48\x89\xe5", { .sets_fp = true } },				 /* mov %rsp,%rbp */
	{ inq_effect_x86, 8, 4, "\x48\x83\xec\x18", { .sp = MOVES, .by = -0x18 } },		 /* sub $0x18,%rsp */
	{ inq_effect_x86, 8, 7, "\x48\x81\xc4\x00\x10\x00\x00", { .sp = MOVES, .by = 0x1000 } }, /* add */
	{ inq_effect_x86, 8, 4, "\x48\x83\xe4\xe0", { .sp = LOST } },				 /* and $-32,%rsp */
	{ inq_effect_x86, 8, 5, "\x48\x8d\x64\x24\xf8", { .sp = MOVES, .by = -8 } },		 /* lea -8(%rsp),%rsp */
	{ inq_effect_x86, 8, 4, "\x48\x8d\x65\xd8", { .sp = FROM_FP, .by = -0x28 } },	      /* lea -0x28(%rbp),%rsp */
	{ inq_effect_x86, 8, 5, "\x48\x8d\x6c\x24\x20", { .sets_fp = true, .fp_at = 0x20 } }, /* lea 0x20(%rsp),%rbp */
	{ inq_effect_x86, 8, 5, "\x48\x89\x5c\x24\x10", { .save_count = 1, .saves = { { RBX, 0x10 } } } },
	{ inq_effect_x86, 8, 4, "\x48\x8d\x24\x04", { .sp = LOST } }, /* lea (%rsp,%rax),%rsp */
	{ inq_effect_x86, 8, 1, "\xc9", { .sp = FROM_FP, .by = 8, .loses_fp = true } },
	{ inq_effect_x86, 8, 1, "\xc3", { .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_x86, 8, 5, "\xe8\x10\x00\x00\x00", { 0 } },
	{ inq_effect_x86, 4, 5, "\xe8\x00\x00\x00\x00", { .sp = MOVES, .by = -4 } },
	{ inq_effect_x86, 8, 2, "\xeb\xfe", { .flow = INQ_FLOW_JUMP, .target = 0 } },
	{ inq_effect_x86, 8, 2, "\x74\x10", { .flow = INQ_FLOW_BRANCH, .target = 0x12 } },
	{ inq_effect_x86, 8, 6, "\x0f\x85\x00\x01\x00\x00", { .flow = INQ_FLOW_BRANCH, .target = 0x106 } },
	{ inq_effect_x86, 8, 2, "\xff\xe0", { .flow = INQ_FLOW_LEAVES, .computed = true } },
	{ inq_effect_x86, 8, 4, "\xf3\x0f\x1e\xfa", { 0 } }, /* endbr64 */
	/* stp x29, x30, [sp, #-48]!; stp x19, x20, [sp, #16]; mov x29, sp; add x29, sp, #16 */
	{ inq_effect_aarch64,
	  8,
	  4,
	  "\xfd\x7b\xbd\xa9",
	  { .sp = MOVES, .by = -48, .save_count = 2, .saves = { { 29, 0 }, { 30, 8 } } } },
	{ inq_effect_aarch64, 8, 4, "\xf3\x53\x01\xa9", { .save_count = 2, .saves = { { 19, 16 }, { 20, 24 } } } },
	{ inq_effect_aarch64, 8, 4, "\xfd\x03\x00\x91", { .sets_fp = true } },
	{ inq_effect_aarch64, 8, 4, "\xfd\x43\x00\x91", { .sets_fp = true, .fp_at = 16 } },
	/* sub sp, sp, #32; sub sp, sp, #0x1000; str x30, [sp, #-16]!; str x19, [sp, #16]; ldr x30, [sp], #16 */
	{ inq_effect_aarch64, 8, 4, "\xff\x83\x00\xd1", { .sp = MOVES, .by = -32 } },
	{ inq_effect_aarch64, 8, 4, "\xff\x07\x40\xd1", { .sp = MOVES, .by = -0x1000 } },
	{ inq_effect_aarch64,
	  8,
	  4,
	  "\xfe\x0f\x1f\xf8",
	  { .sp = MOVES, .by = -16, .save_count = 1, .saves = { { 30, 0 } } } },
	{ inq_effect_aarch64, 8, 4, "\xf3\x0b\x00\xf9", { .save_count = 1, .saves = { { 19, 16 } } } },
	{ inq_effect_aarch64, 8, 4, "\xfe\x07\x41\xf8", { .sp = MOVES, .by = 16 } },
	/* ldp x29, x30, [sp], #48; ret; b .+16; b.eq .+8; cbz x0, .+8; mov sp, x29; blr x1; stp d8, d9, [sp, #-32]! */
	{ inq_effect_aarch64, 8, 4, "\xfd\x7b\xc3\xa8", { .sp = MOVES, .by = 48, .loses_fp = true } },
	{ inq_effect_aarch64, 8, 4, "\xc0\x03\x5f\xd6", { .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_aarch64, 8, 4, "\x04\x00\x00\x14", { .flow = INQ_FLOW_JUMP, .target = 16 } },
	{ inq_effect_aarch64, 8, 4, "\x40\x00\x00\x54", { .flow = INQ_FLOW_BRANCH, .target = 8 } },
	{ inq_effect_aarch64, 8, 4, "\x40\x00\x00\xb4", { .flow = INQ_FLOW_BRANCH, .target = 8 } },
	{ inq_effect_aarch64, 8, 4, "\xbf\x03\x00\x91", { .sp = FROM_FP } },
	{ inq_effect_aarch64, 8, 4, "\x20\x00\x3f\xd6", { 0 } },
	{ inq_effect_aarch64, 8, 4, "\xe8\x27\xbe\x6d", { .sp = MOVES, .by = -32 } },
	/* push {r4, lr}; push {lr}; sub sp, sp, #600; add fp, sp, #4; vpush {d8}; pop {r4, pc}; bx lr; b .+16 */
	{ inq_effect_arm,
	  4,
	  4,
	  "\x10\x40\x2d\xe9",
	  { .sp = MOVES, .by = -8, .save_count = 2, .saves = { { 4, 0 }, { 14, 4 } } } },
	{ inq_effect_arm,
	  4,
	  4,
	  "\x04\xe0\x2d\xe5",
	  { .sp = MOVES, .by = -4, .save_count = 1, .saves = { { 14, 0 } } } },
	{ inq_effect_arm, 4, 4, "\x96\xdf\x4d\xe2", { .sp = MOVES, .by = -600 } },
	{ inq_effect_arm, 4, 4, "\x04\xb0\x8d\xe2", { .sets_fp = true, .fp_at = 4 } },
	{ inq_effect_arm, 4, 4, "\x02\x8b\x2d\xed", { .sp = MOVES, .by = -8 } },
	{ inq_effect_arm, 4, 4, "\x10\x80\xbd\xe8", { .sp = MOVES, .by = 8, .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_arm, 4, 4, "\x1e\xff\x2f\xe1", { .flow = INQ_FLOW_LEAVES } },
	/* bx r3; addls pc, pc, r0, lsl #2 */
	{ inq_effect_arm, 4, 4, "\x13\xff\x2f\xe1", { .flow = INQ_FLOW_LEAVES, .computed = true } },
	{ inq_effect_arm, 4, 4, "\x00\xf1\x8f\x90", { .computed = true } },
	{ inq_effect_arm, 4, 4, "\x02\x00\x00\xea", { .flow = INQ_FLOW_JUMP, .target = 16 } },
	/* by as: what is assembled stands behind */
	{ inq_effect_thumb,
	  4,
	  2,
	  "\x10\xb5",
	  { .sp = MOVES, .by = -8, .save_count = 2, .saves = { { 4, 0 }, { 14, 4 } } } }, /* push {r4, lr} */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\x2d\xe9\x10\x41",
	  { .sp = MOVES,
	    .by = -12,
	    .save_count = 3,
	    .saves = { { 4, 0 }, { 8, 4 }, { 14, 8 } } } }, /* push.w {r4, r8, lr} */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\x4d\xf8\x04\xed",
	  { .sp = MOVES, .by = -4, .save_count = 1, .saves = { { 14, 0 } } } }, /* str lr, [sp, #-4]! */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\x4d\xf8\x10\x4d",
	  { .sp = MOVES, .by = -16, .save_count = 1, .saves = { { 4, 0 } } } }, /* str r4, [sp, #-16]! */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\x6d\xe9\x04\x45",
	  { .sp = MOVES, .by = -16, .save_count = 2, .saves = { { 4, 0 }, { 5, 4 } } } }, /* strd r4, r5, [sp, #-16]! */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\xcd\xe9\x02\x8e",
	  { .save_count = 2, .saves = { { 8, 8 }, { 14, 12 } } } },			    /* strd r8, lr, [sp, #8] */
	{ inq_effect_thumb, 4, 2, "\x02\x94", { .save_count = 1, .saves = { { 4, 8 } } } }, /* str r4, [sp, #8] */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\xcd\xf8\x58\x82",
	  { .save_count = 1, .saves = { { 8, 600 } } } },				   /* str.w r8, [sp, #600] */
	{ inq_effect_thumb, 4, 2, "\x82\xb0", { .sp = MOVES, .by = -8 } },		   /* sub sp, #8 */
	{ inq_effect_thumb, 4, 2, "\x7f\xb0", { .sp = MOVES, .by = 508 } },		   /* add sp, #508 */
	{ inq_effect_thumb, 4, 4, "\xad\xf5\x88\x3d", { .sp = MOVES, .by = -69632 } },	   /* sub.w sp, sp, #69632 */
	{ inq_effect_thumb, 4, 4, "\xad\xf6\xa0\x7d", { .sp = MOVES, .by = -4000 } },	   /* subw sp, sp, #4000 */
	{ inq_effect_thumb, 4, 4, "\x0d\xf1\xff\x1d", { .sp = MOVES, .by = 0xff00ff } },   /* add.w sp, sp, #0xff00ff */
	{ inq_effect_thumb, 4, 4, "\xad\xeb\x03\x0d", { .sp = LOST } },			   /* sub.w sp, sp, r3 */
	{ inq_effect_thumb, 4, 2, "\x9d\x44", { .sp = LOST } },				   /* add sp, r3 */
	{ inq_effect_thumb, 4, 2, "\xbd\x46", { .sp = FROM_FP } },			   /* mov sp, r7 */
	{ inq_effect_thumb, 4, 2, "\x02\xaf", { .sets_fp = true, .fp_at = 8 } },	   /* add r7, sp, #8 */
	{ inq_effect_thumb, 4, 4, "\x0d\xf5\x16\x77", { .sets_fp = true, .fp_at = 600 } }, /* add.w r7, sp, #600 */
	{ inq_effect_thumb, 4, 2, "\x6f\x46", { .sets_fp = true } },			   /* mov r7, sp */
	{ inq_effect_thumb, 4, 2, "\x08\x37", { .fp_by = 8 } },				   /* adds r7, #8 */
	{ inq_effect_thumb, 4, 4, "\x07\xf5\x84\x77", { .fp_by = 264 } },		   /* add.w r7, r7, #264 */
	{ inq_effect_thumb, 4, 2, "\x04\x3f", { .fp_by = -4 } },			   /* subs r7, #4 */
	{ inq_effect_thumb, 4, 4, "\x2d\xed\x04\x8b", { .sp = MOVES, .by = -16 } },	   /* vpush {d8, d9} */
	{ inq_effect_thumb, 4, 4, "\xbd\xec\x02\x8b", { .sp = MOVES, .by = 8 } },	   /* vpop {d8} */
	{ inq_effect_thumb, 4, 4, "\x2d\xed\x01\x8a", { .sp = MOVES, .by = -4 } },	   /* vpush {s16} */
	{ inq_effect_thumb, 4, 2, "\x90\xbc", { .sp = MOVES, .by = 8, .loses_fp = true } }, /* pop {r4, r7} */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\xbd\xe8\x10\x81",
	  { .sp = MOVES, .by = 12, .flow = INQ_FLOW_LEAVES } }, /* pop.w {r4, r8, pc} */
	{ inq_effect_thumb, 4, 2, "\x10\xbd", { .sp = MOVES, .by = 8, .flow = INQ_FLOW_LEAVES } }, /* pop {r4, pc} */
	{ inq_effect_thumb, 4, 4, "\x5d\xf8\x04\xeb", { .sp = MOVES, .by = 4 } }, /* ldr lr, [sp], #4 */
	{ inq_effect_thumb,
	  4,
	  4,
	  "\x5d\xf8\x08\xfb",
	  { .sp = MOVES, .by = 8, .flow = INQ_FLOW_LEAVES } },			   /* ldr pc, [sp], #8 */
	{ inq_effect_thumb, 4, 4, "\xfd\xe8\x04\x45", { .sp = MOVES, .by = 16 } }, /* ldrd r4, r5, [sp], #16 */
	{ inq_effect_thumb, 4, 2, "\x70\x47", { .flow = INQ_FLOW_LEAVES } },	   /* bx lr */
	{ inq_effect_thumb, 4, 2, "\x18\x47", { .flow = INQ_FLOW_LEAVES, .computed = true } },	      /* bx r3 */
	{ inq_effect_thumb, 4, 2, "\x98\x47", { 0 } },						      /* blx r3 */
	{ inq_effect_thumb, 4, 2, "\x06\xe0", { .flow = INQ_FLOW_JUMP, .target = 16 } },	      /* b .+16 */
	{ inq_effect_thumb, 4, 4, "\x00\xf0\xfe\xbf", { .flow = INQ_FLOW_JUMP, .target = 4096 } },    /* b.w .+4096 */
	{ inq_effect_thumb, 4, 2, "\x02\xd0", { .flow = INQ_FLOW_BRANCH, .target = 8 } },	      /* beq .+8 */
	{ inq_effect_thumb, 4, 4, "\x3f\xf4\x16\xac", { .flow = INQ_FLOW_BRANCH, .target = -2000 } }, /* beq.w .-2000 */
	{ inq_effect_thumb, 4, 2, "\x08\xb3", { .flow = INQ_FLOW_BRANCH, .target = 70 } },	      /* cbz r0, .+70 */
	{ inq_effect_thumb, 4, 2, "\x0f\xb9", { .flow = INQ_FLOW_BRANCH, .target = 6 } },	      /* cbnz r7, .+6 */
	{ inq_effect_thumb, 4, 4, "\x00\xf0\x30\xf8", { 0 } },					      /* bl .+100 */
	{ inq_effect_thumb, 4, 2, "\x00\xde", { .flow = INQ_FLOW_LEAVES } },			      /* udf #0 */
	{ inq_effect_thumb, 4, 2, "\x00\xdf", { 0 } },						      /* svc 0 */
	{ inq_effect_thumb, 4, 2, "\xad\x27", { .loses_fp = true } },	      /* movs r7, #173 */
	{ inq_effect_thumb, 4, 4, "\x4f\xf0\xad\x07", { .loses_fp = true } }, /* mov.w r7, #173 */
	{ inq_effect_thumb, 4, 2, "\x5f\x68", { .loses_fp = true } },	      /* ldr r7, [r3, #4] */
	{ inq_effect_thumb, 4, 4, "\xd3\xf8\x90\x71", { .loses_fp = true } }, /* ldr.w r7, [r3, #400] */
	{ inq_effect_thumb, 4, 2, "\x81\xcb", { .loses_fp = true } },	      /* ldmia r3!, {r0, r7} */
	{ inq_effect_thumb, 4, 2, "\x5f\x60", { 0 } },			      /* str r7, [r3, #4] */
	{ inq_effect_thumb, 4, 4, "\xbf\xf3\x5b\x8f", { 0 } },		      /* dmb ish */
	{ inq_effect_thumb, 4, 2, "\x00\xbf", { 0 } },			      /* nop */
	{ inq_effect_thumb, 4, 4, "\x18\xbf\x10\xbd", { 0 } },		      /* it ne; popne {r4, pc} */
	{ inq_effect_thumb, 4, 4, "\xb8\xbf\x70\x47", { 0 } },		      /* it lt; bxlt lr */
	{ inq_effect_thumb,
	  4,
	  6,
	  "\x0c\xbf\x6f\x46\x82\xb0",
	  { .sp = LOST, .loses_fp = true } }, /* ite eq; moveq r7, sp; subne sp, #8 */
	{ inq_effect_thumb,
	  4,
	  6,
	  "\x04\xbf\x40\x18\x08\xe0",
	  { .flow = INQ_FLOW_BRANCH, .target = 24 } }, /* itt eq; addeq r0, r1; beq .+20 */
	{ inq_effect_thumb,
	  4,
	  12,
	  "\xdf\xe8\x03\xf0\x03\x05\x07\x03\x09\x03\x00\xbf",
	  { .size = 4,
	    .flow = INQ_FLOW_LEAVES,
	    .case_size = 1,
	    .cases = 6 } }, /* tbb [pc, r3]; .byte 3, 5, 7, 3, 9, 3; nop */
	{ inq_effect_thumb,
	  4,
	  12,
	  "\xdf\xe8\x13\xf0\x03\x00\x09\x00\x0c\x00\x00\xbf",
	  { .size = 4,
	    .flow = INQ_FLOW_LEAVES,
	    .case_size = 2,
	    .cases = 3 } }, /* tbh [pc, r3, lsl #1]; .short 3, 9, 12; nop */
	/* by llvm-mc: addi sp, sp, -2032; c.addi sp, -16; c.addi16sp -96; sd ra and s0; fsd; sd a0, -24(s0) */
	{ inq_effect_riscv64, 8, 4, "\x13\x01\x01\x81", { .sp = MOVES, .by = -2032 } },
	{ inq_effect_riscv64, 8, 2, "\x41\x11", { .sp = MOVES, .by = -16 } },
	{ inq_effect_riscv64, 8, 2, "\x1d\x71", { .sp = MOVES, .by = -96 } },
	{ inq_effect_riscv64, 8, 2, "\x06\xf4", { .save_count = 1, .saves = { { 1, 40 } } } },
	{ inq_effect_riscv64, 8, 4, "\x23\x34\x11\x02", { .save_count = 1, .saves = { { 1, 40 } } } },
	{ inq_effect_riscv64, 8, 2, "\x22\xf0", { .save_count = 1, .saves = { { 8, 32 } } } },
	{ inq_effect_riscv64, 8, 4, "\x27\x34\x81\x00", { 0 } },
	{ inq_effect_riscv64, 8, 4, "\x23\x34\xa4\xfe", { 0 } },
	/* s0 = sp + 48, + 64; sp = s0 - 48; ld s0 (c, whole); mv sp, s0; add sp, sp, t0; sub sp, sp, t1; lui s0 */
	{ inq_effect_riscv64, 8, 2, "\x00\x18", { .sets_fp = true, .fp_at = 48 } },
	{ inq_effect_riscv64, 8, 2, "\x80\x00", { .sets_fp = true, .fp_at = 64 } },
	{ inq_effect_riscv64, 8, 4, "\x13\x01\x04\xfd", { .sp = FROM_FP, .by = -48 } },
	{ inq_effect_riscv64, 8, 2, "\x02\x74", { .loses_fp = true } },
	{ inq_effect_riscv64, 8, 4, "\x03\x34\x01\x01", { .loses_fp = true } },
	{ inq_effect_riscv64, 8, 2, "\x22\x81", { .sp = FROM_FP } },
	{ inq_effect_riscv64, 8, 2, "\x16\x91", { .sp = LOST } },
	{ inq_effect_riscv64, 8, 4, "\x33\x01\x61\x40", { .sp = LOST } },
	{ inq_effect_riscv64, 8, 2, "\x05\x64", { .loses_fp = true } },
	/* ret (c, whole); j .+16 (c, whole); jal 2048; jalr a5; beq .+8; beqz .+16; ebreak (c, whole); li a0 */
	{ inq_effect_riscv64, 8, 2, "\x82\x80", { .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_riscv64, 8, 4, "\x67\x80\x00\x00", { .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_riscv64, 8, 2, "\x01\xa8", { .flow = INQ_FLOW_JUMP, .target = 16 } },
	{ inq_effect_riscv64, 8, 4, "\x6f\x00\x00\x01", { .flow = INQ_FLOW_JUMP, .target = 16 } },
	{ inq_effect_riscv64, 8, 4, "\xef\x00\x10\x00", { 0 } },
	{ inq_effect_riscv64, 8, 2, "\x82\x97", { 0 } },
	{ inq_effect_riscv64, 8, 4, "\x63\x04\xb5\x00", { .flow = INQ_FLOW_BRANCH, .target = 8 } },
	{ inq_effect_riscv64, 8, 2, "\x01\xc9", { .flow = INQ_FLOW_BRANCH, .target = 16 } },
	{ inq_effect_riscv64, 8, 2, "\x02\x90", { .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_riscv64, 8, 4, "\x73\x00\x10\x00", { .flow = INQ_FLOW_LEAVES } },
	{ inq_effect_riscv64, 8, 2, "\x05\x45", { 0 } },
};

START_TEST(test_effects)
{
	const struct example *row = &examples[_i];
	const struct inq_view text = { .data = (const uint8_t *)row->bytes, .size = row->size, .word = row->word };
	struct inq_effect effect = { 0 };
	ck_assert(row->read(&text, &effect));
	ck_assert_uint_eq(effect.size, row->effect.size ? row->effect.size : row->size);
	ck_assert_int_eq(effect.flow, row->effect.flow);
	ck_assert_int_eq(effect.target, row->effect.target);
	ck_assert_int_eq(effect.sp, row->effect.sp);
	ck_assert_int_eq(effect.by, row->effect.by);
	ck_assert_int_eq(effect.sets_fp, row->effect.sets_fp);
	ck_assert_int_eq(effect.fp_at, row->effect.fp_at);
	ck_assert_int_eq(effect.loses_fp, row->effect.loses_fp);
	ck_assert_int_eq(effect.fp_by, row->effect.fp_by);
	ck_assert_int_eq(effect.computed, row->effect.computed);
	ck_assert_uint_eq(effect.cases, row->effect.cases);
	ck_assert_uint_eq(effect.case_size, row->effect.case_size);
	ck_assert_uint_eq(effect.save_count, row->effect.save_count);
	for (unsigned i = 0; i < effect.save_count; i++) {
		ck_assert_uint_eq(effect.saves[i].index, row->effect.saves[i].index);
		ck_assert_int_eq(effect.saves[i].at, row->effect.saves[i].at);
	}
}
END_TEST

/* An instruction that is cut off is none. */
START_TEST(test_cut_off)
{
	const struct example *row = &examples[_i];
	for (uint8_t size = 0; size < row->size; size++) {
		const struct inq_view text = { .data = (const uint8_t *)row->bytes, .size = size, .word = row->word };
		struct inq_effect effect = { 0 };
		if (row->read(&text, &effect))
			ck_assert_uint_le(effect.size, size);
	}
}
END_TEST

int main(void)
{
	enum { COUNT = sizeof examples / sizeof *examples };
	Suite *suite = suite_create("prologue");
	TCase *tests = tcase_create("prologue");
#if defined __x86_64__ || defined __i386__
	tcase_add_test(tests, test_lengths_by_objdump);
#endif
	tcase_add_loop_test(tests, test_effects, 0, COUNT);
	tcase_add_loop_test(tests, test_cut_off, 0, COUNT);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
