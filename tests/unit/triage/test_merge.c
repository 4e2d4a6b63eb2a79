/* Merging: however results are divided into stores and files of lines, in whatever order these come, the same results and the same
 * groups come out. */
#include "lib/triage/line.h"

#include "lib/base/str.h"
#include "lib/io/provider.h"
#include "lib/triage/store.h"
#include "tests/support/folders.h"
#include "tests/support/spaces.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RESULTS = 60, PARTS = 4 };

static struct inq_ctx ctx;
static char folder[PATH_MAX];
static const char *lines[RESULTS];
static struct inq_triage_result results[RESULTS];

static struct inq_triage_result make_result(unsigned number)
{
	static const char *const names[] = { "main", "run", "parse", "read_all", "draw", "close_it", "lookup" };
	struct inq_triage_result result =
		inq_line_unknown(inq_arena_printf(ctx.arena, "core.%u", number), INQ_TRIAGE_OK);
	unsigned bug = number % 7;
	const char **frames = inq_arena_array(ctx.arena, 3, sizeof *frames);
	const char **places = inq_arena_array(ctx.arena, 3, sizeof *places);
	for (unsigned i = 0; i < 3; i++) {
		frames[i] = inq_arena_printf(ctx.arena, "app!%s", names[(bug + i * bug) % 7]);
		places[i] = "";
	}
	result.mtime_ns = 1000 + number;
	result.seen = 1700000000 + number;
	result.process.host = number % 2 ? "a" : "b";
	result.process.name = "app";
	result.signature.hash = inq_arena_printf(ctx.arena, "1-%032x", bug);
	result.signature.text = result.signature.kind = "SIGSEGV";
	result.signature.bucket = "stack";
	result.signature.frames = frames;
	result.signature.places = places;
	result.signature.frame_count = 3;
	result.signature.severity = INQ_SEVERITY_MEDIUM;
	return result;
}

static void begin(void)
{
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	snprintf(folder, sizeof folder, "%s/inquest-merge-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	for (unsigned i = 0; i < RESULTS; i++) {
		results[i] = make_result(i);
		lines[i] = inq_line_write(&ctx, &results[i]);
	}
}

static void end(void)
{
	remove_folder(folder);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static const char *place(const char *name, unsigned part)
{
	return inq_arena_printf(ctx.arena, "%s/%s.%u", folder, name, part);
}

static const char *make_lines(unsigned part, const bool *in)
{
	const char *path = place("lines", part);
	FILE *file = fopen(path, "w");
	for (unsigned i = 0; i < RESULTS; i++)
		if (in[i])
			fprintf(file, "%s\n", lines[i]);
	fprintf(file, "{\"group\":1,\"size\":1,\"members\":[\"x\"]}\n");
	fclose(file);
	return path;
}

static const char *make_store(unsigned part, const bool *in)
{
	struct inq_store *store = NULL;
	const char *path = place("store", part);
	ck_assert_int_eq(inq_store_open(&ctx, path, true, &store), INQ_OK);
	for (unsigned i = 0; i < RESULTS; i++)
		if (in[i])
			inq_store_put(store, &results[i], lines[i]);
	ck_assert_int_eq(inq_store_close(store), INQ_OK);
	return path;
}

static bool add_result(void *data, const struct inq_triage_result *result, const char *line)
{
	ck_assert_ptr_nonnull(result->path);
	inq_str_printf(data, "%s\n", line);
	return true;
}

static bool add_group(void *data, const struct inq_triage_group *group)
{
	inq_str_printf(data, "%u %s %u %s:", (unsigned)group->number, group->signature->hash, (unsigned)group->hosts,
		       group->representative);
	for (size_t i = 0; i < group->size; i++)
		inq_str_printf(data, " %s", group->members[i]);
	inq_str_putc(data, '\n');
	return true;
}

static void add_warning(void *data, const char *text)
{
	inq_str_printf(data, "! %s\n", strrchr(text, '/') ? strrchr(text, '/') + 1 : text);
}

/* All that merging these says. */
static const char *merged(const char *const *paths, size_t count, const struct inq_triage_options *options,
			  enum inq_status expected)
{
	struct inq_str all = { 0 };
	const struct inq_triage_events events = {
		.result = add_result, .group = add_group, .warning = add_warning, .data = &all
	};
	enum inq_status status = inq_triage_merge(paths, count, options, &events);
	ck_assert_msg(status == expected, "%d: %s", status, all.text);
	const char *copy = inq_arena_copy(ctx.arena, all.text ? all.text : "", all.length);
	inq_str_release(&all);
	return copy;
}

START_TEST(parts_in_any_order)
{
	const struct inq_triage_options options = { 0 };
	bool in[PARTS][RESULTS] = { 0 }, all[RESULTS];
	const char *paths[PARTS + 1];
	unsigned seed = (unsigned)_i;
	memset(all, true, sizeof all);
	for (unsigned i = 0; i < RESULTS; i++) {
		in[(unsigned)rand_r(&seed) % PARTS][i] = true;
		in[(unsigned)rand_r(&seed) % PARTS][i] = true; /* some are in two */
	}
	const char *whole = make_store(PARTS, all);
	const char *expected = merged(&whole, 1, &options, INQ_OK);
	for (unsigned part = 0; part < PARTS; part++) {
		unsigned at = (unsigned)rand_r(&seed) % (part + 1); /* Fisher and Yates, inside out */
		paths[part] = paths[at];
		paths[at] = (unsigned)rand_r(&seed) % 2 ? make_store(part, in[part]) : make_lines(part, in[part]);
	}
	ck_assert_str_eq(merged(paths, PARTS, &options, INQ_OK), expected);
	paths[PARTS] = paths[0];
	ck_assert_str_eq(merged(paths, PARTS + 1, &options, INQ_OK), expected);
}
END_TEST

START_TEST(into_a_store)
{
	bool first[RESULTS] = { 0 }, second[RESULTS] = { 0 }, all[RESULTS];
	for (unsigned i = 0; i < RESULTS; i++)
		second[i] = !(first[i] = i % 3 == 0);
	memset(all, true, sizeof all);
	const char *parts[] = { make_lines(0, first), make_store(1, second) }, *whole = make_store(2, all);
	const struct inq_triage_options options = { .store = place("all", 0) }, none = { 0 };
	const char *expected = merged(&whole, 1, &none, INQ_OK);
	ck_assert_str_eq(merged(&parts[0], 1, &options, INQ_OK), merged(&parts[0], 1, &none, INQ_OK));
	ck_assert_str_eq(merged(&parts[1], 1, &options, INQ_OK), expected);
	ck_assert_str_eq(merged(NULL, 0, &options, INQ_OK), expected);
	ck_assert_str_eq(merged(&options.store, 1, &none, INQ_OK), expected);
}
END_TEST

START_TEST(only_what_is_new)
{
	bool all[RESULTS];
	memset(all, true, sizeof all);
	const char *path = make_lines(0, all);
	const struct inq_triage_options options = { .since = 1700000000 + RESULTS - 2 };
	const char *text = merged(&path, 1, &options, INQ_OK);
	ck_assert_ptr_nonnull(strstr(text, "\"core.58\""));
	ck_assert_ptr_nonnull(strstr(text, "\"core.59\""));
	ck_assert_ptr_null(strstr(text, "core.57"));
}
END_TEST

START_TEST(what_is_no_result)
{
	const struct inq_triage_options options = { 0 };
	const char *path = place("odd", 0);
	FILE *file = fopen(path, "w");
	fprintf(file, "%s\nnonsense\n\n{\"group\":1}\n%.20s", lines[0], lines[1]);
	fclose(file);
	const char *text = merged(&path, 1, &options, INQ_PARTIAL);
	ck_assert_msg(strstr(text, "! odd.0:2: a result is left out") == text, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "! odd.0:5: a result is left out"));
	ck_assert_ptr_nonnull(strstr(text, "\n1 1-00000000000000000000000000000000 1 core.0: core.0\n"));
	file = fopen(path, "w");
	fclose(file);
	merged(&path, 1, &options, INQ_UNUSABLE);
	path = place("missing", 0);
	merged(&path, 1, &options, INQ_UNUSABLE);
}
END_TEST

/* Members that a later version writes, and white space, do not pass: nor does what a terminal would obey. */
START_TEST(lines_are_written_anew)
{
	const struct inq_triage_options options = { 0 };
	const char *path = place("foreign", 0);
	FILE *file = fopen(path, "w");
	fprintf(file, "{ \"later\": 1, \"status\": \"ok\",\t\"path\": \"a\xc2\x9b"
		      "31m\" }\n");
	fclose(file);
	const char *text = merged(&path, 1, &options, INQ_OK);
	ck_assert_msg(strstr(text, "{\"path\":\"a\\u009b31m\",\"status\":\"ok\",") == text, "%s", text);
}
END_TEST

int main(void)
{
	const char *why;
	if (!inq_provider_open("jansson", INQ_PROVIDER_LINE, &why) ||
	    !inq_provider_open("sqlite", INQ_PROVIDER_STORE, &why)) {
		printf("SKIP: a module was not built: %s\n", why);
		return 77;
	}
	Suite *suite = suite_create("merge");
	TCase *tcase = tcase_create("merge");
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, parts_in_any_order, 0, 20);
	tcase_add_test(tcase, into_a_store);
	tcase_add_test(tcase, only_what_is_new);
	tcase_add_test(tcase, what_is_no_result);
	tcase_add_test(tcase, lines_are_written_anew);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
