/* Sections by name. Facts: gABI chapter 4, "Sections" and "String Table". */
#ifndef INQ_ELF_SECTION_H
#define INQ_ELF_SECTION_H

#include "lib/elf/elf.h"

/* NUL-terminated, where it lies in the view; NULL when the section has no name or its string is out of reach. */
const char *inq_elf_section_name(const struct inq_elf *elf, const struct inq_elf_section *section);

/* The first section of this name. */
bool inq_elf_find_section(const struct inq_elf *elf, const char *name, struct inq_elf_section *ret);

/* The section that is loaded at `address` (in the file's count). */
bool inq_elf_section_at(const struct inq_elf *elf, uint64_t address, struct inq_elf_section *ret);
/* Whether it is loaded there: .tbss has an address but takes no room in memory. */
bool inq_elf_section_holds(const struct inq_elf_section *section, uint64_t address);

/* The build ID by the note sections: in a separate debug file the segments still tell the places that the bytes had in the
 * file it was made from. */
bool inq_elf_section_build_id(const struct inq_elf *elf, struct inq_view *ret);

#endif
