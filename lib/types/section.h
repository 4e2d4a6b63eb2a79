/* Sections that hold types: of the matched file, of its debug file, or of the core that keeps one for the object. */
#ifndef INQ_TYPES_SECTION_H
#define INQ_TYPES_SECTION_H

#include "lib/elf/section.h"
#include "lib/space/model.h"
#include "lib/symbol/contents.h"
#include "lib/symbol/table.h"

struct inq_type_section {
	struct inq_elf elf; /* where it was found */
	struct inq_elf_section section;
	struct inq_contents contents; /* `unpacked` belongs to the caller */
};

/* The section of that name; false when the object has none with bytes. */
bool inq_type_section_open(struct inq_space *space, struct inq_object *object, const char *name,
			   struct inq_type_section *ret);

/* The symbol table that the section is linked to; released by the caller in any case. */
bool inq_type_section_symbols(struct inq_space *space, const struct inq_type_section *section,
			      struct inq_symbol_table *ret);

#endif
