/* Archives as the tools of others make them: each format and compression, encrypted ones, sparse members, two deep. */
#include "lib/triage/archive.h"

#include "tests/support/archives.h"
#include "tests/support/spaces.h"

#include <inquest/incident.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct inq_ctx ctx;
static char folder[64];
static struct bytes core;
static size_t count, readable, whole, linked;
static char last[200];

/* Makes `out` of the folder `in` that holds a/core.1, a/core.2 and a/notes. */
static const struct recipe {
	const char *tool, *command, *out;
	unsigned readable;
} recipes[] = {
	{ "tar", "tar cf out.tar -C in .", "out.tar", 2 },
	{ "tar", "tar czf out.tgz -C in .", "out.tgz", 2 },
	{ "zstd", "tar c -C in . | zstd -q > out.zst", "out.zst", 2 },
	{ "xz", "tar c -C in . | xz -0 > out.xz", "out.xz", 2 },
	{ "bzip2", "tar c -C in . | bzip2 > out.bz2", "out.bz2", 2 },
	{ "lz4", "tar c -C in . | lz4 -q > out.lz4", "out.lz4", 2 },
	{ "tar", "truncate -s 20M in/a/core.1 && tar cSf out.tar -C in .", "out.tar", 2 },
	{ "tar",
	  "tar cf out.tar --format=pax -C in a && gzip out.tar && mkdir up && mv out.tar.gz up/x && tar cf out.tar up",
	  "out.tar", 2 },
	{ "zip", "cd in && zip -qr ../out.zip .", "out.zip", 2 },
	{ "zip", "cd in && zip -qr0 ../out.zip .", "out.zip", 2 },
	{ "zip", "cd in && zip -qr -P secret ../out.zip a", "out.zip", 0 },
	{ "zip", "tar czf inner -C in . && zip -q out.zip inner", "out.zip", 2 },
	{ "bsdtar", "bsdtar cf out.7z --format=7zip -C in .", "out.7z", 2 },
	{ "bsdtar", "bsdtar cf out.cpio --format=newc -C in .", "out.cpio", 2 },
	{ "bsdtar", "bsdtar cf out.cpio --format=odc -C in .", "out.cpio", 2 },
	{ "bsdtar", "bsdtar czf out.cpgz --format=cpio -C in .", "out.cpgz", 2 },
};

enum { RECIPE_COUNT = sizeof recipes / sizeof *recipes };

static bool shell(const char *command)
{
	char line[600];
	snprintf(line, sizeof line, "cd %s && %s", folder, command);
	return system(line) == 0;
}

static void write_core(const char *name)
{
	char path[200];
	snprintf(path, sizeof path, "%s/in/a/%s", folder, name);
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(core.data, 1, core.size, file), core.size);
	fclose(file);
}

static void setup(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	snprintf(folder, sizeof folder, "/tmp/inquest-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	core = small_core(42);
	ck_assert(shell("mkdir -p in/a && echo nothing > in/a/notes"));
	write_core("core.1");
	write_core("core.2");
	count = readable = whole = linked = 0;
}

static void teardown(void)
{
	ck_assert(shell("rm -rf in up inner out*") && rmdir(folder) == 0);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	bytes_release(&core);
}

/* Reads the member as triage does. */
static bool take(void *data, const struct inq_archive_member *member)
{
	const struct inq_options options = { .memory = 1, .no_files = true };
	struct inq_incident *incident;
	(void)data;
	count++;
	readable += member->reader != NULL;
	linked += member->link_count;
	snprintf(last, sizeof last, "%s", member->reason ? member->reason : member->path);
	if (!member->reader)
		return true;
	ck_assert_int_eq(inq_incident_create(&options, &incident), INQ_OK);
	ck_assert_int_eq(inq_incident_add_stream(incident, member->path, member->reader), INQ_OK);
	const struct inq_report *report = inq_incident_report(incident);
	whole += report->artefact_count == 1 && strcmp(report->artefacts[0].kind, "elf-core") == 0;
	inq_incident_destroy(incident);
	return true;
}

/* Two cores, a hard link to one and a symbolic link to the other: four inputs in any format, whether it has links or
 * writes the bytes again. */
static const struct recipe with_links[] = {
	{ "tar", "tar cf out.tar -C in .", "out.tar", 4 },
	{ "bsdtar", "bsdtar cf out.tar --format=pax -C in a", "out.tar", 4 },
	{ "bsdtar", "bsdtar cf out.cpio --format=newc -C in .", "out.cpio", 4 },
	{ "bsdtar", "bsdtar cf out.cpio --format=odc -C in .", "out.cpio", 4 },
	{ "bsdtar", "bsdtar cf out.7z --format=7zip -C in .", "out.7z", 4 },
	{ "zip", "cd in && zip -qry ../out.zip .", "out.zip", 4 },
};

START_TEST(links)
{
	const struct recipe *recipe = &with_links[_i];
	char path[200], tool[100];
	snprintf(tool, sizeof tool, "command -v %s > /dev/null", recipe->tool);
	if (!shell(tool)) {
		printf("not tested, for %s is missing: %s\n", recipe->tool, recipe->command);
		return;
	}
	ck_assert(shell("ln in/a/core.1 in/a/core.3 && ln -s ../a/core.2 in/a/core.4"));
	ck_assert_msg(shell(recipe->command), "%s", recipe->command);
	snprintf(path, sizeof path, "%s/%s", folder, recipe->out);
	ck_assert_int_eq(inq_archive_each(&ctx, path, NULL, true, take, NULL), INQ_OK);
	ck_assert_msg(readable + linked == recipe->readable, "%s: %zu and %zu links, %s", recipe->command, readable,
		      linked, last);
	ck_assert_uint_eq(count, readable);
	ck_assert_uint_eq(whole, readable);
}
END_TEST

START_TEST(format)
{
	const struct recipe *recipe = &recipes[_i];
	char path[200], tool[100];
	snprintf(tool, sizeof tool, "command -v %s > /dev/null", recipe->tool);
	if (!shell(tool)) {
		printf("not tested, for %s is missing: %s\n", recipe->tool, recipe->command);
		return;
	}
	ck_assert_msg(shell(recipe->command), "%s", recipe->command);
	snprintf(path, sizeof path, "%s/%s", folder, recipe->out);
	ck_assert(inq_archive_is(&ctx, path));
	ck_assert_int_eq(inq_archive_each(&ctx, path, NULL, true, take, NULL), INQ_OK);
	ck_assert_msg(readable == recipe->readable, "%s: %zu of %zu, %s", recipe->command, readable, count, last);
	ck_assert_uint_eq(whole, readable);
	if (!recipe->readable)
		ck_assert_ptr_nonnull(strstr(last, "encrypted"));
	else
		ck_assert_uint_eq(count, readable);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("archive_formats");
	TCase *tcase = tcase_create("archive_formats");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, links, 0, sizeof with_links / sizeof *with_links);
	tcase_add_loop_test(tcase, format, 0, RECIPE_COUNT);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
