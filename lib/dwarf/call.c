/* Calls: what a function calls, and what it passes in registers. Facts: DWARF 5, 3.4 (call sites); what GNU had before it:
 * binutils' include/dwarf2.def. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

enum { OP_REG0 = 0x50, OP_REG31 = 0x6f, OP_REGX = 0x90 };

/* Of the two names of an attribute the one that the entry has. */
static bool either(const struct inq_dwarf_entry *entry, unsigned name, unsigned gnu, struct inq_dwarf_value *ret)
{
	return inq_dwarf_attribute(entry, name, ret) || inq_dwarf_attribute(entry, gnu, ret);
}

static bool expression(const struct inq_dwarf_entry *entry, unsigned name, unsigned gnu, struct inq_view *ret)
{
	struct inq_dwarf_value value;
	if (!either(entry, name, gnu, &value) ||
	    (value.class != INQ_DWARF_EXPRESSION && value.class != INQ_DWARF_BLOCK))
		return false;
	*ret = value.bytes;
	return ret->size > 0;
}

static void read_call(const struct inq_dwarf_entry *entry, struct inq_dwarf_call *ret)
{
	bool gnu = entry->abbreviation.tag == TAG_GNU_CALL_SITE;
	*ret = (struct inq_dwarf_call) { .unit = entry->unit, .entry = *entry, .returns_to = INQ_DWARF_NONE };
	ret->tail = inq_dwarf_flag(entry, gnu ? AT_GNU_TAIL_CALL : AT_CALL_TAIL_CALL);
	if (!ret->tail && !inq_dwarf_address(entry, gnu ? AT_LOW_PC : AT_CALL_RETURN_PC, &ret->returns_to))
		ret->returns_to = INQ_DWARF_NONE;
	ret->has_callee = inq_dwarf_reference(entry, gnu ? AT_ABSTRACT_ORIGIN : AT_CALL_ORIGIN, &ret->callee);
	if (!expression(entry, AT_CALL_TARGET, AT_GNU_CALL_SITE_TARGET, &ret->target))
		ret->target = (struct inq_view) { 0 };
}

static bool is_call(const struct inq_dwarf_entry *entry)
{
	return entry->abbreviation.tag == TAG_CALL_SITE || entry->abbreviation.tag == TAG_GNU_CALL_SITE;
}

/* What calls of the function stand in; a function in the function has its own. */
static bool may_hold_calls(const struct inq_dwarf_entry *entry)
{
	unsigned tag = entry->abbreviation.tag;
	return tag == TAG_LEXICAL_BLOCK || tag == TAG_INLINED_SUBROUTINE || tag == TAG_TRY_BLOCK ||
	       tag == TAG_CATCH_BLOCK;
}

bool inq_dwarf_next_call(struct inq_dwarf_calls *calls, struct inq_dwarf_call *ret)
{
	bool into = !calls->depth || may_hold_calls(&calls->at);
	while (inq_dwarf_next(&calls->at, into, &calls->depth, &calls->at)) {
		if (is_call(&calls->at)) {
			read_call(&calls->at, ret);
			return true;
		}
		into = may_hold_calls(&calls->at);
	}
	return false;
}

/* Whether the expression is nothing but that register. */
static bool is_register(const struct inq_view *code, uint64_t reg)
{
	struct inq_cursor cursor = { .bytes = *code };
	uint64_t op = inq_cursor_integer(&cursor, 1);
	if (op == OP_REGX)
		op = OP_REG0 + inq_cursor_uleb(&cursor);
	else if (op < OP_REG0 || op > OP_REG31)
		return false;
	return !cursor.bad && cursor.at == code->size && op - OP_REG0 == reg;
}

bool inq_dwarf_call_passes(const struct inq_dwarf_call *call, uint64_t reg, struct inq_view *ret)
{
	struct inq_dwarf_entry entry;
	struct inq_view place;
	for (bool more = inq_dwarf_child(&call->entry, &entry); more; more = inq_dwarf_sibling(&entry, &entry)) {
		unsigned tag = entry.abbreviation.tag;
		if ((tag == TAG_CALL_SITE_PARAMETER || tag == TAG_GNU_CALL_SITE_PARAMETER) &&
		    expression(&entry, AT_LOCATION, AT_LOCATION, &place) && is_register(&place, reg))
			return expression(&entry, AT_CALL_VALUE, AT_GNU_CALL_SITE_VALUE, ret);
	}
	return false;
}

static void take_first(void *data, uint64_t start, uint64_t end)
{
	uint64_t *first = data;
	(void)end;
	if (*first == INQ_DWARF_NONE)
		*first = start;
}

bool inq_dwarf_entry_pc(const struct inq_dwarf_entry *function, uint64_t *ret)
{
	*ret = INQ_DWARF_NONE;
	return inq_dwarf_address(function, AT_ENTRY_PC, ret) || inq_dwarf_address(function, AT_LOW_PC, ret) ||
	       (inq_dwarf_ranges(function, take_first, ret) && *ret != INQ_DWARF_NONE);
}
