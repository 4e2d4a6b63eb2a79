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

const struct inq_vm_entry *inq_vm_field(const struct inq_vm *vm, const char *fields)
{
	for (;;) {
		size_t length = strcspn(fields, "|");
		const struct inq_vm_entry *entry = find_field(vm, fields, length);
		if (entry || !fields[length])
			return entry;
		fields += length + 1;
	}
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
