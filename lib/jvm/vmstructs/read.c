/* Look-ups in the tables, and typed reads through them. */
#include "lib/jvm/vmstructs/vm.h"

enum { DEEPEST = 32, LONGEST_STRING = 4096 };

/* One "Type::_field", through the superclasses. A type's name may have "::" in it, a field's has none. */
static const struct inq_vm_entry *find_field(const struct inq_vm *vm, const char *name, size_t length)
{
	size_t colons = length;
	while (colons >= 2 && !(name[colons - 1] == ':' && name[colons - 2] == ':'))
		colons--;
	if (colons < 2)
		return NULL;
	const char *owner = name, *field = name + colons;
	size_t owner_length = colons - 2, field_length = length - colons;
	for (size_t depth = 0; owner && depth < DEEPEST; depth++) {
		const struct inq_vm_entry *entry =
			inq_vm_index_find(&vm->fields, owner, owner_length, field, field_length);
		if (entry)
			return entry;
		const struct inq_vm_entry *type = inq_vm_index_find(&vm->types, "", 0, owner, owner_length);
		owner = type ? type->super : NULL;
		owner_length = owner ? strlen(owner) : 0;
	}
	return NULL;
}

static const struct inq_vm_entry *find_first(const struct inq_vm *vm, const char *fields)
{
	for (;;) {
		size_t length = strcspn(fields, "|");
		const struct inq_vm_entry *entry = find_field(vm, fields, length);
		if (entry || !fields[length])
			return entry;
		fields += length + 1;
	}
}

/* Where the answer to a question is kept; questions that end alike begin otherwise. */
static struct inq_vm_asked *place_of(const struct inq_vm *vm, const char *fields, size_t length)
{
	enum { PLACES = sizeof vm->recent->asked / sizeof *vm->recent->asked };
	uint64_t hash = inq_load64((const uint8_t *)fields, false) ^
			inq_load64((const uint8_t *)fields + length - 8, false) << 1;
	return &vm->recent->asked[hash * UINT64_C(0x9e3779b97f4a7c15) >> 32 & (PLACES - 1)];
}

const struct inq_vm_entry *inq_vm_field(const struct inq_vm *vm, const char *fields)
{
	size_t length = strlen(fields);
	if (length < sizeof(uint64_t) || length > INQ_VM_LONGEST_ASKED)
		return find_first(vm, fields);
	struct inq_vm_asked *asked = place_of(vm, fields, length);
	if (asked->length != length || memcmp(asked->fields, fields, length) != 0) {
		asked->length = (uint8_t)length;
		memcpy(asked->fields, fields, length);
		asked->entry = find_first(vm, fields);
	}
	return asked->entry;
}

bool inq_vm_has_type(const struct inq_vm *vm, const char *type)
{
	return inq_vm_index_find(&vm->types, "", 0, type, strlen(type)) != NULL;
}

bool inq_vm_size(const struct inq_vm *vm, const char *type, uint64_t *ret)
{
	const struct inq_vm_entry *entry = inq_vm_index_find(&vm->types, "", 0, type, strlen(type));
	if (!entry || !entry->value)
		return false;
	*ret = entry->value;
	return true;
}

bool inq_vm_constant(const struct inq_vm *vm, const char *names, uint64_t *ret)
{
	for (;;) {
		size_t length = strcspn(names, "|");
		const struct inq_vm_entry *entry = inq_vm_index_find(&vm->constants, "", 0, names, length);
		if (entry)
			*ret = entry->value;
		if (entry || !names[length])
			return entry != NULL;
		names += length + 1;
	}
}

bool inq_vm_at(const struct inq_vm *vm, uint64_t address, unsigned size, uint64_t *ret)
{
	return inq_space_integer(vm->space, address, size, ret);
}

/* The tables' names lie together: the piece of memory that has one has the next. */
const char *inq_vm_name(const struct inq_vm *vm, uint64_t address, size_t limit)
{
	struct inq_vm_recent *recent = vm->recent;
	struct inq_range held;
	if (!inq_within(address - recent->start, 1, recent->bytes.size)) {
		if (!inq_space_held(vm->space, address, &held) ||
		    !inq_space_view(vm->space, held.start, (size_t)(held.end - held.start), &recent->bytes))
			return inq_space_string(vm->space, address, limit);
		recent->start = held.start;
	}
	size_t length;
	const char *string = inq_view_string(&recent->bytes, address - recent->start, limit, &length);
	bool ends = string && length < limit && length < recent->bytes.size - (address - recent->start);
	return ends ? string : inq_space_string(vm->space, address, limit);
}

bool inq_vm_place(const struct inq_vm *vm, uint64_t object, const char *fields, uint64_t *ret)
{
	const struct inq_vm_entry *entry = inq_vm_field(vm, fields);
	if (!entry || (!entry->is_static && !object))
		return false;
	return inq_add(entry->is_static ? 0 : object, entry->value, ret);
}

bool inq_vm_number(const struct inq_vm *vm, uint64_t object, const char *fields, unsigned size, uint64_t *ret)
{
	uint64_t place;
	return inq_vm_place(vm, object, fields, &place) && inq_vm_at(vm, place, size, ret);
}

bool inq_vm_word(const struct inq_vm *vm, uint64_t object, const char *fields, uint64_t *ret)
{
	return inq_vm_number(vm, object, fields, vm->word, ret);
}

const char *inq_vm_string(const struct inq_vm *vm, uint64_t object, const char *fields)
{
	uint64_t address;
	if (!inq_vm_word(vm, object, fields, &address) || !address)
		return NULL;
	return inq_space_string(vm->space, address, LONGEST_STRING);
}
