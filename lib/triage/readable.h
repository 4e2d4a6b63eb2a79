/* What the workers of a run may read. */
#ifndef INQ_TRIAGE_READABLE_H
#define INQ_TRIAGE_READABLE_H

#include "lib/base/ctx.h"

#include <inquest/triage.h>

/* Folders and files, NULL-terminated, in ctx's arena: the inputs, the sysroot, the debug folders, the symbol cache, our own modules with the
 * libraries that they use. A core names its program and libraries anywhere: without a sysroot that is the whole machine ("/"),
 * and so it is for a list of paths, which is not known yet. NULL without memory. */
const char *const *inq_readable(struct inq_ctx *ctx, const char *const *paths, size_t count, const char *cache,
				const struct inq_options *analysis, const struct inq_triage_options *options);

#endif
