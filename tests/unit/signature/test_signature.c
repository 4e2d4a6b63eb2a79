/* Signatures of reports made by hand: what may change without changing the hash, what must change it, the buckets, and rule
 * files, good and bad. */
#include "lib/signature/parts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64 };

static struct inq_ctx ctx;
static const struct inq_rules *rules;

/* A crash with one thread: what a test changes before it asks for the signature. */
struct made {
	struct inq_report report;
	struct inq_thread_info thread;
	struct inq_frame_info frames[MOST];
	struct inq_diagnosis diagnosis;
	struct inq_object_info object;
};

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	ck_assert_ptr_nonnull(ctx.arena);
	ck_assert_int_eq(inq_rules_load(&ctx, NULL, &rules), INQ_OK);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}

static void teardown(void)
{
	inq_arena_destroy(ctx.arena);
	inq_string_vec_release(&ctx.warnings);
}

/* Names from the innermost on: "f", or "libc.so.6!f". Each call puts them elsewhere in memory. */
static void put_frames(struct made *made, const char *const *names)
{
	static uint64_t base = 0x7f0000000000;
	base += 0x123000;
	for (made->thread.frame_count = 0; names[made->thread.frame_count]; made->thread.frame_count++) {
		size_t i = made->thread.frame_count;
		char *name = inq_arena_copy(ctx.arena, names[i], strlen(names[i])), *bang = strchr(name, '!');
		if (bang)
			*bang++ = '\0';
		made->frames[i] = (struct inq_frame_info) { .index = (unsigned)i,
							    .pc = base + i * 16,
							    .exact = i == 0,
							    .kind = "native",
							    .found_by = "cfi",
							    .confidence = INQ_CERTAIN,
							    .location = { .address = base + i * 16,
									  .mapped = true,
									  .object = bang ? name : "/opt/app",
									  .offset = 0x1000 + i * 16,
									  .symbol = bang ? bang : name,
									  .symbol_offset = 0x3e,
									  .file = "a.c" } };
	}
}

#define FRAMES(...) ((const char *const[]) { __VA_ARGS__, NULL })

static struct made *make(const char *signal, const char *diagnosis, const char *const *names)
{
	struct made *made = inq_arena_alloc(ctx.arena, sizeof *made);
	made->diagnosis = (struct inq_diagnosis) { .id = diagnosis, .text = "", .confidence = INQ_CERTAIN };
	made->thread = (struct inq_thread_info) { .crashed = true, .frames = made->frames, .waits_for = INQ_UNKNOWN };
	put_frames(made, names);
	made->report = (struct inq_report) { .has_crash = true, .threads = &made->thread, .thread_count = 1 };
	made->report.process.exe = "/opt/app";
	made->report.crash.last.signal.name = signal;
	made->report.crash.last.has_fault_address = strcmp(signal, "SIGABRT") != 0;
	made->report.crash.last.access = INQ_ACCESS_READ;
	made->report.crash.diagnosis = &made->diagnosis;
	made->report.crash.diagnosis_count = diagnosis != NULL;
	return made;
}

static struct inq_signature sign(const struct inq_report *report)
{
	struct inq_signature signature;
	ck_assert_int_eq(inq_signature_make(&ctx, rules, report, &signature), INQ_OK);
	ck_assert_ptr_nonnull(signature.hash);
	return signature;
}

static void expect_frames(const struct inq_signature *signature, const char *const *names)
{
	size_t count = 0;
	for (; names[count]; count++) {
		ck_assert_uint_lt(count, signature->frame_count);
		ck_assert_str_eq(signature->frames[count], names[count]);
	}
	ck_assert_uint_eq(signature->frame_count, count);
}

static bool same(const struct made *a, const struct made *b)
{
	return strcmp(sign(&a->report).hash, sign(&b->report).hash) == 0;
}

START_TEST(test_plain)
{
	struct made *made = make("SIGSEGV", "null-pointer",
				 FRAMES("libc.so.6!__memcpy_avx_unaligned_erms", "copy", "parse.isra.0", "main",
					"libc.so.6!__libc_start_call_main", "libc.so.6!__libc_start_main", "_start"));
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app!copy", "app!parse"));
	ck_assert_str_eq(signature.text, "SIGSEGV null-read app!copy+0x3e");
	ck_assert_str_eq(signature.kind, "SIGSEGV null-read");
	ck_assert_str_eq(signature.bucket, "stack");
	ck_assert_int_eq(signature.severity, INQ_SEVERITY_MEDIUM);
	ck_assert(signature.inlines_known);
	ck_assert_int_eq(strncmp(signature.hash, "1-", 2), 0);
	ck_assert_uint_eq(strlen(signature.hash), 34);
}
END_TEST

START_TEST(test_same)
{
	struct made *plain = make("SIGSEGV", "wild-pointer", FRAMES("f", "g", "main", "libc.so.6!__libc_start_main"));
	struct made *thread = make("SIGSEGV", "use-after-free", FRAMES("f", "g", "run", "libc.so.6!start_thread"));
	struct made *deep = make("SIGSEGV", "poisoned-pointer", FRAMES("f", "g", "f", "g", "f", "g", "main"));
	struct made *cold = make("SIGSEGV", "non-canonical-address", FRAMES("f.cold", "g.part.0", "main"));
	ck_assert(same(plain, thread));
	ck_assert(same(plain, deep));
	ck_assert(same(plain, cold));
}
END_TEST

START_TEST(test_other)
{
	struct made *plain = make("SIGSEGV", "wild-pointer", FRAMES("f", "g", "main"));
	ck_assert(!same(plain, make("SIGSEGV", "null-pointer", FRAMES("f", "g", "main"))));
	ck_assert(!same(plain, make("SIGFPE", "division-by-zero", FRAMES("f", "g", "main"))));
	ck_assert(!same(plain, make("SIGSEGV", "wild-pointer", FRAMES("f", "h", "main"))));
	ck_assert(!same(plain, make("SIGSEGV", "wild-pointer", FRAMES("g", "main"))));
}
END_TEST

/* The frames inside abort's callers are its own; behind a handler only the interrupted stack counts. */
START_TEST(test_raised)
{
	struct made *made = make("SIGABRT", "assertion",
				 FRAMES("libc.so.6!raise", "libc.so.6!abort", "my_abort", "libc.so.6!__assert_fail",
					"check", "load", "main"));
	const char *message = "the C library's last message: app: a.c:21: check: Assertion `x == 1' failed.";
	made->diagnosis.evidence = (struct inq_evidence) { &message, 1 };
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app!check", "app!load"));
	ck_assert_str_eq(signature.kind, "SIGABRT assertion x == 1");

	struct made *handler = make("SIGABRT", "null-pointer", FRAMES("libc.so.6!abort", "on_fault", "f", "main"));
	struct made *behind = make("SIGSEGV", "null-pointer", FRAMES("f", "g", "main"));
	handler->report.crash.behind_handler = true;
	handler->report.crash.original.fault = behind->report.crash.last;
	handler->report.crash.original.frames = behind->frames;
	handler->report.crash.original.frame_count = 3;
	ck_assert(same(handler, behind));
}
END_TEST

START_TEST(test_details)
{
	static const struct {
		const char *id, *text, *kind;
	} rows[] = {
		{ "uncaught-exception", "an uncaught C++ exception std::out_of_range: map::at",
		  "SIGABRT exception std::out_of_range" },
		{ "uncaught-exception", "an uncaught C++ exception app::Error<int>", "SIGABRT exception app::Error" },
		{ "uncaught-exception",
		  "an object has this message and HResult 0x80131509: System.FormatException, or a type",
		  "SIGABRT exception System.FormatException" },
		{ "uncaught-exception", "an object has this message and HResult 0x80070003",
		  "SIGABRT exception 0x80070003" },
		{ "rust-panic", "a Rust panic at src/a.rs:2:77: index out of bounds: the len is 3",
		  "SIGABRT rust-panic index out of bounds" },
		{ "go-panic", "panic: runtime error: index out of range [5] with length 3",
		  "SIGABRT go-panic runtime error: index out of range" },
		{ "seccomp", "a seccomp filter refused the system call ptrace (101)", "SIGABRT seccomp ptrace" },
		{ "something-new", "", "SIGABRT something-new" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct made *made = make("SIGABRT", rows[i].id, FRAMES("f"));
		made->diagnosis.text = rows[i].text;
		ck_assert_str_eq(sign(&made->report).kind, rows[i].kind);
	}
}
END_TEST

/* A bad pointer that is read, written by, called by; a null one is never more than an ordinary bug. */
START_TEST(test_severity)
{
	struct made *made = make("SIGSEGV", "wild-pointer", FRAMES("f"));
	ck_assert_int_eq(sign(&made->report).severity, INQ_SEVERITY_HIGH);
	made->report.crash.last.instruction.text = "call qword ptr [rax+0x10]";
	ck_assert_int_eq(sign(&made->report).severity, INQ_SEVERITY_CRITICAL);
	made->report.crash.last.instruction.text = "mov [rax], rbx";
	made->report.crash.last.access = INQ_ACCESS_WRITE;
	ck_assert_int_eq(sign(&made->report).severity, INQ_SEVERITY_CRITICAL);
	made->diagnosis.id = "null-pointer";
	ck_assert_int_eq(sign(&made->report).severity, INQ_SEVERITY_MEDIUM);
	made->diagnosis.id = "stack-smashing";
	ck_assert_int_eq(sign(&made->report).severity, INQ_SEVERITY_CRITICAL);
}
END_TEST

START_TEST(test_overflow)
{
	struct made *made = make("SIGSEGV", "stack-overflow", FRAMES("leaf", "visit", "walk", "visit", "walk", "main"));
	struct made *turned = make("SIGSEGV", "stack-overflow", FRAMES("walk", "visit", "walk", "start", "main"));
	made->frames[1].cycle = turned->frames[0].cycle = 2;
	made->frames[1].repeats = 20000;
	turned->frames[0].repeats = 31000;
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app!visit", "app!walk"));
	ck_assert_str_eq(signature.bucket, "stack-overflow");
	ck_assert(same(made, turned));
}
END_TEST

START_TEST(test_jump_to_null)
{
	struct made *made = make("SIGSEGV", "jump-to-null", FRAMES("nowhere", "call", "main"));
	made->frames[0].location = (struct inq_location) { 0 };
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app!call"));
	ck_assert_str_eq(signature.bucket, "jump-to-null");
}
END_TEST

/* Without symbols: the place in the build; without a build ID that in the object. */
START_TEST(test_no_symbols)
{
	struct made *made = make("SIGSEGV", "null-pointer", FRAMES("f", "main"));
	made->frames[0].location.symbol = made->frames[1].location.symbol = NULL;
	made->thread.frame_count = 1;
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app+0x1000"));
	ck_assert_str_eq(signature.places[0], "");
	made->object = (struct inq_object_info) {
		.start = 0x7f0000000000, .base = 0x7f0000000000, .end = 0x7f1000000000, .build_id = "0123abcd"
	};
	made->report.objects = &made->object;
	made->report.object_count = 1;
	signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app@0123abcd+0x1000"));
	ck_assert_str_eq(signature.places[0], "app@0123abcd+0x1000");
	ck_assert_str_eq(signature.text, "SIGSEGV null-read app+0x1000");
	struct made *deep = make("SIGSEGV", "null-pointer", FRAMES("f", "g", "f", "g", "main"));
	deep->report.objects = &made->object;
	deep->report.object_count = 1;
	signature = sign(&deep->report);
	ck_assert_str_eq(signature.places[0], "app@0123abcd+0x1000 app@0123abcd+0x101f");
	ck_assert_str_eq(signature.places[1], "app@0123abcd+0x100f app@0123abcd+0x102f");
}
END_TEST

/* Guesses count only where nothing is known better; plumbing only where there is nothing else, and then with the program. */
START_TEST(test_fallbacks)
{
	struct made *made = make("SIGSEGV", "null-pointer", FRAMES("f", "guess", "main"));
	made->frames[1].confidence = INQ_POSSIBLE;
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app!f"));
	made = make("SIGSEGV", "null-pointer", FRAMES("libc.so.6!strlen", "libc.so.6!x", "_start"));
	signature = sign(&made->report);
	expect_frames(&signature, FRAMES("libc.so.6!strlen", "app"));
	made = make("SIGSEGV", "null-pointer", FRAMES("main", "libc.so.6!__libc_start_main"));
	signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app!main"));
	made->thread.frame_count = 0;
	signature = sign(&made->report);
	expect_frames(&signature, FRAMES("app"));
}
END_TEST

START_TEST(test_killed)
{
	struct made *made = make("SIGTERM", "killed", FRAMES("f", "main"));
	struct inq_signature signature = sign(&made->report);
	ck_assert_str_eq(signature.bucket, "killed");
	ck_assert_int_eq(signature.severity, INQ_SEVERITY_NONE);
	expect_frames(&signature, FRAMES("app"));
	made = make("SIGABRT", "killed", FRAMES("f", "main"));
	signature = sign(&made->report);
	ck_assert_str_eq(signature.text, "SIGABRT watchdog app");
	made->report.has_crash = false;
	signature = sign(&made->report);
	ck_assert_str_eq(signature.bucket, "no-crash");
}
END_TEST

/* Two threads that wait for each other, whichever was reported first. */
START_TEST(test_deadlock)
{
	struct made *a = make("SIGABRT", "deadlock", FRAMES("libc.so.6!pthread_mutex_lock", "second", "main"));
	struct made *b = make("SIGQUIT", "deadlock", FRAMES("libc.so.6!pthread_mutex_lock", "first", "run"));
	struct inq_thread_info threads[3] = { a->thread, b->thread, b->thread }, turned[3];
	threads[0].waits_for = 1;
	threads[1].waits_for = 0;
	threads[2].waits_for = 0; /* waits for the ring, and is none of it */
	turned[0] = threads[2];
	turned[1] = threads[0];
	turned[2] = threads[1];
	turned[0].waits_for = 1;
	turned[1].waits_for = 2;
	turned[2].waits_for = 1;
	a->report.threads = threads;
	b->report.threads = turned;
	a->report.thread_count = b->report.thread_count = 3;
	struct inq_signature signature = sign(&a->report);
	expect_frames(&signature, FRAMES("app!first", "app!second"));
	ck_assert_str_eq(signature.text, "deadlock app!first+0x3e");
	ck_assert(same(a, b));
	a->report.has_crash = false;
	ck_assert(same(a, b));
}
END_TEST

static enum inq_status load(const char *text)
{
	char path[] = "/tmp/inquest-rules-XXXXXX";
	int file = mkstemp(path);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
	close(file);
	enum inq_status status = inq_rules_load(&ctx, path, &rules);
	unlink(path);
	return status;
}

START_TEST(test_own_rules)
{
	struct made *made =
		make("SIGSEGV", "null-pointer", FRAMES("libc.so.6!memcpy", "wrap", "f", "g_v2", "pool", "main"));
	ck_assert_int_eq(load("# ours\n[ours]\nkeep *!memcpy # worth it\nskip wrap\nouter app!po?l\r\nrename g_v* g\n"
			      "builtin\n"),
			 INQ_OK);
	ck_assert_uint_eq(ctx.warnings.count, 0);
	struct inq_signature signature = sign(&made->report);
	expect_frames(&signature, FRAMES("libc.so.6!memcpy", "app!f"));
	ck_assert_str_eq(signature.rules[0], "ours");
	ck_assert_int_eq(load(""), INQ_OK);
	signature = sign(&made->report);
	ck_assert_uint_eq(signature.frame_count, 6);
}
END_TEST

static void check_action(const char *function, enum inq_rule_action action, const char *in_section)
{
	const char *section = "none";
	ck_assert_int_eq(inq_rule_of(rules, "liba.so", function, &section), action);
	ck_assert_str_eq(section, in_section);
}

/* Of rules for one name and rules for any, the first that fits counts, wherever the others stand. */
START_TEST(test_order_of_rules)
{
	const char *section;
	ck_assert_int_eq(load("[1]\nskip f1\n[2]\ninner *1\n[3]\nouter f2 g1\n[4]\nentry ?2\n[5]\nskip f*\n"
			      "[6]\nrename *8 any\n[7]\nrename f8 own\nrename g9 last\n"),
			 INQ_OK);
	check_action("f1", INQ_RULE_SKIP, "1");
	check_action("g1", INQ_RULE_INNER, "2");
	check_action("f2", INQ_RULE_OUTER, "3");
	check_action("h2", INQ_RULE_ENTRY, "4");
	check_action("f3", INQ_RULE_SKIP, "5");
	check_action("h3", INQ_RULE_KEEP, "none");
	check_action("g9", INQ_RULE_KEEP, "none");
	check_action(NULL, INQ_RULE_KEEP, "none");
	ck_assert_str_eq(inq_rule_rename(rules, NULL, "f8", &section), "any");
	ck_assert_str_eq(inq_rule_rename(rules, NULL, "g9", &section), "last");
	ck_assert_ptr_null(inq_rule_rename(rules, NULL, "f1", &section));
}
END_TEST

START_TEST(test_bad_rules)
{
	ck_assert_int_eq(load("skip f\nbogus g\n[open\nrename h\n"), INQ_OK);
	ck_assert_uint_eq(ctx.warnings.count, 3);
	ck_assert_ptr_nonnull(strstr(ctx.warnings.items[0], ":2: "));
	ck_assert_int_eq(inq_rules_load(&ctx, "/nonexistent", &rules), INQ_UNUSABLE);
	ck_assert_int_eq(inq_rules_load(&ctx, "/tmp", &rules), INQ_UNUSABLE);
	ck_assert_uint_eq(ctx.warnings.count, 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("signature");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_plain);
	tcase_add_test(tc, test_same);
	tcase_add_test(tc, test_other);
	tcase_add_test(tc, test_raised);
	tcase_add_test(tc, test_details);
	tcase_add_test(tc, test_severity);
	tcase_add_test(tc, test_overflow);
	tcase_add_test(tc, test_jump_to_null);
	tcase_add_test(tc, test_no_symbols);
	tcase_add_test(tc, test_fallbacks);
	tcase_add_test(tc, test_killed);
	tcase_add_test(tc, test_deadlock);
	tcase_add_test(tc, test_own_rules);
	tcase_add_test(tc, test_order_of_rules);
	tcase_add_test(tc, test_bad_rules);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
