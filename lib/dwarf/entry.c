/* Entries: one at an offset, its children, the one after it; and attributes. Facts: DWARF 5, 2.3 and 7.5.2. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

enum {
	MOST_NESTING = 64,  /* namespaces and types around functions */
	MOST_REFERENCES = 8 /* from an inlined function over its origin to its declaration */
};

static struct inq_cursor cursor_at(const struct inq_dwarf_unit *unit, uint64_t offset)
{
	return (struct inq_cursor) { .bytes = unit->bytes, .at = offset, .bad = offset < unit->root };
}

bool inq_dwarf_entry_at(struct inq_dwarf_unit *unit, uint64_t offset, struct inq_dwarf_entry *ret)
{
	struct inq_cursor cursor = cursor_at(unit, offset);
	uint64_t code = inq_cursor_uleb(&cursor);
	const struct inq_dwarf_abbreviation *abbreviation =
		code && !cursor.bad && inq_dwarf_work(unit->dwarf, 1) ? inq_dwarf_abbreviation(unit, code) : NULL;
	if (!abbreviation)
		return false;
	*ret = (struct inq_dwarf_entry) { unit, offset, cursor.at, *abbreviation };
	return true;
}

bool inq_dwarf_root(struct inq_dwarf_unit *unit, struct inq_dwarf_entry *ret)
{
	return inq_dwarf_entry_at(unit, unit->root, ret);
}

static const struct inq_dwarf_spec *specs_of(struct inq_dwarf_unit *unit,
					     const struct inq_dwarf_abbreviation *abbreviation)
{
	return abbreviation->count ? unit->abbreviations.specs.items + abbreviation->first : NULL;
}

/* Goes over all values of an entry. */
static void pass_values(struct inq_dwarf_unit *unit, struct inq_cursor *cursor,
			const struct inq_dwarf_abbreviation *abbreviation)
{
	for (uint32_t i = 0; i < abbreviation->steps; i++) {
		const struct inq_dwarf_step *step = &unit->abbreviations.steps.items[abbreviation->first_step + i];
		inq_cursor_skip(cursor, step->before);
		inq_dwarf_skip_varying(unit, cursor, step->form);
	}
	inq_cursor_skip(cursor, abbreviation->size);
}

static bool find_value(struct inq_dwarf_unit *unit, struct inq_cursor cursor,
		       const struct inq_dwarf_abbreviation *abbreviation, unsigned name, struct inq_dwarf_value *ret)
{
	const struct inq_dwarf_spec *specs = specs_of(unit, abbreviation);
	uint32_t which = 0;
	while (which < abbreviation->count && specs[which].name != name)
		which++;
	if (which == abbreviation->count)
		return false;
	for (uint32_t i = 0; i < which; i++) {
		if (specs[i].size >= 0)
			inq_cursor_skip(&cursor, (uint64_t)specs[i].size);
		else
			inq_dwarf_skip_varying(unit, &cursor, specs[i].form);
	}
	struct inq_dwarf_value value;
	inq_dwarf_read_form(unit, &cursor, &specs[which], &value);
	if (!cursor.bad)
		*ret = value;
	return !cursor.bad;
}

bool inq_dwarf_child(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret)
{
	struct inq_cursor cursor = cursor_at(entry->unit, entry->values);
	if (!entry->abbreviation.children)
		return false;
	pass_values(entry->unit, &cursor, &entry->abbreviation);
	return !cursor.bad && inq_dwarf_entry_at(entry->unit, cursor.at, ret);
}

/* Goes over an entry whose values are at the cursor, and by DW_AT_sibling over what is below it. Says whether that is still
 * ahead. */
static bool enter(struct inq_dwarf_unit *unit, struct inq_cursor *cursor,
		  const struct inq_dwarf_abbreviation *abbreviation)
{
	struct inq_dwarf_value value;
	if (abbreviation->children && abbreviation->sibling &&
	    find_value(unit, *cursor, abbreviation, AT_SIBLING, &value) && value.class == INQ_DWARF_REFERENCE &&
	    value.number > cursor->at) {
		cursor->at = value.number;
		return false;
	}
	pass_values(unit, cursor, abbreviation);
	return abbreviation->children;
}

/* Goes over entries that are plain, up to one that is not, or to the end of those that are below `*depth` others: most
 * of a unit is inlined functions, so this loop is what a walk takes. */
static void pass_plain(const struct inq_dwarf_unit *unit, struct inq_cursor *cursor, unsigned *depth)
{
	enum { LONG_CODE = 1 << 14 }; /* takes more than two bytes */
	const struct inq_dwarf_abbreviation_vec *list = &unit->abbreviations.list;
	const uint8_t *bytes = cursor->bytes.data;
	uint64_t at = cursor->at, size = cursor->bytes.size,
		 known = list->count < LONG_CODE ? list->count : LONG_CODE - 1;
	unsigned below = *depth;
	while (below && at < size) {
		uint64_t code = bytes[at], length = 1;
		if (code >= 0x80 && size - at > 1) {
			code += ((uint64_t)bytes[at + 1] - 1) << 7;
			length = 2;
		}
		if (!code) {
			at += length;
			below--;
			continue;
		}
		if (code > known)
			break;
		const struct inq_dwarf_abbreviation *abbreviation = &list->items[code - 1];
		if (!abbreviation->plain || abbreviation->size + length > size - at)
			break;
		at += length + abbreviation->size;
		below += abbreviation->children;
	}
	cursor->at = at;
	*depth = below;
}

/* Goes over an entry whose values are at the cursor, and all that is below it. */
static bool pass_entry(struct inq_dwarf_unit *unit, struct inq_cursor *cursor,
		       const struct inq_dwarf_abbreviation *abbreviation)
{
	enum { BYTES_PER_STEP = 8 };
	uint64_t from = cursor->at;
	unsigned depth = enter(unit, cursor, abbreviation);
	while (depth && abbreviation && !cursor->bad) {
		pass_plain(unit, cursor, &depth);
		if (!depth)
			break;
		uint64_t code = inq_cursor_uleb(cursor);
		abbreviation = code ? inq_dwarf_abbreviation(unit, code) : NULL;
		if (abbreviation)
			depth += enter(unit, cursor, abbreviation);
	}
	return !depth && !cursor->bad && inq_dwarf_work(unit->dwarf, 1 + (cursor->at - from) / BYTES_PER_STEP);
}

bool inq_dwarf_sibling(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret)
{
	struct inq_cursor cursor = cursor_at(entry->unit, entry->values);
	bool passed = pass_entry(entry->unit, &cursor, &entry->abbreviation);
	inq_dwarf_pass(entry->unit->dwarf, cursor.at - entry->values);
	return passed && inq_dwarf_entry_at(entry->unit, cursor.at, ret);
}

bool inq_dwarf_next(const struct inq_dwarf_entry *entry, bool into, unsigned *depth, struct inq_dwarf_entry *ret)
{
	struct inq_cursor cursor = cursor_at(entry->unit, entry->values);
	if (into && entry->abbreviation.children) {
		pass_values(entry->unit, &cursor, &entry->abbreviation);
		++*depth;
	} else if (!pass_entry(entry->unit, &cursor, &entry->abbreviation)) {
		return false;
	}
	for (; *depth && !cursor.bad; --*depth) {
		uint64_t offset = cursor.at;
		if (inq_cursor_uleb(&cursor))
			return inq_dwarf_entry_at(entry->unit, offset, ret);
	}
	return false;
}

/* Whether functions may stand below such an entry. Within functions they are looked for only when asked. */
static bool may_hold_functions(unsigned tag, bool nested)
{
	switch (tag) {
	case TAG_NAMESPACE:
	case TAG_MODULE:
	case TAG_CLASS_TYPE: /* Rust has the bodies of methods there */
	case TAG_STRUCTURE_TYPE:
	case TAG_UNION_TYPE:
	case TAG_ENUMERATION_TYPE:
		return true;
	case TAG_SUBPROGRAM:
	case TAG_LEXICAL_BLOCK:
		return nested;
	default:
		return false;
	}
}

/* Goes over the entry whose values are at the cursor, and over what is below it where no functions are wanted of that. */
static bool scan_entry(struct inq_dwarf_scan *scan, struct inq_cursor *cursor,
		       const struct inq_dwarf_abbreviation *abbreviation)
{
	if (!abbreviation->children || scan->depth == MOST_NESTING ||
	    !may_hold_functions(abbreviation->tag, scan->nested))
		return pass_entry(scan->unit, cursor, abbreviation);
	pass_values(scan->unit, cursor, abbreviation);
	scan->depth++;
	return !cursor->bad;
}

bool inq_dwarf_next_function(struct inq_dwarf_scan *scan, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_unit *unit = scan->unit;
	struct inq_cursor cursor = cursor_at(unit, scan->at);
	bool found = false, more = true;
	while (!found && more && scan->depth) {
		uint64_t offset = cursor.at, code = inq_cursor_uleb(&cursor);
		const struct inq_dwarf_abbreviation *abbreviation = code ? inq_dwarf_abbreviation(unit, code) : NULL;
		found = abbreviation && abbreviation->tag == TAG_SUBPROGRAM && abbreviation->placed && !scan->told;
		if (found) {
			*ret = (struct inq_dwarf_entry) { unit, offset, cursor.at, *abbreviation };
			cursor.at = offset;
		} else if (abbreviation) {
			more = scan_entry(scan, &cursor, abbreviation);
		} else {
			more = !code && !cursor.bad;
			scan->depth -= more;
		}
		scan->told = found;
	}
	inq_dwarf_pass(unit->dwarf, cursor.at - scan->at);
	scan->depth = more ? scan->depth : 0;
	scan->at = cursor.at;
	return found;
}

struct inq_dwarf_scan inq_dwarf_scan_functions(struct inq_dwarf_unit *unit, bool nested)
{
	struct inq_dwarf_entry root;
	struct inq_dwarf_scan scan = { .unit = unit, .nested = nested };
	if (!inq_dwarf_root(unit, &root) || !root.abbreviation.children)
		return scan;
	struct inq_cursor cursor = cursor_at(unit, root.values);
	pass_values(unit, &cursor, &root.abbreviation);
	scan.at = cursor.at;
	scan.depth = !cursor.bad;
	return scan;
}

bool inq_dwarf_attribute(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_value *ret)
{
	return find_value(entry->unit, cursor_at(entry->unit, entry->values), &entry->abbreviation, name, ret);
}

static bool origin_of(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret)
{
	return inq_dwarf_reference(entry, AT_ABSTRACT_ORIGIN, ret) || inq_dwarf_reference(entry, AT_SPECIFICATION, ret);
}

bool inq_dwarf_inherited(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_value *ret)
{
	struct inq_dwarf_entry at = *entry;
	for (unsigned i = 0; i < MOST_REFERENCES; i++) {
		if (inq_dwarf_attribute(&at, name, ret))
			return true;
		if (!origin_of(&at, &at))
			return false;
	}
	return false;
}

const char *inq_dwarf_name(const struct inq_dwarf_entry *entry)
{
	struct inq_dwarf_value value;
	const char *name = inq_dwarf_inherited(entry, AT_NAME, &value) ? inq_dwarf_value_string(&value) : NULL;
	return name && *name ? name : NULL;
}

const char *inq_dwarf_linkage_name(const struct inq_dwarf_entry *entry)
{
	struct inq_dwarf_value value;
	if (!inq_dwarf_inherited(entry, AT_LINKAGE_NAME, &value) &&
	    !inq_dwarf_inherited(entry, AT_MIPS_LINKAGE_NAME, &value))
		return NULL;
	const char *name = inq_dwarf_value_string(&value);
	return name && *name ? name : NULL;
}
