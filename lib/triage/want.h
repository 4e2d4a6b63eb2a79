/* What a worker says that misses something in the symbol cache: which object's file it is of. The body of an INQ_MESSAGE_WANT:
 * the size of the build ID in one byte, its bytes, the path. */
#ifndef INQ_TRIAGE_WANT_H
#define INQ_TRIAGE_WANT_H

#include "lib/triage/channel.h"

#include <limits.h>

struct inq_cache_name;

struct inq_want {
	const uint8_t *build_id; /* lies in the body */
	size_t build_id_size;
	char path[PATH_MAX];
};

/* False without memory, and for what has no build ID or path, or one that no file can have. */
bool inq_want_encode(const struct inq_cache_name *name, struct inq_bytes *ret);
/* False when the body is none. */
bool inq_want_decode(const char *body, size_t size, struct inq_want *ret);

#endif
