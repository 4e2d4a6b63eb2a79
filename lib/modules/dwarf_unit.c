/* The functions of a unit, and the chain of those inlined at an address. Facts: DWARF 5, 3.3 (subroutine entries). */
#include "lib/modules/dwarf.h"

#include <dwarf.h>
#include <stdlib.h>

enum {
	MOST_NESTING = 64,     /* namespaces, blocks, inlined functions within each other */
	MOST_REFERENCES = 8,   /* from an inlined function over its origin to its declaration */
	MOST_ENTRIES = 4 << 20 /* the budget of one walk */
};

struct walk {
	Dwarf_Debug dbg;
	struct dwarf_unit *unit;
	unsigned entries, depth;
};

typedef bool visitor(struct walk *walk, void *data, Dwarf_Die die, Dwarf_Half tag);

/* Tells the children of an entry, as long as `visit` says true. */
static void visit_children(struct walk *walk, Dwarf_Die parent, visitor *visit, void *data)
{
	Dwarf_Die die;
	Dwarf_Half tag;
	Dwarf_Off at = 0, before;
	Dwarf_Error error = NULL;
	if (walk->depth >= MOST_NESTING || !dwarf_ok(walk->dbg, dwarf_child(parent, &die, &error), &error))
		return;
	walk->depth++;
	while (die) {
		Dwarf_Die next = NULL;
		before = at;
		if (walk->entries++ < MOST_ENTRIES && dwarf_ok(walk->dbg, dwarf_tag(die, &tag, &error), &error) &&
		    dwarf_ok(walk->dbg, dwarf_dieoffset(die, &at, &error), &error) && at > before &&
		    visit(walk, data, die, tag) &&
		    !dwarf_ok(walk->dbg, dwarf_siblingof_b(walk->dbg, die, true, &next, &error), &error))
			next = NULL;
		dwarf_dealloc_die(die);
		die = next;
	}
	walk->depth--;
}

struct function_ranges {
	struct dwarf_spans *spans;
	Dwarf_Off die;
};

static void add_range(void *data, uint64_t start, uint64_t end)
{
	struct function_ranges *ranges = data;
	dwarf_add_span(ranges->spans, start, end, ranges->die);
}

static bool collect(struct walk *walk, void *data, Dwarf_Die die, Dwarf_Half tag)
{
	Dwarf_Error error = NULL;
	struct function_ranges ranges = { .spans = &walk->unit->functions };
	switch (tag) {
	case DW_TAG_subprogram:
		if (dwarf_ok(walk->dbg, dwarf_dieoffset(die, &ranges.die, &error), &error))
			dwarf_ranges(walk->dbg, die, walk->unit->base, add_range, &ranges);
		break;
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type: /* Rust has the bodies of methods there */
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type:
		visit_children(walk, die, collect, data);
		break;
	default:
		break;
	}
	return true;
}

static void read_functions(Dwarf_Debug dbg, struct dwarf_unit *unit)
{
	Dwarf_Die root;
	Dwarf_Error error = NULL;
	struct walk walk = { .dbg = dbg, .unit = unit };
	unit->functions_read = true;
	if (!dwarf_ok(dbg, dwarf_offdie_b(dbg, unit->die, true, &root, &error), &error))
		return;
	visit_children(&walk, root, collect, NULL);
	dwarf_dealloc_die(root);
	dwarf_sort_spans(&unit->functions);
}

static const char *linkage_name(Dwarf_Debug dbg, Dwarf_Die die)
{
	const char *name = dwarf_string(dbg, die, DW_AT_linkage_name);
	return name ? name : dwarf_string(dbg, die, DW_AT_MIPS_linkage_name);
}

/* The name that the linker knows, else the source's, from the entry or from those it is an instance of. */
static const char *function_name(Dwarf_Debug dbg, Dwarf_Off at)
{
	const char *linkage = NULL, *plain = NULL;
	Dwarf_Error error = NULL;
	bool more = true;
	for (unsigned i = 0; i < MOST_REFERENCES && more && !linkage; i++) {
		Dwarf_Die die;
		if (!dwarf_ok(dbg, dwarf_offdie_b(dbg, at, true, &die, &error), &error))
			break;
		linkage = linkage_name(dbg, die);
		if (!plain)
			plain = dwarf_string(dbg, die, DW_AT_name);
		more = dwarf_reference(dbg, die, DW_AT_abstract_origin, &at) ||
		       dwarf_reference(dbg, die, DW_AT_specification, &at);
		dwarf_dealloc_die(die);
	}
	return linkage ? linkage : plain;
}

/* One inlined function around the address. */
struct level {
	Dwarf_Off die;
	uint64_t file, line; /* of the call */
};

struct descent {
	uint64_t address;
	struct level levels[MOST_NESTING]; /* outermost first */
	size_t count;
};

static bool descend(struct walk *walk, void *data, Dwarf_Die die, Dwarf_Half tag)
{
	struct descent *descent = data;
	Dwarf_Error error = NULL;
	bool has_ranges;
	if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_lexical_block && tag != DW_TAG_try_block &&
	    tag != DW_TAG_catch_block)
		return true;
	bool held = dwarf_holds(walk->dbg, die, walk->unit->base, descent->address, &has_ranges);
	if (!held && (has_ranges || tag == DW_TAG_inlined_subroutine))
		return true;
	if (tag == DW_TAG_inlined_subroutine && descent->count < MOST_NESTING) {
		struct level *level = &descent->levels[descent->count];
		*level = (struct level) { 0 };
		if (!dwarf_ok(walk->dbg, dwarf_dieoffset(die, &level->die, &error), &error))
			return true;
		dwarf_number(walk->dbg, die, DW_AT_call_file, &level->file);
		dwarf_number(walk->dbg, die, DW_AT_call_line, &level->line);
		descent->count++;
	}
	visit_children(walk, die, descend, data);
	return !held; /* no other child holds the address too */
}

/* The chain, innermost first; `function` is what all was inlined into. */
static size_t write_places(struct walk *walk, const struct descent *descent, Dwarf_Off function,
			   struct inq_dwarf_place *ret, size_t most)
{
	size_t count = 0;
	struct inq_dwarf_place place = { 0 };
	dwarf_line_at(walk->dbg, walk->unit, descent->address, &place);
	for (size_t i = descent->count; i > 0 && count < most; i--) {
		const struct level *level = &descent->levels[i - 1];
		place.function = function_name(walk->dbg, level->die);
		ret[count++] = place;
		place.file = dwarf_file(walk->dbg, walk->unit, level->file);
		place.line = level->line <= UINT32_MAX ? (unsigned)level->line : 0;
	}
	if (count < most) {
		place.function = function_name(walk->dbg, function);
		ret[count++] = place;
	}
	return count;
}

size_t dwarf_unit_places(Dwarf_Debug dbg, struct dwarf_unit *unit, uint64_t address, struct inq_dwarf_place *ret,
			 size_t most)
{
	Dwarf_Die die;
	Dwarf_Error error = NULL;
	struct walk walk = { .dbg = dbg, .unit = unit };
	struct descent descent = { .address = address };
	if (!unit->functions_read)
		read_functions(dbg, unit);
	const struct dwarf_span *span = dwarf_find_span(&unit->functions, address);
	if (!span) {
		*ret = (struct inq_dwarf_place) { 0 };
		dwarf_line_at(dbg, unit, address, ret);
		return ret->file ? 1 : 0;
	}
	if (!dwarf_ok(dbg, dwarf_offdie_b(dbg, span->die, true, &die, &error), &error))
		return 0;
	visit_children(&walk, die, descend, &descent);
	dwarf_dealloc_die(die);
	return write_places(&walk, &descent, span->die, ret, most);
}

void dwarf_unit_release(struct dwarf_unit *unit)
{
	free(unit->functions.items);
	dwarf_lines_release(&unit->lines);
	free(unit);
}
