/* Modules: found, missing, broken, of another kind; opened by many threads at once. Each test is a process of its own, as
 * an outcome lasts for the process. */
#include "lib/io/provider.h"

#include "lib/io/unpack.h"
#include "tests/support/spaces.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[PATH_MAX];

/* An empty folder as $INQUEST_MODULE_DIR. */
static void setup(void)
{
	snprintf(folder, sizeof folder, "/tmp/inquest-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	setenv("INQUEST_MODULE_DIR", folder, 1);
}

static void teardown(void)
{
	char path[PATH_MAX + 32];
	snprintf(path, sizeof path, "%s/unpack-zstd.so", folder);
	unlink(path);
	rmdir(folder);
}

START_TEST(all_rows)
{
	static const char *const names[] = { "unpack-gzip", "unpack-zstd", "unpack-xz", "unpack-lz4", "unpack-bzip2" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *why;
		const struct inq_unpack_ops *ops = inq_provider_open(names[i], INQ_PROVIDER_UNPACK, &why);
		ck_assert_msg(ops != NULL, "%s", why);
		ck_assert_ptr_eq(inq_provider_open(names[i], INQ_PROVIDER_UNPACK, &why), ops);
		void *state = ops->open();
		ck_assert_ptr_nonnull(state);
		ops->close(state);
	}
}
END_TEST

START_TEST(unknown)
{
	const char *why = NULL;
	ck_assert_ptr_null(inq_provider_open("../../evil", INQ_PROVIDER_UNPACK, &why));
	ck_assert_str_eq(why, "there is no such module");
}
END_TEST

START_TEST(not_a_module)
{
	const char *why = NULL;
	char path[PATH_MAX + 32];
	snprintf(path, sizeof path, "%s/unpack-zstd.so", folder);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("not a shared object\n", file);
	fclose(file);
	ck_assert_ptr_null(inq_provider_open("unpack-zstd", INQ_PROVIDER_UNPACK, &why));
	ck_assert_ptr_nonnull(strstr(why, path));
	ck_assert_ptr_null(inq_provider_open("unpack-zstd", INQ_PROVIDER_UNPACK, &why)); /* the outcome stays */
	ck_assert_ptr_nonnull(why);
}
END_TEST

/* A real module under another module's name. */
START_TEST(wrong_module)
{
	const char *why = NULL;
	char from[PATH_MAX], path[PATH_MAX + 32];
	const char *build = getenv("BUILD_DIR");
	ck_assert_ptr_nonnull(build);
	snprintf(from, sizeof from, "%s/modules/unpack-xz.so", build);
	snprintf(path, sizeof path, "%s/unpack-zstd.so", folder);
	ck_assert_int_eq(symlink(from, path), 0);
	ck_assert_ptr_null(inq_provider_open("unpack-zstd", INQ_PROVIDER_UNPACK, &why));
	ck_assert_ptr_nonnull(strstr(why, "another version"));
}
END_TEST

static void *open_zstd(void *unused)
{
	const char *why;
	(void)unused;
	return (void *)(uintptr_t)inq_provider_open("unpack-zstd", INQ_PROVIDER_UNPACK, &why);
}

START_TEST(many_threads)
{
	enum { COUNT = 16 };
	pthread_t threads[COUNT];
	void *first = NULL;
	for (size_t i = 0; i < COUNT; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, open_zstd, NULL), 0);
	for (size_t i = 0; i < COUNT; i++) {
		void *ops;
		pthread_join(threads[i], &ops);
		first = first ? first : ops;
		ck_assert_ptr_nonnull(ops);
		ck_assert_ptr_eq(ops, first);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("provider");
	TCase *tcase = tcase_create("provider");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, all_rows);
	tcase_add_test(tcase, unknown);
	tcase_add_test(tcase, not_a_module);
	tcase_add_test(tcase, wrong_module);
	tcase_add_test(tcase, many_threads);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
