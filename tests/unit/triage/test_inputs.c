/* What paths, folders, lists and patterns lead to: found by content, in the order of the names, with companions and metadata. */
#include "lib/triage/inputs.h"
#include "tests/support/spaces.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static char root[] = "/tmp/inputs-XXXXXX";

static const char core_head[64] = "\x7f"
				  "ELF\2\1\1\0\0\0\0\0\0\0\0\0\4\0\x3e\0\1";
static const char program_head[64] = "\x7f"
				     "ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\x3e\0\1";

static void in_root(void)
{
	strcpy(root + strlen(root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	ck_assert_int_eq(chdir(root), 0);
}

static void remove_root(void)
{
	char command[PATH_MAX];
	snprintf(command, sizeof command, "rm -r '%s'", root);
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(system(command), 0);
}

static void write_bytes(const char *name, const char *bytes, size_t size)
{
	FILE *file = fopen(name, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
}

static void write_core(const char *name)
{
	write_bytes(name, core_head, sizeof core_head);
}

static void write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static void make_folder(const char *name)
{
	ck_assert_int_eq(mkdir(name, 0700), 0);
}

/* A run over some paths, and what it said. */
struct run {
	struct inq_ctx ctx;
	struct inq_inputs *inputs;
	struct inq_item item;
};

static void begin(struct run *run, const char *const *paths, size_t count, const char *list)
{
	*run = (struct run) { .ctx = { .arena = inq_arena_create() } };
	ck_assert_int_eq(inq_inputs_open(&run->ctx, paths, count, list, &run->inputs), INQ_OK);
}

static void expect(struct run *run, enum inq_item_kind kind, const char *path)
{
	ck_assert_msg(inq_inputs_next(run->inputs, &run->item), "no more items, %s was expected", path);
	ck_assert_str_eq(run->item.path, path);
	ck_assert_int_eq(run->item.kind, kind);
}

static void end(struct run *run)
{
	ck_assert(!inq_inputs_next(run->inputs, &run->item));
	inq_inputs_close(run->inputs);
	inq_string_vec_release(&run->ctx.warnings);
	inq_arena_destroy(run->ctx.arena);
}

/* One file of each kind, and those that are nothing for a batch. */
START_TEST(files_are_told_by_content)
{
	char tar[512] = { 0 };
	memcpy(tar + 257, "ustar", 5);
	write_core("a-photo.jpg");
	write_bytes("b.out", program_head, sizeof program_head);
	write_bytes("c.log", "\x28\xb5\x2f\xfd\0\0", 6);
	write_bytes("d", tar, sizeof tar);
	write_text("e", "ProblemType: Crash\nArchitecture: amd64\n");
	write_text("f.core.txt", "core of the matter\n");
	write_bytes("g.zip", "PK\3\4rest", 8);
	write_bytes(".hidden", core_head, sizeof core_head);
	write_text("core.c", "int main(void);\n");

	const char *const paths[] = { "." };
	struct run run;
	begin(&run, paths, 1, NULL);
	expect(&run, INQ_ITEM_CORE, "./a-photo.jpg");
	ck_assert_str_eq(run.item.identity, "a-photo.jpg");
	ck_assert_uint_eq(run.item.size, sizeof core_head);
	ck_assert(!run.item.named);
	expect(&run, INQ_ITEM_PACKED, "./c.log");
	expect(&run, INQ_ITEM_ARCHIVE, "./d");
	expect(&run, INQ_ITEM_APPORT, "./e");
	expect(&run, INQ_ITEM_ARCHIVE, "./g.zip");
	end(&run);
}
END_TEST

/* Nothing that was a core is lost in silence: the name of one, and bytes that are no text. */
START_TEST(damaged_cores_are_items)
{
	write_bytes("core.17", "\0\0\0\0garbage", 11);
	write_bytes("core.18", "", 0);
	write_text("core.19", "notes about core 19\n");
	write_bytes("core-vim-20", "\x7f", 1);
	write_bytes("other.bin", "\0\0\0\0garbage", 11);
	write_bytes("vim.core",
		    "\x7f"
		    "ELX",
		    4);

	const char *const paths[] = { "." };
	struct run run;
	begin(&run, paths, 1, NULL);
	expect(&run, INQ_ITEM_CORE, "./core-vim-20");
	expect(&run, INQ_ITEM_CORE, "./core.17");
	expect(&run, INQ_ITEM_CORE, "./core.18");
	expect(&run, INQ_ITEM_CORE, "./vim.core");
	end(&run);
}
END_TEST

START_TEST(folders_are_walked_by_name_and_links_do_not_loop)
{
	make_folder("b");
	make_folder("b/d");
	write_core("a");
	write_core("b/c");
	write_core("b/d/x");
	write_core("e");
	ck_assert_int_eq(symlink("..", "b/up"), 0);
	ck_assert_int_eq(symlink("../a", "b/z"), 0);
	ck_assert_int_eq(symlink("nowhere", "dead"), 0);
	ck_assert_int_eq(mkfifo("pipe", 0600), 0);

	const char *const paths[] = { root };
	struct run run;
	char path[PATH_MAX];
	const char *const want[] = { "a", "b/c", "b/d/x", "b/z", "e" };
	begin(&run, paths, 1, NULL);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		snprintf(path, sizeof path, "%s/%s", root, want[i]);
		expect(&run, INQ_ITEM_CORE, path);
		ck_assert_str_eq(run.item.identity, want[i]);
	}
	end(&run);
}
END_TEST

START_TEST(what_is_named_is_an_item_whatever_it_is)
{
	write_text("notes", "some text\n");
	const char *const paths[] = { "notes", "missing" };
	struct run run;
	begin(&run, paths, 2, NULL);
	expect(&run, INQ_ITEM_CORE, "notes");
	ck_assert(run.item.named);
	ck_assert_uint_eq(run.item.size, 10);
	expect(&run, INQ_ITEM_CORE, "missing");
	ck_assert(run.item.named);
	ck_assert_uint_eq(run.item.size, INQ_UNKNOWN);
	end(&run);
}
END_TEST

START_TEST(lists_and_patterns_are_followed)
{
	make_folder("f");
	write_core("f/1");
	write_core("x.1");
	write_core("x.2");
	write_core("y[1]");
	write_text("list", "f\r\n\nx.*\ny[1]\n");
	struct run run;
	begin(&run, NULL, 0, "list");
	expect(&run, INQ_ITEM_CORE, "f/1");
	expect(&run, INQ_ITEM_CORE, "x.1");
	expect(&run, INQ_ITEM_CORE, "x.2");
	expect(&run, INQ_ITEM_CORE, "y[1]");
	end(&run);
}
END_TEST

START_TEST(a_list_that_is_missing_is_told)
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_inputs *inputs;
	ck_assert_int_eq(inq_inputs_open(&ctx, NULL, 0, "missing", &inputs), INQ_UNUSABLE);
	ck_assert_uint_eq(ctx.warnings.count, 1);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}
END_TEST

START_TEST(companions_are_found_by_name_and_pid)
{
	write_core("core.42");
	write_text("core.42.maps", "text");
	write_core("core.421");
	write_text("hs_err_pid42.log", "text");
	write_text("hs_err_pid4.log", "text");
	write_text("pmap-421.txt", "text");
	write_text("unrelated.txt", "text");

	const char *const paths[] = { "." };
	struct run run;
	begin(&run, paths, 1, NULL);
	expect(&run, INQ_ITEM_CORE, "./core.42");
	ck_assert_uint_eq(run.item.companion_count, 2);
	ck_assert_str_eq(run.item.companions[0], "./core.42.maps");
	ck_assert_str_eq(run.item.companions[1], "./hs_err_pid42.log");
	expect(&run, INQ_ITEM_CORE, "./core.421");
	ck_assert_uint_eq(run.item.companion_count, 1);
	ck_assert_str_eq(run.item.companions[0], "./pmap-421.txt");
	end(&run);
}
END_TEST

/* The name as systemd-coredump(8) describes it; the points in "a.b" belong to the program. */
START_TEST(a_name_of_systemd_is_read)
{
	write_core("core.a.b.1000.0123456789abcdef0123456789abcdef.4242.1700000000123456");
	write_core("core.x.0123456789abcdef0123456789abcdef.1");
	const char *const paths[] = { "." };
	struct run run;
	begin(&run, paths, 1, NULL);
	ck_assert(inq_inputs_next(run.inputs, &run.item));
	ck_assert_str_eq(run.item.name, "a.b");
	ck_assert_uint_eq(run.item.pid, 4242);
	ck_assert_uint_eq(run.item.seen, 1700000000);
	ck_assert(inq_inputs_next(run.inputs, &run.item));
	ck_assert_ptr_null(run.item.name);
	ck_assert_uint_eq(run.item.pid, INQ_UNKNOWN);
	end(&run);
}
END_TEST

START_TEST(attributes_are_read_where_the_file_system_has_them)
{
	write_core("core");
	if (setxattr("core", "user.coredump.pid", "77", 2, 0) != 0) {
		fputs("this file system has no user attributes: not tested\n", stderr);
		return;
	}
	setxattr("core", "user.coredump.hostname", "web-3\n", 6, 0);
	setxattr("core", "user.coredump.exe", "/usr/bin/vim", 12, 0);
	setxattr("core", "user.coredump.timestamp", "1700000000999999", 16, 0);
	const char *const paths[] = { "core" };
	struct run run;
	begin(&run, paths, 1, NULL);
	expect(&run, INQ_ITEM_CORE, "core");
	ck_assert_uint_eq(run.item.pid, 77);
	ck_assert_uint_eq(run.item.seen, 1700000000);
	ck_assert_str_eq(run.item.host, "web-3");
	ck_assert_str_eq(run.item.exe, "/usr/bin/vim");
	end(&run);
}
END_TEST

START_TEST(a_problem_folder_tells_of_its_core)
{
	make_folder("ccpp-1");
	write_core("ccpp-1/coredump");
	write_text("ccpp-1/executable", "/usr/bin/gedit\n");
	write_text("ccpp-1/hostname", "desk");
	write_text("ccpp-1/package", "gedit-44.2-1.fc38");
	write_text("ccpp-1/time", "1690000000");
	write_text("ccpp-1/pid", "99999999999999999999999");
	write_text("ccpp-1/maps", "text");
	const char *const paths[] = { "." };
	struct run run;
	begin(&run, paths, 1, NULL);
	expect(&run, INQ_ITEM_CORE, "./ccpp-1/coredump");
	ck_assert_str_eq(run.item.exe, "/usr/bin/gedit");
	ck_assert_str_eq(run.item.host, "desk");
	ck_assert_str_eq(run.item.version, "gedit-44.2-1.fc38");
	ck_assert_uint_eq(run.item.seen, 1690000000);
	ck_assert_uint_eq(run.item.pid, INQ_UNKNOWN);
	ck_assert_uint_eq(run.item.companion_count, 1);
	ck_assert_str_eq(run.item.companions[0], "./ccpp-1/maps");
	end(&run);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("inputs of a batch");
	TCase *tcase = tcase_create("inputs");
	tcase_add_checked_fixture(tcase, in_root, remove_root);
	tcase_add_test(tcase, files_are_told_by_content);
	tcase_add_test(tcase, damaged_cores_are_items);
	tcase_add_test(tcase, folders_are_walked_by_name_and_links_do_not_loop);
	tcase_add_test(tcase, what_is_named_is_an_item_whatever_it_is);
	tcase_add_test(tcase, lists_and_patterns_are_followed);
	tcase_add_test(tcase, a_list_that_is_missing_is_told);
	tcase_add_test(tcase, companions_are_found_by_name_and_pid);
	tcase_add_test(tcase, a_name_of_systemd_is_read);
	tcase_add_test(tcase, attributes_are_read_where_the_file_system_has_them);
	tcase_add_test(tcase, a_problem_folder_tells_of_its_core);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
