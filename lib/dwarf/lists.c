/* How entries of range and location lists tell addresses. Facts: DWARF 5, 2.17.3, 2.6.2; DWARF 4, 2.17.3 for pairs; the
 * addresses of what linkers left out: LLVM's "tombstones", -1 and -2 (for .debug_ranges and .debug_loc). */
#include "lib/dwarf/lists.h"

static uint64_t highest(const struct inq_dwarf_unit *unit)
{
	return unit->address_size == 4 ? UINT32_MAX : UINT64_MAX;
}

uint64_t inq_dwarf_plus(const struct inq_dwarf_unit *unit, uint64_t address, uint64_t offset)
{
	return (address + offset) & highest(unit);
}

struct inq_dwarf_list inq_dwarf_list_open(struct inq_dwarf_unit *unit, struct inq_dwarf *dwarf,
					  enum inq_dwarf_section section, uint64_t offset)
{
	struct inq_dwarf_list list = { .unit = unit, .cursor = inq_dwarf_cursor(dwarf, section, offset) };
	inq_dwarf_list_set_base(&list, unit->low_pc);
	return list;
}

bool inq_dwarf_list_indexed(struct inq_dwarf_unit *unit, enum inq_dwarf_section section, uint64_t base, uint64_t index,
			    uint64_t *ret)
{
	struct inq_view bytes;
	uint64_t at;
	return inq_mul(index, unit->offset_size, &at) && inq_add(at, base, &at) &&
	       inq_dwarf_slice(unit->dwarf, section, at, unit->offset_size, &bytes) &&
	       inq_add(base, inq_view_get(&bytes, 0, unit->offset_size), ret);
}

void inq_dwarf_list_set_base(struct inq_dwarf_list *list, uint64_t base)
{
	list->base = base;
	list->dead = base >= highest(list->unit) - 1;
}

uint64_t inq_dwarf_list_address(struct inq_dwarf_list *list)
{
	return inq_cursor_integer(&list->cursor, list->unit->address_size);
}

uint64_t inq_dwarf_list_index(struct inq_dwarf_list *list)
{
	uint64_t address = 0, index = inq_cursor_uleb(&list->cursor);
	list->failed |= !inq_dwarf_indexed_address(list->unit, index, &address);
	return address;
}

bool inq_dwarf_list_old_pair(struct inq_dwarf_list *list, uint64_t *start, uint64_t *end)
{
	for (;;) {
		uint64_t first = inq_dwarf_list_address(list), second = inq_dwarf_list_address(list);
		if (list->cursor.bad || (!first && !second) || !inq_dwarf_work(list->unit->dwarf, 1))
			return false;
		if (first == highest(list->unit)) {
			inq_dwarf_list_set_base(list, second);
			continue;
		}
		*start = list->dead ? 0 : inq_dwarf_plus(list->unit, list->base, first);
		*end = list->dead ? 0 : inq_dwarf_plus(list->unit, list->base, second);
		return true;
	}
}
