/* The signal frames of the systems and machines.
 *
 * Sources: Linux: arch/MACHINE/include/uapi/asm/{sigcontext,ucontext}.h and arch/MACHINE/kernel/signal*.c for the frames,
 * the vdso's sigreturn.S, glibc's and musl's restorers for the instructions; FreeBSD: sigcode in
 * sys/MACHINE/MACHINE/{sigtramp,locore}.S, struct sigframe in machine/{sigframe,frame}.h, machine/ucontext.h; NetBSD:
 * __sigtramp2.S of its C library, struct sigframe_siginfo, sys/ucontext.h, machine/{mcontext,frame_regs}.h; OpenBSD:
 * sigcode in amd64/locore.S, struct sigcontext in machine/signal.h, sendsig; illumos: libproc's Pisadep.c (what follows
 * the return address), sys/ucontext.h, sys/regset.h. */
#include "lib/unwind/signal_rows.h"

enum { EM_386 = 3, EM_PPC64 = 21, EM_S390 = 22, EM_ARM = 40, EM_X86_64 = 62, EM_AARCH64 = 183, EM_RISCV = 243 };

enum { TRAP_X86 = 14, TRAP_FREEBSD = 12, TRAP_OTHER_BSD = 6 }; /* a page fault, in each system's numbers */

#define X86_64_ORDER "r8 r9 r10 r11 r12 r13 r14 r15 rdi rsi rbp rbx rdx rax rcx rsp rip eflags"
#define I386_ORDER   "gs fs es ds edi esi ebp esp ebx edx ecx eax - - eip cs eflags - ss"
#define SOLARIS_386  "gs fs es ds edi esi ebp - ebx edx ecx eax - - eip cs eflags esp ss"
#define AARCH64_ORDER                                                                                                  \
	"x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 "   \
	"x29 x30 sp pc pstate"
#define ARM_ORDER   "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 sp lr pc cpsr"
#define RISCV_ORDER "pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
#define R0_TO_R15   "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12 r13 r14 r15"
#define PPC64_ORDER                                                                                                    \
	R0_TO_R15 " r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r28 r29 r30 r31 pc msr orig_r3 ctr lr xer cr"
#define AMD64_FREEBSD "rdi rsi rdx rcx r8 r9 rax rbx rbp r10 r11 r12 r13 r14 r15 - - - - rip cs eflags rsp ss"
#define AMD64_NETBSD  "rdi rsi rdx rcx r8 r9 r10 r11 r12 r13 r14 r15 rbp rbx rax gs fs es ds - - rip cs eflags rsp ss"
#define AMD64_SOLARIS "r15 r14 r13 r12 r11 r10 r9 r8 rdi rsi rbp rbx rdx rcx rax - - rip cs eflags rsp ss"

/* x86: the return address, then ucontext and siginfo (on i386 the other way round, behind three arguments). */
static const struct inq_signal_record x86_64_record = { .align = 16,
							.first = -8,
							.end = 304 + 128,
							.siginfo = 304,
							.stack = 16,
							.stack_size = 32,
							.return_address = -8,
							.error = 40 + 152,
							.trap = 40 + 160,
							.fault_address = 40 + 176,
							.mask = 40 + 256,
							.page_fault = TRAP_X86 };
static const struct inq_signal_record i386_record = { .align = 16,
						      .phase = 12,
						      .first = -144,
						      .end = 20 + 88,
						      .siginfo = -128,
						      .stack = 8,
						      .stack_size = 16,
						      .return_address = -144,
						      .trap = 20 + 48,
						      .error = 20 + 52,
						      .fault_address = 20 + 84,
						      .page_fault = TRAP_X86 };
/* A handler without SA_SIGINFO: the signal's number, then the registers and no more (struct sigframe_ia32, asm/sigframe.h). */
static const struct inq_signal_record i386_plain_record = { .align = 4,
							    .first = -4,
							    .end = 4 + 88,
							    .siginfo = INQ_NO_OFFSET,
							    .stack = INQ_NO_OFFSET,
							    .return_address = -4,
							    .trap = 4 + 48,
							    .error = 4 + 52,
							    .fault_address = 4 + 84,
							    .page_fault = TRAP_X86 };
static const struct inq_signal_record aarch64_record = { .align = 16,
							 .end = 128 + 176 + 292,
							 .stack = 128 + 16,
							 .stack_size = 128 + 32,
							 .return_address = INQ_NO_OFFSET,
							 .fault_address = 128 + 176,
							 .trap = INQ_NO_OFFSET,
							 .error = INQ_NO_OFFSET };
static const struct inq_signal_record arm_record = { .align = 8,
						     .end = 128 + 20 + 84,
						     .stack = 128 + 8,
						     .stack_size = 128 + 16,
						     .return_address = INQ_NO_OFFSET,
						     .fault_address = 128 + 20 + 80,
						     .trap = INQ_NO_OFFSET,
						     .error = INQ_NO_OFFSET };
static const struct inq_signal_record riscv_record = { .align = 16,
						       .end = 128 + 176 + 256,
						       .stack = 128 + 16,
						       .stack_size = 128 + 32,
						       .return_address = INQ_NO_OFFSET,
						       .fault_address = INQ_NO_OFFSET,
						       .trap = INQ_NO_OFFSET,
						       .error = INQ_NO_OFFSET };

/* FreeBSD: the handler's address (on i386 behind four arguments), ucontext, siginfo; on AArch64 siginfo, ucontext. A
 * ucontext begins with the signal mask (16 bytes), and has uc_stack behind the machine's context. */
static const struct inq_signal_record amd64_freebsd_record = { .align = 16,
							       .first = -8,
							       .end = 16 + 880 + 80,
							       .siginfo = 16 + 880,
							       .stack = 16 + 824,
							       .stack_size = 16 + 832,
							       .return_address = -8,
							       .trap = 16 + 16 + 128,
							       .fault_address = 16 + 16 + 136,
							       .error = 16 + 16 + 152,
							       .page_fault = TRAP_FREEBSD };
static const struct inq_signal_record i386_freebsd_record = { .align = 16,
							      .first = -4,
							      .end = 32 + 704 + 64,
							      .siginfo = 32 + 704,
							      .stack = 32 + 660,
							      .stack_size = 32 + 664,
							      .return_address = -4,
							      .trap = 32 + 16 + 52,
							      .error = 32 + 16 + 56,
							      .fault_address = INQ_NO_OFFSET,
							      .page_fault = TRAP_FREEBSD };
static const struct inq_signal_record aarch64_freebsd_record = { .align = 16,
								 .end = 80 + 904 + 24,
								 .stack = 80 + 904,
								 .stack_size = 80 + 912,
								 .return_address = INQ_NO_OFFSET,
								 .fault_address = INQ_NO_OFFSET,
								 .trap = INQ_NO_OFFSET,
								 .error = INQ_NO_OFFSET };
/* NetBSD: siginfo (128), ucontext: flags, link, mask (16), stack (24), registers; on AArch64 these are aligned to 16. */
static const struct inq_signal_record amd64_netbsd_record = { .align = 8,
							      .first = -8,
							      .end = 128 + 56 + 26 * 8,
							      .stack = 128 + 32,
							      .stack_size = 128 + 40,
							      .return_address = -8,
							      .trap = 128 + 56 + 19 * 8,
							      .error = 128 + 56 + 20 * 8,
							      .fault_address = INQ_NO_OFFSET,
							      .page_fault = TRAP_OTHER_BSD };
static const struct inq_signal_record aarch64_netbsd_record = { .align = 16,
								.end = 128 + 64 + 35 * 8,
								.stack = 128 + 32,
								.stack_size = 128 + 40,
								.return_address = INQ_NO_OFFSET,
								.fault_address = INQ_NO_OFFSET,
								.trap = INQ_NO_OFFSET,
								.error = INQ_NO_OFFSET };
/* OpenBSD: sigcontext (232 bytes since 6.0), aligned to 16; siginfo. */
static const struct inq_signal_record amd64_openbsd_record = { .align = 16,
							       .first = -8,
							       .end = 240 + 136,
							       .siginfo = 240,
							       .stack = INQ_NO_OFFSET,
							       .return_address = -8,
							       .trap = 19 * 8,
							       .error = 20 * 8,
							       .fault_address = INQ_NO_OFFSET,
							       .page_fault = TRAP_OTHER_BSD };
/* Solaris: see amd64_solaris below. */
static const struct inq_signal_record amd64_solaris_record = { .align = 16,
							       .siginfo_pointer = 8,
							       .first = -8,
							       .end = 16 + 64 + 28 * 8,
							       .stack = 16 + 32,
							       .stack_size = 16 + 40,
							       .return_address = -8,
							       .trap = 16 + 64 + 15 * 8,
							       .error = 16 + 64 + 16 * 8,
							       .fault_address = INQ_NO_OFFSET,
							       .page_fault = TRAP_X86 };
static const struct inq_signal_record i386_solaris_record = { .align = 4,
							      .siginfo_pointer = 4,
							      .first = -4,
							      .end = 12 + 36 + 19 * 4,
							      .stack = 12 + 24,
							      .stack_size = 12 + 28,
							      .return_address = -4,
							      .trap = 12 + 36 + 12 * 4,
							      .error = 12 + 36 + 13 * 4,
							      .fault_address = INQ_NO_OFFSET,
							      .page_fault = TRAP_X86 };

/* The user code segment of 64-bit code is 0x33 (asm/segment.h), 0x43 on FreeBSD, 0x2b on OpenBSD, 0x53 on illumos. */
static const struct inq_signal_layout x86_64_linux = { .registers = 40,
						       .slot = 8,
						       .order = X86_64_ORDER,
						       .check = 40 + 144,
						       .check_size = 2,
						       .expected = 0x33,
						       .vectors = 40 + 184,
						       .vectors_behind = true,
						       .record = &x86_64_record };
static const struct inq_signal_layout x32_linux = {
	.registers = 24, .slot = 8, .order = X86_64_ORDER, .check = 24 + 144, .check_size = 2, .expected = 0x33
};
static const struct inq_signal_layout i386_linux = {
	.registers = 4, .slot = 4, .order = I386_ORDER, .record = &i386_plain_record
};
static const struct inq_signal_layout i386_linux_info = {
	.registers = 20, .slot = 4, .order = I386_ORDER, .indirect = true, .pointer = 8, .record = &i386_record
};
/* siginfo (128 bytes), then ucontext, in which the register record is at 176; the first of what follows the registers is
 * the floating point record, whose magic number is told in asm/sigcontext.h. */
static const struct inq_signal_layout aarch64_linux = { .registers = 128 + 176 + 8,
							.slot = 8,
							.order = AARCH64_ORDER,
							.check = 128 + 176 + 288,
							.check_size = 4,
							.expected = 0x46508001,
							.vectors = 128 + 176 + 288 + 16,
							.record = &aarch64_record };
static const struct inq_signal_layout arm_linux = { .registers = 20 + 12, .slot = 4, .order = ARM_ORDER };
static const struct inq_signal_layout arm_linux_info = {
	.registers = 128 + 20 + 12, .slot = 4, .order = ARM_ORDER, .record = &arm_record
};
static const struct inq_signal_layout riscv_linux = {
	.registers = 128 + 176, .slot = 8, .order = RISCV_ORDER, .record = &riscv_record
};
/* A stack frame of 128 bytes, the ucontext, in which the register record is at 168, and in that the registers at 64. */
static const struct inq_signal_layout ppc64_linux = { .registers = 128 + 168 + 64, .slot = 8, .order = PPC64_ORDER };
/* The register save area (160), then sigcontext, or svc instruction, siginfo and ucontext. */
static const struct inq_signal_layout s390x_linux = { .registers = 176, .slot = 8, .order = "pswm pswa " R0_TO_R15 };
static const struct inq_signal_layout s390x_linux_info = { .registers = 336,
							   .slot = 8,
							   .order = "pswm pswa " R0_TO_R15 };
static const struct inq_signal_layout amd64_freebsd = { .registers = 16 + 24,
							.slot = 8,
							.order = AMD64_FREEBSD,
							.check = 16 + 16 + 168,
							.check_size = 4,
							.expected = 0x43,
							.record = &amd64_freebsd_record };
static const struct inq_signal_layout i386_freebsd = {
	.registers = 32 + 20, .slot = 4, .order = SOLARIS_386, .record = &i386_freebsd_record
};
static const struct inq_signal_layout aarch64_freebsd = {
	.registers = 80 + 16, .slot = 8, .order = AARCH64_ORDER, .record = &aarch64_freebsd_record
};
static const struct inq_signal_layout amd64_netbsd = {
	.registers = 128 + 56, .slot = 8, .order = AMD64_NETBSD, .record = &amd64_netbsd_record
};
static const struct inq_signal_layout aarch64_netbsd = {
	.registers = 128 + 64, .slot = 8, .order = AARCH64_ORDER " tpidr", .record = &aarch64_netbsd_record
};
static const struct inq_signal_layout amd64_openbsd = { .registers = 0,
							.slot = 8,
							.order = AMD64_NETBSD,
							.check = 22 * 8,
							.check_size = 4,
							.expected = 0x2b,
							.record = &amd64_openbsd_record };
/* Above the return address: signal number, siginfo pointer; then the ucontext (on i386 a pointer to it comes between). */
static const struct inq_signal_layout amd64_solaris = { .registers = 16 + 64,
							.slot = 8,
							.order = AMD64_SOLARIS,
							.check = 16 + 64 + 18 * 8,
							.check_size = 4,
							.expected = 0x53,
							.record = &amd64_solaris_record };
static const struct inq_signal_layout i386_solaris = {
	.registers = 12 + 36, .slot = 4, .order = SOLARIS_386, .record = &i386_solaris_record
};

static const struct inq_signal_row rows[] = {
	/* mov $15,%rax; syscall (glibc, Go) and mov $15,%eax; syscall (musl) */
	{ INQ_OS_LINUX, EM_X86_64, 64, 9, { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 }, &x86_64_linux },
	{ INQ_OS_LINUX, EM_X86_64, 64, 7, { 0xb8, 0x0f, 0, 0, 0, 0x0f, 0x05 }, &x86_64_linux },
	{ INQ_OS_LINUX, EM_X86_64, 32, 9, { 0x48, 0xc7, 0xc0, 0x01, 0x02, 0, 0x40, 0x0f, 0x05 }, &x32_linux },
	/* pop %eax; mov $119,%eax; int $0x80, and mov $173,%eax; int $0x80 */
	{ INQ_OS_LINUX, EM_386, 32, 8, { 0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80 }, &i386_linux },
	{ INQ_OS_LINUX, EM_386, 32, 7, { 0xb8, 0xad, 0, 0, 0, 0xcd, 0x80 }, &i386_linux_info },
	/* mov x8,#139; svc #0 */
	{ INQ_OS_LINUX, EM_AARCH64, 64, 8, { 0x68, 0x11, 0x80, 0xd2, 0x01, 0, 0, 0xd4 }, &aarch64_linux },
	/* mov r7,#119 or #173; svc #0, or the old call's svc #0x900077; the same in Thumb code, as the kernel
	 * and as glibc write it */
	{ INQ_OS_LINUX, EM_ARM, 32, 8, { 0x77, 0x70, 0xa0, 0xe3, 0, 0, 0, 0xef }, &arm_linux },
	{ INQ_OS_LINUX, EM_ARM, 32, 8, { 0x77, 0x70, 0xa0, 0xe3, 0x77, 0, 0x90, 0xef }, &arm_linux },
	{ INQ_OS_LINUX, EM_ARM, 32, 4, { 0x77, 0x27, 0, 0xdf }, &arm_linux },
	{ INQ_OS_LINUX, EM_ARM, 32, 6, { 0x4f, 0xf0, 0x77, 0x07, 0, 0xdf }, &arm_linux },
	{ INQ_OS_LINUX, EM_ARM, 32, 8, { 0xad, 0x70, 0xa0, 0xe3, 0, 0, 0, 0xef }, &arm_linux_info },
	{ INQ_OS_LINUX, EM_ARM, 32, 8, { 0xad, 0x70, 0xa0, 0xe3, 0xad, 0, 0x90, 0xef }, &arm_linux_info },
	{ INQ_OS_LINUX, EM_ARM, 32, 4, { 0xad, 0x27, 0, 0xdf }, &arm_linux_info },
	{ INQ_OS_LINUX, EM_ARM, 32, 6, { 0x4f, 0xf0, 0xad, 0x07, 0, 0xdf }, &arm_linux_info },
	/* li a7,139; ecall */
	{ INQ_OS_LINUX, EM_RISCV, 64, 8, { 0x93, 0x08, 0xb0, 0x08, 0x73, 0, 0, 0 }, &riscv_linux },
	/* addi r1,r1,128; li r0,172; sc: big and little endian */
	{ INQ_OS_LINUX, EM_PPC64, 64, 12, { 0x38, 0x21, 0, 0x80, 0x38, 0, 0, 0xac, 0x44, 0, 0, 0x02 }, &ppc64_linux },
	{ INQ_OS_LINUX, EM_PPC64, 64, 12, { 0x80, 0, 0x21, 0x38, 0xac, 0, 0, 0x38, 0x02, 0, 0, 0x44 }, &ppc64_linux },
	/* svc 119; svc 173 */
	{ INQ_OS_LINUX, EM_S390, 64, 2, { 0x0a, 0x77 }, &s390x_linux },
	{ INQ_OS_LINUX, EM_S390, 64, 2, { 0x0a, 0xad }, &s390x_linux_info },
	/* lea 16(%rsp),%rdi; push $0; mov $417,%rax */
	{ INQ_OS_FREEBSD,
	  EM_X86_64,
	  64,
	  14,
	  { 0x48, 0x8d, 0x7c, 0x24, 0x10, 0x6a, 0, 0x48, 0xc7, 0xc0, 0xa1, 0x01, 0, 0 },
	  &amd64_freebsd },
	/* lea 0x20(%esp),%eax; push %eax; testl $PSL_VM,UC_EFLAGS(%eax), or on an amd64 kernel mov $417,%eax */
	{ INQ_OS_FREEBSD,
	  EM_386,
	  32,
	  12,
	  { 0x8d, 0x44, 0x24, 0x20, 0x50, 0xf7, 0x40, 0x54, 0, 0, 0x02, 0 },
	  &i386_freebsd },
	{ INQ_OS_FREEBSD, EM_386, 32, 10, { 0x8d, 0x44, 0x24, 0x20, 0x50, 0xb8, 0xa1, 0x01, 0, 0 }, &i386_freebsd },
	/* mov x0,sp; add x0,x0,#80; mov x8,#417; svc #0 */
	{ INQ_OS_FREEBSD,
	  EM_AARCH64,
	  64,
	  16,
	  { 0xe0, 0x03, 0, 0x91, 0, 0x40, 0x01, 0x91, 0x28, 0x34, 0x80, 0xd2, 0x01, 0, 0, 0xd4 },
	  &aarch64_freebsd },
	/* mov %r15,%rdi; mov $308,%rax; syscall */
	{ INQ_OS_NETBSD,
	  EM_X86_64,
	  64,
	  12,
	  { 0x4c, 0x89, 0xff, 0x48, 0xc7, 0xc0, 0x34, 0x01, 0, 0, 0x0f, 0x05 },
	  &amd64_netbsd },
	/* mov x0,x28; svc #308 */
	{ INQ_OS_NETBSD, EM_AARCH64, 64, 8, { 0xe0, 0x03, 0x1c, 0xaa, 0x81, 0x26, 0, 0xd4 }, &aarch64_netbsd },
	/* mov %rsp,%rdi; push %rdi; mov $103,%rax; syscall */
	{ INQ_OS_OPENBSD,
	  EM_X86_64,
	  64,
	  13,
	  { 0x48, 0x89, 0xe7, 0x57, 0x48, 0xc7, 0xc0, 0x67, 0, 0, 0, 0x0f, 0x05 },
	  &amd64_openbsd },
	{ INQ_OS_SOLARIS, EM_X86_64, 64, 0, { 0 }, &amd64_solaris },
	{ INQ_OS_SOLARIS, EM_386, 32, 0, { 0 }, &i386_solaris },
};

const struct inq_signal_row *inq_signal_row(size_t index)
{
	return index < sizeof rows / sizeof *rows ? &rows[index] : NULL;
}

static const struct inq_signal_layout *find_layout(const struct inq_space *space, bool plain)
{
	const struct inq_signal_row *row;
	for (size_t i = 0; (row = inq_signal_row(i)); i++) {
		const struct inq_signal_record *record = row->layout->record;
		if (row->os == space->os && row->machine == space->machine.elf && row->bits == space->machine.bits &&
		    record && (record->siginfo == INQ_NO_OFFSET) == plain)
			return row->layout;
	}
	return NULL;
}

const struct inq_signal_layout *inq_signal_layout_of(const struct inq_space *space)
{
	return find_layout(space, false);
}

const struct inq_signal_layout *inq_signal_plain_layout_of(const struct inq_space *space)
{
	return find_layout(space, true);
}
