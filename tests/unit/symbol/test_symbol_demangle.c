/* Readable names: what c++filt says of C++, what the Rust and D documents give as examples, and hostile names. */
#include "lib/symbol/demangle.h"

#include "tests/support/spaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct inq_ctx ctx;

static void set_up(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
}

static void tear_down(void)
{
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

START_TEST(known)
{
	static const char *const names[][2] = {
		{ "_ZNSt6vectorIiSaIiEE9push_backERKi",
		  "std::vector<int, std::allocator<int> >::push_back(int const&)" }, /* Itanium C++ ABI, 5.1 */
		{ "_ZN5outer4funcEv.cold", "outer::func() [clone .cold]" },
		{ "_ZdlPv@plt", "operator delete(void*)@plt" },
		{ "_ZN4core9panicking5panic17h0123456789abcdefE", "core::panicking::panic" }, /* older Rust */
		{ "_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar" },		      /* Rust RFC 2603 */
		{ "_D8demangle4testFZv", "demangle.test()" }, /* D's ABI, as GDB tests it */
		{ "main", "main" },
		{ "_Z", "_Z" },
		{ "_Zxq", "_Zxq" },
		{ "_DYNAMIC", "_DYNAMIC" },
		{ "_Reset", "_Reset" },
		{ "", "" },
	};
	ck_assert_str_eq(inq_demangle(&ctx, names[_i][0]), names[_i][1]);
	ck_assert_uint_eq(ctx.warnings.count, 0);
}
END_TEST

/* Every name that this program's own C++ library exports. */
START_TEST(library)
{
	char line[4096], wanted[8192];
	unsigned count = 0;
	const char *command =
		"f=$(c++ -print-file-name=libstdc++.so.6 2>/dev/null) && nm -D --defined-only \"$f\" |"
		" sed 's/.* //; s/@.*//' | grep '^_Z' | head -2000 >/tmp/inq-names-$$ &&"
		" c++filt -i </tmp/inq-names-$$ | paste -d'\\n' /tmp/inq-names-$$ -; rm -f /tmp/inq-names-$$";
	FILE *output = popen(command, "re");
	ck_assert_ptr_nonnull(output);
	while (fgets(line, sizeof line, output) && fgets(wanted, sizeof wanted, output)) {
		line[strcspn(line, "\n")] = '\0';
		wanted[strcspn(wanted, "\n")] = '\0';
		ck_assert_str_eq(inq_demangle(&ctx, line), wanted);
		count++;
	}
	pclose(output);
	if (!count)
		fprintf(stderr, "not tried: no C++ library, or no c++filt\n");
}
END_TEST

/* A name that doubles with each of its parts: it must stay as it is, soon. */
START_TEST(growing)
{
	char name[1024] = "_Z1fSt4pairIiiE";
	clock_t start = clock();
	for (unsigned i = 0; i < 40; i++) {
		size_t length = strlen(name);
		char last = (char)(i < 10 ? '0' + i : 'A' + i - 10);
		snprintf(name + length, sizeof name - length, i ? "St4pairIS%c_S%c_E" : "St4pairIS_S_E", last, last);
	}
	ck_assert_str_eq(inq_demangle(&ctx, name), name);
	ck_assert_int_lt(clock() - start, 5 * CLOCKS_PER_SEC);
}
END_TEST

START_TEST(spoiled)
{
	static const char start[] = "_ZNSt6vectorIiSaIiEE9push_backERKiSt4pairIS_S0_ED2Ev";
	uint64_t seed = 1;
	for (unsigned i = 0; i < 20000; i++) {
		char name[sizeof start];
		memcpy(name, start, sizeof start);
		for (unsigned spots = 0; spots < 1 + i % 5; spots++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			name[2 + (seed >> 20) % (sizeof start - 3)] = start[(seed >> 40) % (sizeof start - 1)];
		}
		name[1] = "ZRD"[i % 3];
		ck_assert_ptr_nonnull(inq_demangle(&ctx, name));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("demangle");
	TCase *tcase = tcase_create("demangle");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, known, 0, 12);
	tcase_add_test(tcase, library);
	tcase_add_test(tcase, growing);
	tcase_add_test(tcase, spoiled);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
