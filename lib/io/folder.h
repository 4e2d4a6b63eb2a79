/* The files of a folder that may be artefacts. */
#ifndef INQ_IO_FOLDER_H
#define INQ_IO_FOLDER_H

#include "lib/base/ctx.h"

bool inq_is_folder(const char *path);

/* "FOLDER/NAME" in the arena, NAME alone in the folder "". NULL without memory. */
const char *inq_folder_join(struct inq_arena *arena, const char *folder, const char *name);
/* Sorts the names behind the first `from`, by their bytes. */
void inq_folder_sort(struct inq_string_vec *names, size_t from);

/* Appends the paths of the regular files in the folder, by name: not the hidden ones, no links, nothing of folders in it, of
 * the compressed ones a few and in all some hundred; what was left out for its number is told by a warning. The strings are
 * in the arena. INQ_UNUSABLE with a warning when it cannot be read. */
enum inq_status inq_folder_files(struct inq_ctx *ctx, const char *path, struct inq_string_vec *ret);

#endif
