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
	struct inq_effect effect; /* its size is that of the bytes */
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
	{ inq_effect_x86, 8, 2, "\xff\xe0", { .flow = INQ_FLOW_LEAVES } },
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
	{ inq_effect_arm, 4, 4, "\x02\x00\x00\xea", { .flow = INQ_FLOW_JUMP, .target = 16 } },
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
	ck_assert_uint_eq(effect.size, row->size);
	ck_assert_int_eq(effect.flow, row->effect.flow);
	ck_assert_int_eq(effect.target, row->effect.target);
	ck_assert_int_eq(effect.sp, row->effect.sp);
	ck_assert_int_eq(effect.by, row->effect.by);
	ck_assert_int_eq(effect.sets_fp, row->effect.sets_fp);
	ck_assert_int_eq(effect.fp_at, row->effect.fp_at);
	ck_assert_int_eq(effect.loses_fp, row->effect.loses_fp);
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
