/* Real listings that may not be copied: read where they stand. Skipped, loudly, where they are missing. */
#include "tests/support/listings.h"
#include "tests/support/spaces.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *corpus(void)
{
	const char *path = getenv("CORPUS");
	return path ? path : "../shared/corpus";
}

static char *load(const char *path, struct test_listings *test)
{
	size_t size = 0;
	char *bytes = test_file(path, &size);
	ck_assert_msg(bytes != NULL, "%s cannot be read", path);
	test_listings_read(test, "corpus", (const uint8_t *)bytes, size);
	return bytes;
}

static void unload(char *bytes, struct test_listings *test)
{
	test_listings_end(test);
	free(bytes);
}

/* ---- the same process, seen by /proc/PID/maps and a moment later by pmap -X ---- */

static bool same_name(const struct inq_mapping *one, const struct inq_mapping *other)
{
	if (!one->name || !other->name)
		return !one->name && !other->name;
	const char *slash = one->name[0] == '/' ? strrchr(one->name, '/') : NULL;
	return strcmp(slash ? slash + 1 : one->name, other->name) == 0;
}

static bool same_row(const struct inq_mapping *one, const struct inq_mapping *other)
{
	return other && one->start == other->start && one->end == other->end &&
	       one->permissions == other->permissions && one->file_offset == other->file_offset &&
	       same_name(one, other);
}

static void compare_jvm(const char *maps_path)
{
	char pmap_path[4096];
	struct test_listings maps, pmap;
	snprintf(pmap_path, sizeof pmap_path, "%.*s.pmapX", (int)(strlen(maps_path) - strlen(".maps")), maps_path);
	char *maps_bytes = load(maps_path, &maps), *pmap_bytes = load(pmap_path, &pmap);
	ck_assert_uint_eq(maps.count, 1);
	ck_assert_uint_eq(pmap.count, 1);
	ck_assert_str_eq(maps.items[0].format->name, "proc-maps");
	ck_assert_str_eq(pmap.items[0].format->name, "pmap-linux");
	const struct inq_space *one = maps.items[0].space, *other = pmap.items[0].space;
	size_t different = 0;
	for (size_t i = 0; i < one->mappings.count; i++) {
		const struct inq_mapping *row = &one->mappings.items[i];
		different += !same_row(row, inq_space_mapping_at(other, row->start));
	}
	/* Between the two a thread was born and a heap may have grown by a row: nothing else differs. */
	ck_assert_msg(different <= 2, "%s: %zu rows differ", maps_path, different);
	ck_assert_msg(other->mappings.count - one->mappings.count <= 4, "%s: rows are missing", maps_path);
	unload(maps_bytes, &maps);
	unload(pmap_bytes, &pmap);
}

START_TEST(jvm_maps_agree)
{
	char pattern[4096];
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/jvm-maps/*.maps", corpus());
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		compare_jvm(found.gl_pathv[i]);
	globfree(&found);
}
END_TEST

/* ---- public/INDEX.tsv says how many rows each proc-maps text has ---- */

static size_t count_warnings(const struct test_listings *test, const char *text)
{
	size_t count = 0;
	for (size_t i = 0; i < test->ctx.warnings.count; i++)
		count += strstr(test->ctx.warnings.items[i], text) != NULL;
	return count;
}

static void check_indexed(const char *name, size_t rows)
{
	char path[4096];
	struct test_listings test;
	snprintf(path, sizeof path, "%s/public/%s", corpus(), name);
	char *bytes = load(path, &test);
	ck_assert_msg(test.count == 1, "%s: %zu listings", name, test.count);
	ck_assert_str_eq(test.items[0].format->name, "proc-maps");
	/* One of the texts has a row whose end is below its start: refused, and told. */
	size_t found = test.items[0].space->mappings.count + count_warnings(&test, "empty or reversed");
	ck_assert_msg(found == rows, "%s: %zu rows of %zu", name, found, rows);
	unload(bytes, &test);
}

START_TEST(indexed_maps)
{
	char path[4096], line[4096], name[1024];
	snprintf(path, sizeof path, "%s/public/INDEX.tsv", corpus());
	FILE *index = fopen(path, "r");
	ck_assert_ptr_nonnull(index);
	size_t checked = 0;
	while (fgets(line, sizeof line, index)) {
		size_t rows;
		const char *last = strrchr(line, '\t');
		if (sscanf(line, "%1023[^\t]\tproc-maps\t", name) == 1 && strstr(line, "\tproc-maps\t") && last &&
		    sscanf(last, " %zu rows", &rows) == 1) {
			check_indexed(name, rows);
			checked++;
		}
	}
	fclose(index);
	ck_assert_uint_eq(checked, 13);
}
END_TEST

/* ---- the lists of libraries in hs_err logs ---- */

/* Lines from the heading to the next blank line: counted without looking into them. */
static size_t count_libraries(const char *log)
{
	const char *line = strstr(log, "\nDynamic libraries:");
	size_t count = 0;
	for (line = line ? strchr(line + 1, '\n') : NULL; line; line = strchr(line + 1, '\n')) {
		char end = line[1 + strspn(line + 1, " \t\r")];
		if (!end || end == '\n')
			break;
		count += strncmp(line + 1, "Total number", 12) != 0;
	}
	return count;
}

static size_t check_log(const char *path)
{
	struct test_listings test;
	char *bytes = load(path, &test);
	size_t libraries = count_libraries(bytes);
	size_t found = 0;
	for (size_t i = 0; i < test.count; i++) { /* one of the files holds two logs */
		ck_assert_str_eq(test.items[i].format->name, "hs-err");
		found += test.items[i].space->mappings.count;
	}
	ck_assert_msg(found == libraries, "%s: %zu libraries of %zu", path, found, libraries);
	unload(bytes, &test);
	return libraries;
}

START_TEST(hs_err_libraries)
{
	char pattern[4096];
	glob_t found;
	size_t libraries = 0;
	snprintf(pattern, sizeof pattern, "%s/public/hs_err/*/dataset*.txt", corpus());
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		libraries += check_log(found.gl_pathv[i]);
	globfree(&found);
	ck_assert_uint_gt(libraries, 1000);
}
END_TEST

/* Lines of the lists of threads: "  0x… JavaThread "main" [… id=12, …]", "=>0x…" for the current one. */
static size_t count_threads(const char *text)
{
	size_t count = 0;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		const char *end = strchr(line, '\n');
		bool listed = strncmp(line, "=>0x", 4) == 0 || strncmp(line, "  0x", 4) == 0;
		count += listed && end && memmem(line, (size_t)(end - line), "id=", 3);
	}
	return count;
}

/* The headings of a krashpad sample: the signal, and the address that it was about; of its threads the first has it. */
START_TEST(hs_err_signal)
{
	char path[4096];
	struct test_listings test;
	snprintf(path, sizeof path, "%s/public/hs_err/krashpad/dataset26.txt", corpus());
	char *bytes = load(path, &test);
	ck_assert_uint_eq(test.count, 1);
	const struct inq_space *space = test.items[0].space;
	uint64_t pc;
	ck_assert_uint_eq(space->threads.count, count_threads(bytes));
	for (size_t i = 0; i < space->threads.count; i++)
		ck_assert_int_eq(space->threads.items[i].crashed, i == 0);
	ck_assert_int_eq(space->threads.items[0].signal.number, 11);
	ck_assert_int_eq(space->threads.items[0].signal.code, 1);
	ck_assert_uint_eq(space->threads.items[0].signal.address, 4);
	ck_assert(inq_thread_pc(space, &space->threads.items[0], &pc));
	ck_assert_uint_eq(pc, 0x00007ff0a677de64);
	unload(bytes, &test);
}
END_TEST

START_TEST(smaps_sample)
{
	char pattern[4096];
	struct test_listings test;
	glob_t found;
	snprintf(pattern, sizeof pattern, "%s/public/smaps/*/*", corpus());
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	char *bytes = load(found.gl_pathv[0], &test);
	ck_assert_uint_eq(test.count, 1);
	ck_assert_str_eq(test.items[0].format->name, "smaps");
	const struct inq_mapping_vec *mappings = &test.items[0].space->mappings;
	ck_assert_uint_eq(mappings->count, 6);
	ck_assert_uint_eq(mappings->items[0].end - mappings->items[0].start, 956416 << 10);
	ck_assert_uint_eq(mappings->items[1].usage->resident, 20516 << 10);
	ck_assert_str_eq(mappings->items[0].vm_flags, "mr mw me sd");
	unload(bytes, &test);
	globfree(&found);
}
END_TEST

int main(void)
{
	char path[4096];
	size_t size;
	snprintf(path, sizeof path, "%s/public/INDEX.tsv", corpus());
	char *index = test_file(path, &size);
	if (!index) {
		printf("SKIPPED: no %s; set CORPUS\n", path);
		return 77;
	}
	free(index);
	Suite *suite = suite_create("corpus");
	TCase *tcase = tcase_create("corpus");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, jvm_maps_agree);
	tcase_add_test(tcase, indexed_maps);
	tcase_add_test(tcase, hs_err_libraries);
	tcase_add_test(tcase, hs_err_signal);
	tcase_add_test(tcase, smaps_sample);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
