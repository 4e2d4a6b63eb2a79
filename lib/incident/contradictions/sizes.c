/* Sizes that were told: of the brk heap, the main stack, a page. A log tells them as of the death, so does the map of a core;
 * two maps of different times may well differ, and are not compared. */
#include "lib/incident/contradict.h"

#include "lib/base/str.h"

/* Solaris maps have no label for the heap where mdb prints them: it is the last of the rows under the name of the first. */
static const struct inq_mapping *heap_row(const struct inq_space *space)
{
	const struct inq_mapping *row = inq_labelled_row(space, "heap"), *first = space->mappings.items;
	size_t rows = 0;
	if (row || space->os != INQ_OS_SOLARIS || !space->mappings.count || !first->file)
		return row;
	for (size_t i = 0; i < space->mappings.count; i++) {
		if (space->mappings.items[i].file != first->file)
			continue;
		row = &space->mappings.items[i];
		rows++;
	}
	return rows >= 3 ? row : NULL;
}

/* Of Solaris' cores (pstatus), or of a log. */
static uint64_t heap_size(const struct inq_space *space)
{
	return space->brk_size ? space->brk_size : space->told_heap_size;
}

static uint64_t stack_size(const struct inq_space *space)
{
	return space->stack_size ? space->stack_size : space->told_stack_size;
}

static const char *compare(const struct inq_pair *pair, const char *what, uint64_t told[2],
			   const struct inq_mapping *rows[2])
{
	if (told[0] && told[1])
		return told[0] == told[1] ? NULL
					  : inq_pair_say(pair, "%s says %s bytes of %s, %s %s", inq_pair_one(pair),
							 inq_count_text(pair->ctx->arena, told[0]), what,
							 inq_pair_two(pair), inq_count_text(pair->ctx->arena, told[1]));
	size_t teller = told[0] ? 0 : 1;
	const struct inq_mapping *row = rows[1 - teller];
	if (!told[teller] || !row || row->end - row->start == told[teller])
		return NULL;
	const char *names[2] = { inq_pair_one(pair), inq_pair_two(pair) };
	return inq_pair_say(pair, "%s says %s bytes; the %s row of %s has %s", names[teller],
			    inq_count_text(pair->ctx->arena, told[teller]), what, names[1 - teller],
			    inq_count_text(pair->ctx->arena, row->end - row->start));
}

const char *inq_contradicts_heap(const struct inq_pair *pair)
{
	uint64_t told[2] = { heap_size(pair->one), heap_size(pair->two) };
	const struct inq_mapping *rows[2] = { heap_row(pair->one), heap_row(pair->two) };
	return compare(pair, "brk heap", told, rows);
}

const char *inq_contradicts_stack(const struct inq_pair *pair)
{
	uint64_t told[2] = { stack_size(pair->one), stack_size(pair->two) };
	const struct inq_mapping *rows[2] = { inq_labelled_row(pair->one, "stack"),
					      inq_labelled_row(pair->two, "stack") };
	return compare(pair, "stack", told, rows);
}

static uint64_t page_size(const struct inq_space *space)
{
	if (space->page_size)
		return space->page_size;
	return space->kernel.memstats.count ? space->kernel.memstats.items[0].page_size : 0;
}

const char *inq_contradicts_page_size(const struct inq_pair *pair)
{
	uint64_t one = page_size(pair->one), two = page_size(pair->two);
	if (!one || !two || one == two)
		return NULL;
	return inq_pair_say(pair, "pages are of %s bytes by %s, of %s by %s", inq_count_text(pair->ctx->arena, one),
			    inq_pair_one(pair), inq_count_text(pair->ctx->arena, two), inq_pair_two(pair));
}
