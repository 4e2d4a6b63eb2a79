/* Finds the exported tables and copies them into indexes. How long a row is and where its members are, libjvm says in
 * variables beside the tables (gHotSpotVMStructEntryArrayStride, …: vmStructs.cpp). A table ends at a row without a name.
 *
 * The variables are in .bss, the rows in .data, the names in .rodata: a core holds the first two, and the third when the
 * JVM asked for it (it sets coredump_filter since 11) or the matching file is at hand. */
#include "lib/jvm/vmstructs/vm.h"

#include "lib/base/str.h"
#include "lib/symbol/symbol.h"

#include <inttypes.h>
#include <stdio.h>

enum { MOST_ROWS = 1 << 14, LONGEST_NAME = 512, LONGEST_STRIDE = 4096 };

/* The members that a row has here, in the order of `at`. */
enum member { NAME, OWNER_OR_SUPER, TYPE_STRING, IS_STATIC, VALUE, ADDRESS, MEMBERS };

static const struct table {
	const char *array;  /* the variable that points to the rows */
	const char *prefix; /* of those that describe a row */
	const char *members[MEMBERS];
	uint8_t value_size;
} tables[] = {
	{ "gHotSpotVMStructs",
	  "gHotSpotVMStructEntry",
	  { "FieldNameOffset", "TypeNameOffset", "TypeStringOffset", "IsStaticOffset", "OffsetOffset",
	    "AddressOffset" },
	  8 },
	{ "gHotSpotVMTypes",
	  "gHotSpotVMTypeEntry",
	  { "TypeNameOffset", "SuperclassNameOffset", NULL, NULL, "SizeOffset", NULL },
	  8 },
	{ "gHotSpotVMIntConstants",
	  "gHotSpotVMIntConstantEntry",
	  { "NameOffset", NULL, NULL, NULL, "ValueOffset", NULL },
	  4 },
	{ "gHotSpotVMLongConstants",
	  "gHotSpotVMLongConstantEntry",
	  { "NameOffset", NULL, NULL, NULL, "ValueOffset", NULL },
	  8 },
};

/* A table as this process has it. */
struct layout {
	const struct table *table;
	uint64_t rows, stride, at[MEMBERS];
};

INQ_VEC(entry_vec, struct inq_vm_entry)

/* The value of an exported variable. */
static bool variable(const struct inq_vm *vm, const char *prefix, const char *name, unsigned size, uint64_t *ret)
{
	char symbol[96];
	uint64_t address;
	int length = snprintf(symbol, sizeof symbol, "%s%s", prefix, name);
	return inq_symbol_find(vm->space, vm->library, symbol, (size_t)length, &address) &&
	       inq_vm_at(vm, address, size, ret);
}

static bool find_table(const struct inq_vm *vm, const struct table *table, struct layout *ret)
{
	*ret = (struct layout) { .table = table };
	if (!variable(vm, table->array, "", vm->word, &ret->rows) || !ret->rows ||
	    !variable(vm, table->prefix, "ArrayStride", 8, &ret->stride))
		return false;
	if (ret->stride == 0 || ret->stride > LONGEST_STRIDE)
		return false;
	for (size_t i = 0; i < MEMBERS; i++) {
		if (!table->members[i])
			continue;
		if (!variable(vm, table->prefix, table->members[i], 8, &ret->at[i]) ||
		    !inq_within(ret->at[i], 4, ret->stride))
			return false;
	}
	return true;
}

/* Names that repeat are neighbours: the last one is kept. */
struct names {
	uint64_t address;
	const char *name;
};

static const char *name_at(const struct inq_vm *vm, struct names *last, uint64_t address)
{
	if (address && address != last->address) {
		last->address = address;
		last->name = inq_vm_name(vm, address, LONGEST_NAME);
	}
	return address ? last->name : NULL;
}

static void read_field(const struct inq_vm *vm, const struct layout *layout, const struct inq_view *row,
		       struct names *last, struct inq_vm_entry *entry)
{
	struct names type = { 0 };
	entry->owner = name_at(vm, last, inq_view_get_word(row, layout->at[OWNER_OR_SUPER]));
	entry->super = name_at(vm, &type, inq_view_get_word(row, layout->at[TYPE_STRING]));
	entry->is_static = inq_view_get(row, layout->at[IS_STATIC], 4) != 0;
	if (entry->is_static)
		entry->value = inq_view_get_word(row, layout->at[ADDRESS]);
}

/* One row; false for the last. */
static bool read_row(const struct inq_vm *vm, const struct layout *layout, const struct inq_view *row,
		     struct names *last, struct inq_vm_entry *entry)
{
	struct names name = { 0 };
	const struct table *table = layout->table;
	uint64_t address = inq_view_get_word(row, layout->at[NAME]);
	if (!address)
		return false;
	entry->name = name_at(vm, &name, address);
	entry->value = inq_view_get(row, layout->at[VALUE], table->value_size);
	if (table->members[IS_STATIC])
		read_field(vm, layout, row, last, entry);
	else if (table->members[OWNER_OR_SUPER])
		entry->super = name_at(vm, last, inq_view_get_word(row, layout->at[OWNER_OR_SUPER]));
	return true;
}

/* Rows whose names cannot be read are left out. */
static void read_rows(const struct inq_vm *vm, const struct layout *layout, struct entry_vec *entries)
{
	struct names last = { 0 };
	uint64_t at = layout->rows;
	size_t nameless = 0;
	for (size_t i = 0; i < MOST_ROWS; i++) {
		struct inq_view row;
		struct inq_vm_entry entry = { 0 };
		if (!inq_space_view(vm->space, at, (size_t)layout->stride, &row)) {
			inq_warn(vm->space->ctx, INQ_PLACE_NONE, 0,
				 "the JVM's table %s is cut off at 0x%" PRIx64
				 " after %zu rows; the others are not known",
				 layout->table->array, at, i);
			break;
		}
		if (!read_row(vm, layout, &row, &last, &entry) || !inq_add(at, layout->stride, &at))
			break;
		bool named = entry.name && (entry.owner || !layout->table->members[IS_STATIC]);
		struct inq_vm_entry *slot = named ? entry_vec_push(entries) : NULL;
		if (slot)
			*slot = entry;
		else if (!named)
			nameless++;
	}
	if (nameless)
		inq_warn(
			vm->space->ctx, INQ_PLACE_NONE, 0,
			"%zu rows of the JVM's table %s have names that the artefact does not hold; give the libjvm.so "
			"of that build (--sysroot)",
			nameless, layout->table->array);
}

static bool make_index(const struct inq_vm *vm, struct entry_vec *entries, struct inq_vm_index *ret)
{
	struct inq_ctx *ctx = vm->space->ctx;
	ret->entries = inq_arena_array(ctx->arena, entries->count, sizeof *ret->entries);
	if (!ret->entries)
		return false;
	if (entries->count)
		memcpy(ret->entries, entries->items, entries->count * sizeof *entries->items);
	ret->count = entries->count;
	return inq_vm_index_make(ctx, ret);
}

/* Reads one table behind what `entries` holds. */
static bool read_table(const struct inq_vm *vm, const struct table *table, struct entry_vec *entries)
{
	struct layout layout;
	if (!find_table(vm, table, &layout))
		return false;
	read_rows(vm, &layout, entries);
	return true;
}

/* Int and long constants have names of one space. */
static bool read_tables(struct inq_vm *vm)
{
	struct entry_vec fields = { 0 }, types = { 0 }, constants = { 0 };
	bool found = read_table(vm, &tables[0], &fields) && read_table(vm, &tables[1], &types) && fields.count &&
		     types.count;
	if (found) {
		read_table(vm, &tables[2], &constants);
		read_table(vm, &tables[3], &constants);
		if (!make_index(vm, &fields, &vm->fields) || !make_index(vm, &types, &vm->types) ||
		    !make_index(vm, &constants, &vm->constants)) {
			inq_no_memory(vm->space->ctx);
			found = false;
		}
	}
	entry_vec_release(&fields);
	entry_vec_release(&types);
	entry_vec_release(&constants);
	return found;
}

static struct inq_object *find_library(struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++)
		if (strncmp(inq_base_name(space->objects.items[i].path), "libjvm.so", strlen("libjvm.so")) == 0)
			return &space->objects.items[i];
	return NULL;
}

bool inq_vm_open(struct inq_space *space, struct inq_vm *ret)
{
	*ret = (struct inq_vm) { .space = space, .library = find_library(space) };
	ret->word = space->machine.bits == 32 ? 4 : 8;
	if (!ret->library || !inq_space_holds_memory(space))
		return false;
	ret->recent = inq_arena_alloc(space->ctx->arena, sizeof *ret->recent);
	if (!ret->recent) {
		inq_no_memory(space->ctx);
		return false;
	}
	if (read_tables(ret))
		return true;
	inq_warn(
		space->ctx, INQ_PLACE_NONE, 0,
		"the tables by which %s describes itself (gHotSpotVMStructs) are not held; what the JVM's memory holds "
		"is worked out in other ways",
		ret->library->path);
	return false;
}
