/* Every testdata/FORMAT/CASE.in against what CASE.json says of it. The figures there come from elsewhere: each file says
 * from where. */
#include "tests/support/listings.h"
#include "tests/support/spaces.h"
#include "tests/support/truth.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figures {
	uint64_t rows, bytes, resident, dirty, unnamed, named, distinct;
};

static bool seen_before(const struct inq_mapping_vec *mappings, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (mappings->items[i].name && strcmp(mappings->items[i].name, mappings->items[index].name) == 0)
			return true;
	return false;
}

static struct figures count(const struct inq_space *space)
{
	struct figures figures = { .rows = space->mappings.count };
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		figures.bytes += mapping->end - mapping->start;
		if (mapping->name) {
			figures.named++;
			figures.distinct += !seen_before(&space->mappings, i);
		} else {
			figures.unnamed += mapping->end - mapping->start;
		}
		if (mapping->usage && mapping->usage->resident != INQ_UNKNOWN)
			figures.resident += mapping->usage->resident;
		if (mapping->usage && mapping->usage->dirty != INQ_UNKNOWN)
			figures.dirty += mapping->usage->dirty;
	}
	return figures;
}

static void expect_number(const struct test_truth *truth, const char *file, const char *key, uint64_t found)
{
	uint64_t expected;
	if (test_truth_number(truth, key, &expected))
		ck_assert_msg(found == expected, "%s: %s is %" PRIu64 " (0x%" PRIx64 "), not %" PRIu64, file, key,
			      found, found, expected);
}

static void expect_string(const struct test_truth *truth, const char *file, const char *key, const char *found)
{
	char expected[4096];
	if (test_truth_string(truth, key, expected, sizeof expected))
		ck_assert_msg(found && strcmp(found, expected) == 0, "%s: %s is \"%s\", not \"%s\"", file, key,
			      found ? found : "(none)", expected);
}

/* "frame 8": the object, symbol, offset and so on of one frame of the first thread, each key with that number before it. */
static void check_frame(const struct test_truth *truth, const char *file, const struct inq_text_stack *stack, size_t at)
{
	const struct inq_text_frame *frame = &stack->frames[at];
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = { { "pc", frame->pc },
			{ "base", frame->base },
			{ "offset", frame->offset },
			{ "symbol_offset", frame->symbol_offset },
			{ "line", frame->source_line },
			{ "kind", frame->kind },
			{ "interrupted_by", (uint64_t)frame->signal },
			{ "context", frame->context } };
	const struct {
		const char *name, *value;
	} strings[] = { { "object", frame->object },
			{ "symbol", frame->symbol },
			{ "file", frame->file },
			{ "arguments", frame->arguments } };
	char key[64];
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		snprintf(key, sizeof key, "%zu.%s", at, numbers[i].name);
		expect_number(truth, file, key, numbers[i].value);
	}
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		snprintf(key, sizeof key, "%zu.%s", at, strings[i].name);
		expect_string(truth, file, key, strings[i].value);
	}
}

static void check_thread(const struct test_truth *truth, const char *file, const struct inq_space *space)
{
	uint64_t expected, pc;
	expect_number(truth, file, "threads", space->threads.count);
	if (!space->threads.count)
		return;
	const struct inq_thread *thread = &space->threads.items[0];
	expect_number(truth, file, "signal", (uint64_t)thread->signal.number);
	expect_number(truth, file, "signal_code", (uint64_t)thread->signal.code);
	expect_number(truth, file, "fault_address", thread->signal.has_address ? thread->signal.address : INQ_UNKNOWN);
	expect_number(truth, file, "tried", thread->signal.tried);
	expect_number(truth, file, "tid", thread->tid);
	expect_number(truth, file, "crashed", thread->crashed);
	expect_number(truth, file, "frames", thread->stack.count);
	expect_string(truth, file, "thread_name", thread->name);
	for (size_t i = 0; i < thread->stack.count; i++)
		check_frame(truth, file, &thread->stack, i);
	if (!test_truth_number(truth, "pc", &expected))
		return;
	ck_assert_msg(inq_thread_pc(space, thread, &pc), "%s: no pc", file);
	expect_number(truth, file, "pc", pc);
}

static void check_histogram(const struct test_truth *truth, const char *file, const struct inq_space *space)
{
	const struct inq_jvm_histogram *histogram = space->histograms.items;
	if (!space->histograms.count)
		return;
	expect_number(truth, file, "classes", histogram->class_count);
	expect_number(truth, file, "instances", histogram->instances);
	expect_number(truth, file, "bytes", histogram->bytes);
}

static void check_listing(const struct test_truth *truth, const char *file, const struct test_listing *listing)
{
	const struct inq_space *space = listing->space;
	ck_assert_msg(space != NULL, "%s: not read", file);
	const struct figures figures = count(space);
	const struct inq_mapping_vec *mappings = &space->mappings;
	expect_string(truth, file, "kind", listing->format->name);
	expect_string(truth, file, "os", inq_os_name(space->os));
	expect_string(truth, file, "name", space->process.name);
	expect_string(truth, file, "args", space->process.args);
	expect_string(truth, file, "cwd", space->process.cwd);
	expect_string(truth, file, "parents", space->process.parents);
	expect_string(truth, file, "last_words", space->process.last_words);
	expect_number(truth, file, "ppid", space->process.ppid);
	expect_number(truth, file, "uid", space->process.uid);
	expect_number(truth, file, "told_heap", space->told_heap_size);
	expect_number(truth, file, "told_stack", space->told_stack_size);
	check_histogram(truth, file, space);
	expect_number(truth, file, "died", space->process.death_time);
	expect_number(truth, file, "pid", space->artefacts.items[0].pid);
	expect_number(truth, file, "bits", space->machine.bits);
	expect_number(truth, file, "partial", space->artefacts.items[0].partial);
	expect_number(truth, file, "rows", figures.rows);
	expect_number(truth, file, "kib", figures.bytes >> 10);
	expect_number(truth, file, "unnamed_kib", figures.unnamed >> 10);
	expect_number(truth, file, "named", figures.named);
	expect_number(truth, file, "distinct", figures.distinct);
	expect_number(truth, file, "resident_kib", figures.resident >> 10);
	expect_number(truth, file, "dirty_kib", figures.dirty >> 10);
	check_thread(truth, file, space);
	if (mappings->count) {
		expect_number(truth, file, "first", mappings->items[0].start);
		expect_number(truth, file, "end", mappings->items[mappings->count - 1].end);
	}
}

static void check_warnings(const struct test_truth *truth, const char *file, const struct test_listings *test)
{
	char text[512];
	expect_number(truth, file, "warnings", test->ctx.warnings.count);
	if (test_truth_string(truth, "warning", text, sizeof text))
		ck_assert_msg(test_listings_warned(test, text), "%s: no warning \"%s\"", file, text);
}

/* A kind that is recognised only. */
static void check_kind(const struct test_truth *truth, const char *file, const struct test_listings *test)
{
	const struct inq_input input = { .source = test->source };
	const struct inq_format *format = inq_format_detect(&input);
	ck_assert_msg(format && !format->read, "%s: not recognised", file);
	expect_string(truth, file, "kind", format->name);
}

static void check_case(const char *path)
{
	size_t size, truth_size;
	char truth_path[4096];
	snprintf(truth_path, sizeof truth_path, "%.*s.json", (int)(strlen(path) - strlen(".in")), path);
	char *bytes = test_file(path, &size), *json = test_file(truth_path, &truth_size);
	ck_assert_msg(bytes && json, "%s: no CASE.json", path);
	struct test_listings test;
	test_listings_read(&test, "case", (const uint8_t *)bytes, size);
	const char *cursor = json;
	struct test_truth truth;
	size_t index = 0;
	uint64_t read;
	for (; test_truth_next(&cursor, &truth); index++) {
		if (test_truth_number(&truth, "read", &read) && !read) {
			check_kind(&truth, path, &test);
			break;
		}
		ck_assert_msg(index < test.count, "%s: only %zu listings", path, test.count);
		check_listing(&truth, path, &test.items[index]);
		check_warnings(&truth, path, &test);
	}
	ck_assert_msg(index == test.count, "%s: %zu listings, not %zu", path, test.count, index);
	test_listings_end(&test);
	free(bytes);
	free(json);
}

START_TEST(cases)
{
	char pattern[4096];
	snprintf(pattern, sizeof pattern, "%s/testdata/*/*.in", getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".");
	glob_t found;
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_case(found.gl_pathv[i]);
	globfree(&found);
}
END_TEST

/* Every format that reads text has a sample, so that a new row is not left without. */
START_TEST(every_format_has_one)
{
	const char *source = getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".";
	const struct inq_format *format;
	for (size_t i = 0; (format = inq_format_row(i)); i++) {
		if (!format->text)
			continue;
		char pattern[4096];
		snprintf(pattern, sizeof pattern, "%s/testdata/%s/*.in", source, format->name);
		glob_t found;
		ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "no %s", pattern);
		globfree(&found);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("testdata");
	TCase *tcase = tcase_create("testdata");
	tcase_add_test(tcase, cases);
	tcase_add_test(tcase, every_format_has_one);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
