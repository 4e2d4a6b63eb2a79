/* Stacks of texts: places as mdb prints them, names of gdb, signals by arguments; and samples with lines dropped, quoted and
 * indented, of which the rest must still be read. */
#include "tests/support/listings.h"
#include "tests/support/spaces.h"

#include "formats/stacks/stack_text.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct inq_text_stack *read_stack(struct test_listings *test, const char *text)
{
	test_listings_read(test, "stack", (const uint8_t *)text, strlen(text));
	ck_assert_msg(test->count >= 1 && test->items[0].space, "not read: %s", text);
	const struct inq_space *space = test->items[0].space;
	ck_assert_msg(space->threads.count >= 1, "no thread: %s", text);
	return &space->threads.items[0].stack;
}

static const struct {
	const char *text, *object, *symbol, *arguments, *file;
	uint64_t pc, offset;
} frames[] = {
	/* mdb */
	{ "fffffd7fffdfe470 libc.so.1`raise+0x19()", "libc.so.1", "raise", NULL, NULL, INQ_UNKNOWN, 0x19 },
	{ "08047a10 LM1`libc.so.1`f+6(b, 0)", "libc.so.1", "f", "b, 0", NULL, INQ_UNKNOWN, 6 },
	{ "08047a10 main()", NULL, "main", NULL, NULL, INQ_UNKNOWN, 0 },
	{ "08047a10 0x4c32ba()", NULL, NULL, NULL, NULL, 0x4c32ba, INQ_UNKNOWN },
	{ "08047a10 a.so`app::Box<int (*)(char)>::put(int)+0x3(1, 2)", "a.so", "app::Box<int (*)(char)>::put(int)",
	  "1, 2", NULL, INQ_UNKNOWN, 3 },
	/* wrapped within the arguments, and behind the frame pointer */
	{ "08047a10 libc.so.1`sigacthandler+0xc6(b, 0,\n8047f00)", "libc.so.1", "sigacthandler", "b, 0, 8047f00", NULL,
	  INQ_UNKNOWN, 0xc6 },
	{ "fffffd7fffdfe470\nlibc.so.1`raise+0x19()", "libc.so.1", "raise", NULL, NULL, INQ_UNKNOWN, 0x19 },
	/* gdb */
	{ "#0  0x1234 in f (a=1) at /s/a.c:7", NULL, "f", "a=1", "/s/a.c", 0x1234, INQ_UNKNOWN },
	{ "#0  f () from /lib/b.so", "/lib/b.so", "f", NULL, NULL, INQ_UNKNOWN, INQ_UNKNOWN },
	{ "#0  0x1234 in ?? ()", NULL, NULL, NULL, NULL, 0x1234, INQ_UNKNOWN },
	{ "#0  0x1234 in f(int (*)(int)) () from b.so", "b.so", "f(int (*)(int))", NULL, NULL, 0x1234, INQ_UNKNOWN },
	{ "#0  0x1234 in a::operator() (this=0x0) at a.cc:3", NULL, "a::operator()", "this=0x0", "a.cc", 0x1234,
	  INQ_UNKNOWN },
	{ "#0  0x1234 in f (s=0x1 \"x) at y:3\") at a.c:9", NULL, "f", "s=0x1 \"x) at y:3\"", "a.c", 0x1234,
	  INQ_UNKNOWN },
	{ "#0  0x1234 in f (s=0x1,\n    t=0x2)\n    at a.c:9", NULL, "f", "s=0x1, t=0x2", "a.c", 0x1234, INQ_UNKNOWN },
	{ "#0  0x1234 in main::{lambda(int)#1}::operator() (x=...) at a.cc:3", NULL,
	  "main::{lambda(int)#1}::operator()", "x=...", "a.cc", 0x1234, INQ_UNKNOWN },
	/* pstack, eu-stack, systemd */
	{ "-----------------  lwp# 1 / thread# 1  -----\n 08051300 f(int) (0, 1) + 1d", NULL, "f(int)", "0, 1", NULL,
	  0x8051300, 0x1d },
	{ " ff307ef8 sprintf  (7fffffff, 0) \\\n+ 3c", NULL, "sprintf", "7fffffff, 0", NULL, 0xff307ef8, 0x3c },
	{ "TID 7:\n#0  0x00001234 - 1 g(int, char*) - /lib/b.so", "/lib/b.so", "g(int, char*)", NULL, NULL, 0x1234,
	  INQ_UNKNOWN },
	{ "[ 9287.7] systemd-coredump[78]: Process 334 (a) of user 0 dumped core.\n"
	  "[ 9287.7] systemd-coredump[78]: Stack trace of thread 7:\n"
	  "[ 9287.7] systemd-coredump[78]: #0  0x0000000000001234 f (b.so + 0x234)",
	  "b.so", "f", NULL, NULL, 0x1234, INQ_UNKNOWN },
	{ "Stack trace of thread 7:\n#0  0x0000000000001234 n/a (b.so + 0x234)", "b.so", NULL, NULL, NULL, 0x1234,
	  INQ_UNKNOWN },
};

static void expect(const char *text, const char *what, const char *found, const char *expected)
{
	if (expected)
		ck_assert_msg(found && strcmp(found, expected) == 0, "%s: %s is \"%s\", not \"%s\"", text, what,
			      found ? found : "(none)", expected);
	else
		ck_assert_msg(!found, "%s: %s is \"%s\", not none", text, what, found);
}

START_TEST(one_frame)
{
	struct test_listings test;
	const char *text = frames[_i].text;
	const struct inq_text_stack *stack = read_stack(&test, text);
	ck_assert_msg(stack->count == 1, "%s: %zu frames", text, stack->count);
	const struct inq_text_frame *frame = &stack->frames[0];
	expect(text, "object", frame->object, frames[_i].object);
	expect(text, "symbol", frame->symbol, frames[_i].symbol);
	expect(text, "arguments", frame->arguments, frames[_i].arguments);
	expect(text, "file", frame->file, frames[_i].file);
	ck_assert_uint_eq(frame->pc, frames[_i].pc);
	ck_assert_uint_eq(frame->symbol_offset, frames[_i].offset);
	test_listings_end(&test);
}
END_TEST

/* The signal that the innermost frames raised, and the one that the handler was called for. */
static const struct {
	const char *text;
	int raised, interrupted;
	size_t frame;
} signals[] = {
	{ "#0  0x1 in raise () from l\n#1  0x2 in abort () from l\n#2  0x3 in h (sig=11) at a.c:1\n"
	  "#3  <signal handler called>\n#4  0x4 in f () at a.c:2",
	  6, 11, 4 },
	{ "#0  0x1 in raise () from l\n#1  0x2 in abort () from l\n#2  0x3 in h () at a.c:1\n"
	  "#3  <signal handler called>\n#4  0x4 in f () at a.c:2",
	  6, 0, 4 },
	{ "lwp# 1", 0, 0, 0 },
	{ "08047a10 libc.so.1`_lwp_kill+7(1, 6)\n08047a20 libc.so.1`sigacthandler+0xbb(8, 0, 8046f00)\n"
	  "08047a30 0xffffffff()\n08047a40 f+3()",
	  6, 8, 3 },
	{ "fffffd7fffdfe450 libc.so.1`poll+7()\nfffffd7fffdfe460 main+7()", 0, 0, 0 },
};

START_TEST(signal_of_stack)
{
	struct test_listings test;
	test_listings_read(&test, "stack", (const uint8_t *)signals[_i].text, strlen(signals[_i].text));
	const struct inq_space *space = test.count ? test.items[0].space : NULL;
	if (space) {
		const struct inq_thread *thread = &space->threads.items[0];
		ck_assert_int_eq(thread->signal.number, signals[_i].raised);
		ck_assert_int_eq(thread->crashed, signals[_i].raised != 0);
		for (size_t i = 0; i < thread->stack.count; i++)
			ck_assert_msg(thread->stack.frames[i].interrupted ==
					      (signals[_i].frame && i == signals[_i].frame),
				      "%s: frame %zu", signals[_i].text, i);
		if (signals[_i].frame)
			ck_assert_int_eq(thread->stack.frames[signals[_i].frame].signal, signals[_i].interrupted);
	} else {
		ck_assert_int_eq(signals[_i].raised, 0);
	}
	test_listings_end(&test);
}
END_TEST

static size_t count_frames(const char *text, size_t size, bool *warned)
{
	struct test_listings test;
	size_t count = 0;
	test_listings_read(&test, "changed", (const uint8_t *)text, size);
	for (size_t i = 0; i < test.count; i++)
		for (size_t t = 0; test.items[i].space && t < test.items[i].space->threads.count; t++)
			count += test.items[i].space->threads.items[t].stack.count;
	*warned = test.ctx.warnings.count > 0;
	test_listings_end(&test);
	return count;
}

/* The sample without line `drop`, each other line behind `prefix`. */
static char *change(const char *text, size_t drop, const char *prefix)
{
	char *changed = malloc(strlen(text) * (strlen(prefix) + 2) + 16), *to = changed;
	ck_assert_ptr_nonnull(changed);
	for (size_t line = 0; *text; line++) {
		size_t length = strcspn(text, "\n");
		if (line != drop) {
			to = stpcpy(to, prefix);
			memcpy(to, text, length);
			to[length] = '\n';
			to += length + 1;
		}
		text += length + (text[length] == '\n');
	}
	*to = '\0';
	return changed;
}

/* Quoted or indented: the same frames. A line less: at most two frames less (a wrapped line takes its other half along). */
static void check_changes(const char *path, const char *text)
{
	bool warned;
	size_t whole = count_frames(text, strlen(text), &warned), lines = 0;
	static const char *const prefixes[] = { "> ", "    ", "\t", ">> > " };
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		char *changed = change(text, SIZE_MAX, prefixes[i]);
		size_t count = count_frames(changed, strlen(changed), &warned);
		ck_assert_msg(count == whole, "%s behind \"%s\": %zu frames, not %zu", path, prefixes[i], count, whole);
		free(changed);
	}
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	for (size_t i = 0; i < lines && lines < 100; i++) {
		char *changed = change(text, i, "");
		size_t count = count_frames(changed, strlen(changed), &warned);
		bool alone = whole <= 2;
		ck_assert_msg(alone || count + 2 >= whole, "%s without line %zu: %zu frames of %zu", path, i + 1, count,
			      whole);
		free(changed);
	}
}

static const char *const kinds[] = { "mdb-stack", "pstack", "gdb-stack", "crash-d", "tombstone", "systemd-coredump" };

START_TEST(changed_lines)
{
	char pattern[4096];
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/testdata/%s/*.in", getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".",
		 kinds[_i]);
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		size_t size;
		char *bytes = test_file(found.gl_pathv[i], &size);
		char *text = bytes ? strndup(bytes, size) : NULL;
		ck_assert_ptr_nonnull(text);
		check_changes(found.gl_pathv[i], text);
		free(text);
		free(bytes);
	}
	globfree(&found);
}
END_TEST

/* A frame that is left out of a numbered stack is told. */
START_TEST(gaps_are_told)
{
	static const char *const texts[] = {
		"#0  0x1 in f () at a.c:1\n#2  0x3 in main () at a.c:9\n",
		"TID 7:\n#0  0x0000000000000001 f\n#2  0x0000000000000003 main\n",
		"Stack trace of thread 7:\n#0  0x0000000000000001 f (a + 0x1)\n#2  0x0000000000000003 main (a + 0x3)\n",
	};
	bool warned;
	ck_assert_uint_eq(count_frames(texts[_i], strlen(texts[_i]), &warned), 2);
	ck_assert(warned);
}
END_TEST

/* A log that ends within its stack: what is there, once. */
START_TEST(log_cut_in_stack)
{
	static const char text[] = "#  SIGSEGV (0xb) at pc=0x00001234, pid=7, tid=8\n# Java VM: X (linux-amd64)\n"
				   "Native frames: (J=compiled Java code)\nC  [libc.so.6+0x1234]  f+0x4\n"
				   "j  a.B.c()V+7\nJ 12 c2 a.B.d(I)V (9 bytes) @ 0x00005678 [0x00005600+0x78]\n"
				   "v  ~StubRoutines::call_stub";
	struct test_listings test;
	const struct inq_text_stack *stack = read_stack(&test, text);
	ck_assert_uint_eq(stack->count, 4);
	ck_assert_uint_eq(stack->frames[0].pc, 0x1234);
	ck_assert_str_eq(stack->frames[1].symbol, "a.B.c()V");
	ck_assert_uint_eq(stack->frames[1].symbol_offset, 7);
	ck_assert_uint_eq(stack->frames[2].pc, 0x5678);
	ck_assert_uint_eq(stack->frames[2].symbol_offset, 0x78);
	ck_assert_int_eq(stack->frames[2].kind, INQ_FRAME_JAVA);
	ck_assert_int_eq(stack->frames[3].kind, INQ_FRAME_STUB);
	test_listings_end(&test);
}
END_TEST

/* A terminal that broke the line within the fault address: half of it is none. */
START_TEST(log_broken_in_number)
{
	static const char text[] =
		"#  SIGSEGV (0xb) at pc=0x00007f0000001234, pid=7, tid=8\n# Java VM: X (linux-amd64)\n"
		"siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x0000000000%s000008\n"
		"Native frames: (J=compiled Java code)\nC  [libc.so.6+0x1234]  f+0x4\n";
	char whole[1024];
	for (int broken = 0; broken < 2; broken++) {
		struct test_listings test;
		snprintf(whole, sizeof whole, text, broken ? "\n" : "");
		test_listings_read(&test, "log", (const uint8_t *)whole, strlen(whole));
		ck_assert(test.count == 1 && test.items[0].space && test.items[0].space->threads.count);
		const struct inq_signal *signal = &test.items[0].space->threads.items[0].signal;
		ck_assert_int_eq(signal->number, 11);
		ck_assert_int_eq(signal->has_address, !broken);
		ck_assert(broken || signal->address == 8);
		test_listings_end(&test);
	}
}
END_TEST

/* JDK 8 tells a sender in other words than later ones. */
START_TEST(log_of_a_sent_signal)
{
	static const char *const senders[] = { "sent from pid: 12346 (uid: 1000)", "si_pid: 12346, si_uid: 1000" };
	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
		struct test_listings test;
		char text[512];
		int size =
			snprintf(text, sizeof text,
				 "#  SIGSEGV (0xb) at pc=0x00007f0000001234, pid=7, tid=8\n# Java VM: X (linux-amd64)\n"
				 "siginfo: si_signo: 11 (SIGSEGV), si_code: 0 (SI_USER), %s\n"
				 "Native frames: (J=compiled Java code)\nC  [libc.so.6+0x1234]  f+0x4\n",
				 senders[i]);
		test_listings_read(&test, "log", (const uint8_t *)text, (size_t)size);
		ck_assert(test.count == 1 && test.items[0].space && test.items[0].space->threads.count);
		const struct inq_signal *signal = &test.items[0].space->threads.items[0].signal;
		ck_assert_uint_eq(signal->sender_pid, 12346);
		ck_assert_uint_eq(signal->sender_uid, 1000);
		test_listings_end(&test);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stacks");
	TCase *tcase = tcase_create("stacks");
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, one_frame, 0, (int)(sizeof frames / sizeof *frames));
	tcase_add_loop_test(tcase, signal_of_stack, 0, (int)(sizeof signals / sizeof *signals));
	tcase_add_loop_test(tcase, changed_lines, 0, (int)(sizeof kinds / sizeof *kinds));
	tcase_add_loop_test(tcase, gaps_are_told, 0, 3);
	tcase_add_test(tcase, log_cut_in_stack);
	tcase_add_test(tcase, log_broken_in_number);
	tcase_add_test(tcase, log_of_a_sent_signal);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
