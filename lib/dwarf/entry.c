/* Entries: one at an offset, its children, the one after it; and attributes. Facts: DWARF 5, 2.3 and 7.5.2. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

enum {
	MOST_DEPTH = 256,   /* of entries within each other that a walk passes over */
	MOST_REFERENCES = 8 /* from an inlined function over its origin to its declaration */
};

static struct inq_cursor cursor_at(const struct inq_dwarf_unit *unit, uint64_t offset)
{
	return (struct inq_cursor) { .bytes = unit->bytes, .at = offset, .bad = offset < unit->root };
}

/* Like inq_dwarf_entry_at; an end mark is an entry with the tag 0. */
static bool read_entry(struct inq_dwarf_unit *unit, uint64_t offset, struct inq_dwarf_entry *ret)
{
	struct inq_cursor cursor = cursor_at(unit, offset);
	struct inq_dwarf_entry entry = { .unit = unit, .offset = offset };
	uint64_t code = inq_cursor_uleb(&cursor);
	if (cursor.bad || !inq_dwarf_work(unit->dwarf, 1) ||
	    (code && !inq_dwarf_abbreviation(unit, code, &entry.abbreviation)))
		return false;
	entry.values = cursor.at;
	*ret = entry;
	return true;
}

bool inq_dwarf_entry_at(struct inq_dwarf_unit *unit, uint64_t offset, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_entry entry;
	if (!read_entry(unit, offset, &entry) || !entry.abbreviation.tag)
		return false;
	*ret = entry;
	return true;
}

bool inq_dwarf_root(struct inq_dwarf_unit *unit, struct inq_dwarf_entry *ret)
{
	return inq_dwarf_entry_at(unit, unit->root, ret);
}

static const struct inq_dwarf_spec *spec_of(const struct inq_dwarf_entry *entry, uint32_t index)
{
	return &entry->unit->abbreviations.specs.items[entry->abbreviation.first + index];
}

/* Where the entry's values end, and DW_AT_sibling if it has one (else 0). */
static bool pass_values(const struct inq_dwarf_entry *entry, uint64_t *end, uint64_t *sibling)
{
	struct inq_cursor cursor = cursor_at(entry->unit, entry->values);
	const struct inq_dwarf_abbreviation *abbreviation = &entry->abbreviation;
	*sibling = 0;
	if (abbreviation->fixed && !abbreviation->children) {
		inq_cursor_skip(&cursor, abbreviation->size);
		*end = cursor.at;
		return !cursor.bad;
	}
	for (uint32_t i = 0; i < abbreviation->count; i++) {
		struct inq_dwarf_value value;
		inq_dwarf_read_form(entry->unit, &cursor, spec_of(entry, i), &value);
		if (cursor.bad)
			return false;
		if (spec_of(entry, i)->name == AT_SIBLING && value.class == INQ_DWARF_REFERENCE) {
			*sibling = value.number;
			if (abbreviation->children)
				break;
		}
	}
	*end = cursor.at;
	return inq_dwarf_work(entry->unit->dwarf, abbreviation->count);
}

bool inq_dwarf_child(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret)
{
	struct inq_cursor cursor = cursor_at(entry->unit, entry->values);
	if (!entry->abbreviation.children)
		return false;
	if (entry->abbreviation.fixed)
		inq_cursor_skip(&cursor, entry->abbreviation.size);
	for (uint32_t i = 0; !entry->abbreviation.fixed && i < entry->abbreviation.count; i++) {
		struct inq_dwarf_value value;
		inq_dwarf_read_form(entry->unit, &cursor, spec_of(entry, i), &value);
	}
	return !cursor.bad && inq_dwarf_entry_at(entry->unit, cursor.at, ret);
}

/* Goes over the entry and all below it: by DW_AT_sibling, else one by one. */
bool inq_dwarf_sibling(const struct inq_dwarf_entry *entry, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_entry at = *entry;
	unsigned depth = 0;
	do {
		uint64_t next, sibling;
		if (!pass_values(&at, &next, &sibling))
			return false;
		bool children = at.abbreviation.children;
		if (children && sibling > next)
			next = sibling;
		else if (children && ++depth > MOST_DEPTH)
			return false;
		if (!read_entry(at.unit, next, &at))
			return false;
		for (; depth && !at.abbreviation.tag; depth--)
			if (!read_entry(at.unit, at.values, &at))
				return false;
	} while (depth);
	if (!at.abbreviation.tag)
		return false;
	*ret = at;
	return true;
}

bool inq_dwarf_attribute(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_value *ret)
{
	struct inq_cursor cursor = cursor_at(entry->unit, entry->values);
	for (uint32_t i = 0; i < entry->abbreviation.count && !cursor.bad; i++) {
		struct inq_dwarf_value value;
		inq_dwarf_read_form(entry->unit, &cursor, spec_of(entry, i), &value);
		if (spec_of(entry, i)->name != name || cursor.bad)
			continue;
		*ret = value;
		return true;
	}
	return false;
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
