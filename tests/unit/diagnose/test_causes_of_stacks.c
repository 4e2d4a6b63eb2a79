/* Causes and culprits that frames, the libraries of languages and what they printed tell, by hand-made cases. */
#include "lib/diagnose/culprit.h"

#include "tests/unit/diagnose/made_case.h"

static struct inq_frame_info frame(unsigned index, const char *object, const char *symbol)
{
	struct inq_frame_info info = { .index = index, .confidence = INQ_CERTAIN };
	info.location.object = object;
	info.location.symbol = symbol;
	return info;
}

START_TEST(recursion_through_the_library)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "qsort_r"), frame(1, "/bin/app", "compare") };
	frames[0].repeats = 17;
	frames[0].cycle = 2;
	facts.frames = frames;
	facts.frame_count = 2;
	signal_is(11, "SIGSEGV", ACCERR);
	set("rsp", STACK);
	address_is(STACK - 4);
	ask(STORE_STACK, 4);
	ck_assert_str_eq(found[0].id, "stack-overflow");
	ck_assert_ptr_nonnull(strstr(found[0].text, "app: compare+0x0 came 18 times"));
}
END_TEST

/* Of a program that aborted, in `object` and `symbol`, called by its main. */
static void expect_plumbing(const char *file, const char *object, const char *symbol, bool plumbing)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "abort"), frame(1, object, symbol),
					   frame(2, "/bin/app", "main") };
	struct inq_culprit_info culprit;
	frames[1].location.file = file;
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	facts.frames = frames;
	facts.frame_count = 3;
	ask("", 0);
	ck_assert(inq_find_culprit(&facts, &culprit));
	ck_assert_msg(culprit.frame == (plumbing ? 2 : 1), "%s", symbol);
}

START_TEST(culprits)
{
	static const struct {
		const char *object, *symbol;
		bool plumbing;
	} rows[] = {
		{ "/lib/libc.so.6", "raise", true },
		{ "/usr/lib/libstdc++.so.6", "std::terminate()", true },
		{ "/bin/app", "__asan_report_load4", true },
		{ "/bin/app", "core::panicking::panic_fmt", true },
		{ "/bin/app", "_RNvCsfLfy6EI15iL_7___rustc10rust_panic", true },
		{ "/bin/app", "std::map<int, int>::at(int const&)", true },
		{ "/bin/app", "std::vector<int, std::allocator<int> > app::make<int>(int)", false },
		{ "/bin/app", "abandon", false },
		{ "/bin/app", NULL, false },
		{ "/opt/libcool.so", "raise_the_roof", true }, /* "raise…": the price of matching beginnings */
		{ "/opt/libcool.so", "walk", false },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_plumbing(NULL, rows[i].object, rows[i].symbol, rows[i].plumbing);
}
END_TEST

/* The C library's function alone on the stack is hardly to blame; called by a script it is. */
START_TEST(library_alone)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "strlen"),
					   frame(1, "/lib/libffi.so.8", "ffi_call") };
	struct inq_culprit_info culprit;
	facts.frames = frames;
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0x123456789000);
	address_is(0x123456789000);
	for (facts.frame_count = 1; facts.frame_count <= 2; facts.frame_count++) {
		ask(LOAD_RAX, 3);
		ck_assert(inq_find_culprit(&facts, &culprit));
		ck_assert_str_eq(culprit.location.symbol, "strlen");
		ck_assert_int_eq(culprit.confidence, facts.frame_count == 1 ? INQ_POSSIBLE : INQ_CERTAIN);
	}
}
END_TEST

/* Headers of libraries whose functions are inlined into the program, and instances of templates, whose names begin with the type that they
 * return. */
START_TEST(inlined_plumbing)
{
	static const struct {
		const char *file, *symbol;
		bool plumbing;
	} rows[] = {
		{ "/usr/include/x86_64-linux-gnu/bits/string_fortified.h", "memcpy", true },
		{ "/usr/include/c++/12/ext/string_conversions.h", "__stoa", true },
		{ "/usr/lib/gcc/x86_64-linux-gnu/12/include/xmmintrin.h", "_mm_load_ps", true },
		{ "/usr/src/rustc-1.97.1/library/core/src/str/traits.rs", "index", true },
		{ "/home/me/project/include/bitset.h", "bits", false },
		{ "/home/me/project/bits/stdio2.h", "printf_twice", false },
		{ NULL, "int __gnu_cxx::__stoa<long, int>(char const*)", true },
		{ NULL, "std::variant<int, long>& std::get<1ul, int>(std::variant<int, long>&)", true },
		{ NULL, "std::ostream& std::operator<< <char>(std::ostream&, char)", true },
		{ NULL, "app::T& app::operator<< <std::string>(app::T&, std::string)", false },
		{ NULL, "int app::get<std::string>(char const*)", false },
		{ NULL, "<str as core::ops::index::Index<usize>>::index", true },
		{ NULL, "<app::Shape as core::fmt::Display>::fmt", false },
		{ NULL, "internal/sync.(*Mutex).unlockSlow", true },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect_plumbing(rows[i].file, "/bin/app", rows[i].symbol, rows[i].plumbing);
}
END_TEST

/* What a program does in its own terminate handler or panic hook is not to blame. */
START_TEST(own_hooks)
{
	static const char *const ends[] = { "std::terminate()", "std::panicking::panic_with_hook" };
	struct inq_culprit_info culprit;
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		const struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "abort"),
							 frame(1, "/bin/app", "give_up"),
							 frame(2, "/lib/libstdc++.so.6", ends[i]),
							 frame(3, "/bin/app", "failed") };
		facts.frames = frames;
		facts.frame_count = 4;
		ask("", 0);
		ck_assert(inq_find_culprit(&facts, &culprit));
		ck_assert_uint_eq(culprit.frame, 3);
	}
}
END_TEST

static void put(uint64_t address, uint64_t value, unsigned size)
{
	memcpy(text + (address - TEXT), &value, size); /* both little-endian */
}

static void put_utf16(uint64_t address, const char *what)
{
	for (; *what; what++, address += 2)
		put(address, (uint8_t)*what, 2);
}

/* .NET's objects as they lie in memory: a string, and an exception that has it as its message. */
enum { STRING_TYPE = TEXT + 0x100, STRING = TEXT + 0x200, EXCEPTION_TYPE = TEXT + 0x300, EXCEPTION = TEXT + 0x400 };
enum { FRAMES = TEXT + 0x800 };

static void put_managed(void)
{
	put(STRING_TYPE, 0x80000002, 4);
	put(STRING_TYPE + 4, 22, 4);
	put(STRING, STRING_TYPE, 8);
	put(STRING + 8, 12, 4);
	put_utf16(STRING + 12, "no more eggs");
	put(EXCEPTION_TYPE, 0x01000000, 4);
	put(EXCEPTION_TYPE + 4, 0xa0, 4);
	put(EXCEPTION, EXCEPTION_TYPE, 8);
	put(EXCEPTION + 16, STRING, 8);
	put(EXCEPTION + 0x80, 0xe0434352, 4);
	put(EXCEPTION + 0x84, 0x80131509, 4);
}

static void ask_dotnet(const char *ended_by, uint64_t kept)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "abort"), frame(1, "/x/libcoreclr.so", ended_by),
					   frame(2, "/bin/dotnet", "main") };
	for (unsigned i = 0; i < 3; i++)
		frames[i].sp = FRAMES + 0x100 * i;
	memset(text + (FRAMES - TEXT), 0, 0x300);
	put(FRAMES + 0x140, kept, 8);
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	facts.frames = frames;
	facts.frame_count = 3;
	ask("", 0);
}

START_TEST(dotnet)
{
	put_managed();
	ask_dotnet("IL_Throw", EXCEPTION);
	expect("uncaught-exception", INQ_LIKELY);
	ck_assert(strstr(found[0].text, "no more eggs") != NULL);
	ck_assert(strstr(found[0].evidence.items[0], "System.InvalidOperationException") != NULL);
	ask_dotnet("IL_Throw", STRING); /* a string that no exception has */
	expect("dotnet-fatal", INQ_LIKELY);
	ck_assert_ptr_null(strstr(found[0].text, "no more eggs"));
	ask_dotnet("SystemNative::FailFast", STRING);
	expect("dotnet-fatal", INQ_LIKELY);
	ck_assert(strstr(found[0].text, "FailFast: no more eggs") != NULL);
	put(FRAMES - 0x40, EXCEPTION, 8); /* where what has returned left it */
	ask_dotnet("IL_Throw", 0);
	expect("uncaught-exception", INQ_POSSIBLE);
	ck_assert(strstr(found[0].text, "no more eggs") != NULL);
	put(FRAMES - 0x40, 0, 8);
	put(EXCEPTION + 16, 0, 8); /* its message would be made when it is asked for */
	ask_dotnet("IL_Throw", EXCEPTION);
	expect("uncaught-exception", INQ_LIKELY);
	ck_assert(strstr(found[0].text, "caught: System.InvalidOperationException") != NULL);
	put(EXCEPTION + 16, STRING, 8);
	put(STRING + 8, 0x7fffffff, 4); /* a length beyond all memory */
	ask_dotnet("IL_Throw", EXCEPTION);
	expect("dotnet-fatal", INQ_LIKELY);
	put(EXCEPTION_TYPE + 4, 0xffffffff, 4);
	ask_dotnet("IL_Throw", EXCEPTION);
	expect("dotnet-fatal", INQ_LIKELY);
}
END_TEST

/* lea text(%rip),%rcx; lea …(%rip),%rdx; call: the fourth argument of the function that fails. */
START_TEST(failed_checks)
{
	enum { CALL = TEXT + 0x100, AFTER = CALL + 19, CONDITION = TEXT + 0x200, OTHER = TEXT + 0x300 };
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "abort"),
					   frame(1, "/lib/libstdc++.so.6", "std::__glibcxx_assert_fail(char const*)"),
					   frame(2, "/bin/app", "main") };
	frames[2].pc = AFTER;
	memcpy(text + (CALL - TEXT), "\x48\x8d\x0d", 3);
	put(CALL + 3, CONDITION - (CALL + 7), 4);
	memcpy(text + (CALL + 7 - TEXT), "\x48\x8d\x15", 3);
	put(CALL + 10, OTHER - (CALL + 14), 4);
	put(CALL + 14, 0xe8, 1);
	memcpy(text + (CONDITION - TEXT), "__n < this->size()", sizeof "__n < this->size()");
	memcpy(text + (OTHER - TEXT), "operator[]", sizeof "operator[]");
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	facts.frames = frames;
	facts.frame_count = 3;
	ask("", 0);
	expect("assertion", INQ_CERTAIN);
	ck_assert_ptr_nonnull(strstr(found[0].text, "__n < this->size()"));
	ck_assert_ptr_null(strstr(found[0].text, "operator[]"));
	memset(text + (CALL - TEXT), 0x90, 14);
	ask("", 0);
	expect("assertion", INQ_CERTAIN);
	ck_assert_ptr_null(strstr(found[0].text, "__n"));
	/* clang's numbered trap: 18 is an index out of bounds. */
	signal_is(4, "SIGILL", 2);
	ask("\x67\x0f\xb9\x40\x12", 5);
	expect("assertion", INQ_LIKELY);
	ck_assert_ptr_nonnull(strstr(found[0].text, "out of an array's bounds"));
	/* AArch64's: brk #0x5512; brk #1 is everybody's. */
	space->machine.elf = AARCH64;
	signal_is(5, "SIGTRAP", 1);
	ask("\x40\xa2\x2a\xd4", 4);
	expect("assertion", INQ_LIKELY);
	ck_assert_ptr_nonnull(strstr(found[0].text, "out of an array's bounds"));
	signal_is(5, "SIGTRAP", 1);
	ask("\x20\x00\x20\xd4", 4);
	ck_assert_str_eq(found[0].id, "trap-instruction");
	space->machine.elf = X86_64;
	/* It names a trap by a function that is nowhere but in the debug information. */
	frames[0].location.function = "__clang_trap_msg$libc++$out of bounds";
	signal_is(4, "SIGILL", 2);
	ask("\x0f\x0b", 2);
	expect("assertion", INQ_CERTAIN);
	ck_assert_ptr_nonnull(strstr(found[0].text, ": out of bounds"));
}
END_TEST

/* A return leaves its address below the stack pointer; a call would have put one above. */
START_TEST(returns)
{
	enum { WILD = 0x12345678, TOP = 0x800 };
	struct inq_frame_info frames[] = { frame(0, NULL, NULL), frame(1, "/bin/app", "main") };
	frames[1].found_by = "frame-pointer";
	facts.frames = frames;
	facts.frame_count = 2;
	for (int called = 0; called <= 1; called++) {
		signal_is(11, "SIGSEGV", MAPERR);
		set("rip", WILD);
		set("rsp", TEXT + TOP);
		address_is(WILD);
		put(TEXT + TOP - 8, WILD, 8);
		ask("", 0);
		expect(called ? "jump-to-unmapped" : "bad-return-address", called ? INQ_CERTAIN : INQ_LIKELY);
		frames[1].found_by = "link-register";
	}
	frames[1].found_by = "frame-pointer";
	put(TEXT + TOP - 8, WILD + 1, 8);
	ask("", 0);
	expect("jump-to-unmapped", INQ_CERTAIN);
}
END_TEST

START_TEST(checked_arithmetic)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "abort"), frame(1, "/bin/app", "__addvsi3"),
					   frame(2, "/bin/app", "sum") };
	struct inq_culprit_info culprit;
	facts.frames = frames;
	facts.frame_count = 3;
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	ask("", 0);
	expect("integer-overflow", INQ_CERTAIN);
	ck_assert(inq_find_culprit(&facts, &culprit));
	ck_assert_str_eq(culprit.location.symbol, "sum");
}
END_TEST

/* Whether std::terminate was called by the throw itself, or by what looked at a function on the way. */
START_TEST(must_not_throw)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "abort"),
					   frame(1, "/lib/libstdc++.so.6", "std::terminate()"),
					   frame(2, "/lib/libstdc++.so.6", "__cxa_rethrow"),
					   frame(3, "/bin/app", "main") };
	facts.frames = frames;
	facts.frame_count = 4;
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	ask("", 0);
	expect("terminate", INQ_CERTAIN);
	ck_assert_ptr_nonnull(strstr(found[0].text, "\"throw;\""));
	frames[2] = frame(2, "/bin/app", "~thread");
	ask("", 0);
	ck_assert_ptr_nonnull(strstr(found[0].text, "had not been joined"));
}
END_TEST

/* A fault within malloc is no pointer of the program's. */
START_TEST(allocators)
{
	struct inq_frame_info frames[] = { frame(0, "/lib/libc.so.6", "_int_malloc"), frame(1, "/bin/app", "main") };
	facts.frames = frames;
	facts.frame_count = 2;
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0x123456789000);
	address_is(0x123456789000);
	ask(LOAD_RAX, 3);
	expect("heap-corruption", INQ_LIKELY);
	frames[0].location.object = "/bin/app";
	frames[0].location.symbol = "malloc_report";
	ask(LOAD_RAX, 3);
	expect("wild-pointer", INQ_LIKELY);
	/* In what free has called: null is the allocator's own pointer. musl's stops by hlt, too. */
	frames[0] = frame(0, "/lib/ld-musl-x86_64.so.1", "get_meta");
	frames[1] = frame(1, "/lib/ld-musl-x86_64.so.1", "free");
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0);
	address_is(0);
	ask(LOAD_RAX, 3);
	expect("heap-corruption", INQ_LIKELY);
	signal_is(11, "SIGSEGV", KERNEL);
	ask("\xf4", 1);
	expect("heap-corruption", INQ_LIKELY);
	frames[0].location.object = "/bin/app";
	signal_is(11, "SIGSEGV", MAPERR);
	set("rax", 0);
	address_is(0);
	ask(LOAD_RAX, 3);
	expect("null-pointer", INQ_CERTAIN);
}
END_TEST

/* How much of the page is stack; without frames, what is below the stack pointer. */
enum { STACK_END = PAGE - 16 };

static void ask_printed(const char *line, size_t at)
{
	memcpy(text + at, line, strlen(line));
	signal_is(6, "SIGABRT", TKILL);
	fault.signal.sender_pid = OWN_PID;
	set("rsp", TEXT + STACK_END);
	ask("", 0);
}

/* Whatever byte of the stack a message begins at. */
START_TEST(printed_messages)
{
	enum { NEAREST = 0x900, LONGEST = 64 };
	const size_t places[] = { 1, NEAREST, STACK_END - LONGEST };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		for (size_t j = 0; j < 24; j++) {
			memset(text, 0, sizeof text);
			ask_printed("ut of memory", places[i] + j);
			expect("out-of-memory", INQ_LIKELY);
		}
	memset(text, 0, sizeof text);
	ask_printed("ut of memor", NEAREST);
	expect("abort", INQ_LIKELY);
	ask_printed("ut of memory", STACK_END - strlen("ut of memory"));
	expect("out-of-memory", INQ_LIKELY);
	/* Of the messages the first of the table counts; of one message, the first place. */
	ask_printed("mimalloc: error: 14, one", NEAREST + LONGEST);
	ask_printed("mimalloc: error: 14, two", NEAREST + 2 * LONGEST);
	expect("heap-corruption", INQ_LIKELY);
	ck_assert_ptr_nonnull(strstr(found[0].text, "mimalloc: error: 14, one"));
	/* A trap is as good an end as abort(). */
	memset(text, 0, sizeof text);
	memcpy(text + NEAREST, "mimalloc: error: 14", strlen("mimalloc: error: 14"));
	signal_is(4, "SIGILL", 2);
	set("rsp", TEXT + STACK_END);
	ask("\x0f\x0b", 2);
	expect("heap-corruption", INQ_LIKELY);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("causes of stacks");
	TCase *tcase = tcase_create("causes of stacks");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, returns);
	tcase_add_test(tcase, checked_arithmetic);
	tcase_add_test(tcase, must_not_throw);
	tcase_add_test(tcase, recursion_through_the_library);
	tcase_add_test(tcase, culprits);
	tcase_add_test(tcase, library_alone);
	tcase_add_test(tcase, inlined_plumbing);
	tcase_add_test(tcase, own_hooks);
	tcase_add_test(tcase, failed_checks);
	tcase_add_test(tcase, allocators);
	tcase_add_test(tcase, dotnet);
	tcase_add_test(tcase, printed_messages);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
