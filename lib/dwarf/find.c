/* The unit, the function, and the scopes of an address. Facts: DWARF 5, 6.1.2 (.debug_aranges) and 3.3 (functions). */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

#include <stdlib.h>

enum {
	MOST_NESTING = 64,	      /* blocks and inlined functions in each other */
	WORK_PER_LOOKUP = 64 << 10,   /* what a look-up adds to the budget: more than most take */
	TOUCHED_PER_LOOKUP = 16 << 10 /* names, here and there: the kernel maps 64 KiB around each (fault-around) */
};

/* One set: the addresses of one unit. The pairs begin at a multiple of their own size. */
static void list_set(struct inq_dwarf *dwarf, struct inq_cursor *cursor, uint64_t start, uint64_t offset_size)
{
	struct inq_dwarf_span span = { 0 };
	uint64_t version = inq_cursor_integer(cursor, 2);
	span.offset = inq_cursor_integer(cursor, (unsigned)offset_size);
	unsigned size = (unsigned)inq_cursor_integer(cursor, 1), segment = (unsigned)inq_cursor_integer(cursor, 1);
	if (version != 2 || (size != 4 && size != 8) || segment)
		return;
	inq_cursor_skip(cursor, -(cursor->at - start) & (2 * size - 1));
	while (!cursor->bad && cursor->at < cursor->bytes.size && inq_dwarf_work(dwarf, 1)) {
		uint64_t length;
		span.start = inq_cursor_integer(cursor, size);
		length = inq_cursor_integer(cursor, size);
		if (!span.start && !length)
			return;
		if (inq_add(span.start, length, &span.end))
			inq_dwarf_add_span(dwarf, &dwarf->listed, span);
	}
}

static int by_offset(const void *left, const void *right)
{
	const uint64_t *a = left, *b = right;
	return (*a > *b) - (*a < *b);
}

/* The unit of the spans from `from` on, if there are any. */
static void add_listed_unit(struct inq_dwarf *dwarf, size_t from)
{
	if (dwarf->listed.count == from)
		return;
	uint64_t *kept = inq_dwarf_offset_vec_push(&dwarf->listed_units);
	if (kept)
		*kept = dwarf->listed.items[from].offset;
	dwarf->no_memory |= !kept;
}

static void list_units(struct inq_dwarf *dwarf)
{
	struct inq_cursor all = inq_dwarf_cursor(dwarf, INQ_DWARF_ARANGES, 0);
	dwarf->listed_read = true;
	while (!all.bad && all.at < all.bytes.size) {
		uint8_t offset_size;
		uint64_t start = all.at, length = inq_dwarf_length(&all, &offset_size);
		struct inq_cursor set = { .bytes = inq_view_clip(&all.bytes, 0, all.at + length), .at = all.at };
		inq_cursor_skip(&all, length);
		size_t from = dwarf->listed.count;
		if (!all.bad)
			list_set(dwarf, &set, start, offset_size);
		add_listed_unit(dwarf, from);
	}
	inq_dwarf_sort_spans(&dwarf->listed);
	if (dwarf->listed_units.count)
		qsort(dwarf->listed_units.items, dwarf->listed_units.count, sizeof(uint64_t), by_offset);
}

struct adder {
	struct inq_dwarf *dwarf;
	struct inq_dwarf_span_vec *spans;
	uint64_t offset;
};

static void add_range(void *data, uint64_t start, uint64_t end)
{
	const struct adder *adder = data;
	inq_dwarf_add_span(adder->dwarf, adder->spans, (struct inq_dwarf_span) { start, end, adder->offset });
}

/* Goes on over the sorted offsets from *at on. */
static bool is_listed(const struct inq_dwarf_offset_vec *units, size_t *at, uint64_t offset)
{
	while (*at < units->count && units->items[*at] < offset)
		++*at;
	return *at < units->count && units->items[*at] == offset;
}

/* Not every compiler lists its units. One that is listed is so with all its addresses, as gdb has it too. */
static void scan_units(struct inq_dwarf *dwarf)
{
	struct inq_dwarf_head head = { 0, 0 };
	size_t listed = 0;
	dwarf->scanned_read = true;
	while (inq_dwarf_next_head(dwarf, INQ_DWARF_INFO, head.end, &head)) {
		struct inq_dwarf_unit unit;
		struct inq_dwarf_entry root;
		struct adder adder = { dwarf, &dwarf->scanned, head.offset };
		if (is_listed(&dwarf->listed_units, &listed, head.offset) ||
		    !inq_dwarf_unit_read(dwarf, INQ_DWARF_INFO, head.offset, &unit))
			continue;
		if (inq_dwarf_root(&unit, &root))
			inq_dwarf_ranges(&root, add_range, &adder);
		inq_dwarf_abbreviations_release(&unit.abbreviations);
	}
	inq_dwarf_sort_spans(&dwarf->scanned);
}

struct inq_dwarf_unit *inq_dwarf_unit_at(struct inq_dwarf *dwarf, uint64_t address)
{
	dwarf->work += WORK_PER_LOOKUP;
	inq_dwarf_pass(dwarf, TOUCHED_PER_LOOKUP);
	if (!dwarf->listed_read)
		list_units(dwarf);
	const struct inq_dwarf_span *span = inq_dwarf_find_span(&dwarf->listed, address);
	if (!span && !dwarf->scanned_read)
		scan_units(dwarf);
	if (!span)
		span = inq_dwarf_find_span(&dwarf->scanned, address);
	struct inq_dwarf_unit *unit = span ? inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, span->offset) : NULL;
	return unit ? inq_dwarf_split_unit(unit) : NULL;
}

/* The functions of a unit, as far as a walk over them has come. */
struct inq_dwarf_functions {
	struct inq_dwarf_span_vec spans; /* as in the unit; sorted, once all were met */
	struct inq_dwarf_scan scan;
	bool whole;
	unsigned asked; /* look-ups so far */
};

void inq_dwarf_functions_release(struct inq_dwarf_functions *functions)
{
	if (functions)
		inq_dwarf_span_vec_release(&functions->spans);
	free(functions);
}

static void begin_walk(struct inq_dwarf_unit *unit, struct inq_dwarf_functions *functions, bool nested)
{
	functions->spans.count = 0;
	functions->scan = inq_dwarf_scan_functions(unit, nested);
	functions->whole = false;
}

/* Goes on by one function. */
static void walk_on(struct inq_dwarf_functions *functions)
{
	struct inq_dwarf_entry entry;
	functions->whole = !inq_dwarf_next_function(&functions->scan, &entry);
	if (functions->whole) {
		inq_dwarf_sort_spans(&functions->spans);
		return;
	}
	struct adder adder = { entry.unit->dwarf, &functions->spans, entry.offset };
	inq_dwarf_ranges(&entry, add_range, &adder);
}

static const struct inq_dwarf_span *find_function(struct inq_dwarf_functions *functions, uint64_t address)
{
	const struct inq_dwarf_span_vec *spans = &functions->spans;
	bool lazy = functions->asked++ < INQ_DWARF_LAZY;
	for (size_t i = 0; !functions->whole; walk_on(functions))
		for (; lazy && i < spans->count; i++)
			if (spans->items[i].start <= address && address < spans->items[i].end)
				return &spans->items[i];
	return inq_dwarf_find_span(spans, address);
}

static struct inq_dwarf_functions *functions_of(struct inq_dwarf_unit *unit)
{
	if (!unit->functions) {
		unit->functions = inq_alloc(sizeof *unit->functions);
		unit->dwarf->no_memory |= !unit->functions;
		if (unit->functions)
			begin_walk(unit, unit->functions, false);
	}
	return unit->functions;
}

bool inq_dwarf_function_at(struct inq_dwarf_unit *unit, uint64_t address, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_functions *functions = functions_of(unit);
	const struct inq_dwarf_span *span = functions ? find_function(functions, address) : NULL;
	if (!span && functions && !functions->scan.nested) { /* C of GNU, Fortran, Ada have functions in functions */
		begin_walk(unit, functions, true);
		span = find_function(functions, address);
	}
	return span && inq_dwarf_entry_at(unit, span->offset, ret);
}

/* The child that holds the address, or a block without addresses of its own that has such a child. */
static bool scope_in(const struct inq_dwarf_entry *parent, uint64_t address, unsigned depth,
		     struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_entry entry, inner;
	bool more = depth < MOST_NESTING && inq_dwarf_child(parent, &entry);
	for (; more; more = inq_dwarf_sibling(&entry, &entry)) {
		struct inq_dwarf_value value;
		switch (entry.abbreviation.tag) {
		case TAG_LEXICAL_BLOCK:
		case TAG_TRY_BLOCK:
		case TAG_CATCH_BLOCK:
			if (!inq_dwarf_attribute(&entry, AT_RANGES, &value) &&
			    !inq_dwarf_attribute(&entry, AT_LOW_PC, &value)) {
				if (!scope_in(&entry, address, depth + 1, &inner))
					break;
				*ret = inner;
				return true;
			}
			/* fall through */
		case TAG_INLINED_SUBROUTINE:
			if (!inq_dwarf_holds(&entry, address))
				break;
			*ret = entry;
			return true;
		default:
			break;
		}
	}
	return false;
}

size_t inq_dwarf_scopes(const struct inq_dwarf_entry *function, uint64_t address, struct inq_dwarf_entry *ret,
			size_t most)
{
	size_t count = 0;
	if (!most)
		return 0;
	ret[count++] = *function;
	while (count < most && scope_in(&ret[count - 1], address, 0, &ret[count]))
		count++;
	return count;
}
