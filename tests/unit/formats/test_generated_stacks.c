/* Stacks written by each tool's grammar, spoiled as pasting does, are read back frame by frame; of one that lacks a line, the
 * rest is. */
#include "tests/support/listings.h"
#include "tests/support/spaces.h"
#include "tests/support/stackwriter.h"

#include <inttypes.h>
#include <string.h>

enum { SEEDS = 6 };

struct where {
	const struct stack_grammar *grammar;
	int spoil;
	size_t frame;
	const char *text;
};

#define EXPECT(condition, at)                                                                                          \
	ck_assert_msg(condition, "%s, spoiled %d, frame %zu: %s\n%s", (at)->grammar->name, (at)->spoil, (at)->frame,   \
		      #condition, (at)->text)

static bool same_string(const char *found, const char *expected, bool printed)
{
	if (!printed || !expected || !*expected)
		return !found;
	return found && strcmp(found, expected) == 0;
}

static bool same_frame(const struct inq_text_frame *found, const struct stack_frame *made, unsigned prints)
{
	const uint64_t none = INQ_UNKNOWN;
	return found->pc == (prints & STACK_PC ? made->pc : none) &&
	       found->base == (prints & STACK_BASE ? made->base : none) &&
	       found->offset == (prints & STACK_PLACE ? made->offset : none) &&
	       (!(prints & STACK_OFFSET) || found->symbol_offset == made->offset) &&
	       same_string(found->symbol, made->symbol, prints & STACK_SYMBOL) &&
	       same_string(found->object, made->object, prints & STACK_OBJECT) &&
	       same_string(found->arguments, made->arguments, prints & STACK_ARGUMENTS) &&
	       same_string(found->file, made->file, prints & STACK_SOURCE) &&
	       found->source_line == (prints & STACK_SOURCE ? made->line : 0);
}

/* The frames of all threads of all listings, one after the other. */
struct flat {
	const struct inq_text_frame *frames[2 * STACK_MOST_FRAMES];
	const struct inq_thread *threads[2 * STACK_MOST_FRAMES];
	size_t count;
};

static struct flat flatten(const struct test_listings *test)
{
	struct flat flat = { 0 };
	for (size_t i = 0; i < test->count; i++)
		for (size_t t = 0; test->items[i].space && t < test->items[i].space->threads.count; t++) {
			const struct inq_thread *thread = &test->items[i].space->threads.items[t];
			for (size_t f = 0; f < thread->stack.count; f++) {
				ck_assert_uint_lt(flat.count, 2 * STACK_MOST_FRAMES);
				flat.threads[flat.count] = thread;
				flat.frames[flat.count++] = &thread->stack.frames[f];
			}
		}
	return flat;
}

static void check(const struct where *place, const struct stack_made *made, const struct inq_str *text)
{
	struct where at = *place;
	struct test_listings test;
	at.text = text->text;
	test_listings_read(&test, "stacks", (const uint8_t *)text->text, text->length);
	EXPECT(test.count == 1 && test.items[0].space, &at);
	EXPECT(strcmp(test.items[0].format->name, at.grammar->kind) == 0, &at);
	EXPECT(test.ctx.warnings.count == 0, &at);
	EXPECT(test.items[0].space->threads.count == made->threads, &at);
	struct flat flat = flatten(&test);
	EXPECT(flat.count == made->count, &at);
	for (at.frame = 0; at.frame < made->count; at.frame++) {
		const struct stack_frame *frame = &made->frames[at.frame];
		EXPECT(same_frame(flat.frames[at.frame], frame, at.grammar->prints), &at);
		if (at.grammar->prints & STACK_TID)
			EXPECT(flat.threads[at.frame]->tid == STACK_FIRST_TID + frame->thread, &at);
	}
	test_listings_end(&test);
}

START_TEST(every_grammar_however_spoiled)
{
	for (const struct stack_grammar *grammar = stack_grammars; grammar->name; grammar++)
		for (unsigned seed = 0; seed < SEEDS; seed++)
			for (int spoil = 0; spoil < STACK_SPOIL_COUNT; spoil++) {
				struct stack_made made;
				struct inq_str text = { 0 };
				stack_make(&made, grammar, seed);
				stack_write(&text, grammar, &made, (enum stack_spoil)spoil);
				const struct where at = { .grammar = grammar, .spoil = spoil };
				check(&at, &made, &text);
				inq_str_release(&text);
			}
}
END_TEST

/* The text without its line `drop`, counted from 0. */
static void without_line(struct inq_str *out, const struct inq_str *text, size_t drop)
{
	size_t line = 0;
	for (const char *at = text->text, *end; (end = strchr(at, '\n')); at = end + 1)
		if (line++ != drop)
			inq_str_add(out, at, (size_t)(end - at) + 1);
}

/* All frames but one are there, in their order; which one tells the found count. */
static void check_rest(const struct where *place, const struct stack_made *made, const struct inq_str *text,
		       bool frame_gone)
{
	struct where at = *place;
	struct test_listings test;
	at.text = text->text;
	test_listings_read(&test, "stacks", (const uint8_t *)text->text, text->length);
	struct flat flat = flatten(&test);
	size_t found = 0, missing = SIZE_MAX;
	for (at.frame = 0; at.frame < made->count; at.frame++) {
		if (found < flat.count && same_frame(flat.frames[found], &made->frames[at.frame], at.grammar->prints)) {
			found++;
			continue;
		}
		EXPECT(frame_gone && missing == SIZE_MAX, &at);
		missing = at.frame;
	}
	EXPECT(found == flat.count && found + frame_gone == made->count, &at);
	/* Nobody can miss the last frame of a thread. */
	bool seen = missing != SIZE_MAX && missing + 1 < made->count &&
		    made->frames[missing].thread == made->frames[missing + 1].thread;
	EXPECT(!frame_gone || !at.grammar->numbered || !seen || test.ctx.warnings.count > 0, &at);
	test_listings_end(&test);
}

static size_t count_lines(const char *text)
{
	size_t count = 0;
	for (; *text; text++)
		count += *text == '\n';
	return count;
}

/* Whether line `index` holds a frame: it goes, and one line remains of a frame that is alone. */
static bool is_frame_line(const struct stack_grammar *grammar, const struct stack_made *made,
			  const struct inq_str *text, size_t index)
{
	const char *at = text->text;
	while (index--)
		at = strchr(at, '\n') + 1;
	for (size_t i = 0, number = 0; i < made->count; i++, number++) {
		struct inq_str line = { 0 };
		number = i && made->frames[i - 1].thread == made->frames[i].thread ? number : 0;
		grammar->frame(&line, &made->frames[i], number);
		bool same = strncmp(at, line.text, line.length) == 0;
		inq_str_release(&line);
		if (same)
			return true;
	}
	return false;
}

START_TEST(without_any_line)
{
	for (const struct stack_grammar *grammar = stack_grammars; grammar->name; grammar++)
		for (unsigned seed = 0; seed < SEEDS; seed++) {
			struct stack_made made;
			struct inq_str text = { 0 };
			stack_make(&made, grammar, seed);
			stack_write(&text, grammar, &made, STACK_PLAIN);
			for (size_t i = 0; made.count > grammar->least && i < count_lines(text.text); i++) {
				struct inq_str rest = { 0 };
				const struct where at = { .grammar = grammar, .spoil = (int)i };
				without_line(&rest, &text, i);
				check_rest(&at, &made, &rest, is_frame_line(grammar, &made, &text, i));
				inq_str_release(&rest);
			}
			inq_str_release(&text);
		}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("generated-stacks");
	TCase *tcase = tcase_create("generated-stacks");
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, every_grammar_however_spoiled);
	tcase_add_test(tcase, without_any_line);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
