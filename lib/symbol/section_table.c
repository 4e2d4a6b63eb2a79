/* Symbol tables by section headers.
 *
 * libelf would copy or convert what it hands out and is made for well-formed files; the tables are used where they lie, so
 * that a look-up touches a few pages of a library's megabytes. */
#include "lib/symbol/contents.h"
#include "lib/symbol/names.h"

#include <elf.h>
#include <stdlib.h>

static void keep(struct inq_symbol_table *table, const struct inq_contents *contents)
{
	for (size_t i = 0; i < sizeof table->unpacked / sizeof *table->unpacked; i++)
		if (!table->unpacked[i]) {
			table->unpacked[i] = contents->unpacked;
			return;
		}
}

static bool take(struct inq_ctx *ctx, const struct inq_elf *elf, const struct inq_elf_section *section,
		 struct inq_symbol_table *table)
{
	struct inq_elf_section strings_section;
	struct inq_contents symbols, strings;
	if (!inq_elf_section(elf, section->link, &strings_section) || strings_section.type != SHT_STRTAB)
		return false;
	if (!inq_section_contents(ctx, elf, section, &symbols))
		return false;
	if (symbols.view.size / section->entsize < 2 || !inq_section_contents(ctx, elf, &strings_section, &strings)) {
		free(symbols.unpacked);
		return false;
	}
	keep(table, &symbols);
	keep(table, &strings);
	table->elf = *elf;
	table->symbols = symbols.view;
	table->strings = strings.view;
	table->entry_size = section->entsize;
	table->count = symbols.view.size / section->entsize;
	return true;
}

bool inq_table_open_section(struct inq_ctx *ctx, const struct inq_elf *elf, uint64_t index,
			    struct inq_symbol_table *ret)
{
	struct inq_elf_section section;
	uint64_t least = elf->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	if (!inq_elf_section(elf, index, &section) || section.entsize < least)
		return false;
	return take(ctx, elf, &section, ret);
}

bool inq_table_open(struct inq_ctx *ctx, const struct inq_elf *elf, uint32_t type, struct inq_symbol_table *ret)
{
	struct inq_elf_section section;
	for (uint64_t i = 0; inq_elf_section(elf, i, &section); i++)
		if (section.type == type && inq_table_open_section(ctx, elf, i, ret))
			return true;
	return false;
}

/* e_flags' ABI bits: 0 or 1 for the first. */
void inq_table_find_descriptors(const struct inq_elf *elf, struct inq_symbol_table *table)
{
	struct inq_elf_section section;
	if (elf->machine != EM_PPC64 || (elf->flags & EF_PPC64_ABI) == 2 ||
	    !inq_elf_find_section(elf, ".opd", &section) || section.type != SHT_PROGBITS ||
	    !inq_view_slice(&elf->view, section.offset, section.size, &table->opd))
		return;
	table->opd_address = section.addr;
}
