/* Causes that the fault itself tells, by hand-made cases: what must be said, and near misses that must not. */
#include "lib/diagnose/culprit.h"

#include "tests/unit/diagnose/made_case.h"

START_TEST(null_pointers)
{
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0);
	address_is(0);
	ask(LOAD_RAX, 3);
	expect("null-pointer", INQ_CERTAIN);
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0);
	set("rcx", 0x40000);
	address_is(0x100000);
	ask(LOAD_ELEMENT, 3);
	expect("near-null", INQ_LIKELY);
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", UINT64_MAX);
	address_is(UINT64_MAX);
	ask(LOAD_RAX, 3);
	expect("near-null", INQ_LIKELY);
	/* Without the instruction, an address in the first page is no proof. */
	signal_is(11, "SIGSEGV", MAPERR);
	address_is(8);
	ask("\x06", 1);
	expect("null-pointer", INQ_LIKELY);
}
END_TEST

START_TEST(vsyscalls)
{
	const uint64_t page = UINT64_C(0xffffffffff600000);
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", page);
	address_is(page);
	ask(LOAD_RAX, 3);
	expect("vsyscall", INQ_CERTAIN);
	signal_is(11, "SIGSEGV", KERNEL);
	set("rip", page + 0x123);
	ask(LOAD_RAX, 3);
	expect("vsyscall", INQ_CERTAIN);
	ck_assert(strstr(found[0].text, "no function begins"));
	/* The page above is no vsyscall. */
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", page + PAGE);
	address_is(page + PAGE);
	ask(LOAD_RAX, 3);
	ck_assert(!is_told("vsyscall"));
}
END_TEST

START_TEST(debug_traps)
{
	enum { BREAKPOINT = 1, TRACE, HARDWARE = 4 };
	signal_is(5, "SIGTRAP", TRACE);
	ask("\x90", 1);
	expect("debug-trap", INQ_CERTAIN);
	signal_is(5, "SIGTRAP", HARDWARE);
	ask("\x90", 1);
	expect("debug-trap", INQ_CERTAIN);
	signal_is(5, "SIGTRAP", BREAKPOINT);
	ask("\x90", 1);
	expect("trap-instruction", INQ_LIKELY);
}
END_TEST

START_TEST(overruns)
{
	/* Over the end of readable data. */
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", DATA + PAGE);
	address_is(DATA + PAGE);
	ask(LOAD_RAX, 3);
	expect("buffer-overrun", INQ_LIKELY);
	/* Which may not be written: nobody wrote up to there. */
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", DATA + PAGE);
	address_is(DATA + PAGE);
	ask(STORE_RAX, 3);
	expect("wild-pointer", INQ_LIKELY);
	/* Further on, and behind text. */
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", DATA + PAGE + 8);
	address_is(DATA + PAGE + 8);
	ask(LOAD_RAX, 3);
	ck_assert(!is_told("buffer-overrun"));
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", TEXT + PAGE);
	address_is(TEXT + PAGE);
	ask(LOAD_RAX, 3);
	ck_assert(!is_told("buffer-overrun"));
}
END_TEST

START_TEST(wild_and_poisoned)
{
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0x123456789000);
	address_is(0x123456789000);
	ask(LOAD_RAX, 3);
	expect("wild-pointer", INQ_LIKELY);
	ck_assert_uint_eq(count, 1);
	signal_is(11, "SIGSEGV", KERNEL);
	set("rax", 0x5a5a5a5a5a5a5a5a);
	ask(LOAD_RAX, 3);
	expect("poisoned-pointer", INQ_LIKELY);
	ck_assert(fault.computed);
	ck_assert_uint_eq(fault.address, 0x5a5a5a5a5a5a5a5a);
	signal_is(11, "SIGSEGV", KERNEL);
	set("rax", 0x4847464544434241);
	ask(LOAD_RAX, 3);
	expect("non-canonical-address", INQ_CERTAIN);
	ck_assert(strstr(found[0].evidence.items[2], "ABCDEFGH") != NULL);
}
END_TEST

START_TEST(stack_overflows)
{
	signal_is(11, "SIGSEGV", ACCERR);
	set("rsp", STACK);
	address_is(STACK - 4);
	ask(STORE_STACK, 4);
	expect("stack-overflow", INQ_LIKELY);
	ck_assert(!is_told("no-access-page"));
	/* The guard page of a stack that is not the thread's, or is hardly used: no overflow. */
	signal_is(11, "SIGSEGV", ACCERR);
	set("rax", STACK - 8);
	address_is(STACK - 8);
	ask(STORE_RAX, 3);
	expect("no-access-page", INQ_CERTAIN);
	ck_assert(!is_told("stack-overflow"));
}
END_TEST

/* glibc 2.42 and up: the guard is pages of the stack's own mapping. */
START_TEST(guards_within)
{
	const struct inq_region regions[] = {
		{ .start = STACK, .end = STACK + PAGE, .class_ = INQ_CLASS_GUARD },
		{ .start = STACK + PAGE, .end = STACK + STACK_SIZE, .class_ = INQ_CLASS_THREAD_STACK },
	};
	facts.regions = regions;
	facts.region_count = 2;
	signal_is(11, "SIGSEGV", MAPERR);
	set("rsp", STACK + PAGE);
	address_is(STACK + PAGE - 4);
	ask(STORE_STACK, 4);
	expect("stack-overflow", INQ_CERTAIN);
	/* The stack pointer is far above: something else went there. */
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", STACK + PAGE - 8);
	address_is(STACK + PAGE - 8);
	ask(STORE_RAX, 3);
	ck_assert(!is_told("stack-overflow"));
}
END_TEST

/* One frame that is larger than what was left of the stack, and reaches over the guard. */
START_TEST(large_frames)
{
	struct inq_frame_info frames[] = { { .index = 0, .confidence = INQ_CERTAIN },
					   { .index = 1, .confidence = INQ_CERTAIN, .sp = STACK + 0x8000 } };
	facts.frames = frames;
	facts.frame_count = 2;
	signal_is(11, "SIGSEGV", MAPERR);
	set("rsp", GUARD - 0x800000);
	address_is(GUARD - 0x7ffff8);
	ask(STORE_RAX, 3);
	expect("stack-overflow", INQ_LIKELY);
	/* By the instructions of a function without call-frame information. */
	frames[1].confidence = INQ_LIKELY;
	ask(STORE_RAX, 3);
	expect("stack-overflow", INQ_LIKELY);
	/* A caller that was guessed proves nothing. */
	frames[1].confidence = INQ_POSSIBLE;
	ask(STORE_RAX, 3);
	ck_assert(!is_told("stack-overflow"));
	/* A stack pointer that no frame's size explains. */
	frames[1].confidence = INQ_CERTAIN;
	signal_is(11, "SIGSEGV", MAPERR);
	set("rsp", 0x1000);
	address_is(0xff8);
	ask("\x50", 1); /* push %rax */
	expect("bad-stack-pointer", INQ_LIKELY);
	ck_assert(!is_told("stack-overflow"));
}
END_TEST

START_TEST(permissions)
{
	signal_is(11, "SIGSEGV", ACCERR);
	set("rax", DATA);
	address_is(DATA);
	ask(STORE_RAX, 3);
	expect("write-to-read-only", INQ_CERTAIN);
	signal_is(7, "SIGBUS", 2);
	set("rax", DATA);
	address_is(DATA);
	ask(LOAD_RAX, 3);
	ck_assert(is_told("bus-error-in-file"));
	ck_assert(!is_told("write-to-read-only"));
	enum { PKUERR = 4 };
	signal_is(11, "SIGSEGV", PKUERR);
	set("rax", DATA);
	address_is(DATA);
	ask(LOAD_RAX, 3);
	expect("protection-key", INQ_CERTAIN);
	/* x86's alignment check tells no address. */
	signal_is(7, "SIGBUS", 1);
	ask(LOAD_RAX, 3);
	expect("misaligned-address", INQ_CERTAIN);
	ck_assert(!is_told("null-pointer"));
}
END_TEST

START_TEST(jumps)
{
	signal_is(11, "SIGSEGV", MAPERR);
	set("rip", 0);
	address_is(0);
	ask("", 0);
	expect("jump-to-null", INQ_CERTAIN);
	ck_assert(!is_told("null-pointer"));
	signal_is(11, "SIGSEGV", ACCERR);
	set("rip", DATA);
	address_is(DATA);
	ask("", 0);
	ck_assert(is_told("jump-to-unmapped") || is_told("jump-to-data"));
	ck_assert(!is_told("write-to-read-only"));
}
END_TEST

START_TEST(arithmetic)
{
	signal_is(8, "SIGFPE", 1);
	set("rcx", 0);
	ask(DIVIDE_BY_RCX, 3);
	expect("division-by-zero", INQ_CERTAIN);
	signal_is(8, "SIGFPE", 1); /* the kernel says FPE_INTDIV for both */
	set("rcx", UINT64_MAX);
	ask(DIVIDE_BY_RCX, 3);
	expect("division-overflow", INQ_CERTAIN);
}
END_TEST

START_TEST(instructions)
{
	signal_is(4, "SIGILL", 2);
	ask("\x0f\x0b", 2);
	expect("trap-instruction", INQ_CERTAIN);
	signal_is(11, "SIGSEGV", KERNEL);
	set("rax", STACK + 8);
	ask(ALIGNED_STORE, 3);
	expect("misaligned-address", INQ_CERTAIN);
	signal_is(11, "SIGSEGV", KERNEL);
	set("rax", STACK + 16);
	ask(ALIGNED_STORE, 3);
	ck_assert(!is_told("misaligned-address"));
	signal_is(11, "SIGSEGV", KERNEL);
	ask("\xf4", 1); /* hlt */
	expect("trap-instruction", INQ_LIKELY);
	ask("\xcd\x42", 2); /* int $0x42 */
	expect("privileged-instruction", INQ_LIKELY);
	ask("\x01\xc0", 2); /* add %eax,%eax: the fault has another reason */
	ck_assert(!is_told("privileged-instruction"));
}
END_TEST

START_TEST(senders)
{
	struct inq_culprit_info culprit;
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	ask("", 0);
	expect("abort", INQ_LIKELY);
	signal_is(6, "SIGABRT", USER);
	fault.signal.sender_pid = 1;
	fault.signal.sender_uid = 0;
	ask("", 0);
	expect("killed", INQ_CERTAIN);
	ck_assert(!inq_find_culprit(&facts, &culprit));
	signal_is(31, "SIGSYS", 1);
	set("orig_rax", 59);
	ask("", 0);
	expect("seccomp", INQ_CERTAIN);
	ck_assert(strstr(found[0].text, "59") != NULL);
}
END_TEST

/* Signals that the process sent itself, though not from where it was: orig_rax tells the system call, -1 none. */
START_TEST(sent_later)
{
	enum { TIMER = -2, PAUSE = 34, WRITE = 1, TGKILL = 234, SIGPROCMASK = 14 };
	struct inq_culprit_info culprit;
	signal_is(11, "SIGSEGV", TKILL);
	fault.signal.sender_pid = OWN_PID;
	set("orig_rax", UINT64_MAX);
	set("rax", 0x123456789000);
	set("rip", TEXT + 2);
	ask("\x90\x90" LOAD_RAX, 5);
	expect("wild-pointer", INQ_LIKELY);
	ck_assert(fault.again && fault.computed);
	ck_assert_uint_eq(fault.address, 0x123456789000);
	/* The instruction is well: nobody knows who sent it. */
	signal_is(11, "SIGSEGV", TKILL);
	fault.signal.sender_pid = OWN_PID;
	set("orig_rax", UINT64_MAX);
	set("rax", DATA);
	set("rip", TEXT + 2);
	ask("\x90\x90" LOAD_RAX, 5);
	expect("raised", INQ_LIKELY);
	ck_assert(!fault.again && !inq_find_culprit(&facts, &culprit));
	/* In a call that sends, and in one that does not. */
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	set("orig_rax", TGKILL);
	ask("", 0);
	expect("abort", INQ_LIKELY);
	set("orig_rax", SIGPROCMASK); /* the end of raise in older glibc */
	ask("", 0);
	expect("abort", INQ_LIKELY);
	set("orig_rax", PAUSE);
	ask("", 0);
	expect("raised", INQ_LIKELY);
	ck_assert(strstr(found[0].evidence.items[0], "pause") != NULL);
	/* A handler within tgkill has cleared orig_rax: the instruction before the pc tells. */
	set("orig_rax", UINT64_MAX);
	set("rip", TEXT + 2);
	ask("\x0f\x05", 2);
	expect("abort", INQ_LIKELY);
	set("rip", TEXT + 2 * PAGE); /* which cannot be read */
	ask("", 0);
	expect("abort", INQ_LIKELY);
	signal_is(11, "SIGSEGV", TIMER);
	ask("", 0);
	expect("timer-expired", INQ_CERTAIN);
	signal_is(24, "SIGXCPU", KERNEL);
	ask("", 0);
	expect("resource-limit", INQ_CERTAIN);
	signal_is(25, "SIGXFSZ", USER);
	fault.signal.sender_pid = OWN_PID;
	set("orig_rax", WRITE);
	ask("", 0);
	expect("resource-limit", INQ_CERTAIN);
	/* raise(SIGXFSZ) */
	fault.signal.code = TKILL;
	set("orig_rax", TGKILL);
	ask("", 0);
	expect("raised", INQ_LIKELY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("causes");
	TCase *tcase = tcase_create("causes");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, null_pointers);
	tcase_add_test(tcase, vsyscalls);
	tcase_add_test(tcase, debug_traps);
	tcase_add_test(tcase, overruns);
	tcase_add_test(tcase, wild_and_poisoned);
	tcase_add_test(tcase, stack_overflows);
	tcase_add_test(tcase, guards_within);
	tcase_add_test(tcase, large_frames);
	tcase_add_test(tcase, permissions);
	tcase_add_test(tcase, jumps);
	tcase_add_test(tcase, arithmetic);
	tcase_add_test(tcase, instructions);
	tcase_add_test(tcase, senders);
	tcase_add_test(tcase, sent_later);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
