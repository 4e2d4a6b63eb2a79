/* What was looked at a moment ago: a file that is missing stays so for that moment and no longer, whatever the sysroot. */
#include "lib/io/look.h"

#include "lib/base/arena.h"
#include "tests/support/spaces.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct inq_ctx ctx;
static struct inq_cache *cache;
static char folder[] = "/tmp/inquest-look-XXXXXX";
static char path[64];

static void begin(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/file", folder);
	ck_assert_int_eq(inq_cache_create(NULL, &cache, NULL), INQ_OK);
}

static void end(void)
{
	unlink(path);
	rmdir(folder);
	inq_cache_destroy(cache);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static struct inq_files *files_of(const char *sysroot)
{
	struct inq_files *files;
	ck_assert_int_eq(inq_files_create(&ctx, sysroot, NULL, NULL, false, &files), INQ_OK);
	return files;
}

static void make_file(void)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static bool opens(struct inq_cache *with, const struct inq_files *files, const char *name)
{
	const char *why = "";
	int fd = inq_look_open(with, files, name, &why);
	if (fd < 0)
		ck_assert_str_eq(why, "no such file");
	else
		close(fd);
	return fd >= 0;
}

START_TEST(what_is_missing_is_seen_a_second_later)
{
	struct inq_files *files = files_of(NULL);
	ck_assert(!opens(cache, files, path));
	make_file();
	ck_assert(!opens(cache, files, path));
	ck_assert(opens(NULL, files, path)); /* without a cache nothing is remembered */
	usleep(1100000);
	ck_assert(opens(cache, files, path));
	ck_assert(opens(cache, files, path));
}
END_TEST

START_TEST(each_sysroot_has_files_of_its_own)
{
	struct inq_files *rooted = files_of(folder), *machine = files_of(NULL);
	ck_assert(!opens(cache, machine, "/file"));
	make_file();
	ck_assert(opens(cache, rooted, "/file"));
	ck_assert(!opens(cache, machine, "/file"));
	inq_files_destroy(rooted);
}
END_TEST

START_TEST(a_look_is_blank_until_it_is_filled)
{
	struct inq_files *files = files_of(NULL);
	ck_assert_ptr_null(inq_look_find(cache, files, path));
	struct inq_look *look = inq_look_add(cache, files, path);
	ck_assert(look && !look->why && !look->head && !look->soname);
	look->key.inode = 7;
	ck_assert_ptr_eq(inq_look_find(cache, files, path), look);
	ck_assert_uint_eq(inq_look_add(cache, files, path)->key.inode, 0);
	ck_assert_ptr_null(inq_look_add(NULL, files, path));
	ck_assert_ptr_null(inq_look_find(NULL, files, path));
}
END_TEST

/* More paths than there is room for: each is found or looked at anew, never taken for another. */
START_TEST(many_paths)
{
	enum { MANY = 2000 };
	char name[64];
	struct inq_files *files = files_of(NULL);
	unsigned found = 0;
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "/lib/%u", i);
		inq_look_add(cache, files, name)->key.inode = i + 1;
	}
	for (unsigned i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "/lib/%u", i);
		const struct inq_look *look = inq_look_find(cache, files, name);
		ck_assert(!look || look->key.inode == i + 1);
		found += look != NULL;
	}
	ck_assert_uint_ge(found, 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("looks");
	TCase *tcase = tcase_create("look");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, what_is_missing_is_seen_a_second_later);
	tcase_add_test(tcase, each_sysroot_has_files_of_its_own);
	tcase_add_test(tcase, a_look_is_blank_until_it_is_filled);
	tcase_add_test(tcase, many_paths);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
