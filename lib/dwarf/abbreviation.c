/* Abbreviations: what entries of a code consist of. A table is read only as far as a code was asked for: of most units
 * only the first entry is ever looked at. Facts: DWARF 5, 7.5.3. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

enum { MOST_SPECS = 1 << 20, STEP = 1024 };

void inq_dwarf_abbreviations_release(struct inq_dwarf_abbreviations *table)
{
	inq_dwarf_abbreviation_vec_release(&table->list);
	inq_dwarf_spec_vec_release(&table->specs);
	inq_dwarf_step_vec_release(&table->steps);
}

/* One value more is to be gone over. */
static bool add_step(struct inq_dwarf_unit *unit, struct inq_dwarf_abbreviation *ret, int size, unsigned form)
{
	if (size >= 0) {
		ret->size += (uint32_t)size;
		return true;
	}
	struct inq_dwarf_step *step = inq_dwarf_step_vec_push(&unit->abbreviations.steps);
	if (!step)
		return false;
	*step = (struct inq_dwarf_step) { ret->size, (uint16_t)form };
	ret->size = 0;
	ret->steps++;
	return true;
}

/* Its specs up to the pair of zeros. */
static bool read_specs(struct inq_dwarf_unit *unit, struct inq_cursor *cursor, struct inq_dwarf_abbreviation *ret)
{
	struct inq_dwarf_spec_vec *specs = &unit->abbreviations.specs;
	while (!cursor->bad) {
		uint64_t name = inq_cursor_uleb(cursor), form = inq_cursor_uleb(cursor);
		int64_t constant = form == FORM_IMPLICIT_CONST ? inq_cursor_sleb(cursor) : 0;
		if (!name && !form)
			return !cursor->bad;
		struct inq_dwarf_spec *spec = specs->count < MOST_SPECS ? inq_dwarf_spec_vec_push(specs) : NULL;
		if (!spec || name > UINT16_MAX || form > UINT16_MAX)
			return false;
		int size = inq_dwarf_form_size(unit, (unsigned)form);
		*spec = (struct inq_dwarf_spec) { (uint16_t)name, (uint16_t)form, (int8_t)size, constant };
		ret->sibling |= name == AT_SIBLING;
		ret->ranged |= name == AT_RANGES;
		ret->placed |= name == AT_LOW_PC || name == AT_RANGES;
		ret->count++;
		if (!add_step(unit, ret, size, (unsigned)form))
			return false;
	}
	return false;
}

/* The one at the cursor; a code of 0 ends the table. */
static bool read_one(struct inq_dwarf_unit *unit, struct inq_cursor *cursor, struct inq_dwarf_abbreviation *ret)
{
	*ret = (struct inq_dwarf_abbreviation) { .code = inq_cursor_uleb(cursor) };
	if (!ret->code)
		return !cursor->bad;
	uint64_t tag = inq_cursor_uleb(cursor);
	ret->tag = (uint16_t)tag;
	ret->children = inq_cursor_integer(cursor, 1) != 0;
	ret->first = (uint32_t)unit->abbreviations.specs.count;
	ret->first_step = (uint32_t)unit->abbreviations.steps.count;
	if (!tag || tag > UINT16_MAX || !read_specs(unit, cursor, ret))
		return false;
	ret->plain = !ret->steps && !(ret->children && ret->sibling) && ret->code == unit->abbreviations.list.count + 1;
	return true;
}

/* What is there of the section from the next abbreviation on, at least `size` bytes or all. */
static struct inq_cursor cursor_at(struct inq_dwarf_unit *unit, uint64_t size)
{
	struct inq_view bytes;
	struct inq_dwarf *dwarf = unit->dwarf;
	uint64_t at = unit->abbreviations.next;
	if (inq_dwarf_slice(dwarf, INQ_DWARF_ABBREV, at, size, &bytes))
		return (struct inq_cursor) { .bytes = bytes };
	struct inq_cursor cursor = inq_dwarf_cursor(dwarf, INQ_DWARF_ABBREV, at);
	if (!cursor.bad)
		cursor.bytes = inq_view_clip(&cursor.bytes, at, size);
	cursor.at = 0;
	return cursor;
}

static bool read_next(struct inq_dwarf_unit *unit)
{
	struct inq_dwarf_abbreviations *table = &unit->abbreviations;
	struct inq_dwarf_abbreviation one;
	for (uint64_t size = STEP;; size *= 8) {
		size_t specs = table->specs.count, steps = table->steps.count;
		struct inq_cursor cursor = cursor_at(unit, size);
		bool ok = read_one(unit, &cursor, &one);
		if (ok && one.code) {
			table->next += cursor.at;
			struct inq_dwarf_abbreviation *kept = inq_dwarf_abbreviation_vec_push(&table->list);
			if (kept)
				*kept = one;
			unit->dwarf->no_memory |= !kept;
			return kept && inq_dwarf_work(unit->dwarf, 1 + one.count);
		}
		table->specs.count = specs;
		table->steps.count = steps;
		if (ok)
			return false;
		if (!cursor.bad || cursor.bytes.size < size) {
			unit->dwarf->damaged = true;
			return false;
		}
	}
}

const struct inq_dwarf_abbreviation *inq_dwarf_find_abbreviation(struct inq_dwarf_unit *unit, uint64_t code)
{
	struct inq_dwarf_abbreviations *table = &unit->abbreviations;
	const struct inq_dwarf_abbreviation_vec *list = &table->list;
	while (list->count < code && !table->whole) {
		table->whole = !read_next(unit);
		if (list->count && list->items[list->count - 1].code == code)
			break;
	}
	if (code && code <= list->count && list->items[code - 1].code == code)
		return &list->items[code - 1];
	if (!inq_dwarf_work(unit->dwarf, list->count))
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].code == code)
			return &list->items[i];
	return NULL;
}
