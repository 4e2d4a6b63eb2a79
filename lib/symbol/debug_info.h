/* The debug information of one object, with the other files that it needs: dwz's alternate file, .dwo and .dwp files. Sections
 * are unpacked as far as they are asked for. */
#ifndef INQ_SYMBOL_DEBUG_INFO_H
#define INQ_SYMBOL_DEBUG_INFO_H

#include "lib/dwarf/dwarf.h"
#include "lib/symbol/names.h"

struct inq_debug_info;

/* Whether the file has .debug_info, packed or not. */
bool inq_has_debug_info(const struct inq_elf *elf);

/* Of the matched file, else of its separate debug file. NULL when there is none. Belongs to the caller. */
struct inq_debug_info *inq_debug_info_open(struct inq_space *space, struct inq_object *object, struct inq_names *names);
void inq_debug_info_close(struct inq_debug_info *info); /* NULL is fine */

/* Whether it is whole, without a warning, and so as good for another incident; and that incident's taking it over. */
bool inq_debug_info_keep(const struct inq_debug_info *info);
void inq_debug_info_take_over(struct inq_debug_info *info, struct inq_space *space);

struct inq_dwarf *inq_debug_info_dwarf(struct inq_debug_info *info);
/* Tells, once, what could not be had while it was used. */
void inq_debug_info_warn(struct inq_debug_info *info);

#endif
