/* Units: their headers, and what the offsets in them count from. Facts: DWARF 5, 7.5.1 (headers), 3.1 (attributes). */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/lines.h"
#include "lib/dwarf/private.h"

#include <stdlib.h>

void inq_dwarf_unit_release(struct inq_dwarf_unit *unit)
{
	inq_dwarf_abbreviations_release(&unit->abbreviations);
	inq_dwarf_functions_release(unit->functions);
	inq_dwarf_lines_release(unit->lines);
	free(unit);
}

bool inq_dwarf_next_head(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			 struct inq_dwarf_head *ret)
{
	struct inq_view bytes;
	uint8_t offset_size;
	if (!inq_dwarf_slice(dwarf, section, offset, 12, &bytes))
		return false;
	struct inq_cursor cursor = { .bytes = bytes };
	uint64_t length = inq_dwarf_length(&cursor, &offset_size), end;
	if (!length) /* padding */
		return false;
	if (!inq_add(offset + cursor.at, length, &end) || end > dwarf->sections[section].whole ||
	    !inq_dwarf_work(dwarf, 1)) {
		dwarf->damaged = true;
		return false;
	}
	*ret = (struct inq_dwarf_head) { offset, end };
	return true;
}

static void read_new_header(struct inq_cursor *cursor, struct inq_dwarf_unit *unit)
{
	unit->type = (uint8_t)inq_cursor_integer(cursor, 1);
	unit->address_size = (uint8_t)inq_cursor_integer(cursor, 1);
	unit->abbreviation_offset = inq_cursor_integer(cursor, unit->offset_size);
	switch (unit->type) {
	case UT_SKELETON:
	case UT_SPLIT_COMPILE:
		unit->id = inq_cursor_integer(cursor, 8);
		break;
	case UT_TYPE:
	case UT_SPLIT_TYPE:
		unit->id = inq_cursor_integer(cursor, 8);
		unit->type_entry = inq_cursor_integer(cursor, unit->offset_size);
		break;
	default:
		break;
	}
}

static void read_old_header(struct inq_cursor *cursor, struct inq_dwarf_unit *unit)
{
	unit->abbreviation_offset = inq_cursor_integer(cursor, unit->offset_size);
	unit->address_size = (uint8_t)inq_cursor_integer(cursor, 1);
	unit->type = UT_COMPILE;
	if (unit->section != INQ_DWARF_TYPES)
		return;
	unit->type = UT_TYPE;
	unit->id = inq_cursor_integer(cursor, 8);
	unit->type_entry = inq_cursor_integer(cursor, unit->offset_size);
}

static bool read_header(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			struct inq_dwarf_unit *unit)
{
	struct inq_dwarf_head head;
	struct inq_view unused;
	if (!inq_dwarf_next_head(dwarf, section, offset, &head) ||
	    !inq_dwarf_slice(dwarf, section, offset, head.end - offset, &unused))
		return false;
	*unit = (struct inq_dwarf_unit) { .dwarf = dwarf, .section = section, .offset = offset, .end = head.end };
	unit->bytes = inq_view_clip(&dwarf->sections[section].view, 0, head.end);
	struct inq_cursor cursor = { .bytes = unit->bytes, .at = offset };
	inq_dwarf_length(&cursor, &unit->offset_size);
	unit->version = (uint16_t)inq_cursor_integer(&cursor, 2);
	if (unit->version >= 5)
		read_new_header(&cursor, unit);
	else
		read_old_header(&cursor, unit);
	unit->root = cursor.at;
	bool ok = !cursor.bad && unit->version >= 2 && unit->version <= 5 &&
		  (unit->address_size == 4 || unit->address_size == 8) &&
		  inq_add(unit->offset, unit->type_entry, &unit->type_entry);
	dwarf->damaged |= !ok;
	return ok;
}

/* What the root's attributes say; strings and addresses by index can be read only after that. */
static void read_bases(struct inq_dwarf_unit *unit, const struct inq_dwarf_entry *root)
{
	uint64_t number;
	static const struct {
		uint16_t name, base;
	} bases[] = {
		{ AT_STMT_LIST, offsetof(struct inq_dwarf_unit, line_table) },
		{ AT_STR_OFFSETS_BASE, offsetof(struct inq_dwarf_unit, str_offsets_base) },
		{ AT_ADDR_BASE, offsetof(struct inq_dwarf_unit, addr_base) },
		{ AT_GNU_ADDR_BASE, offsetof(struct inq_dwarf_unit, addr_base) },
		{ AT_RNGLISTS_BASE, offsetof(struct inq_dwarf_unit, rnglists_base) },
		{ AT_LOCLISTS_BASE, offsetof(struct inq_dwarf_unit, loclists_base) },
		{ AT_GNU_RANGES_BASE, offsetof(struct inq_dwarf_unit, split_ranges_base) },
		{ AT_GNU_DWO_ID, offsetof(struct inq_dwarf_unit, id) },
	};
	for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
		if (inq_dwarf_number(root, bases[i].name, &number))
			memcpy((char *)unit + bases[i].base, &number, sizeof number);
	if (inq_dwarf_address(root, AT_LOW_PC, &number))
		unit->low_pc = number;
}

/* Tables of version 5 begin with a header; a split unit does not say where its own begin. Facts: DWARF 5, 7.26 to 7.29. */
static void set_default_bases(struct inq_dwarf_unit *unit)
{
	uint64_t part[INQ_DWARF_COLUMNS];
	inq_dwarf_package_bases(unit->dwarf, unit->section, unit->offset, part);
	bool wide = unit->offset_size == 8, tables = unit->version >= 5;
	unit->abbreviation_offset += part[SECT_ABBREV];
	unit->line_table = INQ_DWARF_NONE;
	unit->str_offsets_base = part[SECT_STR_OFFSETS] + (!tables ? 0 : wide ? 16 : 8);
	unit->addr_base = !tables ? 0 : wide ? 16 : 8;
	unit->rnglists_base = part[SECT_RNGLISTS] + (wide ? 20 : 12);
	unit->loclists_base = part[SECT_LOCLISTS] + (wide ? 20 : 12);
	unit->loc_base = part[SECT_LOCLISTS];
	unit->ranges_base = tables ? part[SECT_RNGLISTS] : 0;
}

bool inq_dwarf_unit_read(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			 struct inq_dwarf_unit *ret)
{
	struct inq_dwarf_entry root;
	if (!read_header(dwarf, section, offset, ret))
		return false;
	set_default_bases(ret);
	ret->abbreviations.next = ret->abbreviation_offset;
	if (inq_dwarf_root(ret, &root))
		read_bases(ret, &root);
	return true;
}

/* The place of the first unit that is not before `offset`. */
static size_t place_of(const struct inq_dwarf_unit_vec *units, uint64_t offset)
{
	size_t low = 0, high = units->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (units->items[middle]->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct inq_dwarf_unit *inq_dwarf_unit_open(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset)
{
	struct inq_dwarf_unit_vec *units = &dwarf->units[section == INQ_DWARF_TYPES];
	size_t place = place_of(units, offset);
	if (place < units->count && units->items[place]->offset == offset)
		return units->items[place];
	struct inq_dwarf_unit *unit = inq_alloc(sizeof *unit);
	dwarf->no_memory |= !unit;
	if (!unit || !inq_dwarf_unit_read(dwarf, section, offset, unit) || !inq_dwarf_unit_vec_push(units)) {
		if (unit)
			inq_dwarf_unit_release(unit);
		return NULL;
	}
	memmove(&units->items[place + 1], &units->items[place], (units->count - 1 - place) * sizeof *units->items);
	units->items[place] = unit;
	return unit;
}

/* Reads one header more. */
static bool extend_heads(struct inq_dwarf *dwarf, enum inq_dwarf_section section, struct inq_dwarf_head_vec *heads)
{
	struct inq_dwarf_head head;
	if (!inq_dwarf_next_head(dwarf, section, heads->count ? heads->items[heads->count - 1].end : 0, &head))
		return false;
	struct inq_dwarf_head *kept = inq_dwarf_head_vec_push(heads);
	if (kept)
		*kept = head;
	return kept;
}

/* The unit around `offset`. Headers are read up to there, and kept. */
static bool find_head(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
		      struct inq_dwarf_head *ret)
{
	bool types = section == INQ_DWARF_TYPES;
	struct inq_dwarf_head_vec *heads = &dwarf->heads[types];
	while (!dwarf->heads_read[types] && (!heads->count || heads->items[heads->count - 1].end <= offset))
		dwarf->heads_read[types] = !extend_heads(dwarf, section, heads);
	size_t low = 0, high = heads->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (heads->items[middle].end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == heads->count)
		return false;
	*ret = heads->items[low];
	return true;
}

struct inq_dwarf_unit *inq_dwarf_unit_around(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset)
{
	struct inq_dwarf_head head;
	const struct inq_dwarf_unit_vec *units = &dwarf->units[section == INQ_DWARF_TYPES];
	size_t place = place_of(units, offset);
	/* Most references are to a unit that is open already. */
	if (place && offset < units->items[place - 1]->end)
		return units->items[place - 1];
	return find_head(dwarf, section, offset, &head) ? inq_dwarf_unit_open(dwarf, section, head.offset) : NULL;
}

static int by_signature(const void *left, const void *right)
{
	const struct inq_dwarf_signature *a = left, *b = right;
	return (a->signature > b->signature) - (a->signature < b->signature);
}

static void list_types(struct inq_dwarf *dwarf, enum inq_dwarf_section section)
{
	struct inq_dwarf_head head = { 0, 0 };
	struct inq_dwarf_unit unit;
	for (; inq_dwarf_next_head(dwarf, section, head.end, &head);) {
		if (!read_header(dwarf, section, head.offset, &unit) ||
		    (unit.type != UT_TYPE && unit.type != UT_SPLIT_TYPE))
			continue;
		struct inq_dwarf_signature *kept = inq_dwarf_signature_vec_push(&dwarf->types);
		if (!kept)
			return;
		*kept = (struct inq_dwarf_signature) { unit.id, head.offset, section };
	}
}

static void read_types(struct inq_dwarf *dwarf)
{
	dwarf->types_read = true;
	list_types(dwarf, INQ_DWARF_TYPES);
	list_types(dwarf, INQ_DWARF_INFO);
	if (dwarf->types.count)
		qsort(dwarf->types.items, dwarf->types.count, sizeof *dwarf->types.items, by_signature);
}

struct inq_dwarf_unit *inq_dwarf_unit_of_type(struct inq_dwarf *dwarf, uint64_t signature)
{
	const struct inq_dwarf_signature wanted = { .signature = signature }, *found = NULL;
	uint64_t offset;
	for (unsigned i = 0; i < 2; i++) { /* packages of version 4 have them in .debug_types */
		enum inq_dwarf_section section = i ? INQ_DWARF_TYPES : INQ_DWARF_INFO;
		if (inq_dwarf_package_find(dwarf, section, signature, &offset) && offset != INQ_DWARF_NONE)
			return inq_dwarf_unit_open(dwarf, section, offset);
	}
	if (!dwarf->types_read)
		read_types(dwarf);
	if (dwarf->types.count)
		found = bsearch(&wanted, dwarf->types.items, dwarf->types.count, sizeof wanted, by_signature);
	return found ? inq_dwarf_unit_open(dwarf, found->section, found->offset) : NULL;
}
