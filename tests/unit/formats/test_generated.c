/* Listings written by each tool's grammar, spoiled as pasting does, are read back row by row; and listings that are put
 * together in one file come apart again. */
#include "tests/support/listings.h"
#include "tests/support/mapwriter.h"
#include "tests/support/spaces.h"

#include <inttypes.h>
#include <string.h>

struct where {
	const struct map_grammar *grammar;
	int spoil;
	size_t row;
};

#define EXPECT(condition, at)                                                                                          \
	ck_assert_msg(condition, "%s, spoiled %d, row %zu: %s", (at)->grammar->name, (at)->spoil, (at)->row, #condition)

static void expect_name(const struct where *at, const struct map_row *row, const struct inq_mapping *mapping)
{
	const char *name = row->name;
	if (!name) {
		EXPECT(!mapping->file, at);
		EXPECT(at->grammar->brackets ? mapping->name && strcmp(mapping->name, "[ anon ]") == 0 : !mapping->name,
		       at);
		return;
	}
	if (at->grammar->base_names)
		name = strrchr(name, '/') + 1;
	EXPECT(mapping->name && strcmp(mapping->name, name) == 0, at);
	EXPECT(mapping->file && strcmp(mapping->file->path, name) == 0, at);
}

static void expect_row(const struct where *at, const struct map_row *row, const struct inq_mapping *mapping)
{
	const struct map_grammar *grammar = at->grammar;
	EXPECT(mapping->start == row->start && mapping->end == row->end, at);
	unsigned permissions = INQ_PERM_KNOWN | (row->read ? INQ_PERM_READ : 0) | (row->write ? INQ_PERM_WRITE : 0) |
			       (row->execute ? INQ_PERM_EXECUTE : 0) |
			       (row->shared && grammar->shared ? INQ_PERM_SHARED : 0);
	EXPECT(mapping->permissions == (grammar->permissions ? permissions : 0), at);
	if (grammar->offset)
		EXPECT(mapping->file_offset == row->offset, at);
	if (grammar->resident)
		EXPECT(mapping->usage && mapping->usage->resident == row->resident, at);
	if (grammar->dirty)
		EXPECT(mapping->usage->dirty == row->dirty, at);
	expect_name(at, row, mapping);
}

static void expect_map(struct where at, const struct map *map, const struct test_listing *listing)
{
	ck_assert_str_eq(listing->format->name, at.grammar->kind);
	EXPECT(listing->space, &at);
	const struct inq_mapping_vec *mappings = &listing->space->mappings;
	ck_assert_msg(mappings->count == map->count, "%s, spoiled %d: %zu rows of %zu", at.grammar->name, at.spoil,
		      mappings->count, map->count);
	for (at.row = 0; at.row < map->count; at.row++)
		expect_row(&at, &map->rows[at.row], &mappings->items[at.row]);
}

static const char *first_warning(const struct test_listings *test)
{
	return test->ctx.warnings.count ? test->ctx.warnings.items[0] : "";
}

static void check_one(const struct map_grammar *grammar, int spoil, unsigned seed)
{
	static struct map map;
	struct inq_str text = { 0 };
	struct test_listings test;
	const struct where at = { .grammar = grammar, .spoil = spoil };
	map_make(&map, seed, 40, grammar->small || seed % 2);
	map_write(&text, grammar, &map, (enum map_spoil)spoil);
	test_listings_read(&test, "generated", (const uint8_t *)text.text, text.length);
	ck_assert_msg(test.count == 1, "%s, spoiled %d: %zu listings", grammar->name, spoil, test.count);
	expect_map(at, &map, &test.items[0]);
	EXPECT(test.items[0].status == INQ_OK, &at);
	/* Prose between the rows is told, nothing else is odd. */
	ck_assert_msg((test.ctx.warnings.count > 0) == (spoil == MAP_PROSE), "%s, spoiled %d: %zu warnings: %s",
		      grammar->name, spoil, test.ctx.warnings.count, first_warning(&test));
	test_listings_end(&test);
	inq_str_release(&text);
}

START_TEST(every_grammar_however_spoiled)
{
	for (const struct map_grammar *grammar = map_grammars; grammar->name; grammar++)
		for (int spoil = 0; spoil < MAP_SPOIL_COUNT; spoil++)
			for (unsigned seed = 1; seed <= 6; seed++)
				check_one(grammar, spoil, seed);
}
END_TEST

/* Any two listings one after the other are two artefacts, each with its own rows and its own first line. */
static void check_pair(const struct map_grammar *one, const struct map_grammar *two, int spoil)
{
	static struct map maps[2];
	struct inq_str text = { 0 };
	struct test_listings test;
	map_make(&maps[0], 3, 30, true);
	map_make(&maps[1], 4, 20, true);
	map_write(&text, one, &maps[0], (enum map_spoil)spoil);
	map_write(&text, two, &maps[1], (enum map_spoil)spoil);
	test_listings_read(&test, "pair", (const uint8_t *)text.text, text.length);
	ck_assert_msg(test.count == 2, "%s then %s, spoiled %d: %zu listings", one->name, two->name, spoil, test.count);
	expect_map((struct where) { .grammar = one, .spoil = spoil }, &maps[0], &test.items[0]);
	expect_map((struct where) { .grammar = two, .spoil = spoil }, &maps[1], &test.items[1]);
	ck_assert_msg(!test.ctx.warnings.count, "%s then %s: %s", one->name, two->name, first_warning(&test));
	test_listings_end(&test);
	inq_str_release(&text);
}

START_TEST(every_pair_comes_apart)
{
	for (const struct map_grammar *one = map_grammars; one->name; one++)
		for (const struct map_grammar *two = map_grammars; two->name; two++) {
			check_pair(one, two, MAP_PLAIN);
			check_pair(one, two, MAP_PROMPTS);
		}
}
END_TEST

/* Rows that whoever pasted the listing left out, with and without saying so. */
static void check_elided(const struct map_grammar *grammar, const char *mark)
{
	static struct map map, shown;
	struct inq_str text = { 0 };
	struct test_listings test;
	map_make(&map, 5, 30, true);
	if (grammar->title)
		grammar->title(&text);
	shown.count = 0;
	for (size_t i = 0; i < map.count; i++) {
		if (i < 10 || i >= 20) {
			grammar->row(&text, &map.rows[i], false);
			shown.rows[shown.count++] = map.rows[i];
		} else if (i == 10) {
			inq_str_puts(&text, mark);
		}
	}
	if (grammar->total)
		grammar->total(&text, &map);
	test_listings_read(&test, "elided", (const uint8_t *)text.text, text.length);
	ck_assert_msg(test.count == 1, "%s, %s: %zu listings", grammar->name, mark, test.count);
	expect_map((struct where) { .grammar = grammar }, &shown, &test.items[0]);
	bool known = *mark || grammar->total;
	ck_assert_msg(test.items[0].space->artefacts.items[0].partial == known, "%s %s", grammar->name, mark);
	if (known)
		ck_assert(test_listings_warned(&test, "rows were left out"));
	test_listings_end(&test);
	inq_str_release(&text);
}

START_TEST(elided_rows)
{
	static const char *const marks[] = { "...\n", "[...]\n", "\xe2\x80\xa6\n", "(snip)\n", "" };
	for (const struct map_grammar *grammar = map_grammars; grammar->name; grammar++)
		for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
			check_elided(grammar, marks[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("generated");
	TCase *tcase = tcase_create("generated");
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, every_grammar_however_spoiled);
	tcase_add_test(tcase, every_pair_comes_apart);
	tcase_add_test(tcase, elided_rows);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
