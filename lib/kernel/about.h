/* What caches are for, by their names: rows of about.def. */
#ifndef INQ_KERNEL_ABOUT_H
#define INQ_KERNEL_ABOUT_H

#include "lib/kernel/kernel.h"

struct inq_cache_kind {
	const char *prefix, *family, *about;
};

/* The first kind whose prefix the name has; NULL. */
const struct inq_cache_kind *inq_cache_kind(const char *name);

#endif
