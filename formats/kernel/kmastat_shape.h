/* What a line of ::kmastat and ::umastat is by its words alone: headings, and rows that lost theirs. */
#ifndef INQ_FORMATS_KERNEL_KMASTAT_SHAPE_H
#define INQ_FORMATS_KERNEL_KMASTAT_SHAPE_H

#include "formats/kernel/kernel.h"

bool inq_kmastat_cache_heading(struct inq_span line);
bool inq_kmastat_tree_heading(struct inq_span line);
/* Either line of the heading of the caches. */
bool inq_kmastat_caches_begin(struct inq_span line);
/* Either line of the heading of the vmem part. */
bool inq_kmastat_tree_begins(struct inq_span line);

/* A row whose numbers can only be those of a cache: NAME SIZE INUSE [CACHED] TOTAL MEMORY SUCCEED FAIL, where the memory is
 * that of so many buffers, in whole pages. */
bool inq_kmastat_is_cache(struct inq_span line);
/* The row has the column "buf in ptc". */
bool inq_kmastat_is_cached(struct inq_span line);

enum { INQ_KMASTAT_NONE, INQ_KMASTAT_KERNEL, INQ_KMASTAT_USER };

/* Names begin with a letter. */
#define INQ_KMASTAT_BEGINS (UINT64_C(0x07fffffe) | UINT64_C(0x07fffffe) << 32 | INQ_CHARACTER('_'))

/* Whose table begins at the line, as formats ask: one with a heading; or rows without one, where at least two of the next few
 * cannot be of anything else. */
unsigned inq_kmastat_look(const struct inq_text *at);

#endif
