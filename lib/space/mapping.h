/* Operations on one mapping. */
#ifndef INQ_SPACE_MAPPING_H
#define INQ_SPACE_MAPPING_H

#include "lib/space/model.h"

/* The part [start, end) of a mapping, offsets moved along. Counted sizes (resident, …) are kept only where they can be
 * told for the part: all of it or nothing of it. */
struct inq_mapping inq_mapping_clip(struct inq_ctx *ctx, const struct inq_mapping *mapping, uint64_t start,
				    uint64_t end);

/* Whether it is of no file and nothing names it: pmap prints "[ anon ]" for that. */
bool inq_mapping_is_plain(const struct inq_mapping *mapping);

#endif
