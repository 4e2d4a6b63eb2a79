/* DWARF entries as types. A type is known by its unit and offset; of an array of several dimensions each one is a type of
 * its own, whose number is above the offset. Facts: DWARF 5, chapter 5. */
#include "lib/types/dwarf_types.h"

#include "lib/dwarf/constants.h"

enum { DIMENSION_SHIFT = 56, MOST_DIMENSIONS = 16, MOST_PARTS = 1 << 16, OP_PLUS_UCONST = 0x23 };
enum { /* DW_ATE_… */
       ATE_BOOLEAN = 2,
       ATE_FLOAT = 4,
       ATE_SIGNED = 5,
       ATE_SIGNED_CHAR = 6,
       ATE_UNSIGNED = 7,
       ATE_UNSIGNED_CHAR = 8,
       ATE_UTF = 16
};

INQ_VEC(member_vec, struct inq_member)
INQ_VEC(enumerator_vec, struct inq_enumerator)

static struct inq_type_ref reference(const struct inq_dwarf_entry *entry)
{
	return (struct inq_type_ref) { entry->unit, entry->offset };
}

struct inq_type_ref inq_dwarf_type_of(const struct inq_dwarf_entry *entry)
{
	struct inq_dwarf_value value;
	struct inq_dwarf_entry type;
	if (!inq_dwarf_inherited(entry, AT_TYPE, &value))
		return (struct inq_type_ref) { NULL, 0 };
	if (!inq_dwarf_value_entry(&value, &type))
		return (struct inq_type_ref) { entry->unit, 0 }; /* there is one, but it cannot be read */
	return reference(&type);
}

static void describe_base(const struct inq_dwarf_entry *entry, struct inq_type *ret)
{
	uint64_t encoding = 0;
	inq_dwarf_number(entry, AT_ENCODING, &encoding);
	ret->is_signed = encoding == ATE_SIGNED || encoding == ATE_SIGNED_CHAR;
	if (encoding == ATE_BOOLEAN)
		ret->kind = INQ_TYPE_BOOL;
	else if (encoding == ATE_FLOAT)
		ret->kind = INQ_TYPE_FLOAT;
	else if ((encoding == ATE_SIGNED_CHAR || encoding == ATE_UNSIGNED_CHAR || encoding == ATE_UTF) &&
		 ret->size == 1)
		ret->kind = INQ_TYPE_CHAR;
	else if (ret->is_signed)
		ret->kind = INQ_TYPE_SIGNED;
	else if (encoding == ATE_UNSIGNED || encoding == ATE_UNSIGNED_CHAR || encoding == ATE_UTF)
		ret->kind = INQ_TYPE_UNSIGNED;
}

/* Of the languages, C alone puts "struct" before a name where it is used. DW_LANG_C89, C, C99, ObjC, C11, C17. */
static bool is_c(struct inq_dwarf_unit *unit)
{
	static const uint8_t languages[] = { 0x01, 0x02, 0x0c, 0x10, 0x1d, 0x2c };
	struct inq_dwarf_entry root;
	uint64_t language;
	return !inq_dwarf_root(unit, &root) || !inq_dwarf_number(&root, AT_LANGUAGE, &language) ||
	       memchr(languages, (int)(language & 0xff), sizeof languages);
}

/* Where a member begins: a number of bytes, or in DWARF 2 an expression that adds one. */
static bool member_offset(const struct inq_dwarf_entry *entry, uint64_t *ret)
{
	struct inq_dwarf_value value;
	*ret = 0;
	if (!inq_dwarf_attribute(entry, AT_DATA_MEMBER_LOCATION, &value) || inq_dwarf_value_number(&value, ret))
		return true;
	struct inq_cursor code = { .bytes = value.bytes };
	if (inq_cursor_integer(&code, 1) != OP_PLUS_UCONST)
		return false;
	*ret = inq_cursor_uleb(&code);
	return !code.bad && code.at == code.bytes.size;
}

/* DW_AT_data_bit_offset counts from the beginning; the older DW_AT_bit_offset from the most significant bit of a unit of
 * storage. */
static bool set_bits(const struct inq_dwarf_entry *entry, uint64_t storage, struct inq_member *member)
{
	uint64_t size, start, from_top;
	if (!inq_dwarf_number(entry, AT_BIT_SIZE, &size))
		return true;
	if (inq_dwarf_number(entry, AT_DATA_BIT_OFFSET, &start)) {
		member->offset = start / 8;
	} else {
		inq_dwarf_number(entry, AT_BYTE_SIZE, &storage);
		if (!inq_dwarf_number(entry, AT_BIT_OFFSET, &from_top))
			from_top = 0;
		if (storage > 16 || from_top + size > 8 * storage)
			return false;
		start = entry->unit->bytes.big ? from_top : 8 * storage - from_top - size;
		member->offset += start / 8;
	}
	member->bit_start = (uint8_t)(start % 8);
	member->bit_size = (uint8_t)size;
	return size > 0 && size <= 56;
}

static uint64_t storage_of(const struct inq_dwarf_entry *entry)
{
	struct inq_dwarf_entry type = *entry;
	uint64_t size = 0;
	for (unsigned i = 0; i < MOST_DIMENSIONS && inq_dwarf_reference(&type, AT_TYPE, &type); i++)
		if (inq_dwarf_number(&type, AT_BYTE_SIZE, &size))
			break;
	return size;
}

/* What is static has no place in the structure. */
static void add_member(struct member_vec *members, const struct inq_dwarf_entry *entry)
{
	struct inq_member member = { .type = inq_dwarf_type_of(entry),
				     .base = entry->abbreviation.tag == TAG_INHERITANCE };
	if (inq_dwarf_flag(entry, AT_DECLARATION) || !member_offset(entry, &member.offset) ||
	    !set_bits(entry, storage_of(entry), &member))
		return;
	struct inq_dwarf_entry type;
	member.name = inq_dwarf_name(entry);
	if (member.base && inq_dwarf_reference(entry, AT_TYPE, &type))
		member.name = inq_dwarf_name(&type);
	struct inq_member *slot = members->count < MOST_PARTS ? member_vec_push(members) : NULL;
	if (slot)
		*slot = member;
}

/* Members of a structure, or parameters of a function. */
static bool read_members(const struct inq_dwarf_types *types, const struct inq_dwarf_entry *entry, struct inq_type *ret)
{
	struct member_vec members = { 0 };
	struct inq_dwarf_entry child;
	for (bool more = inq_dwarf_child(entry, &child); more; more = inq_dwarf_sibling(&child, &child)) {
		unsigned tag = child.abbreviation.tag;
		if (tag == TAG_MEMBER || tag == TAG_INHERITANCE || tag == TAG_FORMAL_PARAMETER)
			add_member(&members, &child);
		ret->variadic |= tag == TAG_UNSPECIFIED_PARAMETERS;
	}
	struct inq_member *kept = inq_arena_array(types->space->ctx->arena, members.count, sizeof *kept);
	if (kept && members.count)
		memcpy(kept, members.items, members.count * sizeof *kept);
	ret->members = kept;
	ret->member_count = kept ? members.count : 0;
	member_vec_release(&members);
	return kept != NULL;
}

static bool read_enumerators(const struct inq_dwarf_types *types, const struct inq_dwarf_entry *entry,
			     struct inq_type *ret)
{
	struct enumerator_vec list = { 0 };
	struct inq_dwarf_entry child;
	for (bool more = inq_dwarf_child(entry, &child); more; more = inq_dwarf_sibling(&child, &child)) {
		const char *name = inq_dwarf_name(&child);
		uint64_t number;
		int64_t value = 0;
		if (child.abbreviation.tag != TAG_ENUMERATOR || !name || list.count == MOST_PARTS)
			continue;
		if (inq_dwarf_number(&child, AT_CONST_VALUE, &number))
			value = (int64_t)number;
		else if (!inq_dwarf_signed(&child, AT_CONST_VALUE, &value))
			continue;
		ret->is_signed |= value < 0;
		struct inq_enumerator *slot = enumerator_vec_push(&list);
		if (slot)
			*slot = (struct inq_enumerator) { name, value };
	}
	struct inq_enumerator *kept = inq_arena_array(types->space->ctx->arena, list.count, sizeof *kept);
	if (kept && list.count)
		memcpy(kept, list.items, list.count * sizeof *kept);
	ret->enumerators = kept;
	ret->enumerator_count = kept ? list.count : 0;
	enumerator_vec_release(&list);
	return kept != NULL;
}

/* Elements of one dimension; INQ_UNKNOWN where a variable says how many. */
static uint64_t dimension_count(const struct inq_dwarf_entry *range)
{
	uint64_t count, lower = 0;
	int64_t upper;
	if (inq_dwarf_number(range, AT_COUNT, &count))
		return count;
	inq_dwarf_number(range, AT_LOWER_BOUND, &lower);
	if (inq_dwarf_number(range, AT_UPPER_BOUND, &count))
		return count >= lower && count != UINT64_MAX ? count - lower + 1 : INQ_UNKNOWN;
	return inq_dwarf_signed(range, AT_UPPER_BOUND, &upper) && upper == -1 ? 0 : INQ_UNKNOWN;
}

static bool describe_array(const struct inq_dwarf_entry *entry, unsigned dimension, struct inq_type *ret)
{
	struct inq_dwarf_entry child;
	unsigned count = 0;
	for (bool more = inq_dwarf_child(entry, &child); more && count < MOST_DIMENSIONS;
	     more = inq_dwarf_sibling(&child, &child))
		if (child.abbreviation.tag == TAG_SUBRANGE_TYPE && count++ == dimension)
			ret->count = dimension_count(&child);
	ret->kind = INQ_TYPE_ARRAY;
	ret->size = INQ_UNKNOWN;
	ret->target = inq_dwarf_type_of(entry);
	if (dimension + 1 < count)
		ret->target = (struct inq_type_ref) { entry->unit, entry->offset | (uint64_t)(dimension + 1)
											   << DIMENSION_SHIFT };
	return true;
}

static bool describe_members(const struct inq_dwarf_types *types, const struct inq_dwarf_entry *entry, uint8_t kind,
			     struct inq_type *ret)
{
	struct inq_dwarf_entry definition = *entry;
	if (inq_dwarf_flag(entry, AT_DECLARATION)) {
		if (!inq_dwarf_reference(entry, AT_SIGNATURE, &definition))
			ret->size = INQ_UNKNOWN;
		else
			inq_dwarf_number(&definition, AT_BYTE_SIZE, &ret->size);
	}
	if (!ret->name)
		ret->name = inq_dwarf_name(&definition);
	ret->kind = kind;
	ret->bare = !is_c(entry->unit);
	return kind == INQ_TYPE_ENUM ? read_enumerators(types, &definition, ret)
				     : read_members(types, &definition, ret);
}

static bool describe_reference(const struct inq_dwarf_entry *entry, uint8_t kind, struct inq_type *ret)
{
	ret->kind = kind;
	ret->target = inq_dwarf_type_of(entry);
	if (kind != INQ_TYPE_POINTER && kind != INQ_TYPE_REFERENCE && kind != INQ_TYPE_MOVED_REFERENCE)
		ret->size = INQ_UNKNOWN;
	else if (ret->size == INQ_UNKNOWN)
		ret->size = entry->unit->address_size;
	return true;
}

bool inq_dwarf_describe(void *state, struct inq_type_ref ref, struct inq_type *ret)
{
	const struct inq_dwarf_types *types = state;
	uint64_t offset = ref.at & ((UINT64_C(1) << DIMENSION_SHIFT) - 1);
	struct inq_dwarf_entry entry;
	if (!inq_dwarf_entry_at(ref.unit, offset, &entry))
		return false;
	ret->name = inq_dwarf_name(&entry);
	inq_dwarf_number(&entry, AT_BYTE_SIZE, &ret->size);
	switch (entry.abbreviation.tag) {
	case TAG_BASE_TYPE:
		describe_base(&entry, ret);
		return true;
	case TAG_UNSPECIFIED_TYPE:
	case TAG_PTR_TO_MEMBER_TYPE:
		return true;
	case TAG_POINTER_TYPE:
		return describe_reference(&entry, INQ_TYPE_POINTER, ret);
	case TAG_REFERENCE_TYPE:
		return describe_reference(&entry, INQ_TYPE_REFERENCE, ret);
	case TAG_RVALUE_REFERENCE_TYPE:
		return describe_reference(&entry, INQ_TYPE_MOVED_REFERENCE, ret);
	case TAG_TYPEDEF:
		return describe_reference(&entry, INQ_TYPE_TYPEDEF, ret);
	case TAG_CONST_TYPE:
		return describe_reference(&entry, INQ_TYPE_CONST, ret);
	case TAG_VOLATILE_TYPE:
		return describe_reference(&entry, INQ_TYPE_VOLATILE, ret);
	case TAG_RESTRICT_TYPE:
		return describe_reference(&entry, INQ_TYPE_RESTRICT, ret);
	case TAG_ATOMIC_TYPE:
		return describe_reference(&entry, INQ_TYPE_ATOMIC, ret);
	case TAG_ARRAY_TYPE:
		return describe_array(&entry, (unsigned)(ref.at >> DIMENSION_SHIFT), ret);
	case TAG_STRUCTURE_TYPE:
		return describe_members(types, &entry, INQ_TYPE_STRUCT, ret);
	case TAG_CLASS_TYPE:
		return describe_members(types, &entry, INQ_TYPE_CLASS, ret);
	case TAG_UNION_TYPE:
		return describe_members(types, &entry, INQ_TYPE_UNION, ret);
	case TAG_ENUMERATION_TYPE:
		return describe_members(types, &entry, INQ_TYPE_ENUM, ret);
	case TAG_SUBROUTINE_TYPE:
		ret->kind = INQ_TYPE_FUNCTION;
		ret->target = inq_dwarf_type_of(&entry);
		return read_members(types, &entry, ret);
	default:
		return false;
	}
}
