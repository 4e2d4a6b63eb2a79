/* Whether an ELF file can be what the rows of an address map show, for maps that hold no memory to compare. */
#ifndef INQ_SPACE_FILE_LAYOUT_H
#define INQ_SPACE_FILE_LAYOUT_H

#include "lib/elf/elf.h"
#include "lib/space/model.h"

/* Every mapping of the object lies within one PT_LOAD, loaded at the object's base: by address, by file offset and by
 * execute permission where the map tells them; and each PT_LOAD has a mapping. */
bool inq_layout_fits(const struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf);

#endif
