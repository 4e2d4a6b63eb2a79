/* The blocks that jemalloc's threads keep for themselves. */
#ifndef INQ_HEAP_JEMALLOC_CACHES_H
#define INQ_HEAP_JEMALLOC_CACHES_H

#include "lib/heap/slabs.h"

/* Marks them as free; how many caches were found. */
size_t inq_jemalloc_mark_cached(struct inq_slabs *slabs);

#endif
