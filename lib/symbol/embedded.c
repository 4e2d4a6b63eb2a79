/* Symbol tables that the core itself carries in sections: the kernel of Solaris and illumos writes .symtab of each mapped
 * object there (coreadm's content "symtab"). Facts: illumos uts/common/exec/elf/elf.c, process_scns: sh_addr is where the
 * object is mapped. */
#include "lib/symbol/names.h"

#include <inquest/report.h>

#include <elf.h>

/* Two or three for each object; a hostile core's headers beyond that are not looked at. */
enum { MOST_SECTIONS = 16 << 10 };

static bool is_of(const struct inq_space *space, const struct inq_object *object, const struct inq_elf_section *section)
{
	bool table = section->type == SHT_SYMTAB || section->type == SHT_DYNSYM;
	return table && section->addr && inq_space_object_at(space, section->addr) == object;
}

/* The object's .symtab, else its .dynsym. */
static bool find_section(const struct inq_space *space, const struct inq_object *object, const struct inq_elf *core,
			 uint64_t *ret)
{
	struct inq_elf_section section;
	bool found = false;
	for (uint64_t i = 0; i < MOST_SECTIONS && inq_elf_section(core, i, &section); i++) {
		if (!is_of(space, object, &section) || (found && section.type != SHT_SYMTAB))
			continue;
		*ret = i;
		found = true;
		if (section.type == SHT_SYMTAB)
			break;
	}
	return found;
}

bool inq_names_core(const struct inq_space *space, const struct inq_object *object, struct inq_elf *ret)
{
	const struct inq_mapping *mapping = &space->mappings.items[object->first_mapping];
	if (space->os != INQ_OS_SOLARIS || !mapping->data_size || mapping->data_artefact >= space->artefacts.count)
		return false;
	const struct inq_source *source = space->artefacts.items[mapping->data_artefact].source;
	const struct inq_view bytes = { .data = source->data, .size = source->size };
	return inq_elf_open(&bytes, ret);
}

static bool open_core(struct inq_space *space, struct inq_object *object, struct inq_names *names,
		      struct inq_symbol_table *ret)
{
	(void)names;
	struct inq_elf core;
	uint64_t index;
	if (!inq_names_core(space, object, &core) || !find_section(space, object, &core, &index) ||
	    !inq_table_open_section(space->ctx, &core, index, ret))
		return false;
	ret->elf.shnum = 0; /* the entries' section numbers are those of the object's own file */
	ret->level = INQ_SYMBOLS_FULL;
	return true;
}

const struct inq_symbol_source inq_symbol_source_embedded = { "embedded", true, true, open_core };
