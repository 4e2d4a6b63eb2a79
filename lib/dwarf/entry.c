/* Entries: one at an offset, its children, the one after it; and attributes. Facts: DWARF 5, 2.3 and 7.5.2. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

enum {
	MOST_DEPTH = 256,   /* of entries within each other that a walk passes over */
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
	if (abbreviation->fixed) {
		inq_cursor_skip(cursor, abbreviation->size);
		return;
	}
	const struct inq_dwarf_spec *specs = specs_of(unit, abbreviation);
	for (uint32_t i = 0; i < abbreviation->count && !cursor->bad; i++)
		inq_dwarf_skip_form(unit, cursor, &specs[i]);
}

static bool find_value(struct inq_dwarf_unit *unit, struct inq_cursor cursor,
		       const struct inq_dwarf_abbreviation *abbreviation, unsigned name, struct inq_dwarf_value *ret)
{
	const struct inq_dwarf_spec *specs = specs_of(unit, abbreviation);
	for (uint32_t i = 0; i < abbreviation->count && !cursor.bad; i++) {
		if (specs[i].name != name) {
			inq_dwarf_skip_form(unit, &cursor, &specs[i]);
			continue;
		}
		struct inq_dwarf_value value;
		inq_dwarf_read_form(unit, &cursor, &specs[i], &value);
		if (cursor.bad)
			return false;
		*ret = value;
		return true;
	}
	return false;
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

/* Goes over an entry whose values are at the cursor, and all that is below it. */
static bool pass_entry(struct inq_dwarf_unit *unit, struct inq_cursor *cursor,
		       const struct inq_dwarf_abbreviation *abbreviation)
{
	unsigned depth = 0;
	while (abbreviation && depth <= MOST_DEPTH && inq_dwarf_work(unit->dwarf, 1)) {
		uint64_t code = 0;
		depth += enter(unit, cursor, abbreviation);
		for (; depth && !(code = inq_cursor_uleb(cursor)); depth--)
			if (cursor->bad)
				return false;
		if (!depth)
			return !cursor->bad;
		abbreviation = inq_dwarf_abbreviation(unit, code);
	}
	return false;
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

/* Goes over the entry at the cursor, or over all of it by DW_AT_sibling where nothing below it is wanted. */
static void scan_entry(struct inq_dwarf_scan *scan, struct inq_cursor *cursor,
		       const struct inq_dwarf_abbreviation *abbreviation)
{
	bool open = !scan->shut && scan->depth < MOST_NESTING && may_hold_functions(abbreviation->tag, scan->nested);
	bool into = abbreviation->children;
	if (open)
		pass_values(scan->unit, cursor, abbreviation);
	else
		into = enter(scan->unit, cursor, abbreviation);
	scan->depth += into;
	if (into && !open && !scan->shut)
		scan->shut = scan->depth;
}

bool inq_dwarf_next_function(struct inq_dwarf_scan *scan, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_unit *unit = scan->unit;
	struct inq_cursor cursor = cursor_at(unit, scan->at);
	bool found = false, more = scan->depth > 0;
	while (!found && more) {
		uint64_t offset = cursor.at, code = inq_cursor_uleb(&cursor);
		const struct inq_dwarf_abbreviation *abbreviation = code ? inq_dwarf_abbreviation(unit, code) : NULL;
		if (abbreviation) {
			found = abbreviation->tag == TAG_SUBPROGRAM && abbreviation->placed && !scan->shut;
			if (found)
				*ret = (struct inq_dwarf_entry) { unit, offset, cursor.at, *abbreviation };
			scan_entry(scan, &cursor, abbreviation);
		} else {
			scan->shut = --scan->depth < scan->shut ? 0 : scan->shut;
		}
		more = !cursor.bad && (abbreviation || !code) && scan->depth > 0;
	}
	inq_dwarf_pass(unit->dwarf, cursor.at - scan->at);
	scan->depth = more && inq_dwarf_work(unit->dwarf, cursor.at - scan->at) ? scan->depth : 0;
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
