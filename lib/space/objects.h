/* Objects: the mapped files of a space, who they are and how they were loaded.
 *
 * Witnesses, in the order of trust: the file that a mapping names (NT_FILE, a map's text), the run-time linker's list
 * (AT_PHDR → PT_DYNAMIC → DT_DEBUG → r_debug), ELF headers found in the first pages that the core holds, AT_SYSINFO_EHDR
 * for the vdso. Build ID, SONAME and load bias are read from those pages.
 *
 * Text that a program mapped once more, far from its image, is an object too: its bias and base are those that the whole
 * image would have, so that addresses in it resolve as in the file. */
#ifndef INQ_SPACE_OBJECTS_H
#define INQ_SPACE_OBJECTS_H

#include "lib/io/files.h"
#include "lib/space/model.h"

/* Fills space->objects and each mapping's `object` from what the space itself holds. Opens no file. */
enum inq_status inq_objects_find(struct inq_space *space);

/* Looks for each object's file and compares it: by build ID, else by size and program headers. Sets file_state,
 * file_path, file_note, and fills build_id/soname from a matched file where memory did not tell (never from another).
 * Files stay closed. `files` must outlive the space, which keeps it for inq_object_file; NULL: look at none. */
enum inq_status inq_objects_check_files(struct inq_space *space, const struct inq_files *files);

/* Opens (maps) the file of a matched object on first use; NULL when it is not matched. Belongs to the space. */
const struct inq_source *inq_object_file(struct inq_space *space, struct inq_object *object);

/* Lower-case hex of the build ID in the arena; NULL when none is known. */
const char *inq_object_build_id(struct inq_space *space, const struct inq_object *object);

/* The object whose path, file name or SONAME is `name` ("libc.so.6", "/lib/…"); NULL. */
struct inq_object *inq_object_by_name(struct inq_space *space, const char *name, size_t length);

#endif
