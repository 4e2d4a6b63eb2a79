/* Names of stubs against what objdump says of programs made here (x86-64 with and without branch protection, i386, and by
 * cross compilers where they are), and readelf of the aarch64 programs among the real inputs. */
#include "lib/symbol/plt.h"

#include "lib/elf/section.h"
#include "lib/io/source.h"
#include "tests/support/spaces.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct inq_ctx ctx;
static struct inq_source *source;
static char program[64];

static void set_up(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	snprintf(program, sizeof program, "/tmp/inq-plt-%d", getpid());
}

static void tear_down(void)
{
	unlink(program);
	inq_source_close(source);
	source = NULL;
	inq_arena_destroy(ctx.arena);
}

static void check_stub(const struct inq_elf *elf, uint64_t address, const char *name)
{
	struct inq_plt_stub stub = { 0 };
	for (uint64_t offset = 0; offset < (stub.size == 4 ? 4 : 8); offset += 4) {
		ck_assert_msg(inq_plt_at(&ctx, elf, address + offset, &stub), "no name at %" PRIx64, address + offset);
		ck_assert_str_eq(stub.name, name);
		ck_assert_uint_eq(stub.start, address);
	}
}

/* PowerPC's linker calls a stub 0000001b.plt_call.puts@@GLIBC_2.17. */
static void rename_call(char name[static 512])
{
	char short_name[512];
	const char *call = strstr(name, ".plt_call.");
	if (!call)
		return;
	call += strlen(".plt_call.");
	snprintf(short_name, sizeof short_name, "%.*s@plt", (int)strcspn(call, "@+"), call);
	memcpy(name, short_name, sizeof short_name);
}

/* What a line says of a stub: "0000000000001030 <puts@plt>:", or a call of it: "call 1030 <puts@plt>". */
static bool parse_line(const char *line, uint64_t *address, char name[static 512])
{
	const char *bracket = strstr(line, " <"), *start = bracket;
	if (!bracket)
		return false;
	while (start > line && start[-1] != ' ' && start[-1] != '\t')
		start--;
	if (sscanf(start, "%" SCNx64 " <%511[^>]>", address, name) != 2)
		return false;
	rename_call(name);
	size_t length = strlen(name);
	return length > 4 && strcmp(name + length - 4, "@plt") == 0;
}

/* Lazy stubs behind .plt.sec have no name there. `tools`: how objdump's name begins. Returns how many were checked. */
static unsigned check_file(const char *tools, const char *options, const char *path)
{
	char command[512], line[1024], name[512];
	struct inq_elf elf;
	unsigned count = 0;
	uint64_t address;
	ck_assert_int_eq(inq_source_open(&ctx, path, &source), INQ_OK);
	const struct inq_view bytes = { .data = source->data, .size = source->size };
	ck_assert(inq_elf_open(&bytes, &elf));
	snprintf(command, sizeof command, "LC_ALL=C %sobjdump -d %s '%s' 2>/dev/null", tools, options, path);
	FILE *output = popen(command, "re");
	ck_assert_ptr_nonnull(output);
	while (fgets(line, sizeof line, output))
		if (parse_line(line, &address, name)) {
			check_stub(&elf, address, name);
			count++;
		}
	pclose(output);
	return count;
}

/* `tools` begins the compiler's name too. */
static void check_made(const char *tools, const char *compiler, const char *flags)
{
	char command[512];
	snprintf(command, sizeof command,
		 "printf '#include <stdio.h>\\n#include <stdlib.h>\\n#include <string.h>\\n"
		 "int main(int c, char **v) { void *(*volatile f)(size_t) = malloc; puts(v[0]); f(3); malloc(4);"
		 " return atoi(v[c - 1]) + (int)strlen(getenv(v[0])); }' | %s%s %s -x c - -o %s 2>/dev/null",
		 tools, compiler, flags, program);
	if (system(command) != 0) {
		fprintf(stderr, "not tried, the compiler cannot: %s%s %s\n", tools, compiler, flags);
		return;
	}
	ck_assert_uint_ge(check_file(tools, "", program), 4);
}

#if defined(__x86_64__)
START_TEST(made)
{
	static const char *const flags[] = { "-O0 -fcf-protection=none -z lazy",
					     "-O0 -fcf-protection=full -z lazy",
					     "-O0 -fcf-protection=full -z now",
					     "-O0 -fcf-protection=none -z now",
					     "-O0 -no-pie",
					     "-O0 -m32",
					     "-O0 -m32 -no-pie -fno-pic -z lazy",
					     "-O0 -fuse-ld=lld" };
	check_made("", "cc", flags[_i]);
}
END_TEST
#endif

static const struct cross {
	const char *tools, *flags;
} crosses[] = {
	{ "arm-linux-gnueabihf-", "-O0 -mthumb" },
	{ "arm-linux-gnueabihf-", "-O0 -marm -no-pie" },
	{ "arm-linux-gnueabihf-", "-O0 -z now" },
	{ "aarch64-linux-gnu-", "-O0" },
	{ "riscv64-linux-gnu-", "-O0" },
	{ "riscv64-linux-gnu-", "-O0 -z now -no-pie" },
	{ "powerpc64le-linux-gnu-", "-O0" },
	{ "powerpc64le-linux-gnu-", "-O0 -no-pie -z now" },
	{ "s390x-linux-gnu-", "-O0" },
	{ "s390x-linux-gnu-", "-O0 -no-pie -z now" },
};

START_TEST(cross_made)
{
	check_made(crosses[_i].tools, "gcc", crosses[_i].flags);
}
END_TEST

/* Stubs with a piece before them for callers of Thumb code. */
START_TEST(thumb_callers)
{
	static const char path[] = "/usr/arm-linux-gnueabihf/lib/libc.so.6";
	if (access(path, R_OK) == 0 && system("arm-linux-gnueabihf-objdump -v >/dev/null 2>&1") == 0)
		ck_assert_uint_ge(check_file("arm-linux-gnueabihf-", "-j .plt", path), 4);
	else
		fputs("not tried, there is no C library of 32-bit Arm\n", stderr);
}
END_TEST

/* The stubs stand in the order of their relocations, which readelf lists: the first at 32 bytes, each of 16. */
static void check_order(const char *path)
{
	char command[512], line[1024], name[500], wanted[512];
	struct inq_elf elf;
	struct inq_elf_section plt;
	ck_assert_int_eq(inq_source_open(&ctx, path, &source), INQ_OK);
	const struct inq_view bytes = { .data = source->data, .size = source->size };
	ck_assert(inq_elf_open(&bytes, &elf) && inq_elf_find_section(&elf, ".plt", &plt));
	uint64_t at = plt.addr + 32;
	snprintf(command, sizeof command, "LC_ALL=C readelf -rW '%s' 2>/dev/null", path);
	FILE *output = popen(command, "re");
	ck_assert_ptr_nonnull(output);
	while (fgets(line, sizeof line, output)) {
		if (sscanf(line, "%*s %*s R_AARCH64_JUMP_SLOT %*s %499[^@ ]", name) != 1)
			continue;
		snprintf(wanted, sizeof wanted, "%s@plt", name);
		check_stub(&elf, at, wanted);
		at += 16;
	}
	pclose(output);
	ck_assert_uint_eq(at, plt.addr + plt.size);
}

START_TEST(aarch64)
{
	char pattern[512];
	glob_t found;
	const char *corpus = getenv("CORPUS");
	if (!corpus)
		return;
	snprintf(pattern, sizeof pattern, "%s/public/core-linux/casr-arm64/test_*", corpus);
	if (glob(pattern, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		check_order(found.gl_pathv[i]);
		inq_source_close(source);
		source = NULL;
	}
	globfree(&found);
}
END_TEST

START_TEST(outside)
{
	struct inq_plt_stub stub;
	struct inq_elf elf;
	struct inq_elf_section text;
	ck_assert_int_eq(inq_source_open(&ctx, "/proc/self/exe", &source), INQ_OK);
	const struct inq_view bytes = { .data = source->data, .size = source->size };
	ck_assert(inq_elf_open(&bytes, &elf));
	ck_assert(inq_elf_find_section(&elf, ".text", &text));
	ck_assert(!inq_plt_at(&ctx, &elf, text.addr, &stub));
	ck_assert(!inq_plt_at(&ctx, &elf, UINT64_MAX, &stub));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plt");
	TCase *tcase = tcase_create("plt");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
#if defined(__x86_64__)
	tcase_add_loop_test(tcase, made, 0, 8);
#endif
	tcase_add_loop_test(tcase, cross_made, 0, sizeof crosses / sizeof *crosses);
	tcase_add_test(tcase, thumb_callers);
	tcase_add_test(tcase, aarch64);
	tcase_add_test(tcase, outside);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
