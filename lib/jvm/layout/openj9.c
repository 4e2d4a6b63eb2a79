/* The heap of Eclipse OpenJ9 (IBM J9), which reserves -Xmx bytes in one piece. Where it has generations (gencon, its default), the
 * old one is committed from the lower end and the new one from the upper; other policies commit from the lower end. With
 * compressed references the heap lies below 64 GiB. (OpenJ9's user documentation: "-Xgcpolicy", "-Xcompressedrefs", and the
 * regions under 1STHEAPTYPE in "Java dump", which begin and end as said.) Where its new space begins no border tells. */
#include "lib/jvm/layout/tell.h"

enum { PIECES = 3 };
static const uint64_t LOW = UINT64_C(64) << 30, LEAST = 4 << 20;

static void remember(struct inq_layout_case *jvm, const struct inq_layout_window *window)
{
	for (size_t i = 0; i < jvm->fit_count; i++)
		if (jvm->fits[i].window.start == window->start && jvm->fits[i].window.end == window->end)
			return; /* each of its borders gives it once */
	if (jvm->fit_count < INQ_LAYOUT_FITS)
		jvm->fits[jvm->fit_count++].window = *window;
}

static bool begins_committed(const struct inq_layout_map *map, uint64_t start)
{
	size_t i = inq_layout_from(map, start);
	return i < map->count && inq_layout_accessible(&map->space->mappings.items[i]);
}

static void try_flag(struct inq_layout_case *jvm, const struct inq_layout_window *window, const void *data)
{
	(void)data;
	if (window->start_shows && window->end_shows && begins_committed(&jvm->map, window->start) &&
	    !inq_layout_is_arena(window->start, window->end))
		remember(jvm, window);
}

/* Both ends committed, and what is between reserved. */
static bool is_shape(const struct inq_layout_map *map, size_t i)
{
	const struct inq_mapping *mappings = map->space->mappings.items;
	for (size_t j = 0; j < PIECES; j++)
		if (!map->eligible[i + j] || inq_layout_accessible(&mappings[i + j]) != (j != 1) ||
		    (j && mappings[i + j].start != mappings[i + j - 1].end))
			return false;
	return mappings[i].start % INQ_LAYOUT_GRAIN == 0 && mappings[i + 2].end % INQ_LAYOUT_GRAIN == 0 &&
	       mappings[i + 2].end <= LOW && mappings[i + 2].end - mappings[i].start >= LEAST;
}

static void try_shapes(struct inq_layout_case *jvm)
{
	const struct inq_mapping *mappings = jvm->space->mappings.items;
	for (size_t i = 0; i + PIECES <= jvm->map.count && mappings[i].start < LOW; i++)
		if (is_shape(&jvm->map, i))
			remember(jvm, &(struct inq_layout_window) { .start = mappings[i].start,
								    .end = mappings[i + PIECES - 1].end });
}

void inq_layout_tell_openj9(struct inq_layout_case *jvm, struct inq_jvm *ret)
{
	struct inq_ctx *ctx = jvm->space->ctx;
	struct inq_sentences why = { .ctx = ctx };
	uint64_t most = inq_jvm_option(&jvm->options, INQ_JVM_OPTION_max_heap, 0);
	if (most)
		inq_layout_windows_of(jvm, most, 0, try_flag, NULL);
	else
		try_shapes(jvm);
	if (jvm->fit_count != 1)
		return;
	const struct inq_layout_window *window = &jvm->fits[0].window;
	ret->has_heap = true;
	ret->heap = inq_layout_area(jvm, "heap", window->start, window->end, most ? INQ_LIKELY : INQ_POSSIBLE);
	if (most)
		inq_sentence(&why, "it is -Xmx exactly: %s, and no other stretch is", inq_exact_size_text(ctx, most));
	else
		inq_sentence(&why, "one stretch below 64 GiB is committed at both ends and reserved between");
	ret->heap.evidence = inq_sentences_end(&why);
}
