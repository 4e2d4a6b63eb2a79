/* The folder of the symbol cache: what goes in comes out, damaged files do not, and it does not grow for ever. */
#include "lib/io/cache_folder.h"
#include "lib/io/source.h"
#include "tests/support/spaces.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[] = "/tmp/cache-XXXXXX";
static char path[PATH_MAX];
static struct inq_cache_folder *folder;
static struct inq_ctx ctx;
static const uint8_t id[20] = { 0xab, 0xcd, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
static const struct inq_cache_name name = { .build_id = id, .build_id_size = sizeof id, .kind = "symtab" };

static void set_up(void)
{
	const char *why;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	snprintf(path, sizeof path, "%s/a/b", root);
	folder = inq_cache_folder_open(path, &why);
	ck_assert_msg(folder, "%s", why);
	ck_assert_int_eq(chdir(path), 0);
	ctx.arena = inq_arena_create();
}

static void tear_down(void)
{
	char command[PATH_MAX + 8];
	inq_cache_folder_close(folder);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	ck_assert_int_eq(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -r '%s'", root);
	ck_assert_int_eq(system(command), 0);
}

static bool get(const struct inq_cache_name *wanted, char *bytes, size_t size)
{
	struct inq_view view;
	struct inq_source *source;
	if (!inq_cache_folder_get(folder, &ctx, wanted, &view, &source))
		return false;
	ck_assert_uint_eq(view.size, size);
	ck_assert_uint_eq((uintptr_t)view.data % 8, 0);
	memcpy(bytes, view.data, size);
	inq_source_close(source);
	return true;
}

/* The one file of the folder; NULL when it is empty. */
static const char *only_file(void)
{
	static char found[NAME_MAX + 1];
	DIR *names = opendir(".");
	const struct dirent *entry;
	unsigned count = 0;
	while ((entry = readdir(names)))
		if (entry->d_name[0] != '.') {
			strcpy(found, entry->d_name);
			count++;
		}
	closedir(names);
	ck_assert_uint_le(count, 1);
	return count ? found : NULL;
}

START_TEST(what_goes_in_comes_out)
{
	char bytes[8] = "";
	struct inq_cache_name other = name;
	ck_assert(!get(&name, bytes, 8));
	inq_cache_folder_put(folder, &name, "content", 8);
	ck_assert(get(&name, bytes, 8));
	ck_assert_str_eq(bytes, "content");
	inq_cache_folder_put(folder, &name, "another", 8);
	ck_assert(get(&name, bytes, 8));
	ck_assert_str_eq(bytes, "another");
	other.kind = "dynsym";
	ck_assert(!get(&other, bytes, 8));
	other = name;
	other.build_id_size--;
	ck_assert(!get(&other, bytes, 8));
}
END_TEST

START_TEST(a_short_build_id_names_nothing)
{
	char bytes[8];
	const struct inq_cache_name shorter = { .build_id = id, .build_id_size = 4, .kind = "symtab" };
	inq_cache_folder_put(folder, &shorter, "content", 8);
	ck_assert(!get(&shorter, bytes, 8));
	ck_assert_ptr_null(only_file());
}
END_TEST

/* Every byte changed, and every length cut. */
START_TEST(damage_is_seen)
{
	enum { SIZE = 64 + 8 };
	char bytes[SIZE];
	inq_cache_folder_put(folder, &name, "content", 8);
	for (int i = 0; i < 2 * SIZE; i++) {
		inq_cache_folder_put(folder, &name, "content", 8);
		int fd = open(only_file(), O_RDWR);
		ck_assert_int_eq(pread(fd, bytes, SIZE, 0), SIZE);
		bytes[i % SIZE] ^= 0x10;
		bool reserved = i % SIZE >= 60 && i % SIZE < 64;
		if (i < SIZE)
			ck_assert_int_eq(pwrite(fd, bytes, SIZE, 0), SIZE);
		else
			ck_assert_int_eq(ftruncate(fd, i - SIZE), 0);
		close(fd);
		if (i < SIZE && reserved)
			continue; /* these mean nothing */
		ck_assert_msg(!get(&name, bytes, 8), "change %d", i);
		ck_assert_ptr_null(only_file());
	}
}
END_TEST

START_TEST(content_is_of_what_it_was_made_of)
{
	char bytes[8];
	struct inq_cache_name made = name, other = name;
	made.made_of = (struct inq_view) { .data = (const uint8_t *)"packed", .size = 6 };
	other.made_of = (struct inq_view) { .data = (const uint8_t *)"pocked", .size = 6 };
	inq_cache_folder_put(folder, &made, "content", 8);
	ck_assert(get(&made, bytes, 8));
	ck_assert(!get(&other, bytes, 8));
	inq_cache_folder_put(folder, &made, "content", 8);
	ck_assert(!get(&name, bytes, 8));
}
END_TEST

static void count_wants(void *data, const struct inq_cache_name *wanted)
{
	ck_assert_str_eq(wanted->kind, name.kind);
	++*(unsigned *)data;
}

/* A reader finds what is there, also in a folder that comes later; it asks, and changes nothing. */
START_TEST(a_reader_writes_nothing)
{
	char bytes[8], later[PATH_MAX];
	unsigned wants = 0;
	const struct inq_cache_wants asks = { count_wants, &wants };
	struct inq_cache_folder *writer = folder;
	snprintf(later, sizeof later, "%s/later", root);
	folder = inq_cache_folder_open_reader(later, &asks);
	ck_assert_ptr_nonnull(folder);
	ck_assert(!get(&name, bytes, 8));
	inq_cache_folder_put(folder, &name, "content", 8);
	ck_assert(inq_cache_folder_want(folder, &name) && wants == 2);
	ck_assert_int_ne(access(later, F_OK), 0);
	inq_cache_folder_put(writer, &name, "content", 8);
	ck_assert_int_eq(rename(path, later), 0);
	ck_assert(get(&name, bytes, 8));
	ck_assert_int_eq(truncate(only_file(), 70), 0);
	ck_assert(!get(&name, bytes, 8));
	ck_assert_ptr_nonnull(only_file()); /* it is not the reader's to remove */
	ck_assert(!inq_cache_folder_want(writer, &name) && wants == 2);
	inq_cache_folder_close(folder);
	folder = writer;
}
END_TEST

START_TEST(a_folder_of_others_is_refused)
{
	const char *why = NULL;
	ck_assert_int_eq(chmod(path, 0777), 0);
	ck_assert_ptr_null(inq_cache_folder_open(path, &why));
	ck_assert_ptr_nonnull(strstr(why, "others may write"));
	ck_assert_ptr_null(inq_cache_folder_open("/dev/null/x", &why));
}
END_TEST

/* Four processes write the same name: whoever reads finds one of the contents, whole. */
START_TEST(writers_do_not_meet)
{
	enum { WRITERS = 4, ROUNDS = 200, SIZE = 1 << 16 };
	static char bytes[SIZE];
	for (int writer = 0; writer < WRITERS; writer++)
		if (fork() == 0) {
			memset(bytes, 'a' + writer, SIZE);
			for (int i = 0; i < ROUNDS; i++)
				inq_cache_folder_put(folder, &name, bytes, SIZE);
			_exit(0);
		}
	for (int i = 0; i < ROUNDS; i++)
		if (get(&name, bytes, SIZE))
			ck_assert_int_eq(memcmp(bytes, bytes + 1, SIZE - 1), 0);
	while (wait(NULL) > 0)
		;
	ck_assert(get(&name, bytes, SIZE));
	ck_assert_ptr_nonnull(only_file()); /* and no temporary one */
}
END_TEST

/* Holes count as bytes, so that a gigabyte costs nothing here. */
START_TEST(the_oldest_go)
{
	char file[16], bytes[8];
	for (int i = 0; i < 5; i++) {
		snprintf(file, sizeof file, "old.%d", i);
		int fd = open(file, O_RDWR | O_CREAT, 0600);
		ck_assert_int_eq(ftruncate(fd, 300 << 20), 0);
		const struct timespec times[2] = { { 1000 + i, 0 }, { 1000 + i, 0 } };
		ck_assert_int_eq(futimens(fd, times), 0);
		close(fd);
	}
	inq_cache_folder_put(folder, &name, "content", 8);
	ck_assert(get(&name, bytes, 8));
	ck_assert_int_ne(access("old.0", F_OK), 0);
	ck_assert_int_ne(access("old.2", F_OK), 0);
	ck_assert_int_eq(access("old.3", F_OK), 0);
	ck_assert_int_eq(access("old.4", F_OK), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("folder of the symbol cache");
	TCase *tcase = tcase_create("folder");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_goes_in_comes_out);
	tcase_add_test(tcase, a_short_build_id_names_nothing);
	tcase_add_test(tcase, damage_is_seen);
	tcase_add_test(tcase, content_is_of_what_it_was_made_of);
	tcase_add_test(tcase, a_reader_writes_nothing);
	tcase_add_test(tcase, a_folder_of_others_is_refused);
	tcase_add_test(tcase, writers_do_not_meet);
	tcase_add_test(tcase, the_oldest_go);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
