/* Goes through windows, rows and splits, and keeps the best fits. */
#include "lib/jvm/layout/layout.h"

#include <string.h>

static const struct inq_layout_row rows[] = {
#define INQ_LAYOUT(collector, first, last, low, middle, high) { collector, first, last, { low, middle, high } },
#include "lib/jvm/layout/layouts.def"
#undef INQ_LAYOUT
};

enum { ROWS = sizeof rows / sizeof *rows, MOST_EDGES = 8, HUGE_PAGE = 2 << 20, LEAST_SURE_HEAP = 64 << 20 };

/* How much a fact speaks for a fit. Only their order matters: what the flags say above what the map shows, above
 * defaults. */
enum {
	FOR_BORDER = 3,
	FOR_PLACE = 3,
	FOR_SPLIT_SHOWN = 4,
	FOR_SPLIT_TOLD = 4,
	FOR_SPLIT_USUAL = 3,
	FOR_RATIO = 1,
	FOR_NO_RULE = -6,
	FOR_COLLECTOR_TOLD = 4,
	FOR_COLLECTOR_USUAL = 3,
	FOR_COLLECTOR_ODD = -3, /* neither asked for nor the default, where a command line is at hand */
	FOR_LARGE_YOUNG = -2,	/* more than half of the heap */
	FOR_COMMIT_SHOWN = 1,
	FOR_ELIDED = -1,
	FOR_ARCHIVE = 4,
	FOR_TABLE = 3,
	FOR_NO_TABLE = -4,
	MOST_TABLES_COUNTED = 3
};

static bool has_generations(const struct inq_layout_row *row)
{
	return row->order[0] != NULL;
}

static bool has_perm(const struct inq_layout_row *row)
{
	return row->order[2] != NULL;
}

static int collector_weight(const struct inq_layout_case *jvm, const struct inq_layout_row *row)
{
	if (jvm->told)
		return FOR_COLLECTOR_TOLD;
	if (!inq_jvm_collector_usual(row->collector, &jvm->platform))
		return jvm->options.any && !jvm->options.cut ? FOR_COLLECTOR_ODD : 0;
	return strcmp(row->collector, "serial") == 0 && inq_jvm_may_be(&jvm->platform, 5, 99) ? 1 : FOR_COLLECTOR_USUAL;
}

/* Where the flags name none, another place than the command line may have (JAVA_TOOL_OPTIONS). ParNew and CMS look
 * as Serial does: they are not guessed. */
static bool is_wanted(const struct inq_layout_case *jvm, const struct inq_layout_row *row)
{
	if (!inq_jvm_may_be(&jvm->platform, row->first, row->last))
		return false;
	if (jvm->told)
		return strcmp(jvm->told, row->collector) == 0;
	return strcmp(row->collector, "parnew") != 0 && strcmp(row->collector, "cms") != 0;
}

static int weigh(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	int score = collector_weight(jvm, fit->row);
	score += fit->start_shows ? FOR_BORDER : 0;
	score += fit->end_shows ? FOR_BORDER : 0;
	score += fit->place ? FOR_PLACE : 0;
	score += fit->archived ? FOR_ARCHIVE : 0;
	for (size_t i = 0; i < fit->count; i++) {
		score += fit->generations[i].commit_shows ? FOR_COMMIT_SHOWN : 0;
		score += fit->generations[i].elided ? FOR_ELIDED : 0;
	}
	if (!fit->count)
		return score;
	score += fit->split_shows ? FOR_SPLIT_SHOWN : 0;
	score += fit->split.young > fit->window.heap / 2 ? FOR_LARGE_YOUNG : 0;
	if (fit->split.told)
		return score + FOR_SPLIT_TOLD;
	if (fit->split.usual) /* a border where no rule puts it would be chance */
		return score + (fit->split_shows ? FOR_SPLIT_USUAL : 0);
	return score + (fit->split.ratio ? FOR_RATIO : FOR_NO_RULE);
}

bool inq_layout_same(const struct inq_layout_fit *a, const struct inq_layout_fit *b)
{
	if (a->heap_start != b->heap_start || a->heap_end != b->heap_end || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->generations[i].start != b->generations[i].start ||
		    strcmp(a->generations[i].name, b->generations[i].name) != 0)
			return false;
	return strcmp(a->row->collector, b->row->collector) == 0;
}

static void keep(struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	size_t at = 0;
	for (size_t i = 0; i < jvm->fit_count; i++)
		if (inq_layout_same(&jvm->fits[i], fit)) {
			if (jvm->fits[i].score >= fit->score)
				return;
			memmove(&jvm->fits[i], &jvm->fits[i + 1], (--jvm->fit_count - i) * sizeof *fit);
			break;
		}
	while (at < jvm->fit_count && jvm->fits[at].score >= fit->score)
		at++;
	if (at == INQ_LAYOUT_FITS)
		return;
	size_t moved = (jvm->fit_count < INQ_LAYOUT_FITS ? jvm->fit_count : INQ_LAYOUT_FITS - 1) - at;
	memmove(&jvm->fits[at + 1], &jvm->fits[at], moved * sizeof *fit);
	jvm->fits[at] = *fit;
	jvm->fit_count = at + moved + 1;
}

static bool has_archive(const struct inq_layout_map *map, uint64_t start, uint64_t end)
{
	for (size_t i = inq_layout_from(map, start); i < map->count && map->space->mappings.items[i].start < end; i++)
		if (map->space->mappings.items[i].file && strstr(map->space->mappings.items[i].file->path, ".jsa"))
			return true;
	return false;
}

/* Lays the row's generations into the window. */
static void lay(struct inq_layout_fit *fit)
{
	uint64_t at = fit->window.start;
	uint64_t perm = fit->window.end - fit->window.start - fit->window.heap;
	fit->heap_start = at;
	fit->heap_end = at + fit->window.heap;
	for (fit->count = 0; fit->count < INQ_LAYOUT_GENERATIONS && fit->row->order[fit->count]; fit->count++) {
		const char *name = fit->row->order[fit->count];
		uint64_t size = strcmp(name, "young") == 0 ? fit->split.young
				: strcmp(name, "old") == 0 ? fit->window.heap - fit->split.young
							   : perm;
		fit->generations[fit->count] =
			(struct inq_layout_generation) { .name = name, .start = at, .end = at + size };
		at += size;
	}
	if (fit->count && strcmp(fit->row->order[0], "perm") == 0) {
		fit->heap_start = fit->generations[1].start;
		fit->heap_end = fit->window.end;
	}
}

/* The border between young and old. */
static uint64_t split_address(const struct inq_layout_fit *fit)
{
	if (!fit->count)
		return 0;
	return strcmp(fit->row->order[0], "perm") == 0 ? fit->generations[2].start : fit->generations[1].start;
}

/* -Xms is committed from the start and never given back, nor is NewSize of the young generation (genArguments.cpp);
 * the rounding of the parts may take a little from it. */
static bool commits_enough(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	enum { ROUNDING = 4 << 20 };
	uint64_t least = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_min_heap, 0);
	uint64_t least_young = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_new_size, 0), committed = 0;
	for (size_t i = 0; i < fit->count; i++) {
		const struct inq_layout_generation *generation = &fit->generations[i];
		uint64_t size = generation->committed_end - generation->start;
		if (strcmp(generation->name, "young") == 0 && size < fit->split.young &&
		    size + INQ_LAYOUT_GRAIN < least_young)
			return false;
		if (strcmp(generation->name, "perm") != 0)
			committed += size;
	}
	return !fit->count || committed == fit->window.heap || committed + ROUNDING > least;
}

/* A map that was made to be hard has thousands of mappings in a window, and as many windows. Real heaps of
 * generations have a few mappings, those of regions some thousand. */
static bool is_worth_it(struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	enum { MOST_MAPPINGS = 256, MOST_EFFORT = 1 << 20 };
	size_t mappings = inq_layout_from(&jvm->map, fit->window.end) - inq_layout_from(&jvm->map, fit->window.start);
	jvm->effort += mappings + MOST_EDGES;
	return jvm->effort <= MOST_EFFORT && (!has_generations(fit->row) || mappings <= MOST_MAPPINGS);
}

static void try_fit(struct inq_layout_case *jvm, struct inq_layout_fit *fit)
{
	if (!is_worth_it(jvm, fit))
		return;
	lay(fit);
	fit->archived = has_archive(&jvm->map, fit->heap_start, fit->heap_end);
	if (fit->archived && (fit->count || strcmp(fit->row->collector, "g1") != 0))
		return; /* only G1 maps the archive's objects into its heap */
	if (!inq_layout_check(jvm, fit) || !commits_enough(jvm, fit))
		return;
	fit->start_shows = fit->heap_start == fit->window.start ? fit->window.start_shows
								: inq_layout_is_border(&jvm->map, fit->heap_start);
	fit->end_shows = fit->heap_end == fit->window.end ? fit->window.end_shows
							  : inq_layout_is_border(&jvm->map, fit->heap_end);
	fit->place = inq_layout_place(jvm, fit->heap_start, fit->heap_end);
	if (fit->place && fit->window.by_flag)
		fit->end_shows = true;
	if (!fit->window.by_flag && !fit->place && !(fit->window.pictured && !fit->count) &&
	    !(fit->split.ratio == 2 && inq_layout_is_border(&jvm->map, split_address(fit))))
		return; /* a shape alone says too little */
	fit->split_shows = fit->count && inq_layout_is_border(&jvm->map, split_address(fit));
	fit->score = weigh(jvm, fit);
	keep(jvm, fit);
}

/* The borders that show in the window: each may be the split, whatever rule made it. */
static void try_shown_splits(struct inq_layout_case *jvm, struct inq_layout_fit *fit, uint64_t alignment)
{
	const struct inq_mapping *mappings = jvm->space->mappings.items;
	bool young_low = strcmp(fit->row->order[0], "young") == 0;
	uint64_t start = fit->window.start;
	if (strcmp(fit->row->order[0], "perm") == 0)
		start = fit->window.end - fit->window.heap;
	uint64_t end = start + fit->window.heap;
	size_t first = inq_layout_from(&jvm->map, start);
	for (size_t i = first + 1; i < jvm->map.count && i - first <= MOST_EDGES && mappings[i].start < end; i++) {
		uint64_t at = mappings[i].start;
		uint64_t young = young_low ? at - start : end - at;
		if (young % alignment || !young || !inq_layout_accessible(&mappings[i]))
			continue;
		fit->split = (struct inq_jvm_split) { .young = young,
						      .flag = "NewRatio",
						      .ratio = inq_jvm_ratio_of(fit->window.heap, young, alignment) };
		if (!fit->split.ratio && inq_jvm_ratio_of(fit->window.heap, young, HUGE_PAGE) == 2)
			fit->split.ratio = 2; /* with huge pages */
		if (!fit->split.ratio) {
			fit->split.flag = "MaxNewSize";
			fit->split.usual = inq_jvm_split_by_threads(&jvm->platform, fit->row->collector, young);
		}
		try_fit(jvm, fit);
	}
}

static void try_splits(struct inq_layout_case *jvm, struct inq_layout_fit *fit)
{
	struct inq_jvm_split splits[INQ_JVM_MOST_SPLITS];
	uint64_t alignment = inq_jvm_generation_alignment(fit->row->collector, &jvm->platform);
	unsigned count = inq_jvm_splits(&jvm->options, &jvm->platform, fit->window.heap, alignment, splits);
	size_t had = jvm->fit_count;
	for (unsigned i = 0; i < count; i++) {
		fit->split = splits[i];
		try_fit(jvm, fit);
	}
	if (!count || !splits[0].told || jvm->fit_count == had)
		try_shown_splits(jvm, fit, alignment);
}

static void try_row(struct inq_layout_case *jvm, const struct inq_layout_window *window, const void *data)
{
	const struct inq_layout_row *row = data;
	struct inq_layout_fit fit = { .row = row, .window = *window, .collector_told = jvm->told != NULL };
	if (has_generations(row))
		try_splits(jvm, &fit);
	else
		try_fit(jvm, &fit);
}

static void try_row_with_flags(struct inq_layout_case *jvm, const struct inq_layout_row *row)
{
	uint64_t heaps[3], perms[2] = { 0 };
	unsigned perm_count = has_perm(row) ? inq_jvm_perm_sizes(&jvm->options, &jvm->platform, perms) : 1;
	unsigned count = inq_jvm_heap_sizes(row->collector, &jvm->options, &jvm->platform, heaps);
	for (unsigned i = 0; i < count; i++)
		for (unsigned p = 0; p < perm_count; p++)
			inq_layout_windows_of(jvm, heaps[i], perms[p], try_row, row);
}

static void weigh_tables(struct inq_layout_case *jvm)
{
	struct inq_layout_fit fits[INQ_LAYOUT_FITS];
	size_t count = jvm->fit_count;
	memcpy(fits, jvm->fits, count * sizeof *fits);
	jvm->fit_count = 0;
	for (size_t i = 0; i < count; i++) {
		inq_layout_tables(&jvm->map, &fits[i]);
		size_t counted = fits[i].table_count < MOST_TABLES_COUNTED ? fits[i].table_count : MOST_TABLES_COUNTED;
		fits[i].score += (int)counted * FOR_TABLE;
		if (fits[i].table_missing)
			fits[i].score += FOR_NO_TABLE;
		keep(jvm, &fits[i]);
	}
}

void inq_layout_solve(struct inq_layout_case *jvm)
{
	bool by_flag = jvm->options.items[INQ_JVM_OPTION_max_heap].set;
	for (size_t i = 0; i < ROWS; i++)
		if (by_flag && is_wanted(jvm, &rows[i]))
			try_row_with_flags(jvm, &rows[i]);
	bool by_shape = !jvm->fit_count && jvm->sure;
	for (size_t i = 0; i < ROWS && by_shape; i++)
		if (is_wanted(jvm, &rows[i]) && !has_perm(&rows[i]))
			inq_layout_windows_by_shape(jvm, try_row, &rows[i]);
	weigh_tables(jvm);
}

/* Whether the flags and the borders leave no choice for the split. */
static bool split_is_determined(const struct inq_layout_fit *fit)
{
	if (!fit->count)
		return true;
	if (fit->split_shows)
		return fit->split.told || fit->split.usual;
	return fit->split.told && !fit->split.ratio;
}

static bool has_rival(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	for (size_t i = 0; i < jvm->fit_count; i++)
		if (&jvm->fits[i] != fit && !inq_layout_same(&jvm->fits[i], fit) &&
		    jvm->fits[i].score >= fit->score - FOR_BORDER)
			return true;
	return false;
}

/* Flags that are not at hand may say more. */
static bool may_be_told(const struct inq_layout_case *jvm)
{
	return jvm->options.cut || !jvm->options.any;
}

/* Whether something beyond the default says which collector it is. Up to 7 the permanent generation shows the order. ParNew and CMS
 * look as Serial does, tables and all, from 8 to 13. */
static bool collector_is_determined(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	if (!fit->collector_told && may_be_told(jvm) && strcmp(fit->row->collector, "serial") == 0 &&
	    fit->row->first >= 8 && inq_jvm_may_be(&jvm->platform, 8, 13))
		return false;
	return fit->collector_told || fit->table_count || fit->archived || fit->row->last <= 7;
}

static bool is_in_large_pages(const struct inq_layout_fit *fit)
{
	for (size_t i = 0; i < fit->count; i++)
		if (fit->generations[i].in_large_pages)
			return true;
	return false;
}

/* CMS takes a share for each of its threads, and the ratio only where that is less (arguments.cpp, set_cms_and_parnew_gc_flags): how
 * many there are, a map without a border does not show. */
static bool may_be_by_threads(const struct inq_layout_fit *fit)
{
	return fit->count && !fit->split_shows && strcmp(fit->row->collector, "cms") == 0 &&
	       (!fit->split.told || fit->split.ratio);
}

static enum inq_confidence confidence_of_place(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	bool edges = fit->start_shows && fit->end_shows;
	bool exact = fit->window.by_flag && edges && split_is_determined(fit) && collector_is_determined(jvm, fit);
	if (exact && !has_rival(jvm, fit))
		return INQ_CERTAIN;
	if (!fit->window.by_flag && fit->window.heap < LEAST_SURE_HEAP)
		return INQ_POSSIBLE; /* other reservations of a JVM, of metaspace and the like, are as large and look alike */
	if (may_be_by_threads(fit))
		return INQ_POSSIBLE;
	if (fit->count && !fit->split.told && (!fit->split.ratio || (may_be_told(jvm) && !fit->split_shows)))
		return INQ_POSSIBLE;
	if (fit->window.by_flag && (fit->start_shows || fit->end_shows || fit->window.end_shows))
		return INQ_LIKELY;
	bool witnessed = fit->count ? fit->split_shows && (fit->split.usual || fit->table_count) : fit->table_count > 0;
	return edges && witnessed ? INQ_LIKELY : INQ_POSSIBLE;
}

/* Where what is committed ends is not known to the page then. */
enum inq_confidence inq_layout_confidence(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit)
{
	enum inq_confidence place = confidence_of_place(jvm, fit);
	if (!is_in_large_pages(fit))
		return place;
	return place == INQ_CERTAIN ? INQ_LIKELY : INQ_POSSIBLE;
}
