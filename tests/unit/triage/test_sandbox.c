/* The sandbox of workers: a process enters it and tries what a worker that was taken over would try. What must be refused
 * and what must work is from the manual pages of the calls and from what reading a core needs. */
#include "lib/triage/sandbox.h"

#include "tests/support/spaces.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char base[32];
static const struct inq_sandbox_limits limits = { .memory = 64 << 20, .files = 16 };

static void make(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq((int)write(fd, "text", 4), 4);
	close(fd);
}

static void set_up(void)
{
	strcpy(base, "/tmp/inq-sandbox-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
	ck_assert_int_eq(chdir(base), 0);
	ck_assert_int_eq(mkdir("allowed", 0755) | mkdir("other", 0755), 0);
	make("allowed/file");
	make("other/file");
	make("single");
}

static void tear_down(void)
{
	ck_assert_int_eq(unlink("allowed/file") | unlink("other/file") | unlink("single"), 0);
	ck_assert_int_eq(rmdir("allowed") | rmdir("other") | rmdir(base), 0);
}

/* Runs `attempt` in a child that is in the sandbox; what it gives back is a small number. */
static int inside(int (*attempt)(void))
{
	static const char *const readable[] = { "allowed", "single", "not-there", NULL };
	int status = 0;
	pid_t pid = fork();
	if (pid == 0)
		_exit(inq_sandbox_enter(readable, NULL) ? attempt() : 99);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "the child died of signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

/* 0 when the call worked, else its errno. */
static int outcome(long result)
{
	return result < 0 ? errno : 0;
}

static bool has(unsigned layer)
{
	return inq_sandbox_layers() & layer;
}

static int read_allowed(void)
{
	char text[4];
	int fd = open("allowed/file", O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool good = fd >= 0 && pread(fd, text, 4, 0) == 4 && memcmp(text, "text", 4) == 0 && fstat(fd, &st) == 0;
	void *map = good ? mmap(NULL, 4, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	void *memory = malloc(1 << 20);
	good = good && map != MAP_FAILED && *(char *)map == 't' && memory && open("single", O_RDONLY) >= 0;
	free(memory);
	return good ? 0 : errno ? errno : 1;
}

START_TEST(test_allowed_reads_work)
{
	ck_assert_int_eq(inside(read_allowed), 0);
}
END_TEST

static int read_other(void)
{
	return outcome(open("other/file", O_RDONLY | O_CLOEXEC));
}

static int read_upwards(void)
{
	return outcome(open("allowed/../other/file", O_RDONLY | O_CLOEXEC));
}

static int list_other(void)
{
	return outcome(open("other", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

START_TEST(test_reads_elsewhere_fail)
{
	if (!has(INQ_SANDBOX_LANDLOCK)) {
		puts("SKIPPED: this kernel has no Landlock");
		return;
	}
	ck_assert_int_eq(inside(read_other), EACCES);
	ck_assert_int_eq(inside(read_upwards), EACCES);
	ck_assert_int_eq(inside(list_other), EACCES);
}
END_TEST

static int open_for_writing(void)
{
	return outcome(open("allowed/file", O_WRONLY | O_CLOEXEC));
}

static int open_for_both(void)
{
	return outcome(open("allowed/file", O_RDWR | O_CLOEXEC));
}

static int create(void)
{
	return outcome(open("allowed/new", O_RDONLY | O_CREAT | O_CLOEXEC, 0644));
}

static int truncate_by_open(void)
{
	return outcome(open("allowed/file", O_RDONLY | O_TRUNC | O_CLOEXEC));
}

static int unnamed_file(void)
{
	return outcome(open("allowed", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
}

static int write_by_openat2(void)
{
	const uint64_t how[3] = { O_WRONLY };
	return outcome(syscall(SYS_openat2, AT_FDCWD, "allowed/file", how, sizeof how));
}

static int remove_file(void)
{
	return outcome(unlink("allowed/file"));
}

static int rename_file(void)
{
	return outcome(rename("allowed/file", "allowed/other"));
}

static int change_mode(void)
{
	return outcome(chmod("allowed/file", 0777));
}

START_TEST(test_nothing_is_written)
{
	static int (*const attempts[])(void) = { open_for_writing, open_for_both, create,
						 truncate_by_open, unnamed_file,  write_by_openat2,
						 remove_file,	   rename_file,	  change_mode };
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
		int error = inside(attempts[i]);
		ck_assert_msg(error == EPERM || error == EACCES, "attempt %zu gave %d", i, error);
	}
	struct stat st;
	ck_assert_int_eq(stat("allowed/file", &st), 0);
	ck_assert_int_eq((int)st.st_size, 4);
}
END_TEST

static int make_socket(void)
{
	return outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static int make_local_socket(void)
{
	return outcome(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int run_program(void)
{
	char *arguments[] = { (char *)"true", NULL };
	execv("/bin/true", arguments);
	return errno;
}

static int make_process(void)
{
	return outcome(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int trace_parent(void)
{
	return outcome(ptrace(PTRACE_ATTACH, getppid(), 0, 0));
}

static int kill_parent(void)
{
	return outcome(kill(getppid(), 0));
}

static int kill_parents_thread(void)
{
	return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int read_parent(void)
{
	char here = 0;
	return outcome(syscall(SYS_process_vm_readv, getppid(), &here, 0, &here, 0, 0));
}

static int limit_parent(void)
{
	struct rlimit limit;
	return outcome(prlimit(getppid(), RLIMIT_CPU, NULL, &limit));
}

static int file_in_memory(void)
{
	return outcome(memfd_create("file", MFD_CLOEXEC));
}

static int ring(void)
{
	return outcome(syscall(SYS_io_uring_setup, 1, 0));
}

static int unshare_users(void)
{
	return outcome(syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */));
}

START_TEST(test_no_network_no_other_process)
{
	static int (*const attempts[])(void) = {
		make_socket,	     make_local_socket, run_program,  make_process,   trace_parent, kill_parent,
		kill_parents_thread, read_parent,	limit_parent, file_in_memory, ring,	    unshare_users
	};
	if (!has(INQ_SANDBOX_SECCOMP)) {
		puts("SKIPPED: this kernel has no seccomp");
		return;
	}
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
		ck_assert_msg(inside(attempts[i]) == EPERM, "attempt %zu", i);
}
END_TEST

/* A worker's own end is its own. */
static int outside(int (*attempt)(void))
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0)
		_exit(attempt());
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What the process does that keeps the symbol cache: it makes, renames and removes files in one folder, and in no other. */
static int write_where_allowed(void)
{
	static const char *const readable[] = { "single", NULL };
	if (!inq_sandbox_enter(readable, "allowed"))
		return 99;
	int fd = open("allowed/new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "more", 4) != 4 || close(fd) != 0)
		return 1;
	if (renameat(AT_FDCWD, "allowed/new", AT_FDCWD, "allowed/newer") != 0 ||
	    unlinkat(AT_FDCWD, "allowed/newer", 0) != 0)
		return 2;
	if (open("other/new", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0 || unlinkat(AT_FDCWD, "other/file", 0) == 0 ||
	    renameat(AT_FDCWD, "allowed/file", AT_FDCWD, "other/new") == 0 || open("single", O_WRONLY | O_CLOEXEC) >= 0)
		return 3;
	return symlink("/", "allowed/link") == 0 || mkdir("allowed/folder", 0700) == 0 ||
			       socket(AF_UNIX, SOCK_STREAM, 0) >= 0
		       ? 4
		       : 0;
}

START_TEST(test_writes_where_allowed)
{
	if (has(INQ_SANDBOX_LANDLOCK))
		ck_assert_int_eq(outside(write_where_allowed), 0);
	else
		puts("SKIPPED: this kernel has no Landlock");
}
END_TEST

static int abort_itself(void)
{
	abort();
}

START_TEST(test_abort_ends_the_process)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		static const char *const nothing[] = { NULL };
		signal(SIGABRT, SIG_DFL);
		_exit(inq_sandbox_limit(&limits) && inq_sandbox_enter(nothing, NULL) ? abort_itself() : 99);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT && !WCOREDUMP(status));
}
END_TEST

/* Memory that the process writes to is bounded, a file that is mapped to be read is not. */
static int use_memory(void)
{
	if (!inq_sandbox_limit(&limits))
		return 1;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	void *little = mmap(NULL, 32 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *much = mmap(NULL, 65 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *file = mmap(NULL, 1 << 30, PROT_READ, MAP_PRIVATE, fd, 0);
	return (little == MAP_FAILED) | (much != MAP_FAILED) << 1 | (file == MAP_FAILED) << 2;
}

static int grow_file(void)
{
	int fd = open("single", O_WRONLY | O_APPEND | O_CLOEXEC);
	signal(SIGXFSZ, SIG_IGN);
	return inq_sandbox_limit(&limits) && write(fd, "more", 4) < 0 ? errno : 0;
}

static int open_many(void)
{
	if (!inq_sandbox_limit(&limits))
		return 0;
	for (int i = 0; i < 17; i++)
		if (open("single", O_RDONLY | O_CLOEXEC) < 0)
			return errno;
	return 0;
}

START_TEST(test_limits)
{
	ck_assert_int_eq(outside(use_memory), 0);
	ck_assert_int_eq(outside(grow_file), EFBIG);
	ck_assert_int_eq(outside(open_many), EMFILE);
}
END_TEST

START_TEST(test_time_is_limited)
{
	int status = 0;
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGXCPU, SIG_DFL);
		if (!inq_sandbox_limit_time(0.01))
			_exit(1);
		for (;;)
			;
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU);
}
END_TEST

START_TEST(test_memory_is_told)
{
	enum { SIZE = 8 << 20 };
	int fd = inq_sandbox_memory_open();
	uint64_t before = inq_sandbox_memory(fd);
	void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(map, MAP_FAILED);
	ck_assert_uint_ge(inq_sandbox_memory(fd), before + SIZE);
	munmap(map, SIZE);
	close(fd);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("sandbox");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, test_allowed_reads_work);
	tcase_add_test(tcase, test_reads_elsewhere_fail);
	tcase_add_test(tcase, test_nothing_is_written);
	tcase_add_test(tcase, test_no_network_no_other_process);
	tcase_add_test(tcase, test_abort_ends_the_process);
	tcase_add_test(tcase, test_writes_where_allowed);
	tcase_add_test(tcase, test_limits);
	tcase_add_test(tcase, test_time_is_limited);
	tcase_add_test(tcase, test_memory_is_told);
	Suite *suite = suite_create("sandbox");
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
