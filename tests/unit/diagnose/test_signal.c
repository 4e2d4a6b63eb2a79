/* Signal names: this machine's own headers and strings are the oracle for Linux; the others are from their headers. */
#include "lib/diagnose/signal.h"

#include "tests/support/spaces.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

START_TEST(linux_names)
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	for (int number = 1; number < 32; number++) {
		char expected[32];
		if (number == SIGIO) /* glibc calls it SIGPOLL, the kernel SIGIO */
			continue;
		snprintf(expected, sizeof expected, "SIG%s", sigabbrev_np(number));
		ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_LINUX, number), expected);
		ck_assert_int_eq(inq_signal_number(INQ_OS_LINUX, expected), number);
	}
	ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_LINUX, 37), "SIGRTMIN+3");
	ck_assert_ptr_null(inq_signal_name(&ctx, INQ_OS_LINUX, 32));
	ck_assert_ptr_null(inq_signal_name(&ctx, INQ_OS_LINUX, -11));
	inq_arena_destroy(ctx.arena);
}
END_TEST

START_TEST(other_systems)
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_SOLARIS, 10), "SIGBUS");
	ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_SOLARIS, 16), "SIGUSR1");
	ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_SOLARIS, 41), "SIGINFO");
	ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_FREEBSD, 10), "SIGBUS");
	ck_assert_str_eq(inq_signal_name(&ctx, INQ_OS_FREEBSD, 30), "SIGUSR1");
	inq_arena_destroy(ctx.arena);
}
END_TEST

static const char *code_name(int number, int code)
{
	static struct inq_ctx ctx;
	struct inq_signal signal = { .number = number, .has_code = true, .code = code };
	ctx.arena = inq_arena_create();
	const char *name = inq_signal_describe(&ctx, INQ_OS_LINUX, &signal).code_name;
	inq_arena_destroy(ctx.arena);
	return name;
}

START_TEST(codes)
{
	ck_assert_str_eq(code_name(SIGSEGV, SEGV_MAPERR), "SEGV_MAPERR");
	ck_assert_str_eq(code_name(SIGSEGV, SEGV_ACCERR), "SEGV_ACCERR");
	ck_assert_str_eq(code_name(SIGSEGV, SI_KERNEL), "SI_KERNEL");
	ck_assert_str_eq(code_name(SIGBUS, BUS_ADRERR), "BUS_ADRERR");
	ck_assert_str_eq(code_name(SIGFPE, FPE_INTDIV), "FPE_INTDIV");
	ck_assert_str_eq(code_name(SIGILL, ILL_ILLOPN), "ILL_ILLOPN");
	ck_assert_str_eq(code_name(SIGTRAP, TRAP_TRACE), "TRAP_TRACE");
	ck_assert_str_eq(code_name(SIGABRT, SI_TKILL), "SI_TKILL");
	ck_assert_str_eq(code_name(SIGABRT, SI_USER), "SI_USER");
	ck_assert_str_eq(code_name(SIGALRM, SI_TIMER), "SI_TIMER");
	ck_assert_ptr_null(code_name(SIGSEGV, 99));
}
END_TEST

START_TEST(fault_addresses)
{
	ck_assert(inq_signal_is_fault(INQ_OS_LINUX, SIGSEGV, SEGV_MAPERR));
	ck_assert(inq_signal_is_fault(INQ_OS_LINUX, SIGBUS, BUS_ADRERR));
	ck_assert(!inq_signal_is_fault(INQ_OS_LINUX, SIGSEGV, SI_KERNEL));
	ck_assert(!inq_signal_is_fault(INQ_OS_LINUX, SIGSEGV, SI_USER));
	ck_assert(!inq_signal_is_fault(INQ_OS_LINUX, SIGABRT, SI_TKILL));
	ck_assert(!inq_signal_is_fault(INQ_OS_LINUX, SIGQUIT, 1));
	ck_assert(!inq_signal_is_fault(INQ_OS_SOLARIS, 3, 32767));
	ck_assert(!inq_signal_is_fault(INQ_OS_FREEBSD, 11, 0x10001));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("signal");
	TCase *tcase = tcase_create("signal");
	tcase_add_test(tcase, linux_names);
	tcase_add_test(tcase, other_systems);
	tcase_add_test(tcase, codes);
	tcase_add_test(tcase, fault_addresses);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
