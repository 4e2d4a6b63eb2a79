/* The addresses of an entry, and the few attributes that are read. Facts: DWARF 5, 2.17 (code addresses and ranges). */
#include "lib/modules/dwarf.h"

#include <dwarf.h>

bool dwarf_number(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Half name, uint64_t *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Unsigned value;
	Dwarf_Signed number;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(dbg, dwarf_attr(die, name, &attribute, &error), &error))
		return false;
	/* An offset into another section has a form of its own since DWARF 4. */
	bool found = dwarf_ok(dbg, dwarf_formudata(attribute, &value, &error), &error) ||
		     dwarf_ok(dbg, dwarf_global_formref(attribute, &value, &error), &error);
	if (!found && dwarf_ok(dbg, dwarf_formsdata(attribute, &number, &error), &error) && number >= 0) {
		found = true;
		value = (Dwarf_Unsigned)number;
	}
	dwarf_dealloc_attribute(attribute);
	if (found)
		*ret = value;
	return found;
}

const char *dwarf_string(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Half name)
{
	Dwarf_Attribute attribute;
	char *string = NULL;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(dbg, dwarf_attr(die, name, &attribute, &error), &error))
		return NULL;
	if (!dwarf_ok(dbg, dwarf_formstring(attribute, &string, &error), &error))
		string = NULL;
	dwarf_dealloc_attribute(attribute);
	return string && *string ? string : NULL;
}

/* A reference into another file (dwz's alternate, DWARF 5's supplementary) or by signature is not followed: its offset
 * would be one of this file. */
static bool stays_here(Dwarf_Half form)
{
	switch (form) {
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
	case DW_FORM_ref_addr:
		return true;
	default:
		return false;
	}
}

bool dwarf_reference(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Half name, Dwarf_Off *ret)
{
	Dwarf_Attribute attribute;
	Dwarf_Half form;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(dbg, dwarf_attr(die, name, &attribute, &error), &error))
		return false;
	bool found = dwarf_ok(dbg, dwarf_whatform(attribute, &form, &error), &error) && stays_here(form) &&
		     dwarf_ok(dbg, dwarf_global_formref(attribute, ret, &error), &error);
	dwarf_dealloc_attribute(attribute);
	return found;
}

/* Up to DWARF 4, .debug_ranges. */
static void old_ranges(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Off offset, uint64_t base, dwarf_range_visitor *visitor,
		       void *data)
{
	Dwarf_Ranges *list;
	Dwarf_Signed count;
	Dwarf_Unsigned bytes;
	Dwarf_Off real;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(dbg, dwarf_get_ranges_b(dbg, offset, die, &real, &list, &count, &bytes, &error), &error))
		return;
	for (Dwarf_Signed i = 0; i < count && list[i].dwr_type != DW_RANGES_END; i++) {
		if (list[i].dwr_type == DW_RANGES_ADDRESS_SELECTION)
			base = list[i].dwr_addr2;
		else
			visitor(data, base + list[i].dwr_addr1, base + list[i].dwr_addr2);
	}
	dwarf_ranges_dealloc(dbg, list, count);
}

static bool is_range(unsigned kind)
{
	return kind == DW_RLE_startx_endx || kind == DW_RLE_startx_length || kind == DW_RLE_offset_pair ||
	       kind == DW_RLE_start_end || kind == DW_RLE_start_length;
}

/* DWARF 5, .debug_rnglists. */
static void new_ranges(Dwarf_Debug dbg, Dwarf_Attribute attribute, Dwarf_Half form, uint64_t offset,
		       dwarf_range_visitor *visitor, void *data)
{
	Dwarf_Rnglists_Head head;
	Dwarf_Unsigned count, place;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(dbg, dwarf_rnglists_get_rle_head(attribute, form, offset, &head, &count, &place, &error), &error))
		return;
	for (Dwarf_Unsigned i = 0; i < count; i++) {
		unsigned length, kind;
		Dwarf_Unsigned raw1, raw2, start, end;
		Dwarf_Bool unavailable;
		if (!dwarf_ok(dbg,
			      dwarf_get_rnglists_entry_fields_a(head, i, &length, &kind, &raw1, &raw2, &unavailable,
								&start, &end, &error),
			      &error))
			break;
		if (!unavailable && is_range(kind))
			visitor(data, start, end);
	}
	dwarf_dealloc_rnglists_head(head);
}

static bool listed_ranges(Dwarf_Debug dbg, Dwarf_Die die, uint64_t base, dwarf_range_visitor *visitor, void *data)
{
	Dwarf_Attribute attribute;
	Dwarf_Half version, offset_size, form;
	Dwarf_Unsigned offset;
	Dwarf_Error error = NULL;
	if (!dwarf_ok(dbg, dwarf_attr(die, DW_AT_ranges, &attribute, &error), &error))
		return false;
	bool ok = dwarf_ok(dbg, dwarf_whatform(attribute, &form, &error), &error) &&
		  dwarf_get_version_of_die(die, &version, &offset_size) == DW_DLV_OK;
	/* Before DWARF 4 the offset has the form of a number. */
	bool plain = form == DW_FORM_rnglistx || form == DW_FORM_data4 || form == DW_FORM_data8;
	ok = ok && (plain ? dwarf_ok(dbg, dwarf_formudata(attribute, &offset, &error), &error)
			  : dwarf_ok(dbg, dwarf_global_formref(attribute, &offset, &error), &error));
	if (ok && version >= 5)
		new_ranges(dbg, attribute, form, offset, visitor, data);
	else if (ok)
		old_ranges(dbg, die, offset, base, visitor, data);
	dwarf_dealloc_attribute(attribute);
	return true;
}

bool dwarf_ranges(Dwarf_Debug dbg, Dwarf_Die die, uint64_t base, dwarf_range_visitor *visitor, void *data)
{
	Dwarf_Addr low, high;
	Dwarf_Half form;
	enum Dwarf_Form_Class class;
	Dwarf_Error error = NULL;
	/* A unit can have both: there low_pc is only the base of the ranges. */
	if (listed_ranges(dbg, die, base, visitor, data))
		return true;
	if (!dwarf_ok(dbg, dwarf_lowpc(die, &low, &error), &error))
		return false;
	if (!dwarf_ok(dbg, dwarf_highpc_b(die, &high, &form, &class, &error), &error))
		return true;
	visitor(data, low, class == DW_FORM_CLASS_CONSTANT ? low + high : high);
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

bool dwarf_holds(Dwarf_Debug dbg, Dwarf_Die die, uint64_t base, uint64_t address, bool *has_ranges)
{
	struct holding holding = { address, false };
	*has_ranges = dwarf_ranges(dbg, die, base, hold, &holding);
	return holding.held;
}
