/* Archives: what counts as a core in them, the companions beside it, slices; cut, damaged and hostile ones. */
#include "lib/triage/archive.h"

#include "tests/support/archives.h"
#include "tests/support/spaces.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64 };

static struct inq_ctx ctx;
static char folder[64], path[100];
static struct bytes core, tar;

/* What was given. */
static struct {
	char path[200], reason[200], companions[200], links[200];
	uint64_t number, size;
	bool readable, apport;
} given[MOST];
static size_t count, wanted, link_count; /* link_count: of the last member */

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create(), .artefact = "outer" };
	snprintf(folder, sizeof folder, "/tmp/inquest-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/in", folder);
	core = small_core(42);
	count = 0;
	wanted = SIZE_MAX;
}

static void teardown(void)
{
	ck_assert_str_eq(ctx.artefact, "outer");
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	bytes_release(&core);
	bytes_release(&tar);
	unlink(path);
	rmdir(folder);
}

static void write_file(const void *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, size), (ssize_t)size);
	close(fd);
}

static uint64_t read_all(const struct inq_reader *reader)
{
	uint8_t buffer[1000];
	uint64_t size = 0;
	for (int64_t got; (got = reader->read(reader->data, buffer, sizeof buffer)) > 0; size += (uint64_t)got)
		ck_assert_int_le(got, sizeof buffer);
	return size;
}

static bool take(void *data, const struct inq_archive_member *member)
{
	(void)data;
	ck_assert_uint_lt(count, MOST);
	bool inside = strncmp(member->path, path, strlen(path)) == 0;
	snprintf(given[count].path, sizeof given->path, "%s", member->path + (inside ? strlen(path) : 0));
	snprintf(given[count].reason, sizeof given->reason, "%s", member->reason ? member->reason : "");
	given[count].companions[0] = '\0';
	for (size_t i = 0; i < member->companion_count; i++) {
		const struct inq_archive_companion *companion = &member->companions[i];
		ck_assert_ptr_nonnull(strstr(companion->path, companion->name));
		snprintf(given[count].companions + strlen(given[count].companions), 100, "%s=%.*s;", companion->name,
			 (int)companion->size, (const char *)companion->data);
	}
	given[count].links[0] = '\0';
	link_count = member->link_count;
	for (size_t i = 0; i < link_count && i < 8; i++)
		snprintf(given[count].links + strlen(given[count].links), 100, "%s;", member->links[i] + strlen(path));
	given[count].number = member->number;
	given[count].apport = member->apport;
	given[count].readable = member->reader;
	given[count].size = member->reader ? read_all(member->reader) : 0;
	return ++count < wanted;
}

static enum inq_status each(bool named)
{
	count = 0;
	return inq_archive_each(&ctx, path, NULL, named, take, NULL);
}

static void add_core(const char *name)
{
	tar_file(&tar, name, core.data, core.size);
}

static void finish(bool packed)
{
	tar_end(&tar);
	struct bytes gzip = packed ? gzip_of(tar.data, tar.size) : (struct bytes) { 0 };
	write_file(packed ? gzip.data : tar.data, packed ? gzip.size : tar.size);
	bytes_release(&gzip);
}

START_TEST(cores_and_companions)
{
	struct bytes gzip = gzip_of(core.data, core.size);
	tar_member(&tar, "a/", '5', NULL, 0);
	add_core("a/core.42");
	tar_file(&tar, "a/README", "nothing", 7);
	tar_file(&tar, "b/hs_err_pid42.log", "other", 5);
	tar_file(&tar, "b/core.43.gz", gzip.data, gzip.size);
	tar_file(&tar, "a/hs_err_pid42.log", "log", 3);
	tar_file(&tar, "a/core.42.maps", "maps", 4);
	tar_file(&tar, "report", "ProblemType: Crash\n", 19);
	finish(_i);
	ck_assert(inq_archive_is(&ctx, path));
	ck_assert_int_eq(each(true), INQ_OK);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(given[0].path, "//a/core.42");
	ck_assert_uint_eq(given[0].size, core.size);
	ck_assert_str_eq(given[0].companions, "core.42.maps=maps;hs_err_pid42.log=log;");
	ck_assert_str_eq(given[1].path, "//b/core.43.gz");
	ck_assert_uint_eq(given[1].size, gzip.size); /* as it stands there */
	ck_assert_str_eq(given[1].companions, "");
	ck_assert_str_eq(given[2].path, "//report");
	ck_assert(given[2].apport && !given[1].apport);
	ck_assert_uint_eq(ctx.warnings.count, 0);
	bytes_release(&gzip);
}
END_TEST

START_TEST(nested)
{
	struct bytes inner = { 0 }, innermost = { 0 };
	tar_file(&innermost, "core.3", core.data, core.size);
	tar_end(&innermost);
	tar_file(&inner, "core.1", core.data, core.size);
	tar_file(&inner, "deep.tar", innermost.data, innermost.size);
	tar_file(&inner, "core.2", core.data, core.size);
	tar_end(&inner);
	struct bytes gzip = gzip_of(inner.data, inner.size);
	tar_file(&tar, "inner.tar.gz", gzip.data, gzip.size);
	add_core("core.9");
	finish(false);
	ck_assert_int_eq(each(true), INQ_OK);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(given[0].path, "//inner.tar.gz//core.1");
	ck_assert_str_eq(given[1].path, "//inner.tar.gz//deep.tar");
	ck_assert(!given[1].readable && strstr(given[1].reason, "unpack the outermost"));
	ck_assert_str_eq(given[2].path, "//inner.tar.gz//core.2");
	ck_assert_str_eq(given[3].path, "//core.9");
	ck_assert_uint_eq(given[3].size, core.size);
	bytes_release(&inner);
	bytes_release(&innermost);
	bytes_release(&gzip);
}
END_TEST

/* What is wrong with an archive in the archive is told of it, and the others are read. */
START_TEST(nested_cut)
{
	struct bytes inner = { 0 };
	tar_file(&inner, "core.1", core.data, core.size);
	tar_file(&inner, "core.2", core.data, core.size);
	tar_file(&tar, "inner.tar", inner.data, inner.size - 600);
	add_core("core.9");
	finish(false);
	ck_assert_int_eq(each(true), INQ_OK);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(given[0].path, "//inner.tar//core.1");
	ck_assert_str_eq(given[2].path, "//inner.tar");
	ck_assert(!given[2].readable && strstr(given[2].reason, "damaged or cut"));
	ck_assert_str_eq(given[3].path, "//core.9");
	ck_assert_uint_eq(given[3].size, core.size);
	bytes_release(&inner);
}
END_TEST

START_TEST(absurd_names)
{
	add_core("../../../etc/core.1");
	add_core("/core.2");
	add_core("a\033[2Jb\ncore.3");
	add_core("");
	finish(false);
	ck_assert_int_eq(each(true), INQ_OK);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(given[0].path, "//../../../etc/core.1");
	ck_assert_ptr_null(strpbrk(given[2].path, "\033\n"));
	ck_assert_ptr_nonnull(strstr(given[2].path, "\\x1b[2J"));
}
END_TEST

START_TEST(cut)
{
	add_core("core.1");
	add_core("core.2");
	write_file(tar.data, tar.size - 700);
	ck_assert_int_eq(each(false), INQ_PARTIAL);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(given[2].path, "");
	ck_assert(!given[2].readable && given[2].reason[0]);
	ck_assert_uint_eq(given[2].number, 2);
	ck_assert_uint_eq(given[0].size, core.size);
	ck_assert_uint_lt(given[1].size, core.size);
}
END_TEST

START_TEST(no_core)
{
	tar_file(&tar, "README", "nothing", 7);
	finish(false);
	ck_assert_int_eq(each(false), INQ_OK);
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(each(true), INQ_PARTIAL);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(given[0].reason, "there is no core in this archive");
}
END_TEST

/* A link is an input of its own, with what it leads to; what that is stands in the archive or nowhere. */
START_TEST(links)
{
	tar_link(&tar, "soft/core.7", '2', "../a/./core.1"); /* before what it leads to */
	add_core("a/core.1");
	tar_file(&tar, "a/README", "nothing", 7);
	tar_link(&tar, "a/core.2", '1', "a/core.1");
	tar_link(&tar, "other", '1', "a/core.2");
	tar_link(&tar, "a/same", '2', "core.1");
	tar_link(&tar, "a/folder", '2', "../a");
	tar_link(&tar, "a/text", '1', "a/README");
	tar_link(&tar, "core.3", '2', "/etc/passwd");
	tar_link(&tar, "core.4", '2', "../../a/core.1");
	tar_link(&tar, "core.5", '1', "core.5");
	tar_link(&tar, "core.6", '1', "a/README");
	finish(false);
	ck_assert_int_eq(each(true), INQ_OK);
	ck_assert_uint_eq(count, 5);
	ck_assert_str_eq(given[0].path, "//a/core.1");
	ck_assert_uint_eq(given[0].size, core.size);
	ck_assert_str_eq(given[0].links, "//a/core.2;//a/same;//other;//soft/core.7;");
	ck_assert_str_eq(given[1].path, "//core.3");
	ck_assert_str_eq(given[1].reason, "it is a link to /etc/passwd, and no core of that name is in the archive");
	for (size_t i = 1; i < count; i++) {
		ck_assert(!given[i].readable && strstr(given[i].reason, "it is a link to "));
		ck_assert_uint_eq(given[i].number, i);
	}
	ck_assert_str_eq(given[4].path, "//core.6");
}
END_TEST

/* Who goes on behind some results goes on behind some of the names, too. */
START_TEST(links_in_slices)
{
	add_core("core.0");
	add_core("core.1");
	add_core("core.2");
	tar_link(&tar, "b", '1', "core.0");
	tar_link(&tar, "a", '1', "core.0");
	finish(false);
	static const struct {
		uint64_t skip;
		const char *first, *links;
		size_t count;
	} expected[] = { { 0, "//core.0", "//a;//b;", 2 },
			 { 1, "//a", "//b;", 2 },
			 { 2, "//b", "", 2 },
			 { 3, "//core.2", "", 1 },
			 { 4, "", "", 0 } };
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		const struct inq_slice slice = { .part = 0, .parts = 2, .skip = expected[i].skip };
		count = 0;
		ck_assert_int_eq(inq_archive_each(&ctx, path, &slice, true, take, NULL), INQ_OK);
		ck_assert_uint_eq(count, expected[i].count);
		if (count) {
			ck_assert_str_eq(given[0].path, expected[i].first);
			ck_assert_str_eq(given[0].links, expected[i].links);
			ck_assert_uint_eq(given[0].size, core.size);
		}
	}
}
END_TEST

/* The many links of a hostile archive: they lead in circles, or all to one. */
START_TEST(many_links)
{
	enum { MANY = 500 };
	char name[20], target[20];
	add_core("core");
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "a%d", i);
		snprintf(target, sizeof target, "a%d", (i + 1) % MANY);
		tar_link(&tar, name, '2', target);
		snprintf(name, sizeof name, "b%d", i);
		tar_link(&tar, name, '1', "core");
	}
	finish(false);
	ck_assert_int_eq(each(true), INQ_OK);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(link_count, MANY);
}
END_TEST

START_TEST(slices)
{
	char name[20];
	unsigned seen[10] = { 0 };
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof name, "core.%d", i);
		add_core(name);
	}
	finish(true);
	for (uint64_t part = 0; part < 3; part++) {
		const struct inq_slice slice = { .part = part, .parts = 3 };
		count = 0;
		ck_assert_int_eq(inq_archive_each(&ctx, path, &slice, true, take, NULL), INQ_OK);
		ck_assert_uint_eq(count, part ? 3 : 4);
		for (size_t i = 0; i < count; i++) {
			ck_assert_uint_eq(given[i].number, part + 3 * i);
			ck_assert_uint_eq(given[i].size, core.size);
			seen[given[i].number]++;
		}
	}
	for (int i = 0; i < 10; i++)
		ck_assert_uint_eq(seen[i], 1);
	const struct inq_slice rest = { .part = 1, .parts = 3, .skip = 2 };
	count = 0;
	inq_archive_each(&ctx, path, &rest, true, take, NULL);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(given[0].number, 7);
	wanted = 2;
	each(true);
	ck_assert_uint_eq(count, 2); /* the callback wanted no more */
}
END_TEST

START_TEST(no_archive)
{
	write_file(core.data, core.size);
	ck_assert(!inq_archive_is(&ctx, path));
	ck_assert(!inq_archive_is(&ctx, "/nonexistent"));
	ck_assert(!inq_archive_is(&ctx, "/"));
	ck_assert_int_eq(inq_archive_each(&ctx, "/nonexistent", NULL, true, take, NULL), INQ_PARTIAL);
	ck_assert_uint_eq(count, 1);
	ck_assert_ptr_nonnull(strstr(given[0].reason, "cannot be opened"));
}
END_TEST

/* Every byte of the headers changed, and every length: whatever comes of it, it ends. */
START_TEST(damaged)
{
	add_core("core.1");
	tar_file(&tar, "core.1.maps", "maps", 4);
	add_core("core.2");
	tar_end(&tar);
	size_t second = 512 + (core.size + 511) / 512 * 512;
	for (size_t at = 0; at < 512; at++) {
		tar.data[second + at] ^= 0x55;
		write_file(tar.data, tar.size);
		each(true);
		ck_assert_uint_ge(count, 1);
		ck_assert_str_eq(given[0].path, "//core.1");
		tar.data[second + at] ^= 0x55;
	}
	for (size_t size = 600; size < tar.size; size += 173) {
		write_file(tar.data, size);
		each(true);
		ck_assert_uint_ge(count, 1);
	}
}
END_TEST

START_TEST(no_memory)
{
	enum inq_status status = INQ_NO_MEMORY;
	add_core("core.42");
	tar_file(&tar, "core.42.maps", "maps", 4);
	tar_link(&tar, "core.43", '2', "core.42");
	tar_link(&tar, "core.44", '1', "core.44");
	finish(true);
	for (unsigned long at = 1; status != INQ_OK; at++) {
		count = 0;
		ctx.no_memory = false;
		inq_alloc_fail_at(at);
		status = inq_archive_each(&ctx, path, NULL, true, take, NULL);
		inq_alloc_fail_at(0);
		ck_assert_uint_lt(at, 300);
	}
	ck_assert_uint_eq(count, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("archive");
	TCase *tcase = tcase_create("archive");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, cores_and_companions, 0, 2);
	tcase_add_test(tcase, nested);
	tcase_add_test(tcase, nested_cut);
	tcase_add_test(tcase, absurd_names);
	tcase_add_test(tcase, cut);
	tcase_add_test(tcase, no_core);
	tcase_add_test(tcase, links);
	tcase_add_test(tcase, links_in_slices);
	tcase_add_test(tcase, many_links);
	tcase_add_test(tcase, slices);
	tcase_add_test(tcase, no_archive);
	tcase_add_test(tcase, damaged);
	tcase_add_test(tcase, no_memory);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
