/* Names for the mappings of ELF images that no file note names (cores of Solaris, of old kernels, of gcore without /proc,
 * cut ones): by the run-time linker's list, AT_EXECFN, PT_INTERP, and headers found in held first pages. */
#ifndef INQ_SPACE_NAME_IMAGES_H
#define INQ_SPACE_NAME_IMAGES_H

#include "lib/space/link_map.h"

/* Sets `file` and `file_offset` of mappings that have no file and belong to an image. */
enum inq_status inq_name_images(struct inq_space *space, const struct inq_link_vec *links);

/* The executable's path or name by the auxiliary vector and the process facts; NULL when nothing tells. */
const char *inq_executable_name(struct inq_space *space);

#endif
