/* Signal frames that this machine's kernel makes, in this very process: the handler's own arguments say what is true. */
#include "lib/diagnose/behind_handler.h"

#include "lib/diagnose/registers.h"
#include "tests/support/spaces.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__x86_64__)
enum { MACHINE = 62 };
#define CONTEXT_PC(context) ((uint64_t)(context)->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_SP(context) ((uint64_t)(context)->uc_mcontext.gregs[REG_RSP])
#elif defined(__aarch64__)
enum { MACHINE = 183 };
#define CONTEXT_PC(context) ((uint64_t)(context)->uc_mcontext.pc)
#define CONTEXT_SP(context) ((uint64_t)(context)->uc_mcontext.sp)
#else
#error "a row of this table for this machine is wanted"
#endif

enum { ALTERNATE = 1 << 16, COPIED = 1 << 17, HOLE = 0x7 << 12 };

static sigjmp_buf back;
static uint8_t copy[COPIED];
static uint8_t *alternate;
static struct test_space test;
static struct inq_space *space;
static struct inq_thread crashed;

/* What the innermost call says of itself, and what the library made of it. */
static uint64_t told_pc, told_sp, told_address, spoil_at;
static uint64_t outer_pc;
static int told_signal, told_code;
static bool found;
static struct inq_original original;
static volatile bool raise_another, fault_inside;

/* The stack holds the sanitizer's red zones, which only an unchecked read may touch. */
__attribute__((no_sanitize("address"))) static void copy_stack(uint64_t from, size_t size)
{
	const volatile uint8_t *bytes = (const volatile uint8_t *)(uintptr_t)from;
	for (size_t i = 0; i < size; i++)
		copy[i] = bytes[i];
}

/* The rows of the process's own map; the one that holds `sp` has the copied bytes from `sp` on. */
static void add_rows(uint64_t sp)
{
	char row[4096], permissions[8];
	uint64_t start, end;
	FILE *maps = fopen("/proc/self/maps", "re");
	ck_assert_ptr_nonnull(maps);
	while (fgets(row, sizeof row, maps)) {
		ck_assert_int_eq(sscanf(row, "%" SCNx64 "-%" SCNx64 " %7s", &start, &end, permissions), 3);
		bool holds = start <= sp && sp < end;
		size_t size = holds && end - sp < COPIED ? (size_t)(end - sp) : COPIED;
		struct inq_mapping mapping = inq_mapping_unknown();
		mapping.start = holds ? sp : start;
		mapping.end = end;
		mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ;
		mapping.permissions |= permissions[1] == 'w' ? INQ_PERM_WRITE : 0;
		mapping.permissions |= permissions[2] == 'x' ? INQ_PERM_EXECUTE : 0;
		mapping.data_offset = 0;
		mapping.data_size = holds ? size : 0;
		if (holds)
			copy_stack(sp, size);
		ck_assert_int_eq(inq_build_mapping(&test.builder, &mapping), INQ_OK);
	}
	fclose(maps);
}

/* As if the process had called abort() here. */
static void look(uint64_t sp)
{
	test_space_begin(&test, "self", copy, sizeof copy);
	inq_build_os(&test.builder, INQ_OS_LINUX);
	inq_build_machine(&test.builder, MACHINE, 64, false);
	add_rows(sp);
	space = test_space_seal(&test);
	space->process.pid = (uint64_t)getpid();
	struct inq_fault last = { .thread = &crashed, .name = "SIGABRT", .sp = sp, .pc = INQ_UNKNOWN };
	last.signal = (struct inq_signal) {
		.number = SIGABRT, .has_code = true, .code = SI_TKILL, .sender_pid = (uint64_t)getpid()
	};
	if (spoil_at)
		copy[spoil_at - sp] ^= 0x5a;
	found = inq_behind_handler(space, &last, &original);
}

__attribute__((noinline, no_sanitize("undefined", "address"))) static void write_to(uintptr_t address)
{
	*(volatile int *)address = 1;
}

__attribute__((noinline)) static void handle(int number, siginfo_t *info, void *data)
{
	const ucontext_t *context = data;
	if (fault_inside) { /* what the inner handler tells stands in told_…, what the outer one was told here */
		fault_inside = false;
		outer_pc = CONTEXT_PC(context);
		write_to(HOLE + 0x40);
	}
	if (number != SIGUSR1) {
		told_signal = number;
		told_code = info->si_code;
		told_address = (uint64_t)(uintptr_t)info->si_addr;
		told_pc = CONTEXT_PC(context);
		told_sp = CONTEXT_SP(context);
	}
	if (number != SIGUSR1 && raise_another)
		raise(SIGUSR1);
	look((uint64_t)(uintptr_t)__builtin_frame_address(0) & ~UINT64_C(15));
	siglongjmp(back, 1);
}

static void catch (int number, int flags)
{
	struct sigaction action = { .sa_sigaction = handle, .sa_flags = SA_SIGINFO | flags };
	ck_assert_int_eq(sigaction(number, &action, NULL), 0);
}

static void prepare(void)
{
	found = false;
	raise_another = fault_inside = false;
	spoil_at = 0;
	alternate = mmap(NULL, ALTERNATE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(alternate, MAP_FAILED);
	const stack_t stack = { .ss_sp = alternate, .ss_size = ALTERNATE };
	ck_assert_int_eq(sigaltstack(&stack, NULL), 0);
}

static void clean(void)
{
	inq_space_destroy(space);
	test_space_end(&test);
	munmap(alternate, ALTERNATE);
}

__attribute__((noinline)) static void jump_to(uintptr_t address)
{
	((void (*)(void))address)();
}

static void expect_told(void)
{
	ck_assert(found);
	ck_assert_int_eq(original.fault.signal.number, told_signal);
	ck_assert_int_eq(original.fault.signal.code, told_code);
	ck_assert_uint_eq(original.fault.pc, told_pc);
	ck_assert_uint_eq(original.fault.sp, told_sp);
	ck_assert(original.fault.has_address);
	ck_assert_uint_eq(original.fault.address, told_address);
}

START_TEST(on_its_own_stack)
{
	catch (SIGSEGV, 0);
	if (!sigsetjmp(back, 1))
		write_to(HOLE + 0x10);
	expect_told();
	ck_assert_uint_eq(told_address, HOLE + 0x10);
	ck_assert_uint_eq(original.nested, 0);
#if defined(__x86_64__)
	ck_assert_uint_eq(original.fault.tried, INQ_ACCESS_WRITE);
#endif
}
END_TEST

START_TEST(on_an_alternate_stack)
{
	catch (SIGSEGV, SA_ONSTACK);
	if (!sigsetjmp(back, 1))
		write_to(HOLE);
	expect_told();
	ck_assert(original.context >= (uintptr_t)alternate && original.context < (uintptr_t)alternate + ALTERNATE);
}
END_TEST

START_TEST(a_jump_to_nowhere)
{
	catch (SIGSEGV, 0);
	if (!sigsetjmp(back, 1))
		jump_to(HOLE + 0x20);
	expect_told();
	ck_assert_uint_eq(original.fault.pc, HOLE + 0x20);
}
END_TEST

/* A second handler on top: what happened first is told. */
START_TEST(a_handler_in_a_handler)
{
	catch (SIGSEGV, 0);
	catch (SIGUSR1, SA_NODEFER);
	raise_another = true;
	if (!sigsetjmp(back, 1))
		write_to(HOLE + 0x30);
	expect_told();
	ck_assert_uint_eq(original.nested, 1);
}
END_TEST

/* A crash that was only sent: its handler's own fault came later. */
START_TEST(a_fault_in_a_crash_handler)
{
	catch (SIGSEGV, SA_NODEFER);
	fault_inside = true;
	if (!sigsetjmp(back, 1))
		raise(SIGSEGV);
	ck_assert(found);
	ck_assert_int_eq(original.fault.signal.number, SIGSEGV);
	ck_assert_int_eq(original.fault.signal.code, SI_TKILL);
	ck_assert_uint_eq(original.fault.pc, outer_pc);
	ck_assert_uint_eq(original.nested, 1);
}
END_TEST

/* A handler that lists what the program does and goes on: its fault is the reason. */
START_TEST(a_fault_in_another_handler)
{
	catch (SIGSEGV, 0);
	catch (SIGQUIT, 0);
	fault_inside = true;
	if (!sigsetjmp(back, 1))
		raise(SIGQUIT);
	expect_told();
	ck_assert_uint_eq(told_address, HOLE + 0x40);
	ck_assert_uint_eq(original.nested, 0);
}
END_TEST

/* A handler that was called for a harmless signal explains no abort. */
START_TEST(a_harmless_signal)
{
	catch (SIGUSR1, 0);
	if (!sigsetjmp(back, 1))
		raise(SIGUSR1);
	ck_assert(!found);
}
END_TEST

START_TEST(no_handler)
{
	uint8_t room[4096];
	memset(room, 0, sizeof room);
	look((uint64_t)(uintptr_t)room & ~UINT64_C(15));
	ck_assert(!found);
}
END_TEST

/* Every byte that takes part in a decision, changed: the frame is refused, or what it says is the changed thing. */
START_TEST(spoiled_frames)
{
	static const unsigned offsets[] = { 304, 308, 312, 160 + 7, 168 + 7, 216 };
	catch (SIGSEGV, 0);
	if (MACHINE != 62)
		return;
	if (!sigsetjmp(back, 1))
		write_to(HOLE);
	expect_told();
	uint64_t context = original.context;
	inq_space_destroy(space);
	test_space_end(&test);
	spoil_at = context + offsets[_i];
	found = true;
	if (!sigsetjmp(back, 1))
		write_to(HOLE);
	ck_assert(!found || original.context != context);
}
END_TEST

/* Who sent the signal decides: a process that another one killed did not end itself. */
START_TEST(killed_by_another)
{
	struct inq_fault last = { .thread = &crashed, .name = "SIGABRT", .sp = 0x1000, .pc = INQ_UNKNOWN };
	last.signal = (struct inq_signal) { .number = SIGABRT, .has_code = true, .code = SI_USER, .sender_pid = 1 };
	look((uint64_t)(uintptr_t)__builtin_frame_address(0) & ~UINT64_C(15));
	ck_assert(!inq_fault_self_sent(space, &last));
	ck_assert(!inq_behind_handler(space, &last, &original));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("behind_handler");
	TCase *tcase = tcase_create("behind_handler");
	tcase_add_checked_fixture(tcase, prepare, clean);
	tcase_add_test(tcase, on_its_own_stack);
	tcase_add_test(tcase, on_an_alternate_stack);
	tcase_add_test(tcase, a_jump_to_nowhere);
	tcase_add_test(tcase, a_handler_in_a_handler);
	tcase_add_test(tcase, a_fault_in_a_crash_handler);
	tcase_add_test(tcase, a_fault_in_another_handler);
	tcase_add_test(tcase, a_harmless_signal);
	tcase_add_test(tcase, no_handler);
	tcase_add_loop_test(tcase, spoiled_frames, 0, 6);
	tcase_add_test(tcase, killed_by_another);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
