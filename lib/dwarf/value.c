/* Values turned into what they mean. Facts: DWARF 5, 2.13 to 2.18, 7.26 (string offsets), 7.27 (addresses). */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"

bool inq_dwarf_value_number(const struct inq_dwarf_value *value, uint64_t *ret)
{
	switch ((int)value->class) {
	case INQ_DWARF_SIGNED:
		if ((int64_t)value->number < 0)
			return false;
		break;
	case INQ_DWARF_NUMBER:
	case INQ_DWARF_OFFSET:
	case INQ_DWARF_FLAG:
		break;
	default:
		return false;
	}
	*ret = value->number;
	return true;
}

bool inq_dwarf_value_signed(const struct inq_dwarf_value *value, int64_t *ret)
{
	if (value->class != INQ_DWARF_NUMBER && value->class != INQ_DWARF_SIGNED)
		return false;
	unsigned shift = value->size ? 64 - 8U * value->size : 0;
	*ret = (int64_t)(value->number << shift) >> shift;
	return true;
}

bool inq_dwarf_indexed_address(const struct inq_dwarf_unit *unit, uint64_t index, uint64_t *ret)
{
	const struct inq_dwarf_unit *home = unit->skeleton ? unit->skeleton : unit;
	struct inq_view bytes;
	uint64_t offset;
	return inq_mul(index, unit->address_size, &offset) && inq_add(offset, home->addr_base, &offset) &&
	       inq_dwarf_slice(home->dwarf, INQ_DWARF_ADDR, offset, unit->address_size, &bytes) &&
	       inq_view_at(&bytes, 0, unit->address_size, ret);
}

bool inq_dwarf_value_address(const struct inq_dwarf_value *value, uint64_t *ret)
{
	if (value->class == INQ_DWARF_ADDRESS_INDEX)
		return inq_dwarf_indexed_address(value->unit, value->number, ret);
	if (value->class != INQ_DWARF_ADDRESS)
		return false;
	*ret = value->number;
	return true;
}

static const char *indexed_string(struct inq_dwarf_unit *unit, uint64_t index)
{
	struct inq_view bytes;
	uint64_t offset;
	if (!inq_mul(index, unit->offset_size, &offset) || !inq_add(offset, unit->str_offsets_base, &offset) ||
	    !inq_dwarf_slice(unit->dwarf, INQ_DWARF_STR_OFFSETS, offset, unit->offset_size, &bytes))
		return NULL;
	return inq_dwarf_string_in(unit->dwarf, INQ_DWARF_STR, inq_view_get(&bytes, 0, unit->offset_size));
}

const char *inq_dwarf_value_string(const struct inq_dwarf_value *value)
{
	struct inq_dwarf *dwarf = value->unit->dwarf, *other;
	switch ((int)value->class) {
	case INQ_DWARF_STRING:
		return (const char *)value->bytes.data;
	case INQ_DWARF_STRING_OFFSET:
		return inq_dwarf_string_in(dwarf, INQ_DWARF_STR, value->number);
	case INQ_DWARF_STRING_LINE:
		return inq_dwarf_string_in(dwarf, INQ_DWARF_LINE_STR, value->number);
	case INQ_DWARF_STRING_INDEX:
		return indexed_string(value->unit, value->number);
	case INQ_DWARF_STRING_OTHER:
		other = inq_dwarf_alternate(dwarf);
		return other ? inq_dwarf_string_in(other, INQ_DWARF_STR, value->number) : NULL;
	default:
		return NULL;
	}
}

static bool entry_in(struct inq_dwarf *dwarf, enum inq_dwarf_section section, uint64_t offset,
		     struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_unit *unit = dwarf ? inq_dwarf_unit_around(dwarf, section, offset) : NULL;
	return unit && inq_dwarf_entry_at(unit, offset, ret);
}

static bool type_entry(struct inq_dwarf *dwarf, uint64_t signature, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_unit *unit = inq_dwarf_unit_of_type(dwarf, signature);
	return unit && inq_dwarf_entry_at(unit, unit->type_entry, ret);
}

bool inq_dwarf_value_entry(const struct inq_dwarf_value *value, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf *dwarf = value->unit->dwarf;
	switch ((int)value->class) {
	case INQ_DWARF_REFERENCE:
		return inq_dwarf_entry_at(value->unit, value->number, ret);
	case INQ_DWARF_REFERENCE_INFO:
		return entry_in(dwarf, INQ_DWARF_INFO, value->number, ret);
	case INQ_DWARF_REFERENCE_OTHER:
		return entry_in(inq_dwarf_alternate(dwarf), INQ_DWARF_INFO, value->number, ret);
	case INQ_DWARF_REFERENCE_TYPE:
		return type_entry(dwarf, value->number, ret);
	default:
		return false;
	}
}

bool inq_dwarf_number(const struct inq_dwarf_entry *entry, unsigned name, uint64_t *ret)
{
	struct inq_dwarf_value value;
	return inq_dwarf_attribute(entry, name, &value) && inq_dwarf_value_number(&value, ret);
}

bool inq_dwarf_signed(const struct inq_dwarf_entry *entry, unsigned name, int64_t *ret)
{
	struct inq_dwarf_value value;
	return inq_dwarf_attribute(entry, name, &value) && inq_dwarf_value_signed(&value, ret);
}

bool inq_dwarf_address(const struct inq_dwarf_entry *entry, unsigned name, uint64_t *ret)
{
	struct inq_dwarf_value value;
	return inq_dwarf_attribute(entry, name, &value) && inq_dwarf_value_address(&value, ret);
}

bool inq_dwarf_flag(const struct inq_dwarf_entry *entry, unsigned name)
{
	struct inq_dwarf_value value;
	return inq_dwarf_attribute(entry, name, &value) && value.class == INQ_DWARF_FLAG && value.number;
}

const char *inq_dwarf_string(const struct inq_dwarf_entry *entry, unsigned name)
{
	struct inq_dwarf_value value;
	const char *string = inq_dwarf_attribute(entry, name, &value) ? inq_dwarf_value_string(&value) : NULL;
	return string && *string ? string : NULL;
}

bool inq_dwarf_reference(const struct inq_dwarf_entry *entry, unsigned name, struct inq_dwarf_entry *ret)
{
	struct inq_dwarf_value value;
	return inq_dwarf_attribute(entry, name, &value) && inq_dwarf_value_entry(&value, ret);
}
