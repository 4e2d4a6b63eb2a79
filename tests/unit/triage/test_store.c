/* The store: what was put in is there, once, also after a kill at any moment; what cannot be a store is told. The tables are
 * looked at with plain SQL, as another program would. */
#include "lib/triage/store.h"

#include "lib/base/str.h"
#include "lib/io/provider.h"
#include "lib/triage/line.h"
#include "lib/triage/store_parts.h"
#include "tests/support/folders.h"
#include "tests/support/spaces.h"

#include <check.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct inq_ctx ctx;
static char folder[PATH_MAX];
static char path[PATH_MAX + 16];

static void begin(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	snprintf(folder, sizeof folder, "%s/inquest-store-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/store", folder);
}

static void end(void)
{
	remove_folder(folder);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static struct inq_store *open_store(bool write)
{
	struct inq_store *store = NULL;
	enum inq_status status = inq_store_open(&ctx, path, write, &store);
	ck_assert_msg(status == INQ_OK, "%s", ctx.warnings.count ? ctx.warnings.items[0] : "?");
	return store;
}

static void put(struct inq_store *store, const char *name, const char *line)
{
	struct inq_triage_result result = inq_line_unknown(name, INQ_TRIAGE_OK);
	ck_assert_int_eq(inq_store_put(store, &result, line), INQ_OK);
}

static bool collect(void *data, const char *line, size_t length)
{
	inq_str_add(data, line, length);
	inq_str_putc(data, ';');
	return true;
}

/* All lines, each ended by a semicolon. */
static const char *lines(struct inq_store *store)
{
	struct inq_str all = { 0 };
	ck_assert_int_eq(inq_store_each(store, collect, &all), INQ_OK);
	const char *copy = inq_arena_copy(ctx.arena, all.text ? all.text : "", all.length);
	inq_str_release(&all);
	return copy;
}

static const struct inq_store_ops *sqlite(void)
{
	const char *why;
	return inq_provider_open("sqlite", INQ_PROVIDER_STORE, &why);
}

static void run_sql(const char *sql)
{
	void *database = sqlite()->open(path, INQ_STORE_WRITE, 1000);
	ck_assert_msg(sqlite()->run(database, sql) == INQ_STORE_DONE, "%s", sqlite()->why(database));
	sqlite()->close(database);
}

/* The first column of the first row. */
static const char *ask_sql(const char *sql)
{
	size_t length;
	enum inq_store_step step;
	void *database = sqlite()->open(path, INQ_STORE_READ, 1000);
	void *statement = sqlite()->prepare(database, sql, &step);
	ck_assert_msg(statement && sqlite()->step(statement) == INQ_STORE_ROW, "%s: %s", sql, sqlite()->why(database));
	const char *text = sqlite()->text(statement, 0, &length);
	const char *copy = text ? inq_arena_copy(ctx.arena, text, length) : "NULL";
	sqlite()->finish(statement);
	sqlite()->close(database);
	return copy;
}

START_TEST(what_was_put_in_is_there)
{
	struct inq_store *store = open_store(true);
	put(store, "b", "line of b");
	put(store, "a", "line of a");
	put(store, "b", "newer line of b");
	ck_assert_str_eq(lines(store), "line of a;newer line of b;");
	put(store, "c", "line of c");
	ck_assert_int_eq(inq_store_close(store), INQ_OK);
	store = open_store(false);
	ck_assert_str_eq(lines(store), "line of a;newer line of b;line of c;");
	inq_store_close(store);
	snprintf(path, sizeof path, "%s/store-wal", folder);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(inputs_are_known_as_they_are)
{
	struct inq_store *store = open_store(true);
	inq_store_finished(store, "core", 10, 20);
	inq_store_finished(store, "odd", INQ_UNKNOWN, INQ_UNKNOWN);
	inq_store_commit(store);
	ck_assert(inq_store_has(store, "core", 10, 20));
	ck_assert(!inq_store_has(store, "core", 10, 21));
	ck_assert(!inq_store_has(store, "core", 11, 20));
	ck_assert(!inq_store_has(store, "cor", 10, 20));
	ck_assert(inq_store_has(store, "odd", INQ_UNKNOWN, INQ_UNKNOWN));
	inq_store_close(store);
}
END_TEST

START_TEST(an_archive_that_changed_forgets_its_old_members)
{
	struct inq_store *store = open_store(true);
	static const char *const old[] = { "a.tar//1", "a.tar//2", "a.tar", "a.tar2", "a.tar-", "a.ta" };
	struct inq_triage_result result = inq_line_unknown("", INQ_TRIAGE_OK);
	result.size = 1;
	result.mtime_ns = 100;
	for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
		result.path = old[i];
		inq_store_put(store, &result, old[i]);
	}
	inq_store_finished(store, "a.tar", 1, 100);
	ck_assert_str_eq(lines(store), "a.ta;a.tar;a.tar-;a.tar//1;a.tar//2;a.tar2;");
	result.path = "a.tar//2";
	result.mtime_ns = 101;
	inq_store_put(store, &result, "new 2");
	inq_store_finished(store, "a.tar", 1, 101);
	ck_assert_str_eq(lines(store), "a.ta;a.tar-;new 2;a.tar2;");
	inq_store_close(store);
}
END_TEST

/* All orders of four results of one path: the same one stays. */
START_TEST(offers_do_not_depend_on_their_order)
{
	static const struct {
		uint64_t mtime_ns;
		enum inq_triage_status status;
		const char *line;
	} offers[] = { { 5, INQ_TRIAGE_OK, "old" },
		       { 7, INQ_TRIAGE_FAILED, "failed" },
		       { 7, INQ_TRIAGE_OK, "first" },
		       { 7, INQ_TRIAGE_OK, "second" } };
	struct inq_store *store;
	for (unsigned order = 0; order < 256; order++) {
		unsigned seen = 0;
		ck_assert_int_eq(inq_store_open(&ctx, NULL, true, &store), INQ_OK);
		for (unsigned i = 0; i < 4; i++) {
			unsigned which = order >> 2 * i & 3;
			struct inq_triage_result result = inq_line_unknown("core", offers[which].status);
			result.mtime_ns = offers[which].mtime_ns;
			inq_store_offer(store, &result, offers[which].line);
			seen |= 1U << which;
		}
		const char *expected = seen & 4 ? "first;" : seen & 8 ? "second;" : seen & 2 ? "failed;" : "old;";
		ck_assert_str_eq(lines(store), expected);
		inq_store_close(store);
	}
}
END_TEST

START_TEST(others_can_ask)
{
	struct inq_store *store = open_store(true);
	struct inq_triage_result result = inq_line_unknown("one", INQ_TRIAGE_PARTIAL);
	result.seen = 1700000000; /* date -u -d @1700000000: 2023-11-14 22:13:20 */
	result.process.host = "node1";
	result.process.exe = "/bin/app";
	result.crash.signal = 11;
	result.reason = "cut";
	result.signature.hash = "1-aa";
	result.signature.text = "SIGSEGV app!main";
	result.signature.severity = INQ_SEVERITY_LOW;
	inq_store_put(store, &result, "{}");
	result.path = "two";
	result.status = INQ_TRIAGE_OK;
	result.process.host = "node2";
	result.signature.severity = INQ_SEVERITY_HIGH;
	result.seen += 10;
	inq_store_put(store, &result, "{}");
	inq_store_close(store);
	ck_assert_str_eq(ask_sql("SELECT signal || host || program FROM results WHERE path = 'two'"),
			 "11node2/bin/app");
	ck_assert_str_eq(ask_sql("SELECT crashes || ' ' || hosts || ' ' || severity || ' ' || first_seen FROM by_hash"),
			 "2 2 high 2023-11-14 22:13:20");
	ck_assert_str_eq(ask_sql("SELECT day || ' ' || crashes FROM by_day"), "2023-11-14 2");
	ck_assert_str_eq(ask_sql("SELECT path || status || reason FROM failures"), "onepartialcut");
	ck_assert_str_eq(ask_sql("SELECT size IS NULL FROM results WHERE path = 'one'"), "1");
	ck_assert_str_eq(ask_sql("PRAGMA user_version"), "1");
	ck_assert_str_eq(ask_sql("PRAGMA integrity_check"), "ok");
}
END_TEST

static void write_file(const char *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

static void expect_refused(bool write, const char *why)
{
	struct inq_store *store = NULL;
	size_t before = ctx.warnings.count;
	ck_assert_int_eq(inq_store_open(&ctx, path, write, &store), INQ_UNUSABLE);
	ck_assert_ptr_null(store);
	ck_assert_uint_eq(ctx.warnings.count, before + 1);
	ck_assert_msg(strstr(ctx.warnings.items[before], why) && strstr(ctx.warnings.items[before], "store"), "%s",
		      ctx.warnings.items[before]);
}

START_TEST(what_is_no_store)
{
	expect_refused(false, "No such file");
	write_file("", 0);
	expect_refused(false, "nothing is in the store");
	write_file("a list of cores, and certainly no database, however long it may be, of any program", 80);
	expect_refused(true, "no store of results");
	expect_refused(false, "no store of results");
	remove(path);
	run_sql("CREATE TABLE bookmarks (url TEXT)");
	expect_refused(true, "another program's database");
	remove(path);
	inq_store_close(open_store(true));
	run_sql("PRAGMA user_version = 2");
	expect_refused(true, "newer Inquest");
	expect_refused(false, "newer Inquest");
	snprintf(path, sizeof path, "%s/missing/store", folder);
	expect_refused(true, "missing: No such file or directory");
	snprintf(path, sizeof path, "%s", folder);
	expect_refused(true, "cannot be used");
}
END_TEST

/* A file that says of itself that it is a store, and whose results never end. */
START_TEST(a_hostile_store)
{
	run_sql("CREATE VIEW results AS WITH RECURSIVE n(line, path) AS (SELECT 1, 1 UNION ALL SELECT line + 1, 1 FROM "
		"n)"
		" SELECT line, path FROM n;"
		"CREATE TABLE inputs (path, size, mtime_ns, finished);"
		"PRAGMA application_id = 0x496e7154; PRAGMA user_version = 1");
	expect_refused(false, "tables are not as this version makes them");
	expect_refused(true, "tables are not as this version makes them");
}
END_TEST

static bool count_line(void *data, const char *line, size_t length)
{
	(void)line;
	(void)length;
	++*(size_t *)data;
	return true;
}

static size_t count(struct inq_store *store, enum inq_status *status)
{
	size_t number = 0;
	*status = inq_store_each(store, count_line, &number);
	return number;
}

static void put_numbers(struct inq_store *store, unsigned from, unsigned to)
{
	char name[32], line[200];
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = '\0';
	for (unsigned i = from; i < to; i++) {
		snprintf(name, sizeof name, "core.%u", i);
		put(store, name, line);
	}
}

/* Junk over each page in turn: no crash, and it is told or does not matter. */
START_TEST(a_damaged_store)
{
	enum { PAGE = 4096 };
	char junk[PAGE];
	struct stat st;
	struct inq_store *store = open_store(true);
	put_numbers(store, 0, 400);
	inq_store_close(store);
	stat(path, &st);
	memset(junk, 0xa5, sizeof junk);
	for (off_t at = 0; at < st.st_size; at += PAGE) {
		char saved[PAGE];
		size_t warned = ctx.warnings.count;
		enum inq_status status = INQ_UNUSABLE;
		int fd = open(path, O_RDWR);
		ck_assert_int_eq(pread(fd, saved, PAGE, at), PAGE);
		ck_assert_int_eq(pwrite(fd, junk, PAGE, at), PAGE);
		store = NULL;
		size_t found = inq_store_open(&ctx, path, false, &store) == INQ_OK ? count(store, &status) : 0;
		ck_assert(status == INQ_OK ? found == 400 : ctx.warnings.count > warned);
		inq_store_close(store);
		ck_assert_int_eq(pwrite(fd, saved, PAGE, at), PAGE);
		close(fd);
	}
}
END_TEST

static pid_t start(void (*work)(int tell), int *told)
{
	int ends[2];
	ck_assert_int_eq(pipe(ends), 0);
	pid_t pid = fork();
	if (!pid) {
		close(ends[0]);
		work(ends[1]);
		_exit(0);
	}
	close(ends[1]);
	*told = ends[0];
	return pid;
}

static void wait_for(pid_t pid)
{
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %#x", status);
}

/* Tells after each commit how many results were put in. */
static void put_and_tell(int tell)
{
	struct inq_store *store = open_store(true);
	for (unsigned done = 0;; done += 7) {
		put_numbers(store, done, done + 7);
		inq_store_commit(store);
		unsigned told = done + 7;
		if (write(tell, &told, sizeof told) != sizeof told)
			return;
	}
}

START_TEST(a_kill_at_any_moment_loses_nothing)
{
	int told;
	unsigned acknowledged = 0, number;
	enum inq_status status;
	pid_t pid = start(put_and_tell, &told);
	usleep(20000 + 7919 * (useconds_t)_i);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	while (read(told, &number, sizeof number) == sizeof number)
		acknowledged = number;
	close(told);
	if (access(path, F_OK) != 0)
		return;
	struct inq_store *store = open_store(true);
	size_t found = count(store, &status);
	ck_assert_int_eq(status, INQ_OK);
	ck_assert_msg(found == acknowledged || found == acknowledged + 7, "%zu of %u", found, acknowledged);
	put_numbers(store, 0, (unsigned)found + 1);
	ck_assert_uint_eq(count(store, &status), found + 1);
	inq_store_close(store);
	ck_assert_str_eq(ask_sql("PRAGMA integrity_check"), "ok");
}
END_TEST

static void put_first_half(int tell)
{
	(void)tell;
	struct inq_store *store = open_store(true);
	put_numbers(store, 0, 3000);
	ck_assert_int_eq(inq_store_close(store), INQ_OK);
}

static void put_second_half(int tell)
{
	(void)tell;
	struct inq_store *store = open_store(true);
	put_numbers(store, 2000, 5000);
	ck_assert_int_eq(inq_store_close(store), INQ_OK);
}

START_TEST(two_processes_share_a_store)
{
	int told[2];
	enum inq_status status;
	pid_t first = start(put_first_half, &told[0]), second = start(put_second_half, &told[1]);
	wait_for(first);
	wait_for(second);
	struct inq_store *store = open_store(false);
	ck_assert_uint_eq(count(store, &status), 5000);
	inq_store_close(store);
}
END_TEST

/* The limit on the size of files stands for a disk that is full. */
static void fill(int tell)
{
	struct rlimit limit = { 256 << 10, 256 << 10 };
	struct inq_triage_result result = inq_line_unknown("", INQ_TRIAGE_OK);
	char name[32];
	unsigned committed = 0;
	signal(SIGXFSZ, SIG_IGN);
	struct inq_store *store = open_store(true);
	setrlimit(RLIMIT_FSIZE, &limit);
	for (unsigned i = 0; i < 100000; i++) {
		snprintf(name, sizeof name, "core.%u", i);
		result.path = name;
		if (inq_store_put(store, &result, "a line of some length, to fill the disk") != INQ_OK)
			break;
		if (i % 50 == 49 && inq_store_commit(store) == INQ_OK)
			committed = i + 1;
	}
	ck_assert_uint_eq(ctx.warnings.count, 1);
	ck_assert_msg(strstr(ctx.warnings.items[0], "the store cannot grow") != NULL, "%s", ctx.warnings.items[0]);
	ck_assert_int_eq(inq_store_put(store, &result, "x"), INQ_UNUSABLE);
	ck_assert_int_eq(write(tell, &committed, sizeof committed), sizeof committed);
	ck_assert_int_eq(inq_store_close(store), INQ_UNUSABLE);
}

START_TEST(a_full_disk)
{
	int told;
	unsigned committed = 0;
	enum inq_status status;
	pid_t pid = start(fill, &told);
	ck_assert_int_eq(read(told, &committed, sizeof committed), sizeof committed);
	wait_for(pid);
	ck_assert_uint_ge(committed, 50);
	struct inq_store *store = open_store(true);
	ck_assert_uint_ge(count(store, &status), committed);
	ck_assert_int_eq(status, INQ_OK);
	put_numbers(store, 0, 100000 % 977);
	ck_assert_int_eq(inq_store_close(store), INQ_OK);
}
END_TEST

/* As a user who may read the store and no more. */
static void use_without_rights(int tell)
{
	(void)tell;
	ck_assert(setgid(65534) == 0 && setuid(65534) == 0);
	expect_refused(true, "cannot be written");
	struct inq_store *store = open_store(false);
	ck_assert_str_eq(lines(store), "line;");
	inq_store_close(store);
}

START_TEST(a_store_that_may_only_be_read)
{
	int told;
	struct inq_store *store = open_store(true);
	put(store, "core", "line");
	inq_store_close(store);
	if (geteuid() == 0) {
		chmod(folder, 0755);
		wait_for(start(use_without_rights, &told));
		return;
	}
	chmod(path, 0400);
	expect_refused(true, "cannot be written");
}
END_TEST

/* linux/magic.h. */
START_TEST(file_systems_of_other_machines)
{
	ck_assert(inq_store_is_remote(0x6969));			   /* NFS_SUPER_MAGIC */
	ck_assert(inq_store_is_remote((uint64_t)(int)0xff534d42)); /* CIFS: negative where it is an int */
	ck_assert(!inq_store_is_remote(0xef53));		   /* EXT4_SUPER_MAGIC */
	ck_assert(!inq_store_is_remote(0x01021994));		   /* TMPFS_MAGIC */
	ck_assert(!inq_store_is_remote(0x58465342));		   /* XFS_SUPER_MAGIC */
}
END_TEST

START_TEST(memory_that_is_out)
{
	struct inq_store *store = NULL;
	struct inq_triage_result result = inq_line_unknown("core", INQ_TRIAGE_OK);
	for (unsigned long at = 1; at < 30; at++) {
		inq_alloc_fail_at(at);
		if (inq_store_open(&ctx, path, true, &store) == INQ_OK) {
			inq_store_put(store, &result, "line");
			inq_store_close(store);
		}
		inq_alloc_fail_at(0);
	}
	store = open_store(true);
	put(store, "core", "line");
	ck_assert_str_eq(lines(store), "line;");
	inq_store_close(store);
}
END_TEST

int main(void)
{
	if (!sqlite()) {
		puts("SKIP: the module sqlite was not built");
		return 77;
	}
	Suite *suite = suite_create("store");
	TCase *tcase = tcase_create("store");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, what_was_put_in_is_there);
	tcase_add_test(tcase, inputs_are_known_as_they_are);
	tcase_add_test(tcase, an_archive_that_changed_forgets_its_old_members);
	tcase_add_test(tcase, offers_do_not_depend_on_their_order);
	tcase_add_test(tcase, others_can_ask);
	tcase_add_test(tcase, what_is_no_store);
	tcase_add_test(tcase, a_hostile_store);
	tcase_add_test(tcase, a_damaged_store);
	tcase_add_loop_test(tcase, a_kill_at_any_moment_loses_nothing, 0, 12);
	tcase_add_test(tcase, two_processes_share_a_store);
	tcase_add_test(tcase, a_full_disk);
	tcase_add_test(tcase, a_store_that_may_only_be_read);
	tcase_add_test(tcase, file_systems_of_other_machines);
	tcase_add_test(tcase, memory_that_is_out);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
