/* The layouts of the notes that hold threads and processes, of every system and machine.
 *
 * Sources: Linux: include/linux/elfcore.h (elf_prstatus, elf_prpsinfo) compiled for each machine, and
 * arch/MACHINE/include/asm/{elf,ptrace}.h for the orders; FreeBSD: sys/procfs.h, machine/reg.h; Solaris and illumos:
 * sys/procfs.h, sys/old_procfs.h, sys/regset.h; NetBSD: sys/exec_elf.h, machine/reg.h; OpenBSD: sys/core.h,
 * machine/reg.h. */
#include "formats/core/layouts.h"

#define I386_LINUX "ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip cs eflags esp ss"
#define X86_64_LINUX                                                                                                   \
	"r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds "  \
	"es fs gs"
#define AARCH64_X                                                                                                      \
	"x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 "   \
	"x29 x30"
#define R0_TO_R12 "r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 r11 r12"
#define R0_TO_R31 R0_TO_R12 " r13 r14 r15 r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r28 r29 r30 r31"
#define RISCV	  "pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6"
#define PPC	  R0_TO_R31 " pc msr orig_r3 ctr lr xer cr softe trap dar dsisr result"
#define S390                                                                                                           \
	"pswm pswa " R0_TO_R12                                                                                         \
	" r13 r14 r15 a0:4 a1:4 a2:4 a3:4 a4:4 a5:4 a6:4 a7:4 a8:4 a9:4 a10:4 a11:4 a12:4 a13:4 a14:4 a15:4 orig_r2"
#define SPARC_WINDOW "g0 g1 g2 g3 g4 g5 g6 g7 o0 o1 o2 o3 o4 o5 o6 o7 l0 l1 l2 l3 l4 l5 l6 l7 i0 i1 i2 i3 i4 i5 i6 i7"
#define SPARC	     SPARC_WINDOW " psr pc npc y wim tbr"
#define MIPS	     R0_TO_R31 " lo hi pc badvaddr status cause"
#define I386_SOLARIS                                                                                                   \
	"gs fs es ds edi esi ebp - ebx edx ecx eax - - eip cs eflags esp ss" /* the first esp is the kernel's */
#define AMD64_SOLARIS                                                                                                  \
	"r15 r14 r13 r12 r11 r10 r9 r8 rdi rsi rbp rbx rdx rcx rax - - rip cs eflags rsp ss fs gs es ds fs_base "      \
	"gs_base"
#define SPARCV9_SOLARIS SPARC_WINDOW " ccr pc npc y asi fprs"
#define AMD64_FREEBSD                                                                                                  \
	"r15 r14 r13 r12 r11 r10 r9 r8 rdi rsi rbp rbx rdx rcx rax -:4 fs:2 gs:2 -:4 es:2 ds:2 rip cs eflags rsp ss"
#define I386_FREEBSD  "fs es ds edi esi ebp - ebx edx ecx eax - - eip cs eflags esp ss gs"
#define AMD64_NETBSD  "rdi rsi rdx rcx r8 r9 r10 r11 r12 r13 r14 r15 rbp rbx rax gs fs es ds - - rip cs eflags rsp ss"
#define AMD64_OPENBSD "rdi rsi rdx rcx r8 r9 r10 r11 r12 r13 r14 r15 rbp rbx rax rsp rip eflags cs ss ds es fs gs"

#define LINUX64(em, bytes, names)                                                                                      \
	{                                                                                                              \
		.os = INQ_OS_LINUX, .note = 1, .machine = em, .bits = 64, .slot = 8, .size = bytes, .signal = 12,      \
		.signal_size = 2, .tid = 32, .info = INQ_CORE_NOWHERE, .blocked = 24, .registers = 112, .order = names \
	}
#define LINUX32(em, bytes, width, names)                                                                               \
	{                                                                                                              \
		.os = INQ_OS_LINUX, .note = 1, .machine = em, .bits = 32, .slot = width, .size = bytes, .signal = 12,  \
		.signal_size = 2, .tid = 24, .info = INQ_CORE_NOWHERE, .blocked = 20, .registers = 72, .order = names  \
	}
#define FREEBSD64(em, bytes, names)                                                                                    \
	{                                                                                                              \
		.os = INQ_OS_FREEBSD, .note = 1, .machine = em, .bits = 64, .slot = 8, .size = bytes, .signal = 36,    \
		.signal_size = 4, .tid = 40, .info = INQ_CORE_NOWHERE, .registers = 48, .order = names                 \
	}
#define FREEBSD32(em, bytes, names)                                                                                    \
	{                                                                                                              \
		.os = INQ_OS_FREEBSD, .note = 1, .machine = em, .bits = 32, .slot = 4, .size = bytes, .signal = 20,    \
		.signal_size = 4, .tid = 24, .info = INQ_CORE_NOWHERE, .registers = 28, .order = names                 \
	}
/* prstatus_t of <sys/old_procfs.h> */
#define OLD64(em, names)                                                                                               \
	{                                                                                                              \
		.os = INQ_OS_SOLARIS, .note = 1, .machine = em, .bits = 64, .slot = 8,                                 \
		.size = em == INQ_EM_X86_64 ? 824 : 904, .signal = 136, .signal_size = 2, .tid = 520, .info = 8,       \
		.registers = 600, .order = names                                                                       \
	}
#define OLD32(em, names)                                                                                               \
	{                                                                                                              \
		.os = INQ_OS_SOLARIS, .note = 1, .machine = em, .bits = 32, .slot = 4,                                 \
		.size = em == INQ_EM_386 ? 432 : 508, .signal = 136, .signal_size = 2, .tid = 308, .info = 8,          \
		.registers = 356, .order = names                                                                       \
	}
/* lwpstatus_t of <sys/procfs.h> */
#define LWP64(em, bytes, names, fp_at, fp_bytes)                                                                       \
	{                                                                                                              \
		.os = INQ_OS_SOLARIS, .note = 16, .machine = em, .bits = 64, .slot = 8, .size = bytes, .signal = 12,   \
		.signal_size = 2, .tid = 4, .info = 16, .registers = 544, .order = names, .fp = fp_at,                 \
		.fp_size = fp_bytes                                                                                    \
	}
#define LWP32(em, bytes, names, fp_at, fp_bytes)                                                                       \
	{                                                                                                              \
		.os = INQ_OS_SOLARIS, .note = 16, .machine = em, .bits = 32, .slot = 4, .size = bytes, .signal = 12,   \
		.signal_size = 2, .tid = 4, .info = 16, .registers = 344, .order = names, .fp = fp_at,                 \
		.fp_size = fp_bytes                                                                                    \
	}
/* The BSDs whose note holds registers only: the thread is in the owner, the signal in another note. */
#define BARE64(system, type, em, bytes, names)                                                                         \
	{                                                                                                              \
		.os = system, .note = type, .machine = em, .bits = 64, .slot = 8, .size = bytes,                       \
		.signal = INQ_CORE_NOWHERE, .tid = INQ_CORE_NOWHERE, .info = INQ_CORE_NOWHERE, .order = names          \
	}

static const struct inq_core_layout layouts[] = {
	LINUX64(INQ_EM_X86_64, 336, X86_64_LINUX),
	LINUX32(INQ_EM_X86_64, 296, 8, X86_64_LINUX), /* x32 */
	LINUX32(INQ_EM_386, 144, 4, I386_LINUX),
	LINUX64(INQ_EM_AARCH64, 392, AARCH64_X " sp pc pstate"),
	LINUX32(INQ_EM_ARM, 148, 4, R0_TO_R12 " sp lr pc cpsr orig_r0"),
	LINUX64(INQ_EM_RISCV, 376, RISCV),
	LINUX64(INQ_EM_PPC64, 504, PPC),
	LINUX32(INQ_EM_PPC, 268, 4, PPC),
	LINUX64(INQ_EM_S390, 336, S390),
	LINUX32(INQ_EM_S390, 224, 4, S390),
	LINUX64(INQ_EM_SPARCV9, 408, SPARC_WINDOW " tstate pc npc y"),
	LINUX32(INQ_EM_SPARC, 228, 4, SPARC),
	LINUX64(INQ_EM_MIPS, 480, MIPS),
	LINUX32(INQ_EM_MIPS, 256, 4, "- - - - - - " MIPS), /* o32 */
	LINUX32(INQ_EM_MIPS, 440, 8, MIPS),		   /* n32 */
	LINUX64(0, 0, ""), /* a machine without a row: its threads and signal at least */
	LINUX32(0, 0, 4, ""),
	FREEBSD64(INQ_EM_X86_64, 224, AMD64_FREEBSD),
	FREEBSD32(INQ_EM_386, 104, I386_FREEBSD),
	FREEBSD64(INQ_EM_AARCH64, 320, AARCH64_X " sp pc pstate:4"),
	FREEBSD64(0, 0, ""),
	FREEBSD32(0, 0, ""),
	OLD64(INQ_EM_X86_64, AMD64_SOLARIS),
	OLD32(INQ_EM_386, I386_SOLARIS),
	OLD64(INQ_EM_SPARCV9, SPARCV9_SOLARIS),
	OLD32(INQ_EM_SPARC, SPARC),
	LWP64(INQ_EM_X86_64, 1296, AMD64_SOLARIS, 768, 528),
	LWP32(INQ_EM_386, 800, I386_SOLARIS, 420, 380),
	LWP64(INQ_EM_SPARCV9, 1392, SPARCV9_SOLARIS, 848, 544),
	LWP32(INQ_EM_SPARC, 896, SPARC, 496, 400),
	BARE64(INQ_OS_NETBSD, 33, INQ_EM_X86_64, 208, AMD64_NETBSD),
	BARE64(INQ_OS_NETBSD, 32, INQ_EM_AARCH64, 280, AARCH64_X " sp pc pstate tpidr"),
	BARE64(INQ_OS_OPENBSD, 20, INQ_EM_X86_64, 192, AMD64_OPENBSD),
};

#define NO_SIGNAL .signal = INQ_CORE_NOWHERE, .code = INQ_CORE_NOWHERE, .crashed = INQ_CORE_NOWHERE
#define NO_START  .start = INQ_CORE_NOWHERE
#define NO_IDS	  .pid = INQ_CORE_NOWHERE, .ppid = INQ_CORE_NOWHERE, .uid = INQ_CORE_NOWHERE, .gid = INQ_CORE_NOWHERE

static const struct inq_core_process_layout process_layouts[] = {
	{ INQ_OS_LINUX, 3, .bits = 64, .size = 136, .id_size = 4, .uid = 16, .gid = 20, .pid = 24, .ppid = 28,
	  .name = 40, .name_size = 16, .args = 56, .args_size = 80, NO_START, NO_SIGNAL },
	/* 32-bit machines whose first system calls had 16-bit user ids: i386, arm, m68k, x32 … */
	{ INQ_OS_LINUX, 3, .bits = 32, .size = 124, .id_size = 2, .uid = 8, .gid = 10, .pid = 12, .ppid = 16,
	  .name = 28, .name_size = 16, .args = 44, .args_size = 80, NO_START, NO_SIGNAL },
	{ INQ_OS_LINUX, 3, .bits = 32, .size = 128, .id_size = 4, .uid = 8, .gid = 12, .pid = 16, .ppid = 20,
	  .name = 32, .name_size = 16, .args = 48, .args_size = 80, NO_START, NO_SIGNAL },
	{ INQ_OS_FREEBSD, 3, .bits = 64, .size = 120, .id_size = 4, .uid = INQ_CORE_NOWHERE, .gid = INQ_CORE_NOWHERE,
	  .pid = 116, .ppid = INQ_CORE_NOWHERE, .name = 16, .name_size = 17, .args = 33, .args_size = 81, NO_START,
	  NO_SIGNAL },
	{ INQ_OS_FREEBSD, 3, .bits = 32, .size = 112, .id_size = 4, .uid = INQ_CORE_NOWHERE, .gid = INQ_CORE_NOWHERE,
	  .pid = 108, .ppid = INQ_CORE_NOWHERE, .name = 8, .name_size = 17, .args = 25, .args_size = 81, NO_START,
	  NO_SIGNAL },
	/* Without pr_pid: FreeBSD before 12. */
	{ INQ_OS_FREEBSD, 3, .bits = 32, .size = 108, NO_IDS, .name = 8, .name_size = 17, .args = 25, .args_size = 81,
	  NO_START, NO_SIGNAL },
	{ INQ_OS_SOLARIS, 3, .bits = 64, .size = 328, .id_size = 4, .uid = 8, .gid = 12, .pid = 16, .ppid = 20,
	  .name = 120, .name_size = 16, .args = 136, .args_size = 80, .start = 48, NO_SIGNAL },
	{ INQ_OS_SOLARIS, 3, .bits = 32, .size = 260, .id_size = 4, .uid = 8, .gid = 12, .pid = 16, .ppid = 20,
	  .name = 84, .name_size = 16, .args = 100, .args_size = 80, .start = 48, NO_SIGNAL },
	{ INQ_OS_SOLARIS, 13, .bits = 64, .size = 416, .id_size = 4, .uid = 24, .gid = 32, .pid = 8, .ppid = 12,
	  .name = 136, .name_size = 16, .args = 152, .args_size = 80, .start = 88, NO_SIGNAL },
	{ INQ_OS_SOLARIS, 13, .bits = 32, .size = 336, .id_size = 4, .uid = 24, .gid = 32, .pid = 8, .ppid = 12,
	  .name = 88, .name_size = 16, .args = 104, .args_size = 80, .start = 64, NO_SIGNAL },
	{ INQ_OS_NETBSD, 1, .size = 160, .id_size = 4, .uid = 0x60, .gid = 0x6c, .pid = 0x50, .ppid = 0x54,
	  .name = 0x7c, .name_size = 32, NO_START, .signal = 8, .code = 12, .crashed = 0x9c },
	{ INQ_OS_OPENBSD, 10, .size = 104, .id_size = 4, .uid = 0x30, .gid = 0x3c, .pid = 0x20, .ppid = 0x24,
	  .name = 0x48, .name_size = 32, NO_START, .signal = 8, .code = 12, .crashed = INQ_CORE_NOWHERE },
};

enum {
	LAYOUT_COUNT = sizeof layouts / sizeof *layouts,
	PROCESS_LAYOUT_COUNT = sizeof process_layouts / sizeof *process_layouts
};

const struct inq_core_layout *inq_core_layout_row(size_t index)
{
	return index < LAYOUT_COUNT ? &layouts[index] : NULL;
}

const struct inq_core_process_layout *inq_core_process_layout_row(size_t index)
{
	return index < PROCESS_LAYOUT_COUNT ? &process_layouts[index] : NULL;
}

/* Of the rows for one machine the one that is as long as the note, or else the shortest that is longer: it was cut. */
static bool fits_better(uint16_t row, uint16_t best, uint64_t size)
{
	return row >= size && (best < size || row < best);
}

const struct inq_core_layout *inq_core_layout_find(enum inq_os os, uint32_t note, const struct inq_machine *machine,
						   uint64_t size)
{
	const struct inq_core_layout *best = NULL;
	for (size_t i = 0; i < LAYOUT_COUNT; i++) {
		const struct inq_core_layout *row = &layouts[i];
		if (row->os != os || row->note != note || row->bits != machine->bits)
			continue;
		if (row->machine == machine->elf ? !best || fits_better(row->size, best->size, size)
						 : !row->machine && !best)
			best = row;
	}
	return best;
}

const struct inq_core_process_layout *inq_core_process_layout_find(enum inq_os os, uint32_t note, unsigned bits,
								   uint64_t size)
{
	const struct inq_core_process_layout *best = NULL;
	for (size_t i = 0; i < PROCESS_LAYOUT_COUNT; i++) {
		const struct inq_core_process_layout *row = &process_layouts[i];
		if (row->os != os || row->note != note || (row->bits && row->bits != bits))
			continue;
		if (!best || fits_better(row->size, best->size, size))
			best = row;
	}
	return best;
}

bool inq_core_layout_slots(const struct inq_core_layout *layout, const struct inq_arch *arch,
			   struct inq_register_slots *ret)
{
	return inq_register_order(arch, layout->order, layout->registers, layout->slot, ret);
}
