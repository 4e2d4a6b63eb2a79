/* Names of functions and objects, normalised: the forms of GCC, Clang, rustc, Go and glibc; patterns; SHA-256 against the
 * examples of FIPS 180-4. Any bytes are taken, and what comes out is normal already. */
#include "lib/signature/parts.h"

#include "lib/base/sha256.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct inq_ctx ctx;

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	ck_assert_ptr_nonnull(ctx.arena);
}

static void teardown(void)
{
	inq_arena_destroy(ctx.arena);
	inq_string_vec_release(&ctx.warnings);
}

static const struct {
	const char *name, *normal;
} functions[] = {
	{ "parse_header", "parse_header" },
	{ "parse_header.isra.0", "parse_header" },
	{ "parse_header.constprop.0.cold", "parse_header" },
	{ "parse.part.3.lto_priv.1", "parse" },
	{ "parse.llvm.1234567890", "parse" },
	{ "inner.1234", "inner" },
	{ "main.func1", "main.func1" },
	{ "main.(*Table).Find", "main.(*Table).Find" },
	{ "memcpy@@GLIBC_2.14", "memcpy" },
	{ "__GI_abort", "abort" },
	{ "app::Box<int>::at(std::string const&) const", "app::Box::at" },
	{ "int app::find<int, std::less<int> >(std::vector<int>&)", "app::find" },
	{ "std::vector<std::pair<int, (anonymous namespace)::X> >& f(int)", "f" },
	{ "(anonymous namespace)::walk(node*)", "walk" },
	{ "app::(anonymous namespace)::walk(node*)", "app::walk" },
	{ "app::_GLOBAL__N_1::walk(node*) [clone .cold]", "app::walk" },
	{ "non-virtual thunk to app::Shape::draw()", "app::Shape::draw" },
	{ "operator new(unsigned long)", "operator new" },
	{ "app::V::operator[](unsigned long)", "app::V::operator[]" },
	{ "app::V::operator()(int) const", "app::V::operator()" },
	{ "bool app::operator< <int>(app::V<int> const&, app::V<int> const&)", "app::operator<" },
	{ "std::ostream& app::operator<<(std::ostream&, int)", "app::operator<<" },
	{ "app::P::operator->() const", "app::P::operator->" },
	{ "app::P::operator bool() const", "app::P::operator bool" },
	{ "main::{lambda(int)#1}::operator()(int) const", "main::{lambda}::operator()" },
	{ "run(int)::{lambda()#2}::operator()() const", "run::{lambda}::operator()" },
	{ "run(int)::$_0::operator()(int) const", "run::{lambda}::operator()" },
	{ "run(int)::'lambda0'(int)::operator()(int) const", "run::{lambda}::operator()" },
	{ "app::name[abi:cxx11](int)", "app::name" },
	{ "core::panicking::panic_fmt::h0123456789abcdef", "core::panicking::panic_fmt" },
	{ "app::main::{{closure}}::h0123456789abcdef", "app::main::{lambda}" },
	{ "<alloc::vec::Vec<T> as core::ops::drop::Drop>::drop", "<alloc::vec::Vec as core::ops::drop::Drop>::drop" },
	{ "<app::Tree<u32>>::insert", "<app::Tree>::insert" },
	{ "alloc::vec::Vec::<u8>::push", "alloc::vec::Vec::push" },
	{ "-[Window drawRect:]", "-[Window drawRect:]" },
	{ "java.util.HashMap.get(Ljava/lang/Object;)Ljava/lang/Object;", "java.util.HashMap.get" },
	{ "", "" },
};

START_TEST(test_function)
{
	ck_assert_str_eq(inq_normal_function(&ctx, functions[_i].name), functions[_i].normal);
}
END_TEST

static const struct {
	const char *path, *normal;
} objects[] = {
	{ "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", "libstdc++.so.6" },
	{ "/lib/libc-2.31.so", "libc.so" },
	{ "/usr/lib/libglx.so.1", "libglx.so.1" },
	{ "/opt/app-1.2.3", "app" },
	{ "/opt/app-2", "app-2" },
	{ "/usr/bin/python3.11", "python3.11" },
	{ "/opt/app (deleted)", "app" },
	{ "/opt/libx-4.so.0.1 (deleted)", "libx-4.so.0" },
	{ "/opt/x.socket", "x.socket" },
	{ "", "" },
};

START_TEST(test_object)
{
	ck_assert_str_eq(inq_normal_object(&ctx, objects[_i].path), objects[_i].normal);
}
END_TEST

/* Of debug information and of the linker; the whole. */
static const char *const qualified[][3] = {
	{ "look_up", "_ZN4shopL7look_upERKNS_6basketEi", "shop::look_up" },
	{ "_M_invoke<0>", "_ZNSt6thread8_InvokerISt5tupleIJZ4mainEUlvE_EEE9_M_invokeEv",
	  "std::thread::_Invoker::_M_invoke<0>" },
	{ "total", "_ZNK4shop6basket5totalEv", "shop::basket::total" },
	{ "sort", "_ZSt4sortv", "std::sort" },
	{ "_FUN", "_ZN3app4bugsMUliE_4_FUNEi", "app::bugs::{lambda}::_FUN" },
	{ "operator()", "_ZZ4mainENKUlvE_clEv", "operator()" },
	{ "a::f", "_ZN1b1fEv", "a::f" },
	{ "f", "f", "f" },
	{ "f", "_ZN", "f" },
	{ "f", "_ZN99999999999999999999f", "f" },
	{ "f", "_ZN9f", "f" },
};

START_TEST(test_qualify)
{
	const char *const *row = qualified[_i];
	ck_assert_str_eq(inq_qualify(&ctx, row[0], row[1]), row[2]);
}
END_TEST

/* Bytes of every kind, with the characters that matter often among them. */
START_TEST(test_any_bytes)
{
	static const char often[] = "<>()[]{}: .$#'@*&~_ operatorlambda{(anonymous namespace)::";
	char name[512];
	srand((unsigned)_i);
	for (unsigned round = 0; round < 400; round++) {
		size_t length = (size_t)rand() % (sizeof name - 1);
		for (size_t i = 0; i < length; i++)
			name[i] = (char)(rand() % 4 ? often[(size_t)rand() % (sizeof often - 1)] : 1 + rand() % 255);
		name[length] = '\0';
		const char *normal = inq_normal_function(&ctx, name);
		ck_assert_ptr_nonnull(normal);
		ck_assert_uint_le(strlen(normal), INQ_NAME_MOST);
		ck_assert_uint_le(strlen(inq_normal_object(&ctx, name)), INQ_NAME_MOST * 2);
	}
}
END_TEST

START_TEST(test_long_names)
{
	char *name = malloc(100001);
	memset(name, '<', 100000);
	name[100000] = '\0';
	ck_assert_ptr_nonnull(inq_normal_function(&ctx, name));
	memset(name, '(', 100000);
	ck_assert_ptr_nonnull(inq_normal_function(&ctx, name));
	for (size_t i = 0; i + 8 < 100000; i += 8)
		memcpy(name + i, "<a as b", 8);
	ck_assert_ptr_nonnull(inq_normal_function(&ctx, name));
	free(name);
}
END_TEST

START_TEST(test_pattern)
{
	ck_assert(inq_is_like_pattern("__libc_start_main", "__libc_*"));
	ck_assert(inq_is_like_pattern("operator new", "operator?new*"));
	ck_assert(inq_is_like_pattern("a::b::c", "*::c"));
	ck_assert(inq_is_like_pattern("aXbXc", "a*b*c"));
	ck_assert(inq_is_like_pattern("", "*"));
	ck_assert(!inq_is_like_pattern("aXbX", "a*b*c"));
	ck_assert(!inq_is_like_pattern("abort_all", "abort"));
	ck_assert(!inq_is_like_pattern("abor", "abort"));
	ck_assert(!inq_is_like_pattern("", "?"));
}
END_TEST

/* FIPS 180-4's examples, and lengths at the border of a block (worked out with sha256sum). */
START_TEST(test_sha256)
{
	static const struct {
		const char *text, *digits;
	} rows[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char digits[65], block[64];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		inq_sha256_hex(rows[i].text, strlen(rows[i].text), digits);
		ck_assert_str_eq(digits, rows[i].digits);
	}
	memset(block, 'a', sizeof block);
	inq_sha256_hex(block, 64, digits);
	ck_assert_str_eq(digits, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb");
	inq_sha256_hex(block, 55, digits);
	ck_assert_str_eq(digits, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("normalise");
	TCase *tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_function, 0, sizeof functions / sizeof *functions);
	tcase_add_loop_test(tc, test_object, 0, sizeof objects / sizeof *objects);
	tcase_add_loop_test(tc, test_qualify, 0, sizeof qualified / sizeof *qualified);
	tcase_add_loop_test(tc, test_any_bytes, 0, 10);
	tcase_add_test(tc, test_long_names);
	tcase_add_test(tc, test_pattern);
	tcase_add_test(tc, test_sha256);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
