/* Symbols of the matched file: .symtab, else .dynsym, by its section headers.
 *
 * libelf would copy or convert what it hands out and is made for well-formed files; the tables are used where they lie, so
 * that a look-up touches a few pages of a library's megabytes. */
#include "lib/space/objects.h"
#include "lib/symbol/table.h"

#include <inquest/report.h>

#include <elf.h>

static bool is_named(const struct inq_elf *elf, const struct inq_elf_section *section, const char *name)
{
	struct inq_elf_section strings;
	size_t length;
	uint64_t at;
	if (!inq_elf_section(elf, elf->shstrndx, &strings) || !inq_add(strings.offset, section->name, &at))
		return false;
	const char *found = inq_view_string(&elf->view, at, strlen(name) + 1, &length);
	return found && length == strlen(name) && memcmp(found, name, length) == 0;
}

/* The first ABI of 64-bit PowerPC (e_flags' ABI bits 0 or 1) has function descriptors. */
static void find_descriptors(struct inq_symbol_table *table)
{
	const struct inq_elf *elf = &table->elf;
	struct inq_elf_section section;
	if (elf->machine != EM_PPC64 || (elf->flags & EF_PPC64_ABI) == 2)
		return;
	for (uint64_t i = 0; inq_elf_section(elf, i, &section); i++)
		if (section.type == SHT_PROGBITS && is_named(elf, &section, ".opd") &&
		    inq_view_slice(&elf->view, section.offset, section.size, &table->opd)) {
			table->opd_address = section.addr;
			return;
		}
}

/* The first table of this type that holds more than the null symbol. */
static bool find_table(struct inq_symbol_table *table, uint32_t type)
{
	const struct inq_elf *elf = &table->elf;
	struct inq_elf_section section, strings;
	uint64_t least = elf->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	for (uint64_t i = 0; inq_elf_section(elf, i, &section); i++) {
		if (section.type != type || section.entsize < least || section.size / section.entsize < 2 ||
		    !inq_elf_section(elf, section.link, &strings) || strings.type != SHT_STRTAB)
			continue;
		table->symbols = inq_view_clip(&elf->view, section.offset, section.size);
		table->strings = inq_view_clip(&elf->view, strings.offset, strings.size);
		table->entry_size = section.entsize;
		table->count = table->symbols.size / section.entsize;
		return table->count > 1;
	}
	return false;
}

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_symbol_table *ret)
{
	const struct inq_source *file = inq_object_file(space, object);
	if (!file)
		return false;
	const struct inq_view bytes = { .data = file->data, .size = file->size };
	if (!inq_elf_open(&bytes, &ret->elf))
		return false;
	if (find_table(ret, SHT_SYMTAB))
		ret->level = INQ_SYMBOLS_FULL;
	else if (find_table(ret, SHT_DYNSYM))
		ret->level = INQ_SYMBOLS_DYNAMIC;
	find_descriptors(ret);
	return true;
}

const struct inq_symbol_source inq_symbol_source_symtab = { "symtab", open_file };
