/* Looks for an ELF file that belongs to another one: separate debug information, and what that refers to.
 *
 * A wrong name is worse than none: with a build ID only a file of the same one counts, wherever it lies. */
#ifndef INQ_SYMBOL_FILE_SEARCH_H
#define INQ_SYMBOL_FILE_SEARCH_H

#include "lib/elf/elf.h"
#include "lib/space/model.h"

struct inq_file_search {
	struct inq_space *space;
	struct inq_arena *arena;    /* of the paths: that of what was found lives there */
	const struct inq_elf *like; /* whose processor and word size it must have; NULL: any */
	struct inq_view build_id;   /* that it must have; size 0: none is known */
	bool check_crc;		    /* without a build ID: its CRC must be this */
	uint32_t crc;
	struct inq_elf elf; /* what was found, in `source`, which belongs to the caller */
	struct inq_source *source;
};

/* Whether the file at this path (inside the sysroot) is the one; `path` NULL is none. */
bool inq_search_path(struct inq_file_search *search, const char *path);
/* In the debug folders and debuginfod's cache, by the build ID. */
bool inq_search_build_id(struct inq_file_search *search);
/* From debuginfod's servers, by the build ID, when the user asked for that. */
bool inq_search_servers(struct inq_file_search *search);

#endif
