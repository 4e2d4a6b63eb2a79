/* Spoiled, cut, spliced and enormous listings: whatever comes, the model that is built holds its invariants. */
#include "tests/support/listings.h"
#include "tests/support/mapwriter.h"
#include "tests/support/spaces.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245U + 12345U;
	return *state >> 8;
}

static uint64_t count_lines(const uint8_t *data, size_t size)
{
	uint64_t lines = 1;
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n';
	return lines;
}

static void check_space(const struct inq_space *space, uint64_t lines)
{
	uint64_t end = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		ck_assert_uint_ge(mapping->start, end);
		ck_assert_uint_gt(mapping->end, mapping->start);
		ck_assert_uint_le(mapping->place.at, lines);
		end = mapping->end;
	}
}

static void read_anything(const uint8_t *data, size_t size)
{
	struct test_listings test;
	test_listings_read(&test, "hostile", data, size);
	for (size_t i = 0; i < test.count; i++)
		if (test.items[i].space)
			check_space(test.items[i].space, count_lines(data, size));
	test_listings_end(&test);
}

/* Bytes that matter to the readers, and any others. */
static uint8_t nasty(unsigned *state)
{
	static const char bytes[] = "0f-:/[]()=,. \t\n\r>#K\\x\0";
	unsigned draw = next(state);
	return draw % 3 ? (uint8_t)bytes[draw / 3 % sizeof bytes] : (uint8_t)(draw >> 3);
}

static size_t mutate(uint8_t *copy, const uint8_t *data, size_t size, unsigned *state)
{
	memcpy(copy, data, size);
	unsigned changes = 1 + next(state) % 30;
	for (unsigned i = 0; i < changes && size; i++)
		copy[next(state) % size] = nasty(state);
	if (next(state) % 3 == 0 && size > 2) { /* a piece of it again somewhere else */
		size_t from = next(state) % size, to = next(state) % size;
		size_t length = next(state) % (size - (from > to ? from : to));
		memmove(copy + to, copy + from, length);
	}
	return next(state) % 4 ? size : next(state) % (size + 1);
}

/* The bytes are put at the end of an allocation of their own, so that a reader that runs over is caught. */
static void read_mutated(const uint8_t *data, size_t size, unsigned *state)
{
	uint8_t *copy = malloc(size + 1);
	ck_assert_ptr_nonnull(copy);
	size_t length = mutate(copy, data, size, state);
	uint8_t *exact = malloc(length ? length : 1);
	ck_assert_ptr_nonnull(exact);
	memcpy(exact, copy, length);
	read_anything(exact, length);
	free(exact);
	free(copy);
}

START_TEST(mutated_samples)
{
	char pattern[4096];
	glob_t found;
	unsigned state = 2009;
	snprintf(pattern, sizeof pattern, "%s/testdata/*/*.in", getenv("SOURCE_DIR") ? getenv("SOURCE_DIR") : ".");
	ck_assert_int_eq(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		size_t size;
		char *bytes = test_file(found.gl_pathv[i], &size);
		ck_assert_ptr_nonnull(bytes);
		for (int round = 0; round < 60; round++)
			read_mutated((const uint8_t *)bytes, size, &state);
		free(bytes);
	}
	globfree(&found);
}
END_TEST

/* What is no text is no listing, though some line of it may look like a row. */
START_TEST(bytes_at_random)
{
	static uint8_t bytes[8192];
	uint64_t seed = 1;
	struct inq_source *source;
	for (unsigned round = 0; round < 500; round++) {
		for (size_t i = 0; i < sizeof bytes; i++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			bytes[i] = (uint8_t)(seed >> 56);
		}
		ck_assert_int_eq(inq_source_from_memory(bytes, sizeof bytes, "random", &source), INQ_OK);
		const struct inq_input input = { .source = source };
		const struct inq_format *found = inq_format_detect(&input);
		ck_assert_msg(!found, "round %u is taken for %s", round, found ? found->name : "");
		inq_source_close(source);
	}
}
END_TEST

START_TEST(out_of_memory)
{
	static struct map map;
	struct inq_str text = { 0 };
	map_make(&map, 7, 60, false);
	for (const struct map_grammar *grammar = map_grammars; grammar->name; grammar++) {
		text.length = 0;
		map_write(&text, grammar, &map, MAP_PROSE);
		for (unsigned long fail = 3; fail < 40; fail++) {
			inq_alloc_fail_at(fail);
			read_anything((const uint8_t *)text.text, text.length);
			inq_alloc_fail_at(0);
		}
	}
	inq_str_release(&text);
}
END_TEST

/* As many mappings as a Linux process may have, and a name of its own for each. */
START_TEST(very_many_rows)
{
	enum { ROWS = 65530 };
	struct inq_str text = { 0 };
	for (uint64_t i = 0; i < ROWS; i++)
		inq_str_printf(&text,
			       "%" PRIx64 "-%" PRIx64 " r--p 00000000 fe:01 %" PRIu64 " /data/file-%" PRIu64 "\n",
			       0x7f0000000000 + i * 0x2000, 0x7f0000001000 + i * 0x2000, i + 1, i);
	struct test_listings test;
	test_listings_read(&test, "many", (const uint8_t *)text.text, text.length);
	ck_assert_uint_eq(test.count, 1);
	const struct inq_mapping_vec *mappings = &test.items[0].space->mappings;
	ck_assert_uint_eq(mappings->count, ROWS);
	ck_assert_str_eq(mappings->items[ROWS - 1].file->path, "/data/file-65529");
	ck_assert_uint_eq(mappings->items[ROWS - 1].file->inode, ROWS);
	ck_assert_uint_eq(mappings->items[ROWS - 1].place.at, ROWS);
	test_listings_end(&test);
	inq_str_release(&text);
}
END_TEST

/* Lines that make every look-ahead and every joiner work. */
START_TEST(no_quadratic_lines)
{
	static const char *const lines[] = { "1: x\n",
					     "00400000-00401000 r--p 00000000 00:00 0\n/x\nfoo\n",
					     "00400000 4K r-x-- a\nwords between\n",
					     "400000 401000 1000\n",
					     "core '\n",
					     "Address Kbytes Mode Mapping\n",
					     "# A fatal error has been detected by\n",
					     "\"\"\"\"\"\"\"" };
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct inq_str text = { 0 };
		while (text.length < 1 << 20)
			inq_str_puts(&text, lines[i]);
		read_anything((const uint8_t *)text.text, text.length);
		inq_str_release(&text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("hostile");
	TCase *tcase = tcase_create("hostile");
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, mutated_samples);
	tcase_add_test(tcase, bytes_at_random);
	tcase_add_test(tcase, out_of_memory);
	tcase_add_test(tcase, very_many_rows);
	tcase_add_test(tcase, no_quadratic_lines);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
