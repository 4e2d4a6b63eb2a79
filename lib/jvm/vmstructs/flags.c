/* The JVM's flags: an array of JVMFlag (Flag until 8), each with name, address of the value, type and origin
 * (jvmFlag.hpp). Types are names until 16 and numbers since. */
#include "lib/jvm/vmstructs/facts.h"

#include <inttypes.h>

enum { MOST_FLAGS = 8192, LONGEST_FLAG_NAME = 128, LONGEST_VALUE = 1024, LARGEST_ROW = 256 };

/* Since 17, in the order of the enumeration JVMFlag::FlagType. */
static const char *const types[] = { "bool",	 "int",	   "uint",   "intx",  "uintx",
				     "uint64_t", "size_t", "double", "ccstr", "ccstrlist" };

/* JVMFlagOrigin. */
static const char *const origins[] = { "default",    "command line", "environment", "configuration file",
				       "management", "ergonomic",    "attach",	    "internal",
				       "jimage" };

/* Where the fields of a row are: looked up once for the thousand and more that there are. */
struct row {
	uint64_t size, name, address, flags, type, mask;
	bool has_type, names_type;
};

static bool field_in_row(const struct inq_vm *vm, const char *names, uint64_t row, unsigned size, uint64_t *ret)
{
	const struct inq_vm_entry *field = inq_vm_field(vm, names);
	if (!field || field->is_static || field->value > row || row - field->value < size)
		return false;
	*ret = field->value;
	return true;
}

static bool find_row(const struct inq_vm *vm, struct row *ret)
{
	const struct inq_vm_entry *type = inq_vm_field(vm, "JVMFlag::_type|Flag::_type");
	*ret = (struct row) { .mask = 0xf, .names_type = type && type->super && strchr(type->super, '*') };
	if ((!inq_vm_size(vm, "JVMFlag", &ret->size) && !inq_vm_size(vm, "Flag", &ret->size)) ||
	    ret->size > LARGEST_ROW ||
	    !field_in_row(vm, "JVMFlag::_name|Flag::_name", ret->size, vm->word, &ret->name) ||
	    !field_in_row(vm, "JVMFlag::_addr|Flag::_addr", ret->size, vm->word, &ret->address) ||
	    !field_in_row(vm, "JVMFlag::_flags|Flag::_flags", ret->size, 4, &ret->flags))
		return false;
	ret->has_type =
		field_in_row(vm, "JVMFlag::_type|Flag::_type", ret->size, ret->names_type ? vm->word : 4, &ret->type);
	inq_vm_constant(vm, "JVMFlag::VALUE_ORIGIN_MASK|Flag::VALUE_ORIGIN_MASK", &ret->mask);
	return true;
}

static const char *type_of(const struct inq_vm *vm, const struct row *row, const struct inq_view *flag)
{
	if (!row->has_type)
		return NULL;
	if (row->names_type)
		return inq_vm_name(vm, inq_view_get_word(flag, row->type), LONGEST_FLAG_NAME);
	uint64_t number = inq_view_get(flag, row->type, 4);
	return number < sizeof types / sizeof *types ? types[number] : NULL;
}

static bool read_flag(const struct inq_vm *vm, const struct row *row, uint64_t at, struct inq_vm_flag *ret)
{
	struct inq_view flag;
	if (!inq_space_view(vm->space, at, row->size, &flag))
		return false;
	uint64_t name = inq_view_get_word(&flag, row->name);
	ret->name = name ? inq_vm_name(vm, name, LONGEST_FLAG_NAME) : NULL;
	ret->address = inq_view_get_word(&flag, row->address);
	ret->type = type_of(vm, row, &flag);
	ret->origin = (unsigned)(inq_view_get(&flag, row->flags, 4) & row->mask);
	return ret->name != NULL;
}

void inq_vm_flags_read(const struct inq_vm *vm, struct inq_vm_flags *ret)
{
	uint64_t at, count;
	struct row row;
	*ret = (struct inq_vm_flags) { 0 };
	if (!inq_vm_word(vm, 0, "JVMFlag::flags|Flag::flags", &at) ||
	    !inq_vm_word(vm, 0, "JVMFlag::numFlags|Flag::numFlags", &count) || !find_row(vm, &row))
		return;
	if (count > MOST_FLAGS) {
		inq_warn(vm->space->ctx, INQ_PLACE_NONE, 0,
			 "the JVM claims %" PRIu64 " flags; only the first %d were looked at", count, MOST_FLAGS);
		count = MOST_FLAGS;
	}
	ret->items = inq_arena_array(vm->space->ctx->arena, count, sizeof *ret->items);
	for (uint64_t i = 0; ret->items && i < count; i++, at += row.size)
		if (read_flag(vm, &row, at, &ret->items[ret->count]))
			ret->count++;
}

static const struct inq_vm_flag *find(const struct inq_vm_flags *flags, const char *name, size_t length)
{
	for (size_t i = 0; i < flags->count; i++)
		if (flags->items[i].name[0] == name[0] && strncmp(flags->items[i].name, name, length) == 0 &&
		    !flags->items[i].name[length])
			return &flags->items[i];
	return NULL;
}

static unsigned size_of(const struct inq_vm *vm, const char *type)
{
	static const struct {
		const char *type;
		unsigned size; /* 0: a word */
	} sizes[] = { { "bool", 1 },  { "int", 4 },	 { "uint", 4 },	  { "intx", 0 },
		      { "uintx", 0 }, { "uint64_t", 8 }, { "size_t", 0 }, { "double", 8 } };
	for (size_t i = 0; type && i < sizeof sizes / sizeof *sizes; i++)
		if (strcmp(type, sizes[i].type) == 0)
			return sizes[i].size ? sizes[i].size : vm->word;
	return 0;
}

bool inq_vm_flag(const struct inq_vm *vm, const struct inq_vm_flags *flags, const char *names, uint64_t *ret)
{
	for (;;) {
		size_t length = strcspn(names, "|");
		const struct inq_vm_flag *flag = find(flags, names, length);
		unsigned size = flag ? size_of(vm, flag->type) : 0;
		if (size && inq_vm_at(vm, flag->address, size, ret))
			return true;
		if (!names[length])
			return false;
		names += length + 1;
	}
}

/* Signed ones are widened: -1 of an int is -1. */
static int64_t as_signed(uint64_t value, unsigned size)
{
	return size == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

static const char *value_of(const struct inq_vm *vm, const struct inq_vm_flag *flag)
{
	struct inq_arena *arena = vm->space->ctx->arena;
	unsigned size = size_of(vm, flag->type);
	uint64_t raw;
	if (!flag->type || !inq_vm_at(vm, flag->address, size ? size : vm->word, &raw))
		return NULL;
	if (!size) /* ccstr, ccstrlist */
		return raw ? inq_space_string(vm->space, raw, LONGEST_VALUE) : "";
	if (strcmp(flag->type, "bool") == 0)
		return raw ? "true" : "false";
	if (strcmp(flag->type, "double") == 0) {
		double value;
		memcpy(&value, &raw, sizeof value);
		return inq_arena_printf(arena, "%g", value);
	}
	if (flag->type[0] == 'i')
		return inq_arena_printf(arena, "%" PRId64, as_signed(raw, size));
	return inq_arena_printf(arena, "%" PRIu64, raw);
}

/* The flags that shape the memory are told whoever set them. */
static bool matters(const char *name)
{
	static const char *const names[] = {
		"MaxHeapSize",
		"InitialHeapSize",
		"NewSize",
		"MaxNewSize",
		"NewRatio",
		"SurvivorRatio",
		"PermSize",
		"MaxPermSize",
		"MaxMetaspaceSize",
		"CompressedClassSpaceSize",
		"ReservedCodeCacheSize",
		"ThreadStackSize",
		"MaxDirectMemorySize",
		"UseCompressedOops",
		"UseLargePages",
		"UseSharedSpaces",
		"ZGenerational",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (name[0] == names[i][0] && strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void inq_vm_fill_flags(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret)
{
	struct inq_jvm_flag *told = inq_arena_array(vm->space->ctx->arena, flags->count, sizeof *told);
	for (size_t i = 0; told && i < flags->count; i++) {
		const struct inq_vm_flag *flag = &flags->items[i];
		if (!flag->origin && !matters(flag->name))
			continue;
		const char *value = value_of(vm, flag);
		if (!value)
			continue;
		bool known = flag->origin < sizeof origins / sizeof *origins;
		told[ret->flag_count++] =
			(struct inq_jvm_flag) { flag->name, value, known ? origins[flag->origin] : "unknown" };
	}
	ret->flags = told;
}
