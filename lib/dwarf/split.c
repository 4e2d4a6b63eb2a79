/* Split units: the skeleton in the program's file has the addresses, a .dwo or .dwp file has the entries. Facts: DWARF 5,
 * 3.1.2 and appendix F; for version 4 GCC's wiki, "DebugFission". */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

static bool is_skeleton(struct inq_dwarf_unit *unit)
{
	struct inq_dwarf_entry root;
	struct inq_dwarf_value value;
	return inq_dwarf_root(unit, &root) &&
	       (inq_dwarf_attribute(&root, AT_DWO_NAME, &value) || inq_dwarf_attribute(&root, AT_GNU_DWO_NAME, &value));
}

/* A .dwo file has few units. */
static struct inq_dwarf_unit *find_by_scan(struct inq_dwarf *dwarf, uint64_t id)
{
	struct inq_dwarf_head head = { 0, 0 };
	while (inq_dwarf_next_head(dwarf, INQ_DWARF_INFO, head.end, &head)) {
		struct inq_dwarf_unit *unit = inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, head.offset);
		if (unit && unit->id == id && (unit->type == UT_SPLIT_COMPILE || unit->version < 5))
			return unit;
	}
	return NULL;
}

struct inq_dwarf_unit *inq_dwarf_unit_of_id(struct inq_dwarf *dwarf, uint64_t id)
{
	uint64_t offset;
	if (!inq_dwarf_package_find(dwarf, INQ_DWARF_INFO, id, &offset))
		return find_by_scan(dwarf, id);
	struct inq_dwarf_unit *unit =
		offset != INQ_DWARF_NONE ? inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, offset) : NULL;
	return unit && unit->id == id ? unit : NULL;
}

struct inq_dwarf_unit *inq_dwarf_split_unit(struct inq_dwarf_unit *unit)
{
	const struct inq_dwarf_input *input = &unit->dwarf->input;
	if (unit->split)
		return unit->split;
	if (unit->split_asked || unit->skeleton || !input->split)
		return unit;
	unit->split_asked = true;
	struct inq_dwarf_unit *split = is_skeleton(unit) ? input->split(input->data, unit) : NULL;
	if (!split || split->skeleton || split == unit || split->address_size != unit->address_size)
		return unit;
	split->skeleton = unit;
	split->low_pc = unit->low_pc;
	if (split->version < 5)
		split->ranges_base = unit->split_ranges_base;
	unit->split = split;
	return split;
}
