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

static const char *type_at(const struct inq_vm *vm, uint64_t flag)
{
	const struct inq_vm_entry *field = inq_vm_field(vm, "JVMFlag::_type|Flag::_type");
	uint64_t number;
	if (field && field->super && strchr(field->super, '*'))
		return inq_vm_string(vm, flag, "JVMFlag::_type|Flag::_type");
	if (!inq_vm_number(vm, flag, "JVMFlag::_type", 4, &number) || number >= sizeof types / sizeof *types)
		return NULL;
	return types[number];
}

static bool read_flag(const struct inq_vm *vm, uint64_t at, struct inq_vm_flag *ret)
{
	uint64_t name, flags, mask = 0xf;
	if (!inq_vm_word(vm, at, "JVMFlag::_name|Flag::_name", &name) || !name ||
	    !inq_vm_word(vm, at, "JVMFlag::_addr|Flag::_addr", &ret->address) ||
	    !inq_vm_number(vm, at, "JVMFlag::_flags|Flag::_flags", 4, &flags))
		return false;
	inq_vm_constant(vm, "JVMFlag::VALUE_ORIGIN_MASK|Flag::VALUE_ORIGIN_MASK", &mask);
	ret->name = inq_space_string(vm->space, name, LONGEST_FLAG_NAME);
	ret->type = type_at(vm, at);
	ret->origin = (unsigned)(flags & mask);
	return ret->name != NULL;
}

void inq_vm_flags_read(const struct inq_vm *vm, struct inq_vm_flags *ret)
{
	uint64_t at, count, size;
	*ret = (struct inq_vm_flags) { 0 };
	if (!inq_vm_word(vm, 0, "JVMFlag::flags|Flag::flags", &at) ||
	    !inq_vm_word(vm, 0, "JVMFlag::numFlags|Flag::numFlags", &count) ||
	    (!inq_vm_size(vm, "JVMFlag", &size) && !inq_vm_size(vm, "Flag", &size)) || size > LARGEST_ROW)
		return;
	if (count > MOST_FLAGS) {
		inq_warn(vm->space->ctx, INQ_PLACE_NONE, 0,
			 "the JVM claims %" PRIu64 " flags; only the first %d were looked at", count, MOST_FLAGS);
		count = MOST_FLAGS;
	}
	ret->items = inq_arena_array(vm->space->ctx->arena, count, sizeof *ret->items);
	for (uint64_t i = 0; ret->items && i < count; i++, at += size)
		if (read_flag(vm, at, &ret->items[ret->count]))
			ret->count++;
}

static const struct inq_vm_flag *find(const struct inq_vm_flags *flags, const char *name, size_t length)
{
	for (size_t i = 0; i < flags->count; i++)
		if (strncmp(flags->items[i].name, name, length) == 0 && !flags->items[i].name[length])
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
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i]) == 0)
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
