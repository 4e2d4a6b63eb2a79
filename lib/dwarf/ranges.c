/* The addresses of an entry. Facts: DWARF 5, 2.17 (code addresses and ranges) and 7.25. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/lists.h"

struct teller {
	inq_dwarf_range_visitor *visitor;
	void *data;
};

static void tell(const struct teller *teller, uint64_t start, uint64_t end)
{
	if (start < end)
		teller->visitor(teller->data, start, end);
}

/* Up to DWARF 4, .debug_ranges: that of a split unit is in its skeleton's file. */
static void old_ranges(struct inq_dwarf_unit *unit, uint64_t offset, const struct teller *teller)
{
	uint64_t start, end;
	struct inq_dwarf *home = unit->skeleton ? unit->skeleton->dwarf : unit->dwarf;
	struct inq_dwarf_list list = inq_dwarf_list_open(unit, home, INQ_DWARF_RANGES, offset);
	while (inq_dwarf_list_old_pair(&list, &start, &end))
		tell(teller, start, end);
}

/* The addresses of one entry; false at the end. One that only sets the base is empty. */
static bool new_range(struct inq_dwarf_list *list, uint64_t *start, uint64_t *end)
{
	struct inq_cursor *cursor = &list->cursor;
	bool counted = false;
	*start = *end = 0;
	list->failed = false;
	switch (inq_cursor_integer(cursor, 1)) {
	case RLE_BASE_ADDRESSX:
		inq_dwarf_list_set_base(list, inq_dwarf_list_index(list));
		list->dead |= list->failed;
		break;
	case RLE_BASE_ADDRESS:
		inq_dwarf_list_set_base(list, inq_dwarf_list_address(list));
		break;
	case RLE_STARTX_ENDX:
		*start = inq_dwarf_list_index(list);
		*end = inq_dwarf_list_index(list);
		break;
	case RLE_STARTX_LENGTH:
		*start = inq_dwarf_list_index(list);
		*end = inq_dwarf_plus(list->unit, *start, inq_cursor_uleb(cursor));
		break;
	case RLE_START_END:
		*start = inq_dwarf_list_address(list);
		*end = inq_dwarf_list_address(list);
		break;
	case RLE_START_LENGTH:
		*start = inq_dwarf_list_address(list);
		*end = inq_dwarf_plus(list->unit, *start, inq_cursor_uleb(cursor));
		break;
	case RLE_OFFSET_PAIR:
		*start = inq_dwarf_plus(list->unit, list->base, inq_cursor_uleb(cursor));
		*end = inq_dwarf_plus(list->unit, list->base, inq_cursor_uleb(cursor));
		counted = true;
		break;
	default: /* the end, or one that the future adds */
		return false;
	}
	if (list->failed || (counted && list->dead))
		*start = *end = 0;
	return !cursor->bad && inq_dwarf_work(list->unit->dwarf, 1);
}

static void new_ranges(struct inq_dwarf_unit *unit, uint64_t offset, const struct teller *teller)
{
	uint64_t start, end;
	struct inq_dwarf_list list = inq_dwarf_list_open(unit, unit->dwarf, INQ_DWARF_RNGLISTS, offset);
	while (new_range(&list, &start, &end))
		tell(teller, start, end);
}

static void listed_ranges(const struct inq_dwarf_value *value, const struct teller *teller)
{
	struct inq_dwarf_unit *unit = value->unit;
	uint64_t offset;
	if (value->class == INQ_DWARF_LIST_INDEX) {
		if (inq_dwarf_list_indexed(unit, INQ_DWARF_RNGLISTS, unit->rnglists_base, value->number, &offset))
			new_ranges(unit, offset, teller);
		return;
	}
	/* Before DWARF 4 the offset has the form of a number. */
	if (!inq_dwarf_value_number(value, &offset) || !inq_add(offset, unit->ranges_base, &offset))
		return;
	if (unit->version >= 5)
		new_ranges(unit, offset, teller);
	else
		old_ranges(unit, offset, teller);
}

bool inq_dwarf_ranges(const struct inq_dwarf_entry *entry, inq_dwarf_range_visitor *visitor, void *data)
{
	const struct teller teller = { visitor, data };
	struct inq_dwarf_value value;
	uint64_t low, high;
	if (!entry->abbreviation.placed)
		return false;
	/* A unit can have both: there low_pc is only the base of the ranges. */
	if (entry->abbreviation.ranged && inq_dwarf_attribute(entry, AT_RANGES, &value)) {
		listed_ranges(&value, &teller);
		return true;
	}
	if (!inq_dwarf_address(entry, AT_LOW_PC, &low))
		return false;
	if (!inq_dwarf_attribute(entry, AT_HIGH_PC, &value))
		return true;
	if (inq_dwarf_value_address(&value, &high))
		tell(&teller, low, high);
	else if (inq_dwarf_value_number(&value, &high))
		tell(&teller, low, inq_dwarf_plus(entry->unit, low, high));
	return true;
}

struct holding {
	uint64_t address;
	bool held;
};

static void hold(void *data, uint64_t start, uint64_t end)
{
	struct holding *holding = data;
	holding->held |= start <= holding->address && holding->address < end;
}

bool inq_dwarf_holds(const struct inq_dwarf_entry *entry, uint64_t address)
{
	struct holding holding = { address, false };
	inq_dwarf_ranges(entry, hold, &holding);
	return holding.held;
}
