/* Finding the sections of types. */
#include "lib/types/section.h"

#include "lib/symbol/names.h"

enum { MOST_SECTIONS = 16 << 10 }; /* of a core: its headers beyond that are not looked at */

static bool find_in_core(struct inq_space *space, const struct inq_object *object, const char *name,
			 struct inq_type_section *ret)
{
	if (!inq_names_core(space, object, &ret->elf))
		return false;
	for (uint64_t i = 0; i < MOST_SECTIONS && inq_elf_section(&ret->elf, i, &ret->section); i++) {
		const char *own = inq_elf_section_name(&ret->elf, &ret->section);
		if (own && strcmp(own, name) == 0 && ret->section.addr &&
		    inq_space_object_at(space, ret->section.addr) == object)
			return true;
	}
	return false;
}

static bool find_in(const struct inq_elf *elf, const char *name, struct inq_type_section *ret)
{
	if (!elf || !inq_elf_find_section(elf, name, &ret->section))
		return false;
	ret->elf = *elf;
	return true;
}

bool inq_type_section_open(struct inq_space *space, struct inq_object *object, const char *name,
			   struct inq_type_section *ret)
{
	struct inq_names *names = inq_names_open(space, object);
	*ret = (struct inq_type_section) { 0 };
	if (!names || (!(names->has_file && find_in(&names->file, name, ret)) &&
		       !find_in(inq_names_debug_file(space, object, names), name, ret) &&
		       !find_in_core(space, object, name, ret)))
		return false;
	return inq_section_contents(space->ctx, &ret->elf, &ret->section, &ret->contents);
}

bool inq_type_section_symbols(struct inq_space *space, const struct inq_type_section *section,
			      struct inq_symbol_table *ret)
{
	*ret = (struct inq_symbol_table) { 0 };
	return inq_table_open_section(space->ctx, &section->elf, section->section.link, ret);
}
