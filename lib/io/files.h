/* All look-ups of files that an artefact names. Such paths are untrusted: with a sysroot nothing outside it is ever
 * opened (openat2 with RESOLVE_IN_ROOT, or the same effect step by step where the kernel lacks it), only regular files are
 * opened at all (never a FIFO or device: O_NONBLOCK, checked by fstat), and none is created or written. */
#ifndef INQ_IO_FILES_H
#define INQ_IO_FILES_H

#include "lib/base/ctx.h"

struct inq_files;

/* `sysroot` NULL: the machine's root. With `off` every look-up finds nothing (--no-files). INQ_UNUSABLE when the
 * sysroot is no folder. Owned by the caller until inq_files_destroy. */
enum inq_status inq_files_create(struct inq_ctx *ctx, const char *sysroot, const char *exe,
				 const char *const *debug_dirs, bool off, struct inq_files **ret);
void inq_files_destroy(struct inq_files *files); /* NULL is fine */

/* Opens the regular file at `path` (as an artefact names it, absolute or not) inside the sysroot, read-only. Returns the
 * descriptor, which the caller closes, or -1 with a reason in *why ("no such file", "not a regular file", …). */
int inq_files_open(const struct inq_files *files, const char *path, const char **why);

/* Opens the executable that the user named with --exe: a path of the user's own machine, not inside the sysroot.
 * -1 when none was named. */
int inq_files_open_exe(const struct inq_files *files, const char **path, const char **why);

/* Where separate debug files are: NULL-terminated, never NULL. */
const char *const *inq_files_debug_dirs(const struct inq_files *files);

bool inq_files_are_off(const struct inq_files *files);
const char *inq_files_sysroot(const struct inq_files *files); /* NULL: the machine's root */

#endif
