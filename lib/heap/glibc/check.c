/* Damage: what glibc itself would abort on, looked for everywhere. Each error has its place, and who stands below it: an
 * overrun is written by the neighbour.
 *
 * Source: the checks of glibc's malloc/malloc.c (unlink_chunk, _int_malloc, _int_free). */
#include "lib/heap/glibc/glibc.h"

#include <inttypes.h>

enum { MOST_IN_BINS = 1 << 28 };

void inq_glibc_error(struct inq_glibc_check *check, uint64_t address, const char *evidence, const char *format, ...)
{
	if (!check)
		return;
	struct inq_arena *arena = check->glibc->space->ctx->arena;
	if (check->errors.count >= INQ_GLIBC_MOST_ERRORS) {
		check->dropped++;
		return;
	}
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(arena, format, arguments);
	va_end(arguments);
	const char **why = inq_arena_array(arena, 1, sizeof *why);
	struct inq_heap_error *error = text && why ? inq_heap_error_vec_push(&check->errors) : NULL;
	if (!error) {
		check->no_memory = true;
		return;
	}
	*why = evidence;
	*error = (struct inq_heap_error) { .address = address, .text = text, .confidence = INQ_CERTAIN };
	error->evidence = (struct inq_evidence) { why, evidence != NULL };
}

void inq_glibc_check_free(struct inq_glibc_check *check, const struct inq_glibc_chunk *chunk)
{
	struct inq_glibc *glibc = check->glibc;
	uint64_t after = chunk->start + chunk->size, before = inq_word(&glibc->words, after);
	if (before != chunk->size)
		inq_glibc_error(check, after, "a free chunk's size is kept twice: by itself and by the chunk behind it",
				"prev_size is 0x%" PRIx64 ", but the free chunk before it at 0x%" PRIx64
				" has 0x%" PRIx64 " bytes",
				before, chunk->start, chunk->size);
}

void inq_glibc_check_disputed(struct inq_glibc_check *check, const struct inq_glibc_chunk *chunk)
{
	struct inq_glibc *glibc = check->glibc;
	uint64_t after = chunk->start + chunk->size;
	if (inq_glibc_chunk_size(glibc, after))
		inq_glibc_error(
			check, after, "such a flag is cleared by an overrun of the chunk before",
			"the chunk's flags say that the one before it is free, but that is in no list, and prev_size "
			"0x%" PRIx64 " is not its size",
			inq_word(&glibc->words, after));
}

static const char *name_of(unsigned bin)
{
	return bin == 0 ? "unsorted bin" : bin < 63 ? "small bin" : "large bin";
}

/* A chunk of a bin: its back link, and that it is free by its neighbour. */
static bool check_linked(struct inq_glibc_check *check, unsigned bin, uint64_t from, uint64_t chunk)
{
	struct inq_glibc *glibc = check->glibc;
	unsigned word = glibc->words.word;
	uint64_t back, head, size = inq_glibc_chunk_size(glibc, chunk);
	if (!size) {
		inq_glibc_error(check, from, name_of(bin),
				"the forward link of a %s points to 0x%" PRIx64 ", which is no chunk of a heap",
				name_of(bin), chunk);
		return false;
	}
	back = inq_word(&glibc->words, chunk + 3 * word);
	if (back != from)
		inq_glibc_error(check, chunk, name_of(bin),
				"the backward link of a free chunk is 0x%" PRIx64 ", not 0x%" PRIx64
				": the chunk was written to after it was freed",
				back, from);
	head = inq_word(&glibc->words, chunk + size + word);
	if (head & INQ_GLIBC_PREV_INUSE)
		inq_glibc_error(check, chunk, name_of(bin),
				"a chunk in a %s is in use by the bits of the chunk behind it", name_of(bin));
	return true;
}

static void check_bin(struct inq_glibc_check *check, const struct inq_glibc_arena *arena, unsigned bin,
		      uint64_t *budget)
{
	struct inq_glibc *glibc = check->glibc;
	unsigned word = glibc->words.word;
	uint64_t self = arena->address + glibc->layout.bins + bin * 2 * word - 2 * word, from = self, at, mark = 0;
	for (uint64_t i = 0; *budget > 0; i++, --*budget) {
		if (!inq_word_at(&glibc->words, from + 2 * word, &at) || at == self)
			return;
		if (at == mark) {
			inq_glibc_error(check, from, name_of(bin), "the list of a %s runs in a circle", name_of(bin));
			return;
		}
		if (!check_linked(check, bin, from, at))
			return;
		mark = (i & (i - 1)) == 0 ? at : mark;
		from = at;
	}
}

static void check_top(struct inq_glibc_check *check, const struct inq_glibc_arena *arena)
{
	struct inq_glibc *glibc = check->glibc;
	const struct inq_glibc_segment *segment = inq_glibc_segment_at(glibc, arena->top);
	uint64_t head = inq_word(&glibc->words, arena->top + glibc->words.word);
	uint64_t size = head & ~(uint64_t)INQ_GLIBC_FLAGS;
	if (!segment)
		inq_glibc_error(check, arena->address, NULL,
				"the arena's top chunk is at 0x%" PRIx64 ", which is in none of its heaps", arena->top);
	else if (arena->top_bad || arena->top + size != segment->end)
		inq_glibc_error(check, arena->top, "the top chunk must end where the heap does",
				"the top chunk's size is 0x%" PRIx64 ", but 0x%" PRIx64
				" bytes are left of the heap: it was overwritten",
				size, segment->end - arena->top);
	else if (!(head & INQ_GLIBC_PREV_INUSE))
		inq_glibc_error(check, arena->top, NULL, "the top chunk's flags say that the chunk before it is free");
}

void inq_glibc_check_bins(struct inq_glibc_check *check)
{
	struct inq_glibc *glibc = check->glibc;
	uint64_t budget = MOST_IN_BINS;
	if (glibc->chain_broken)
		inq_glibc_error(check, glibc->main, NULL, "%s", glibc->chain_broken);
	for (size_t i = 0; i < glibc->arenas.count; i++) {
		check_top(check, &glibc->arenas.items[i]);
		for (unsigned bin = 0; bin < INQ_GLIBC_BINS; bin++)
			check_bin(check, &glibc->arenas.items[i], bin, &budget);
	}
}

static int by_address(const void *a, const void *b)
{
	const struct inq_heap_error *one = a, *other = b;
	return one->address < other->address ? -1 : one->address > other->address;
}

void inq_glibc_check_finish(struct inq_glibc_check *check)
{
	struct inq_glibc *glibc = check->glibc;
	struct inq_glibc_chunk chunk;
	if (check->errors.count)
		qsort(check->errors.items, check->errors.count, sizeof *check->errors.items, by_address);
	for (size_t i = 0; i < check->errors.count; i++) {
		struct inq_heap_error *error = &check->errors.items[i];
		error->has_before = error->address && inq_glibc_chunk_holding(glibc, error->address - 1, &chunk);
		if (error->has_before)
			inq_glibc_describe(glibc, &chunk, &error->before);
	}
}
