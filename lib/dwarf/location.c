/* The expression that tells where something is, at one pc. Facts: DWARF 5, 2.6 and 7.29; DWARF 4, 2.6.2 for .debug_loc;
 * its form in split units of version 4: GCC's wiki, "DebugFission". */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/lists.h"

/* One entry of a list. */
struct piece {
	uint64_t start, end;
	bool has_expression, otherwise; /* DW_LLE_default_location: for where no other holds */
	struct inq_view expression;
};

static void take_expression(struct inq_dwarf_list *list, uint64_t size, struct piece *ret)
{
	ret->expression = inq_cursor_take(&list->cursor, size);
	ret->has_expression = !list->cursor.bad;
}

static bool old_piece(struct inq_dwarf_list *list, struct piece *ret)
{
	*ret = (struct piece) { 0 };
	if (!inq_dwarf_list_old_pair(list, &ret->start, &ret->end))
		return false;
	take_expression(list, inq_cursor_integer(&list->cursor, 2), ret);
	return !list->cursor.bad;
}

/* .debug_loc.dwo: DW_LLE_GNU_…. */
static bool split_piece(struct inq_dwarf_list *list, struct piece *ret)
{
	*ret = (struct piece) { 0 };
	list->failed = false;
	switch (inq_cursor_integer(&list->cursor, 1)) {
	case 1: /* base_address_selection_entry */
		inq_dwarf_list_set_base(list, inq_dwarf_list_index(list));
		return !list->cursor.bad;
	case 2: /* start_end_entry */
		ret->start = inq_dwarf_list_index(list);
		ret->end = inq_dwarf_list_index(list);
		break;
	case 3: /* start_length_entry */
		ret->start = inq_dwarf_list_index(list);
		ret->end = inq_dwarf_plus(list->unit, ret->start, inq_cursor_integer(&list->cursor, 4));
		break;
	default:
		return false;
	}
	take_expression(list, inq_cursor_integer(&list->cursor, 2), ret);
	return !list->cursor.bad;
}

/* What stands before the expression; false for the end. */
static bool new_addresses(struct inq_dwarf_list *list, unsigned kind, struct piece *ret)
{
	struct inq_cursor *cursor = &list->cursor;
	switch (kind) {
	case LLE_STARTX_ENDX:
		ret->start = inq_dwarf_list_index(list);
		ret->end = inq_dwarf_list_index(list);
		return true;
	case LLE_STARTX_LENGTH:
		ret->start = inq_dwarf_list_index(list);
		ret->end = inq_dwarf_plus(list->unit, ret->start, inq_cursor_uleb(cursor));
		return true;
	case LLE_OFFSET_PAIR:
		ret->start = inq_dwarf_plus(list->unit, list->base, inq_cursor_uleb(cursor));
		ret->end = inq_dwarf_plus(list->unit, list->base, inq_cursor_uleb(cursor));
		list->failed |= list->dead;
		return true;
	case LLE_DEFAULT_LOCATION:
		ret->otherwise = true;
		return true;
	case LLE_START_END:
		ret->start = inq_dwarf_list_address(list);
		ret->end = inq_dwarf_list_address(list);
		return true;
	case LLE_START_LENGTH:
		ret->start = inq_dwarf_list_address(list);
		ret->end = inq_dwarf_plus(list->unit, ret->start, inq_cursor_uleb(cursor));
		return true;
	default:
		return false;
	}
}

static bool new_piece(struct inq_dwarf_list *list, struct piece *ret)
{
	struct inq_cursor *cursor = &list->cursor;
	unsigned kind = (unsigned)inq_cursor_integer(cursor, 1);
	*ret = (struct piece) { 0 };
	list->failed = false;
	switch (kind) {
	case LLE_BASE_ADDRESSX:
		inq_dwarf_list_set_base(list, inq_dwarf_list_index(list));
		list->dead |= list->failed;
		break;
	case LLE_BASE_ADDRESS:
		inq_dwarf_list_set_base(list, inq_dwarf_list_address(list));
		break;
	case LLE_GNU_VIEW_PAIR:
		inq_cursor_uleb(cursor);
		inq_cursor_uleb(cursor);
		break;
	default:
		if (!new_addresses(list, kind, ret))
			return false;
		take_expression(list, inq_cursor_uleb(cursor), ret);
		ret->has_expression &= !list->failed;
	}
	return !cursor->bad;
}

static bool find_piece(struct inq_dwarf_list *list, bool (*next)(struct inq_dwarf_list *, struct piece *), uint64_t pc,
		       struct inq_view *ret)
{
	struct piece piece;
	bool found = false;
	while (next(list, &piece) && inq_dwarf_work(list->unit->dwarf, 1)) {
		if (!piece.has_expression)
			continue;
		if (!piece.otherwise && (pc < piece.start || pc >= piece.end))
			continue;
		*ret = piece.expression;
		found = true;
		if (!piece.otherwise)
			break;
	}
	return found;
}

static bool in_list(struct inq_dwarf_unit *unit, uint64_t offset, uint64_t pc, struct inq_view *ret)
{
	bool tables = unit->version >= 5;
	struct inq_dwarf_list list =
		inq_dwarf_list_open(unit, unit->dwarf, tables ? INQ_DWARF_LOCLISTS : INQ_DWARF_LOC, offset);
	return find_piece(&list, tables ? new_piece : unit->skeleton ? split_piece : old_piece, pc, ret);
}

bool inq_dwarf_location(const struct inq_dwarf_entry *entry, unsigned name, uint64_t pc, struct inq_view *ret)
{
	struct inq_dwarf_unit *unit = entry->unit;
	struct inq_dwarf_value value;
	uint64_t offset;
	if (!inq_dwarf_inherited(entry, name, &value))
		return false;
	if (value.class == INQ_DWARF_EXPRESSION || value.class == INQ_DWARF_BLOCK) {
		*ret = value.bytes;
		return ret->size > 0;
	}
	if (value.unit != unit) /* a list's addresses are those of its own function */
		return false;
	if (value.class == INQ_DWARF_LIST_INDEX)
		return inq_dwarf_list_indexed(unit, INQ_DWARF_LOCLISTS, unit->loclists_base, value.number, &offset) &&
		       in_list(unit, offset, pc, ret);
	return inq_dwarf_value_number(&value, &offset) && inq_add(offset, unit->loc_base, &offset) &&
	       in_list(unit, offset, pc, ret);
}
