/* Files that stay open from one incident to the next: the same answers, and only as long as they are the same files. The map is
 * this program's own, so what its addresses are called is known. */
#include "lib/base/arena.h"
#include "lib/io/cache.h"
#include "lib/io/source.h"
#include "tests/support/spaces.h"

#include <inquest/incident.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char map_path[] = "/tmp/cache-map-XXXXXX";

/* Copies this process' map, as the system prints it. */
static void write_map(void)
{
	char bytes[4096];
	ssize_t size;
	strcpy(map_path + strlen(map_path) - 6, "XXXXXX");
	int to = mkstemp(map_path), from = open("/proc/self/maps", O_RDONLY);
	ck_assert(to >= 0 && from >= 0);
	while ((size = read(from, bytes, sizeof bytes)) > 0)
		ck_assert_int_eq(write(to, bytes, (size_t)size), size);
	close(to);
	close(from);
}

static void remove_map(void)
{
	unlink(map_path);
}

/* What an incident says that `address` is called. */
static void expect_name(struct inq_cache *cache, const void *address, const char *name)
{
	const struct inq_options options = { .sysroot = "/", .cache = cache };
	struct inq_incident *incident;
	struct inq_location location;
	ck_assert_int_eq(inq_incident_create(&options, &incident), INQ_OK);
	ck_assert_int_eq(inq_incident_add(incident, map_path), INQ_OK);
	ck_assert_int_eq(inq_incident_analyse(incident, INQ_OBJECTS | INQ_FILES), INQ_OK);
	ck_assert_int_eq(inq_incident_locate(incident, (uintptr_t)address, &location), INQ_OK);
	ck_assert_ptr_nonnull(location.symbol);
	ck_assert_str_eq(location.symbol, name);
	ck_assert_uint_eq(location.symbol_offset, 0);
	inq_incident_destroy(incident);
}

static struct inq_file_key key_of(const char *path)
{
	struct stat st;
	ck_assert_int_eq(stat(path, &st), 0);
	return inq_file_key(&st);
}

START_TEST(answers_are_the_same_and_the_file_is_kept)
{
	struct inq_cache *cache;
	struct inq_kept kept;
	Dl_info library;
	ck_assert_int_ne(dladdr((void *)a64l, &library), 0);
	const struct inq_file_key key = key_of(library.dli_fname);
	ck_assert_int_eq(inq_cache_create(NULL, &cache, NULL), INQ_OK);
	for (unsigned i = 0; i < 3; i++) {
		expect_name(cache, (void *)a64l, "a64l");
		expect_name(cache, (void *)write_map, "write_map");
		expect_name(NULL, (void *)a64l, "a64l");
		ck_assert(inq_cache_take(cache, &key, &kept));
		ck_assert_ptr_nonnull(kept.made[INQ_MADE_NAMES].data);
		ck_assert(!inq_cache_take(cache, &key, &(struct inq_kept) { 0 }));
		inq_cache_keep(cache, &key, &kept);
	}
	inq_cache_destroy(cache);
}
END_TEST

static unsigned destroyed;

static void destroy(void *data)
{
	(void)data;
	destroyed++;
}

static struct inq_kept make_kept(void)
{
	const struct inq_made made = { .data = &destroyed, .destroy = destroy };
	struct inq_kept kept = { .made = { [INQ_MADE_NAMES] = made, [INQ_MADE_FRAMES] = made } };
	ck_assert_int_eq(inq_source_from_memory((const uint8_t *)"", 0, "test", &kept.file), INQ_OK);
	return kept;
}

START_TEST(a_file_that_changed_is_another_file)
{
	struct inq_cache *cache;
	struct inq_kept kept;
	struct inq_file_key key = { 1, 2, 3, 4, 5 };
	destroyed = 0;
	ck_assert_int_eq(inq_cache_create(NULL, &cache, NULL), INQ_OK);
	for (unsigned i = 0; i < 5; i++) {
		struct inq_file_key other = key;
		kept = make_kept();
		inq_cache_keep(cache, &key, &kept);
		(&other.device)[i]++;
		ck_assert(!inq_cache_take(cache, &other, &kept));
	}
	/* Of equal ones the last stays. */
	ck_assert_uint_eq(destroyed, 4 * INQ_MADE);
	inq_cache_destroy(cache);
	ck_assert_uint_eq(destroyed, 5 * INQ_MADE);
}
END_TEST

START_TEST(the_least_used_goes_first)
{
	enum { MANY = 1000 };
	struct inq_cache *cache;
	struct inq_kept kept;
	struct inq_file_key first = { .inode = 1 }, key = { 0 };
	destroyed = 0;
	ck_assert_int_eq(inq_cache_create(NULL, &cache, NULL), INQ_OK);
	for (key.inode = 1; key.inode <= MANY; key.inode++) {
		kept = make_kept();
		inq_cache_keep(cache, &key, &kept);
		ck_assert(inq_cache_take(cache, &first, &kept));
		inq_cache_keep(cache, &first, &kept);
	}
	key.inode = 2;
	ck_assert(!inq_cache_take(cache, &key, &kept));
	key.inode = MANY;
	ck_assert(inq_cache_take(cache, &key, &kept));
	inq_cache_keep(cache, &key, &kept);
	inq_cache_destroy(cache);
	ck_assert_uint_eq(destroyed, MANY * INQ_MADE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("files kept between incidents");
	TCase *tcase = tcase_create("cache");
	tcase_add_checked_fixture(tcase, write_map, remove_map);
	tcase_add_test(tcase, answers_are_the_same_and_the_file_is_kept);
	tcase_add_test(tcase, a_file_that_changed_is_another_file);
	tcase_add_test(tcase, the_least_used_goes_first);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
