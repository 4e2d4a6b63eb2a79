/* The index of a .dwp file: which part of each section a unit has. Facts: DWARF 5, 7.3.5.3; version 2: GCC's wiki,
 * "DebugFissionDWP". */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

struct index {
	struct inq_view bytes;
	uint64_t columns, units, slots;
	uint64_t hashes, rows, names, offsets; /* where its tables stand */
};

static bool read_index(struct inq_dwarf *dwarf, enum inq_dwarf_section section, struct index *ret)
{
	struct inq_cursor cursor = inq_dwarf_cursor(dwarf, section, 0);
	if (cursor.bad)
		return false;
	uint64_t word = inq_cursor_integer(&cursor, 4), table;
	bool known = word == 2 || inq_view_get(&cursor.bytes, 0, 2) == 5;
	ret->bytes = cursor.bytes;
	ret->columns = inq_cursor_integer(&cursor, 4);
	ret->units = inq_cursor_integer(&cursor, 4);
	ret->slots = inq_cursor_integer(&cursor, 4);
	ret->hashes = cursor.at;
	ret->rows = ret->hashes + 8 * ret->slots;
	ret->names = ret->rows + 4 * ret->slots;
	ret->offsets = ret->names + 4 * ret->columns;
	return !cursor.bad && known && ret->columns < 2 * INQ_DWARF_COLUMNS && (ret->slots & (ret->slots - 1)) == 0 &&
	       inq_mul(4 * ret->columns, ret->units, &table) && inq_within(ret->offsets, table, ret->bytes.size);
}

/* In version 2 the columns have other numbers from 5 on: .debug_loc, .debug_str_offsets, .debug_macinfo, .debug_macro. */
static uint64_t column_name(const struct index *index, uint64_t column)
{
	return inq_view_get(&index->bytes, index->names + 4 * column, 4);
}

static void read_row(const struct index *index, uint64_t row, uint64_t ret[INQ_DWARF_COLUMNS])
{
	for (uint64_t column = 0; column < index->columns; column++) {
		uint64_t name = column_name(index, column);
		if (name < INQ_DWARF_COLUMNS)
			ret[name] =
				inq_view_get(&index->bytes, index->offsets + 4 * (row * index->columns + column), 4);
	}
}

static bool column_of(const struct index *index, uint64_t name, uint64_t *ret)
{
	for (uint64_t column = 0; column < index->columns; column++)
		if (column_name(index, column) == name) {
			*ret = column;
			return true;
		}
	return false;
}

/* The row whose part of `section` begins at the offset. */
static bool find_row(struct inq_dwarf *dwarf, const struct index *index, enum inq_dwarf_section section,
		     uint64_t offset, uint64_t ret[INQ_DWARF_COLUMNS])
{
	uint64_t column;
	if (!column_of(index, section == INQ_DWARF_TYPES ? SECT_TYPES : SECT_INFO, &column) ||
	    !inq_dwarf_work(dwarf, index->units))
		return false;
	for (uint64_t row = 0; row < index->units; row++) {
		uint64_t at = index->offsets + 4 * (row * index->columns + column);
		if (inq_view_get(&index->bytes, at, 4) != offset)
			continue;
		read_row(index, row, ret);
		return true;
	}
	return false;
}

void inq_dwarf_package_bases(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
			     uint64_t ret[INQ_DWARF_COLUMNS])
{
	struct index index;
	memset(ret, 0, INQ_DWARF_COLUMNS * sizeof *ret);
	if (read_index(dwarf, INQ_DWARF_CU_INDEX, &index) && find_row(dwarf, &index, section, offset, ret))
		return;
	if (read_index(dwarf, INQ_DWARF_TU_INDEX, &index))
		find_row(dwarf, &index, section, offset, ret);
}

static uint64_t find_id(const struct index *index, uint64_t id, uint64_t name)
{
	uint64_t column, mask = index->slots - 1, slot = id & mask, step = ((id >> 32) & mask) | 1;
	if (!column_of(index, name, &column))
		return INQ_DWARF_NONE;
	for (uint64_t i = 0; i < index->slots; i++, slot = (slot + step) & mask) {
		uint64_t row = inq_view_get(&index->bytes, index->rows + 4 * slot, 4);
		if (!row)
			break;
		if (inq_view_get(&index->bytes, index->hashes + 8 * slot, 8) != id || row > index->units)
			continue;
		return inq_view_get(&index->bytes, index->offsets + 4 * ((row - 1) * index->columns + column), 4);
	}
	return INQ_DWARF_NONE;
}

static bool find_in(struct inq_dwarf *dwarf, enum inq_dwarf_section which, uint64_t id, uint64_t name, uint64_t *ret)
{
	struct index index;
	if (!read_index(dwarf, which, &index) || !inq_dwarf_work(dwarf, 1))
		return false;
	if (*ret == INQ_DWARF_NONE)
		*ret = find_id(&index, id, name);
	return true;
}

bool inq_dwarf_package_find(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t id, uint64_t *ret)
{
	uint64_t name = section == INQ_DWARF_TYPES ? SECT_TYPES : SECT_INFO;
	*ret = INQ_DWARF_NONE;
	bool units = find_in(dwarf, INQ_DWARF_CU_INDEX, id, name, ret);
	bool types = find_in(dwarf, INQ_DWARF_TU_INDEX, id, name, ret);
	return units || types;
}
