/* Files that an artefact names: what a hostile path reaches, with openat2 and without. The expected results are those of
 * openat2(2)'s manual page for RESOLVE_IN_ROOT. */
#include "lib/io/files.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char base[] = "/tmp/inq-files-XXXXXX";
static struct inq_ctx ctx;

static void make(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, content, strlen(content)), (int)strlen(content));
	close(fd);
}

/* outside/secret is beside the sysroot; every link below tries to get there. */
static void set_up(void)
{
	strcpy(base, "/tmp/inq-files-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
	ck_assert_int_eq(chdir(base), 0);
	ck_assert_int_eq(mkdir("outside", 0755) | mkdir("root", 0755) | mkdir("root/lib", 0755), 0);
	ck_assert_int_eq(mkdir("root/usr", 0755) | mkdir("root/usr/lib", 0755), 0);
	make("outside/secret", "outside");
	make("root/lib/plain", "plain");
	make("root/usr/lib/deep", "deep");
	ck_assert_int_eq(symlink("/lib/plain", "root/absolute"), 0);
	ck_assert_int_eq(symlink("../../../../lib/plain", "root/usr/lib/relative"), 0);
	ck_assert_int_eq(symlink("../outside/secret", "root/escape"), 0);
	ck_assert_int_eq(symlink("../outside", "root/folder"), 0);
	ck_assert_int_eq(symlink("/usr/lib", "root/lib64"), 0);
	ck_assert_int_eq(symlink("loop-b", "root/loop-a") | symlink("loop-a", "root/loop-b"), 0);
	ck_assert_int_eq(mkfifo("root/fifo", 0644), 0);
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
}

static void tear_down(void)
{
	char command[64];
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -rf %s", base);
	ck_assert_int_eq(system(command), 0);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

/* Makes openat2 fail as on a kernel before 5.6, for this process. */
static void forbid_openat2(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
	ck_assert_int_eq((int)syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0), -1);
	ck_assert_int_eq(errno, ENOSYS);
}

static void expect(const struct inq_files *files, const char *path, const char *content)
{
	const char *why = NULL;
	char bytes[64] = "";
	int fd = inq_files_open(files, path, &why);
	ck_assert_msg(fd >= 0, "%s: %s", path, why);
	ck_assert_int_ge((int)read(fd, bytes, sizeof bytes - 1), 0);
	ck_assert_str_eq(bytes, content);
	close(fd);
}

static void expect_none(const struct inq_files *files, const char *path, const char *reason)
{
	const char *why = NULL;
	int fd = inq_files_open(files, path, &why);
	ck_assert_msg(fd < 0, "%s was opened", path);
	ck_assert_msg(why && strcmp(why, reason) == 0, "%s: %s, not %s", path, why, reason);
}

/* An open descriptor more than before is a leak: the lowest free one tells. */
static int next_descriptor(void)
{
	int fd = dup(0);
	close(fd);
	return fd;
}

static void check_sysroot(void)
{
	char deep[300] = "/", name[300];
	struct inq_files *files;
	ck_assert_int_eq(inq_files_create(&ctx, "root", NULL, NULL, false, &files), INQ_OK);
	int before = next_descriptor();
	expect(files, "/lib/plain", "plain");
	expect(files, "lib/plain", "plain");
	expect(files, "//lib/.//plain", "plain");
	expect(files, "/usr/../lib/plain", "plain");
	expect(files, "/absolute", "plain");
	expect(files, "/usr/lib/relative", "plain"); /* ".." at the sysroot stays there */
	expect(files, "/lib64/deep", "deep");
	expect(files, "/../../../lib/plain", "plain");
	expect_none(files, "/escape", "no such file");
	expect_none(files, "/folder/secret", "no such file");
	expect_none(files, "/../outside/secret", "no such file");
	expect_none(files, "/loop-a", "too many symbolic links");
	expect_none(files, "/fifo", "not a regular file");
	expect_none(files, "/lib", "not a regular file");
	expect_none(files, "/", "not a regular file");
	expect_none(files, "/lib/plain/more", "no such file");
	memset(name, 'n', 299);
	name[299] = '\0';
	expect_none(files, name, "the path is too long");
	for (size_t i = 1; i + 2 < sizeof deep; i += 2)
		memcpy(deep + i, "./", 3);
	expect_none(files, deep, "not a regular file");
	ck_assert_int_eq(next_descriptor(), before);
	inq_files_destroy(files);
}

START_TEST(sysroot)
{
	check_sysroot();
}
END_TEST

START_TEST(sysroot_without_openat2)
{
	forbid_openat2();
	check_sysroot();
}
END_TEST

START_TEST(machine_root)
{
	struct inq_files *files;
	char path[128];
	ck_assert_int_eq(inq_files_create(&ctx, NULL, NULL, NULL, false, &files), INQ_OK);
	snprintf(path, sizeof path, "%s/outside/secret", base);
	expect(files, path, "outside");
	snprintf(path, sizeof path, "%s/root/fifo", base);
	expect_none(files, path, "not a regular file");
	expect_none(files, "/dev/zero", "not a regular file");
	expect_none(files, "/nonexistent/file", "no such file");
	expect_none(files, "outside/secret", "the path is not absolute");
	inq_files_destroy(files);
}
END_TEST

START_TEST(executable)
{
	struct inq_files *files;
	const char *path = NULL, *why = NULL;
	ck_assert_int_eq(inq_files_create(&ctx, "root", "outside/secret", NULL, false, &files), INQ_OK);
	int fd = inq_files_open_exe(files, &path, &why);
	ck_assert_int_ge(fd, 0);
	ck_assert_str_eq(path, "outside/secret");
	close(fd);
	inq_files_destroy(files);
	ck_assert_int_eq(inq_files_create(&ctx, NULL, "root/fifo", NULL, false, &files), INQ_OK);
	ck_assert_int_lt(inq_files_open_exe(files, &path, &why), 0);
	ck_assert_str_eq(why, "not a regular file");
	inq_files_destroy(files);
}
END_TEST

START_TEST(switched_off)
{
	struct inq_files *files;
	const char *path = NULL, *why;
	ck_assert_int_eq(inq_files_create(&ctx, NULL, "/bin/sh", NULL, true, &files), INQ_OK);
	ck_assert(inq_files_are_off(files));
	expect_none(files, "/bin/sh", "files are not looked at");
	ck_assert_int_lt(inq_files_open_exe(files, &path, &why), 0);
	ck_assert_ptr_null(path);
	inq_files_destroy(files);
}
END_TEST

START_TEST(no_folder)
{
	struct inq_files *files = NULL;
	ck_assert_int_eq(inq_files_create(&ctx, "outside/secret", NULL, NULL, false, &files), INQ_UNUSABLE);
	ck_assert_int_eq(inq_files_create(&ctx, "nowhere", NULL, NULL, false, &files), INQ_UNUSABLE);
	ck_assert_ptr_null(files);
	ck_assert_uint_eq(ctx.warnings.count, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("files");
	TCase *tcase = tcase_create("files");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, sysroot);
	tcase_add_test(tcase, sysroot_without_openat2);
	tcase_add_test(tcase, machine_root);
	tcase_add_test(tcase, executable);
	tcase_add_test(tcase, switched_off);
	tcase_add_test(tcase, no_folder);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
