/* Real cores of other projects, where they are at hand ($CORPUS/public): system, process, signal, threads, registers
 * and segments, as gdb, readelf and the projects' own notes tell them; and files made to break readers. */
#include "tests/support/corewriter.h"
#include "tests/support/spaces.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fact {
	const char *path;
	enum inq_os os;
	const char *machine;
	uint64_t pid, tid; /* tid: of the thread that died; 0: not told */
	uint64_t pc, sp;   /* 0: not told */
};

/* clang-format off */
static const struct fact facts[] = {
	{ "core-linux/rizin/core-linux-x86_64", INQ_OS_LINUX, "x86_64", 0, 0, 0x56149dfb014d, 0x7ffc8354c0b0 },
	{ "core-linux/rizin/core-linux-arm64", INQ_OS_LINUX, "aarch64", 0, 0, 0x558ce37754, 0x7ff5eb5d60 },
	{ "core-linux/rizin/core-linux-arm32", INQ_OS_LINUX, "arm", 0, 0, 0x10420, 0x7ea8c4e8 },
	{ "core-linux/lldb/linux-i386.core", INQ_OS_LINUX, "i386", 32306, 32306, 0, 0 },
	{ "core-linux/lldb/linux-x86_64.core", INQ_OS_LINUX, "x86_64", 32259, 32259, 0, 0 },
	{ "core-linux/lldb/linux-s390x.core", INQ_OS_LINUX, "s390x", 1045, 1045, 0, 0 },
	{ "core-linux/lldb/thread_crash/linux-x86_64.core", INQ_OS_LINUX, "x86_64", 5222, 5250, 0, 0 },
	{ "core-linux/drgn/multithreaded.core.zst", INQ_OS_LINUX, "x86_64", 2265413, 2265419, 0, 0 },
	{ "core-linux/elfutils/testfile-x32-core", INQ_OS_LINUX, "x32", 0, 0, 0, 0 },
	{ "gcore-small/lldb/gcore/linux-x86_64.core", INQ_OS_LINUX, "x86_64", 5669, 0, 0, 0 },
	{ "core-other/lldb-netbsd/1lwp_SIGSEGV.amd64.core", INQ_OS_NETBSD, "x86_64", 693, 1, 0, 0 },
	{ "core-other/lldb-netbsd/1lwp_SIGSEGV.aarch64.core", INQ_OS_NETBSD, "aarch64", 8339, 1, 0, 0 },
	{ "core-other/openbsd-amd64/crush-a.out.core", INQ_OS_OPENBSD, "x86_64", 0, 434495, 0xe4784fa2b90, 0x7f7fffffa558 },
	{ "core-freebsd/zString/a.out.core.zst", INQ_OS_FREEBSD, "x86_64", 40660, 100297, 0x4011be, 0 },
	{ "core-freebsd/bsi/i386-bsi-2.core.zst", INQ_OS_FREEBSD, "i386", 0, 0, 0x282b1964, 0 },
	{ "core-freebsd/bsi/amd64-bsi-r1100122.core.zst", INQ_OS_FREEBSD, "x86_64", 0, 0, 0x801289f8c, 0 },
	{ "core-freebsd/bsi/amd64-bsi-r1100514-k.core.zst", INQ_OS_FREEBSD, "x86_64", 0, 0, 0x80129e49c, 0 },
	{ "core-freebsd/bsi/amd64-bsi-r1100514-f.core.zst", INQ_OS_FREEBSD, "x86_64", 0, 0, 0x8012aaa4f, 0 },
	{ "core-solaris/illumos-x86/pause-sigquit.core", INQ_OS_SOLARIS, "i386", 18328, 1, 0xfef4a855, 0x803ced0 },
};
/* clang-format on */

enum { FACTS = sizeof facts / sizeof *facts };

static char root[4096];

/* Opens a file below the corpus and reads it as a core. */
struct opened {
	struct inq_ctx ctx;
	struct inq_source *source;
	struct coreread core;
};

static void open_core(const char *path, struct opened *opened)
{
	char whole[8192];
	snprintf(whole, sizeof whole, "%s/%s", root, path);
	*opened = (struct opened) { .ctx.arena = inq_arena_create() };
	ck_assert_msg(inq_source_open(&opened->ctx, whole, &opened->source) == INQ_OK, "%s cannot be opened", path);
	coreread_bytes(&opened->core, opened->source->data, opened->source->size);
}

static void close_core(struct opened *opened)
{
	coreread_release(&opened->core);
	inq_source_close(opened->source);
	inq_string_vec_release(&opened->ctx.warnings);
	inq_arena_destroy(opened->ctx.arena);
}

START_TEST(known)
{
	const struct fact *fact = &facts[_i];
	struct opened opened;
	uint64_t value;
	open_core(fact->path, &opened);
	const struct inq_space *space = opened.core.space;
	const struct inq_machine *machine = &space->machine;
	ck_assert_int_eq(space->os, fact->os);
	ck_assert_str_eq(inq_machine_name(machine->elf, machine->bits, machine->big), fact->machine);
	ck_assert_uint_gt(space->threads.count, 0);
	if (fact->pid)
		ck_assert_uint_eq(space->process.pid, fact->pid);
	if (fact->tid)
		ck_assert(space->threads.items[0].crashed && space->threads.items[0].tid == fact->tid);
	if (fact->pc)
		ck_assert(inq_thread_pc(space, &space->threads.items[0], &value) && value == fact->pc);
	if (fact->sp)
		ck_assert(inq_thread_sp(space, &space->threads.items[0], &value) && value == fact->sp);
	close_core(&opened);
}
END_TEST

START_TEST(illumos)
{
	struct opened opened;
	open_core("core-solaris/illumos-x86/pause-sigquit.core", &opened);
	const struct inq_process *process = &opened.core.space->process;
	ck_assert_str_eq(process->name, "a");
	ck_assert_str_eq(process->args, "./a");
	ck_assert_str_eq(process->host, "fit-main");
	ck_assert_str_eq(process->os_release, "SunOS 5.11 illumos-b97b1727bc");
	ck_assert_int_eq(opened.core.space->threads.items[0].signal.number, 3);
	ck_assert_int_eq(opened.core.space->threads.items[0].signal.code, 32767);
	ck_assert_uint_eq(coreread_register(&opened.core, 0, "ebp"), 0x803ceec);
	close_core(&opened);
}
END_TEST

/* The map of FreeBSD names what a core does not hold. */
START_TEST(freebsd_libc)
{
	struct opened opened;
	open_core("core-freebsd/bsi/amd64-bsi-r1100514-k.core.zst", &opened);
	const struct inq_mapping *libc = inq_space_mapping_at(opened.core.space, 0x80129e49c);
	ck_assert_ptr_nonnull(libc);
	ck_assert_str_eq(libc->file->path, "/lib/libc.so.7");
	ck_assert_str_eq(opened.core.space->process.args, "bsi -k");
	close_core(&opened);
}
END_TEST

START_TEST(many_segments)
{
	struct opened opened;
	open_core("core-linux/rizin/more-than-65535-segments.zst", &opened);
	ck_assert_uint_eq(opened.core.space->mappings.count, 131070);
	close_core(&opened);
}
END_TEST

START_TEST(kernel_memory)
{
	struct opened opened;
	open_core("core-linux/elfutils/testfile62", &opened);
	ck_assert_int_eq(opened.core.status, INQ_PARTIAL);
	ck_assert(!opened.core.space->threads.items[0].crashed);
	ck_assert(coreread_warned(&opened.core, "memory of a kernel"));
	ck_assert_uint_eq(opened.core.space->artefacts.items[0].missing_bytes, UINT64_C(1984645520) - 16064);
	close_core(&opened);
}
END_TEST

/* The number before `word` in a line of the index, or the one after it. */
static long number_near(const char *line, const char *word, bool after)
{
	const char *at = strstr(line, word);
	if (!at)
		return -1;
	if (after)
		return strtol(at + strlen(word), NULL, 10);
	while (at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return strtol(at, NULL, 10);
}

static void compare(const char *line, const char *path)
{
	struct opened opened;
	open_core(path, &opened);
	const struct inq_space *space = opened.core.space;
	long signal = number_near(line, "ET_CORE sig ", true), threads = number_near(line, " thread(s)", false);
	const char *name = strstr(line, "fname \"");
	ck_assert_msg((long)space->threads.count == threads, "%s: %zu threads", path, space->threads.count);
	if (signal > 0)
		ck_assert_msg(space->threads.items[0].signal.number == signal, "%s: signal %d", path,
			      space->threads.items[0].signal.number);
	if (name && name[7] != '"')
		ck_assert_msg(strncmp(name + 7, space->process.name, strlen(space->process.name)) == 0, "%s: %s", path,
			      space->process.name);
	bool cut = strstr(line, "TRUNCATED") != NULL;
	ck_assert_msg(space->artefacts.items[0].partial == cut, "%s: partial", path);
	/* Names of files split segments and fill holes; they never take one away. */
	if (space->os == INQ_OS_LINUX)
		ck_assert_int_ge((long)space->mappings.count, number_near(line, " PT_LOAD", false));
	close_core(&opened);
}

/* Every core that the index lists: signal, threads, name, whether it is cut. */
START_TEST(indexed)
{
	char line[4096], path[4200];
	size_t cores = 0;
	snprintf(path, sizeof path, "%s/INDEX.tsv", root);
	FILE *index = fopen(path, "r");
	ck_assert_ptr_nonnull(index);
	while (fgets(line, sizeof line, index)) {
		char *end = strchr(line, '\t');
		if (!end || !strstr(line, "ET_CORE sig") || strncmp(line, "malformed", 9) == 0)
			continue;
		snprintf(path, sizeof path, "%.*s", (int)(end - line), line);
		compare(end, path);
		cores++;
	}
	fclose(index);
	ck_assert_uint_gt(cores, 50);
}
END_TEST

/* What fuzzers made: any answer but a crash; and each of them cut short. */
static void read_hostile(const char *folder, const char *name)
{
	char path[8192];
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_source *source = NULL;
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (inq_source_open(&ctx, path, &source) == INQ_OK) {
		for (uint64_t size = source->size; size > 16; size = size * 3 / 4) {
			struct coreread core;
			coreread_bytes(&core, source->data, size);
			ck_assert_int_ne(core.status, INQ_NO_MEMORY);
			coreread_release(&core);
		}
		inq_source_close(source);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

START_TEST(malformed)
{
	static const char *const folders[] = { "elfutils", "lldb", "rizin-elf", "satyr" };
	char folder[4200];
	size_t files = 0;
	snprintf(folder, sizeof folder, "%s/malformed/%s", root, folders[_i]);
	DIR *dir = opendir(folder);
	ck_assert_ptr_nonnull(dir);
	for (struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.') {
			read_hostile(folder, entry->d_name);
			files++;
		}
	closedir(dir);
	ck_assert_uint_gt(files, 0);
}
END_TEST

int main(void)
{
	const char *corpus = getenv("CORPUS");
	snprintf(root, sizeof root, "%s/public", corpus ? corpus : "");
	if (access(root, R_OK) != 0) {
		fprintf(stderr, "SKIP: the corpus of real cores is missing (CORPUS)\n");
		return 77;
	}
	Suite *suite = suite_create("corpus");
	TCase *tcase = tcase_create("corpus");
	tcase_set_timeout(tcase, 200);
	tcase_add_loop_test(tcase, known, 0, FACTS);
	tcase_add_test(tcase, illumos);
	tcase_add_test(tcase, freebsd_libc);
	tcase_add_test(tcase, many_segments);
	tcase_add_test(tcase, kernel_memory);
	tcase_add_test(tcase, indexed);
	tcase_add_loop_test(tcase, malformed, 0, 4);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
