/* What the parts of an object's debug information share: debug_info.c, debug_refer.c. */
#ifndef INQ_SYMBOL_DEBUG_REFER_H
#define INQ_SYMBOL_DEBUG_REFER_H

#include "lib/io/source.h"
#include "lib/symbol/debug_info.h"
#include "lib/symbol/packed_section.h"

struct inq_debug_info {
	struct inq_space *space;
	struct inq_arena *arena; /* of the names: it lives as long as this */
	struct inq_elf elf;
	struct inq_source *source;	  /* of a file that was opened for it; NULL */
	const struct inq_source *others;  /* else of one that others keep open; NULL */
	const char *path, *stripped_path; /* of the file; of the object, when its debug file is another one */
	bool split;			  /* the sections are those of split units: .debug_info.dwo */
	struct inq_packed_section sections[INQ_DWARF_SECTION_COUNT];
	bool asked[INQ_DWARF_SECTION_COUNT];
	struct inq_dwarf *dwarf;
	struct inq_debug_info *next;		    /* the files that the first one refers to, closed with it */
	struct inq_debug_info *package, *same_file; /* the .dwp file; split units in the file itself */
	bool package_asked, same_file_asked;
	bool warned, told_damaged, told_large, told_split;
};

/* On an ELF file that is kept open by others, or by info->source. */
struct inq_debug_info *inq_debug_info_create(struct inq_space *space, struct inq_arena *arena,
					     const struct inq_elf *elf, const char *path, bool split);

/* See struct inq_dwarf_input. */
struct inq_dwarf *inq_debug_alternate(void *info);
struct inq_dwarf_unit *inq_debug_split(void *info, struct inq_dwarf_unit *skeleton);

#endif
