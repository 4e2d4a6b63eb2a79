/* Addresses and what they belong to, sorted for look-ups. */
#include "lib/dwarf/private.h"

void inq_dwarf_add_span(struct inq_dwarf *dwarf, struct inq_dwarf_span_vec *spans, struct inq_dwarf_span span)
{
	/* What the linker left out stands at 0, or at the highest addresses. */
	if (!span.start || span.start >= span.end)
		return;
	struct inq_dwarf_span *kept = inq_dwarf_span_vec_push(spans);
	if (kept)
		*kept = span;
	dwarf->no_memory |= !kept;
}

static int by_start(const void *left, const void *right)
{
	const struct inq_dwarf_span *a = left, *b = right;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->end < b->end) - (a->end > b->end); /* the narrower later, that it is found first */
}

void inq_dwarf_sort_spans(struct inq_dwarf_span_vec *spans)
{
	size_t sorted = 1;
	while (sorted < spans->count && by_start(&spans->items[sorted - 1], &spans->items[sorted]) <= 0)
		sorted++;
	if (sorted < spans->count)
		qsort(spans->items, spans->count, sizeof *spans->items, by_start);
}

const struct inq_dwarf_span *inq_dwarf_find_span(const struct inq_dwarf_span_vec *spans, uint64_t address)
{
	enum { MOST_NESTED = 64 }; /* spans that begin between the right one and the address */
	size_t low = 0, high = spans->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (spans->items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0 && low - i < MOST_NESTED; i--)
		if (address < spans->items[i - 1].end)
			return &spans->items[i - 1];
	return NULL;
}
