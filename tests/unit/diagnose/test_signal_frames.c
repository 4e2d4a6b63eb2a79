/* Signal frames of systems whose kernels do not run here, written from their own headers: the structures below are those of
 * the sources that are named, so that the compiler counts the offsets and not the tables under test. */
#include "lib/diagnose/behind_handler.h"

#include "tests/support/spaces.h"

#include <stddef.h>

enum { EM_386 = 3, EM_X86_64 = 62, EM_AARCH64 = 183 };
enum { TEXT = 0x400000, STACK = 0x7f0000, SIZE = 0x2000, BASE = 0x410, INTERRUPTED_SP = STACK + 0x1800 };
enum { FAULT = 0x1230, PC = TEXT + 0x444, TRAMPOLINE = TEXT + 0x800, SIGSEGV = 11, SIGABRT = 6, PID = 77 };

struct stack64 {
	uint64_t sp, size;
	uint32_t flags, pad;
};
struct stack32 {
	uint32_t sp, size, flags;
};
struct bsd_siginfo { /* NetBSD, OpenBSD: sys/siginfo.h */
	uint32_t number, code, error, pad;
	uint64_t address;
	uint8_t rest[128 - 24];
};
struct freebsd_siginfo { /* FreeBSD: sys/signal.h */
	uint32_t number, error, code, pid, uid, status;
	uint64_t address, value, reason[5];
};
struct freebsd_siginfo32 {
	uint32_t number, error, code, pid, uid, status, address, value, reason[8];
};
struct solaris_siginfo { /* illumos: sys/siginfo.h */
	uint32_t number, code, error, pad;
	uint64_t address, rest[29];
};
struct solaris_siginfo32 {
	uint32_t number, code, error, address, rest[28];
};

/* FreeBSD amd64: machine/sigframe.h, x86/include/ucontext.h */
struct freebsd_amd64 {
	uint64_t handler;
	struct {
		uint32_t mask[4];
		struct {
			uint64_t onstack, rdi, rsi, rdx, rcx, r8, r9, rax, rbx, rbp, r10, r11, r12, r13, r14, r15;
			uint32_t trap;
			uint16_t fs, gs;
			uint64_t address;
			uint32_t flags;
			uint16_t es, ds;
			uint64_t error, rip, cs, rflags, rsp, ss, length, format, owned;
			uint64_t fpu[64] __attribute__((aligned(16)));
			uint64_t fsbase, gsbase, xstate, xstate_length, tls, spare[3];
		} registers __attribute__((aligned(16)));
		uint64_t link;
		struct stack64 stack;
		uint32_t flags, spare[4];
	} context __attribute__((aligned(16)));
	struct freebsd_siginfo siginfo;
};

/* FreeBSD i386, the same headers. */
struct freebsd_i386 {
	uint32_t number, siginfo_at, context_at, address, handler;
	struct {
		uint32_t mask[4];
		struct {
			uint32_t onstack, gs, fs, es, ds, edi, esi, ebp, isp, ebx, edx, ecx, eax, trap, error, eip, cs,
				eflags, esp, ss, length, format, owned, flags;
			uint32_t fpu[128] __attribute__((aligned(16)));
			uint32_t fsbase, gsbase, xstate, xstate_length, spare[4];
		} registers __attribute__((aligned(16)));
		uint32_t link;
		struct stack32 stack;
		uint32_t flags, spare[4];
	} context __attribute__((aligned(16)));
	struct freebsd_siginfo32 siginfo;
};

/* FreeBSD AArch64: arm64/include/{frame,ucontext}.h */
struct freebsd_aarch64 {
	struct freebsd_siginfo siginfo;
	struct {
		uint32_t mask[4];
		struct {
			uint64_t x[30], lr, sp, pc, spsr;
			uint64_t fp[66] __attribute__((aligned(16)));
			uint32_t flags, pad;
			uint64_t spare[8];
		} registers __attribute__((aligned(16)));
		uint64_t link;
		struct stack64 stack;
		uint32_t flags, spare[4];
	} context __attribute__((aligned(16)));
};

/* NetBSD amd64: machine/{frame,mcontext,frame_regs}.h, sys/ucontext.h; without the return address, which is below. */
struct netbsd_amd64 {
	struct bsd_siginfo siginfo;
	struct {
		uint64_t flags, link;
		uint32_t mask[4];
		struct stack64 stack;
		uint64_t rdi, rsi, rdx, rcx, r8, r9, r10, r11, r12, r13, r14, r15, rbp, rbx, rax, gs, fs, es, ds, trap,
			error, rip, cs, rflags, rsp, ss;
	} context;
};
struct netbsd_aarch64 {
	struct bsd_siginfo siginfo;
	struct {
		uint64_t flags, link;
		uint32_t mask[4];
		struct stack64 stack;
		struct {
			uint64_t x[31], sp, pc, spsr, tpidr;
		} registers __attribute__((aligned(16)));
	} context __attribute__((aligned(16)));
};

/* OpenBSD amd64: machine/signal.h, and what sendsig() copies out behind it. */
struct openbsd_amd64 {
	struct {
		uint64_t rdi, rsi, rdx, rcx, r8, r9, r10, r11, r12, r13, r14, r15, rbp, rbx, rax, gs, fs, es, ds, trap,
			error, rip, cs, rflags, rsp, ss, fpu;
		uint32_t unused, mask;
		uint64_t cookie;
	} context;
	struct bsd_siginfo siginfo __attribute__((aligned(16)));
};

/* illumos: sys/{ucontext,regset,stack}.h; the frame that sendsig() makes, without the return address. */
struct solaris_amd64 {
	uint64_t number, siginfo_at;
	struct {
		uint64_t flags, link;
		uint32_t mask[4];
		struct stack64 stack;
		struct {
			uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax, trap, error,
				rip, cs, rflags, rsp, ss, fs, gs, es, ds, fsbase, gsbase;
		} registers __attribute__((aligned(16)));
	} context;
	struct solaris_siginfo siginfo;
};
struct solaris_i386 {
	uint32_t number, siginfo_at, context_at;
	struct {
		uint32_t flags, link, mask[4];
		struct stack32 stack;
		struct {
			uint32_t gs, fs, es, ds, edi, esi, ebp, kernel_esp, ebx, edx, ecx, eax, trap, error, eip, cs,
				eflags, esp, ss;
		} registers;
	} context;
	struct solaris_siginfo32 siginfo;
};

#define AT(type, member) (uint16_t) offsetof(struct type, member)
#define FRAME(type, registers, pc_name, sp_name)                                                                       \
	.pc = AT(type, registers pc_name), .sp = AT(type, registers sp_name), .number = AT(type, siginfo.number),      \
	.code = AT(type, siginfo.code), .address = AT(type, siginfo.address)

static const struct frame_case {
	enum inq_os os;
	uint16_t machine;
	uint8_t bits;
	uint16_t pc, sp, number, code, address; /* places in the frame */
	uint16_t cs, trap, kept_address;	/* 0: there is none */
	uint16_t cs_value, page_fault, siginfo_at;
	const char *trampoline; /* NULL: returns to a mark */
	uint8_t size;
} cases[] = {
	{ INQ_OS_FREEBSD, EM_X86_64, 64, FRAME(freebsd_amd64, context.registers., rip, rsp),
	  .cs = AT(freebsd_amd64, context.registers.cs), .trap = AT(freebsd_amd64, context.registers.trap),
	  .kept_address = AT(freebsd_amd64, context.registers.address), .cs_value = 0x43, .page_fault = 12,
	  .trampoline = "\x48\x8d\x7c\x24\x10\x6a\0\x48\xc7\xc0\xa1\x01\0\0\x0f\x05", .size = 16 },
	{ INQ_OS_FREEBSD, EM_386, 32, FRAME(freebsd_i386, context.registers., eip, esp),
	  .trap = AT(freebsd_i386, context.registers.trap), .page_fault = 12,
	  .trampoline = "\x8d\x44\x24\x20\x50\xf7\x40\x54\0\0\x02\0\x75\x03", .size = 14 },
	{ INQ_OS_FREEBSD, EM_AARCH64, 64, FRAME(freebsd_aarch64, context.registers., pc, sp),
	  .trampoline = "\xe0\x03\0\x91\0\x40\x01\x91\x28\x34\x80\xd2\x01\0\0\xd4", .size = 16 },
	{ INQ_OS_NETBSD, EM_X86_64, 64, FRAME(netbsd_amd64, context., rip, rsp), .trap = AT(netbsd_amd64, context.trap),
	  .page_fault = 6, .trampoline = "\x4c\x89\xff\x48\xc7\xc0\x34\x01\0\0\x0f\x05", .size = 12 },
	{ INQ_OS_NETBSD, EM_AARCH64, 64, FRAME(netbsd_aarch64, context.registers., pc, sp),
	  .trampoline = "\xe0\x03\x1c\xaa\x81\x26\0\xd4", .size = 8 },
	{ INQ_OS_OPENBSD, EM_X86_64, 64, FRAME(openbsd_amd64, context., rip, rsp), .cs = AT(openbsd_amd64, context.cs),
	  .trap = AT(openbsd_amd64, context.trap), .cs_value = 0x2b, .page_fault = 6,
	  .trampoline = "\x48\x89\xe7\x57\x48\xc7\xc0\x67\0\0\0\x0f\x05", .size = 13 },
	{ INQ_OS_SOLARIS, EM_X86_64, 64, FRAME(solaris_amd64, context.registers., rip, rsp),
	  .cs = AT(solaris_amd64, context.registers.cs), .trap = AT(solaris_amd64, context.registers.trap),
	  .cs_value = 0x53, .page_fault = 14, .siginfo_at = AT(solaris_amd64, siginfo_at) },
	{ INQ_OS_SOLARIS, EM_386, 32, FRAME(solaris_i386, context.registers., eip, esp),
	  .trap = AT(solaris_i386, context.registers.trap), .page_fault = 14,
	  .siginfo_at = AT(solaris_i386, siginfo_at) },
};
enum { CASES = sizeof cases / sizeof *cases };

static uint8_t bytes[2 * SIZE]; /* text, then stack */
static struct test_space test;
static struct inq_space *space;
static struct inq_fault last;
static struct inq_original original;

static void put(uint64_t address, uint64_t value, unsigned size)
{
	uint8_t *to = bytes + (address >= STACK ? address - STACK + SIZE : address - TEXT);
	for (unsigned i = 0; i < size; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static void add_mapping(uint64_t start, uint64_t at, uint8_t permissions)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = start + SIZE;
	mapping.permissions = (uint8_t)(INQ_PERM_KNOWN | INQ_PERM_READ | permissions);
	mapping.data_offset = at;
	mapping.data_size = SIZE;
	ck_assert_int_eq(inq_build_mapping(&test.builder, &mapping), INQ_OK);
}

static void put_frame(const struct frame_case *row, bool siginfo)
{
	uint64_t base = STACK + BASE;
	unsigned word = row->bits / 8;
	put(base + row->pc, PC, word);
	put(base + row->sp, INTERRUPTED_SP, word);
	put(base + row->cs, row->cs_value, row->cs ? 4 : 0);
	put(base + row->trap, row->page_fault, row->trap ? 4 : 0);
	put(base + row->kept_address, FAULT, row->kept_address ? word : 0);
	if (row->siginfo_at) {
		put(base, SIGSEGV, word);
		put(base + row->siginfo_at, siginfo ? base + row->number : 0, word);
	}
	put(base + row->number, SIGSEGV, siginfo ? 4 : 0);
	put(base + row->code, 1, siginfo ? 4 : 0); /* SEGV_MAPERR */
	put(base + row->address, FAULT, siginfo ? word : 0);
}

static void set(const char *name, uint64_t value)
{
	const struct inq_arch *arch = test.builder.space->machine.arch;
	uint8_t index = inq_arch_register_index(arch, name);
	ck_assert_uint_ne(index, INQ_NO_REGISTER);
	last.registers.values[index] = value;
	last.registers.valid |= UINT64_C(1) << index;
}

/* The handler called abort(): it has a frame pointer, or on AArch64 is a leaf. */
static void put_handler(const struct frame_case *row, bool led)
{
	uint64_t base = STACK + BASE, word = row->bits / 8, back = TRAMPOLINE;
	if (!row->trampoline)
		back = word == 4 ? UINT32_MAX : UINT64_MAX;
	last.sp = row->machine == EM_AARCH64 ? base : base - 0x200;
	set(row->machine == EM_386 ? "eip" : row->machine == EM_X86_64 ? "rip" : "pc", TEXT + 0x10);
	set(row->machine == EM_386 ? "esp" : row->machine == EM_X86_64 ? "rsp" : "sp", last.sp);
	if (row->machine == EM_AARCH64) {
		put(TRAMPOLINE - 4, 0x94000000, 4); /* bl */
		set("x30", led ? back : 0);
		return;
	}
	put(base - 2 * word, INTERRUPTED_SP + 0x20, (unsigned)word);
	put(base - word, back, (unsigned)word);
	set(row->machine == EM_386 ? "ebp" : "rbp", led ? base - 2 * word : 0);
}

static void build(const struct frame_case *row, bool led, bool siginfo)
{
	memset(bytes, 0, sizeof bytes);
	memset(&last, 0, sizeof last);
	test_space_begin(&test, "core", bytes, sizeof bytes);
	inq_build_os(&test.builder, row->os);
	inq_build_machine(&test.builder, row->machine, row->bits, false);
	add_mapping(TEXT, 0, INQ_PERM_EXECUTE);
	add_mapping(STACK, SIZE, INQ_PERM_WRITE);
	put_frame(row, siginfo);
	put_handler(row, led);
	if (row->trampoline)
		memcpy(bytes + TRAMPOLINE - TEXT, row->trampoline, row->size);
	space = test_space_seal(&test);
	space->process.pid = PID;
	last.name = "SIGABRT";
	last.pc = TEXT + 0x10;
	last.signal = (struct inq_signal) {
		.number = SIGABRT, .has_code = true, .sender_pid = PID, .sender_uid = INQ_UNKNOWN
	};
}

static void end(void)
{
	inq_space_destroy(space);
	test_space_end(&test);
}

static void expect_fault(bool address)
{
	ck_assert_uint_eq(original.context, STACK + BASE);
	ck_assert_int_eq(original.fault.signal.number, SIGSEGV);
	ck_assert_str_eq(original.fault.name, "SIGSEGV");
	ck_assert_uint_eq(original.fault.pc, PC);
	ck_assert_uint_eq(original.fault.sp, INTERRUPTED_SP);
	ck_assert_int_eq(original.fault.has_address, address);
	ck_assert_uint_eq(original.fault.address, address ? FAULT : 0);
}

START_TEST(the_stack_leads_there)
{
	const struct frame_case *row = &cases[_i];
	build(row, true, true);
	ck_assert(inq_behind_handler(space, &last, &original));
	ck_assert(original.unwound);
	expect_fault(true);
	ck_assert_uint_eq(original.fault.tried, row->trap ? INQ_ACCESS_READ : 0);
	end();
}
END_TEST

START_TEST(found_by_searching)
{
	build(&cases[_i], false, true);
	ck_assert(inq_behind_handler(space, &last, &original));
	ck_assert(!original.unwound);
	ck_assert_int_eq(original.confidence, INQ_LIKELY);
	expect_fault(true);
	end();
}
END_TEST

/* A handler without SA_SIGINFO: the processor's exception tells, where the record keeps it. */
START_TEST(without_siginfo)
{
	const struct frame_case *row = &cases[_i];
	build(row, true, false);
	bool found = inq_behind_handler(space, &last, &original);
	ck_assert_int_eq(found, row->trap != 0);
	if (found)
		expect_fault(row->kept_address != 0);
	end();
}
END_TEST

/* Bytes that contradict: no signal of that number, an error, a code that no kernel gives, a pc that is no code. */
START_TEST(not_a_frame)
{
	const struct frame_case *row = &cases[_i % CASES];
	const uint64_t base = STACK + BASE;
	build(row, false, true);
	switch (_i / CASES) {
	case 0:
		put(base + row->number, 99, 4);
		break;
	case 1: /* si_errno: beside the code */
		put(base + row->number + 12 - (row->code - row->number), 1, 4);
		break;
	case 2:
		put(base + row->code, 0x7777, 4);
		break;
	default:
		put(base + row->pc, STACK + 0x10, row->bits / 8);
	}
	ck_assert(!inq_behind_handler(space, &last, &original));
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("signal_frames");
	TCase *tcase = tcase_create("signal_frames");
	tcase_add_loop_test(tcase, the_stack_leads_there, 0, CASES);
	tcase_add_loop_test(tcase, found_by_searching, 0, CASES);
	tcase_add_loop_test(tcase, without_siginfo, 0, CASES);
	tcase_add_loop_test(tcase, not_a_frame, 0, 4 * CASES);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
