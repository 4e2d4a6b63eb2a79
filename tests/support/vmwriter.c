/* The memory of a Java virtual machine, made by hand. Layout of the image: ELF header, program headers, dynamic section,
 * symbols and strings in the first 64 KiB; what the tests allocate behind. */
#include "tests/support/vmwriter.h"

#include "lib/space/join.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MOST_ROWS = 256,
	MOST_SYMBOLS = 64,
	MOST_MAPPINGS = 64,
	HEADERS = 0x1000,
	SYMBOLS = 0x2000,
	STRINGS = 0x4000,
	DATA = 0x10000,
	FLAG_SIZE = 24,
	STRUCT_SIZE = 48,
	CONSTANT_SIZE = 16
};

static const char libjvm[] = "/jdk/lib/server/libjvm.so";

struct row {
	char owner[64], name[64], super[64];
	uint64_t value, address;
	bool is_static;
};

struct flag {
	char name[48], type[16];
	uint64_t value;
	unsigned origin;
};

struct place {
	uint64_t start, end;
	char permissions[5], name[64];
};

struct table {
	struct row rows[MOST_ROWS];
	size_t count;
};

struct vmwriter {
	uint8_t bytes[VM_SIZE];
	uint64_t used;
	struct table fields, types, constants;
	struct flag flags[MOST_ROWS];
	size_t flag_count;
	bool old_flags, sealed;
	struct place places[MOST_MAPPINGS];
	size_t place_count;
	size_t symbol_count, string_size;
	struct inq_ctx ctx;
	struct inq_source source;
};

struct vmwriter *vmwriter_create(void)
{
	struct vmwriter *w = calloc(1, sizeof *w);
	if (!w)
		abort();
	w->used = DATA;
	w->symbol_count = w->string_size = 1;
	w->ctx.arena = inq_arena_create();
	w->ctx.artefact = "core";
	return w;
}

void vmwriter_destroy(struct vmwriter *w)
{
	inq_string_vec_release(&w->ctx.warnings);
	inq_arena_destroy(w->ctx.arena);
	free(w);
}

uint64_t vmwriter_alloc(struct vmwriter *w, size_t size)
{
	uint64_t at = w->used;
	w->used += (size + 15) & ~(size_t)15;
	if (w->used > VM_SIZE)
		abort();
	return VM_BASE + at;
}

void vmwriter_put(struct vmwriter *w, uint64_t address, unsigned size, uint64_t value)
{
	for (unsigned i = 0; i < size; i++)
		w->bytes[address - VM_BASE + i] = (uint8_t)(value >> 8 * i);
}

uint64_t vmwriter_string(struct vmwriter *w, const char *string)
{
	size_t size = strlen(string) + 1;
	uint64_t at = vmwriter_alloc(w, size);
	memcpy(w->bytes + (at - VM_BASE), string, size);
	return at;
}

static struct row *add_row(struct table *table)
{
	if (table->count == MOST_ROWS)
		abort();
	return &table->rows[table->count++];
}

/* "A::B::_field": the last "::" parts them. */
static struct row *add_field(struct vmwriter *w, const char *name, const char *type)
{
	struct row *row = add_row(&w->fields);
	const char *colons = strstr(name, "::"), *next;
	while ((next = strstr(colons + 2, "::")))
		colons = next;
	snprintf(row->owner, sizeof row->owner, "%.*s", (int)(colons - name), name);
	snprintf(row->name, sizeof row->name, "%s", colons + 2);
	snprintf(row->super, sizeof row->super, "%s", type);
	return row;
}

void vmwriter_field(struct vmwriter *w, const char *name, const char *type, uint64_t offset)
{
	add_field(w, name, type)->value = offset;
}

uint64_t vmwriter_static(struct vmwriter *w, const char *name, const char *type, unsigned size, uint64_t value)
{
	struct row *row = add_field(w, name, type);
	row->is_static = true;
	row->address = vmwriter_alloc(w, size);
	vmwriter_put(w, row->address, size, value);
	return row->address;
}

void vmwriter_type(struct vmwriter *w, const char *name, const char *super, uint64_t size)
{
	struct row *row = add_row(&w->types);
	snprintf(row->name, sizeof row->name, "%s", name);
	snprintf(row->super, sizeof row->super, "%s", super ? super : "");
	row->value = size;
}

void vmwriter_constant(struct vmwriter *w, const char *name, uint64_t value)
{
	struct row *row = add_row(&w->constants);
	snprintf(row->name, sizeof row->name, "%s", name);
	row->value = value;
}

void vmwriter_flag(struct vmwriter *w, const char *name, const char *type, uint64_t value, unsigned origin)
{
	struct flag *flag = &w->flags[w->flag_count++];
	snprintf(flag->name, sizeof flag->name, "%s", name);
	snprintf(flag->type, sizeof flag->type, "%s", type);
	flag->value = value;
	flag->origin = origin;
}

void vmwriter_old_flags(struct vmwriter *w)
{
	w->old_flags = true;
}

void vmwriter_row(struct vmwriter *w, uint64_t start, uint64_t end, const char *permissions, const char *name)
{
	struct place *place = &w->places[w->place_count++];
	place->start = start;
	place->end = end;
	snprintf(place->permissions, sizeof place->permissions, "%s", permissions);
	snprintf(place->name, sizeof place->name, "%s", name ? name : "");
}

static void add_symbol(struct vmwriter *w, const char *name, uint64_t value)
{
	Elf64_Sym symbol = { .st_name = (Elf64_Word)w->string_size, .st_shndx = 1, .st_value = value - VM_BASE };
	symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT);
	symbol.st_size = 8;
	memcpy(w->bytes + SYMBOLS + w->symbol_count++ * sizeof symbol, &symbol, sizeof symbol);
	memcpy(w->bytes + STRINGS + w->string_size, name, strlen(name) + 1);
	w->string_size += strlen(name) + 1;
}

/* An exported variable of 8 bytes. */
static void add_variable(struct vmwriter *w, const char *prefix, const char *name, uint64_t value)
{
	char symbol[96];
	uint64_t at = vmwriter_alloc(w, 8);
	vmwriter_put(w, at, 8, value);
	snprintf(symbol, sizeof symbol, "%s%s", prefix, name);
	add_symbol(w, symbol, at);
}

/* Names in rows that follow each other are the same string, as in libjvm. */
static uint64_t name_of(struct vmwriter *w, const char *name)
{
	return name[0] ? vmwriter_string(w, name) : 0;
}

static void write_fields(struct vmwriter *w)
{
	static const char prefix[] = "gHotSpotVMStructEntry";
	static const char *const members[] = { "TypeNameOffset", "FieldNameOffset", "TypeStringOffset",
					       "IsStaticOffset", "OffsetOffset",    "AddressOffset" };
	uint64_t at = vmwriter_alloc(w, (w->fields.count + 1) * STRUCT_SIZE);
	add_variable(w, "gHotSpotVMStructs", "", at);
	add_variable(w, prefix, "ArrayStride", STRUCT_SIZE);
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		add_variable(w, prefix, members[i], 8 * i);
	for (size_t i = 0; i < w->fields.count; i++, at += STRUCT_SIZE) {
		const struct row *row = &w->fields.rows[i];
		vmwriter_put(w, at, 8, name_of(w, row->owner));
		vmwriter_put(w, at + 8, 8, name_of(w, row->name));
		vmwriter_put(w, at + 16, 8, name_of(w, row->super));
		vmwriter_put(w, at + 24, 4, row->is_static);
		vmwriter_put(w, at + 32, 8, row->value);
		vmwriter_put(w, at + 40, 8, row->address);
	}
}

static void write_types(struct vmwriter *w)
{
	static const char prefix[] = "gHotSpotVMTypeEntry";
	uint64_t at = vmwriter_alloc(w, (w->types.count + 1) * STRUCT_SIZE);
	add_variable(w, "gHotSpotVMTypes", "", at);
	add_variable(w, prefix, "ArrayStride", STRUCT_SIZE);
	add_variable(w, prefix, "TypeNameOffset", 0);
	add_variable(w, prefix, "SuperclassNameOffset", 8);
	add_variable(w, prefix, "SizeOffset", 32);
	for (size_t i = 0; i < w->types.count; i++, at += STRUCT_SIZE) {
		vmwriter_put(w, at, 8, name_of(w, w->types.rows[i].name));
		vmwriter_put(w, at + 8, 8, name_of(w, w->types.rows[i].super));
		vmwriter_put(w, at + 32, 8, w->types.rows[i].value);
	}
}

static void write_constants(struct vmwriter *w)
{
	static const char prefix[] = "gHotSpotVMIntConstantEntry";
	uint64_t at = vmwriter_alloc(w, (w->constants.count + 1) * CONSTANT_SIZE);
	add_variable(w, "gHotSpotVMIntConstants", "", at);
	add_variable(w, prefix, "ArrayStride", CONSTANT_SIZE);
	add_variable(w, prefix, "NameOffset", 0);
	add_variable(w, prefix, "ValueOffset", 8);
	for (size_t i = 0; i < w->constants.count; i++, at += CONSTANT_SIZE) {
		vmwriter_put(w, at, 8, name_of(w, w->constants.rows[i].name));
		vmwriter_put(w, at + 8, 4, w->constants.rows[i].value);
	}
}

/* JVMFlag: _addr 0, _name 8, _flags 16, _type 20. In 8 the type is a string, here at 24 of 32. */
static void write_flags(struct vmwriter *w)
{
	static const char *const types[] = { "bool",	 "int",	   "uint",   "intx",  "uintx",
					     "uint64_t", "size_t", "double", "ccstr", "ccstrlist" };
	const char *owner = w->old_flags ? "Flag" : "JVMFlag";
	const uint64_t size = w->old_flags ? 32 : FLAG_SIZE;
	uint64_t at = vmwriter_alloc(w, (w->flag_count + 1) * size);
	char name[32];
	const struct {
		const char *name, *type;
		uint64_t offset;
	} members[] = { { "_addr", "void*", 0 },
			{ "_name", "const char*", 8 },
			{ "_flags", "JVMFlag::Flags", 16 },
			{ "_type", w->old_flags ? "const char*" : "int", w->old_flags ? 24 : 20 } };
	for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
		snprintf(name, sizeof name, "%s::%s", owner, members[i].name);
		vmwriter_field(w, name, members[i].type, members[i].offset);
	}
	vmwriter_type(w, owner, NULL, size);
	snprintf(name, sizeof name, "%s::flags", owner);
	vmwriter_static(w, name, "JVMFlag*", 8, at);
	snprintf(name, sizeof name, "%s::numFlags", owner);
	vmwriter_static(w, name, "size_t", 8, w->flag_count + 1);
	for (size_t i = 0; i < w->flag_count; i++, at += size) {
		uint64_t value = vmwriter_alloc(w, 8), type = 0;
		vmwriter_put(w, value, 8, w->flags[i].value);
		vmwriter_put(w, at, 8, value);
		vmwriter_put(w, at + 8, 8, vmwriter_string(w, w->flags[i].name));
		vmwriter_put(w, at + 16, 4, w->flags[i].origin);
		while (type < sizeof types / sizeof *types && strcmp(types[type], w->flags[i].type) != 0)
			type++;
		if (w->old_flags)
			vmwriter_put(w, at + 24, 8, vmwriter_string(w, w->flags[i].type));
		else
			vmwriter_put(w, at + 20, 4, type);
	}
}

/* One PT_LOAD with everything, and a dynamic section; DT_HASH tells how many symbols there are. */
static void write_headers(struct vmwriter *w)
{
	Elf64_Ehdr header = { .e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			      .e_type = ET_DYN,
			      .e_machine = EM_X86_64,
			      .e_version = EV_CURRENT,
			      .e_phoff = sizeof(Elf64_Ehdr),
			      .e_ehsize = sizeof(Elf64_Ehdr),
			      .e_phentsize = sizeof(Elf64_Phdr),
			      .e_phnum = 2 };
	const uint64_t hash = vmwriter_alloc(w, 8) - VM_BASE;
	const Elf64_Dyn dynamic[] = {
		{ DT_SYMTAB, { SYMBOLS } }, { DT_STRTAB, { STRINGS } }, { DT_STRSZ, { w->string_size } },
		{ DT_HASH, { hash } },	    { DT_NULL, { 0 } },
	};
	const Elf64_Phdr segments[] = {
		{ PT_LOAD, PF_R | PF_W, 0, 0, 0, VM_SIZE, VM_SIZE, 0x1000 },
		{ PT_DYNAMIC, PF_R | PF_W, HEADERS, HEADERS, HEADERS, sizeof dynamic, sizeof dynamic, 8 },
	};
	vmwriter_put(w, VM_BASE + hash + 4, 4, w->symbol_count);
	memcpy(w->bytes, &header, sizeof header);
	memcpy(w->bytes + sizeof header, segments, sizeof segments);
	memcpy(w->bytes + HEADERS, dynamic, sizeof dynamic);
}

void vmwriter_seal(struct vmwriter *w)
{
	if (w->sealed)
		return;
	w->sealed = true;
	write_flags(w);
	write_fields(w);
	write_types(w);
	write_constants(w);
	write_headers(w);
}

uint8_t *vmwriter_bytes(struct vmwriter *w)
{
	return w->bytes;
}

static uint8_t permission_bits(const char *text)
{
	unsigned bits = INQ_PERM_KNOWN;
	bits |= text[0] == 'r' ? INQ_PERM_READ : 0;
	bits |= text[1] == 'w' ? INQ_PERM_WRITE : 0;
	bits |= text[2] == 'x' ? INQ_PERM_EXECUTE : 0;
	return (uint8_t)(bits | (text[3] == 's' ? INQ_PERM_SHARED : 0));
}

static void build_row(struct inq_builder *builder, const struct place *place, uint64_t held)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = place->start;
	mapping.end = place->end;
	mapping.permissions = permission_bits(place->permissions);
	mapping.data_offset = 0;
	mapping.data_size = held;
	mapping.name = place->name[0] ? inq_build_string(builder, place->name, strlen(place->name)) : NULL;
	if (place->name[0] == '/')
		mapping.file = inq_build_file(builder, place->name, strlen(place->name), INQ_UNKNOWN, INQ_UNKNOWN,
					      INQ_UNKNOWN);
	inq_build_mapping(builder, &mapping);
}

struct inq_space *vmwriter_finish(struct vmwriter *w)
{
	struct inq_builder builder;
	struct place image = { VM_BASE, VM_BASE + VM_SIZE, "rw-p", "" };
	memcpy(image.name, libjvm, sizeof libjvm);
	vmwriter_seal(w);
	w->source = (struct inq_source) { .path = "core", .data = w->bytes, .size = VM_SIZE };
	if (inq_build_create(&w->ctx, &w->source, "elf-core", &builder) != INQ_OK)
		return NULL;
	builder.artefact->holds_memory = true;
	inq_build_os(&builder, INQ_OS_LINUX);
	inq_build_machine(&builder, EM_X86_64, 64, false);
	build_row(&builder, &image, VM_SIZE);
	for (size_t i = 0; i < w->place_count; i++)
		build_row(&builder, &w->places[i], 0);
	struct inq_space *space = inq_build_seal(&builder);
	struct inq_object *object = space ? inq_object_vec_push(&space->objects) : NULL;
	if (!object)
		return space;
	*object = (struct inq_object) { .path = libjvm, .base = VM_BASE, .end = VM_BASE + VM_SIZE, .is_elf = true };
	object->load_bias = VM_BASE;
	object->mapping_count = 1;
	for (size_t i = 0; i < space->mappings.count; i++)
		if (space->mappings.items[i].start == VM_BASE) {
			space->mappings.items[i].object = 0;
			object->first_mapping = (uint32_t)i;
		}
	return space;
}

bool vmwriter_warned(const struct vmwriter *w, const char *text)
{
	for (size_t i = 0; i < w->ctx.warnings.count; i++)
		if (strstr(w->ctx.warnings.items[i], text))
			return true;
	return false;
}
