/* Sections by name and by address. */
#include "lib/elf/section.h"

#include <elf.h>

const char *inq_elf_section_name(const struct inq_elf *elf, const struct inq_elf_section *section)
{
	struct inq_elf_section strings;
	struct inq_view table;
	size_t length;
	if (!inq_elf_section(elf, elf->shstrndx, &strings) ||
	    !inq_view_slice(&elf->view, strings.offset, strings.size, &table))
		return NULL;
	const char *name = inq_view_string(&table, section->name, table.size, &length);
	return name && length && length < table.size - section->name ? name : NULL;
}

/* The string table is looked up once, not for each name. */
bool inq_elf_find_section(const struct inq_elf *elf, const char *name, struct inq_elf_section *ret)
{
	struct inq_elf_section strings;
	struct inq_view table, bytes;
	uint64_t size = strlen(name) + 1;
	if (!inq_elf_section(elf, elf->shstrndx, &strings) ||
	    !inq_view_slice(&elf->view, strings.offset, strings.size, &table))
		return false;
	for (uint64_t i = 0; inq_elf_section(elf, i, ret); i++)
		if (inq_view_slice(&table, ret->name, size, &bytes) && memcmp(bytes.data, name, size) == 0)
			return true;
	return false;
}

bool inq_elf_section_holds(const struct inq_elf_section *section, uint64_t address)
{
	if (!(section->flags & SHF_ALLOC) || ((section->flags & SHF_TLS) && section->type == SHT_NOBITS))
		return false;
	return address >= section->addr && address - section->addr < section->size;
}

bool inq_elf_section_at(const struct inq_elf *elf, uint64_t address, struct inq_elf_section *ret)
{
	for (uint64_t i = 0; inq_elf_section(elf, i, ret); i++)
		if (inq_elf_section_holds(ret, address))
			return true;
	return false;
}

bool inq_elf_section_build_id(const struct inq_elf *elf, struct inq_view *ret)
{
	struct inq_elf_section section;
	struct inq_elf_note note;
	for (uint64_t i = 0; inq_elf_section(elf, i, &section); i++) {
		if (section.type != SHT_NOTE)
			continue;
		struct inq_view notes = inq_view_clip(&elf->view, section.offset, section.size);
		while (inq_elf_next_note(&notes, 4, &note)) {
			if (!inq_elf_note_is(&note, "GNU", INQ_NT_GNU_BUILD_ID) || note.cut || !note.desc.size)
				continue;
			*ret = note.desc;
			return true;
		}
	}
	return false;
}
