/* Allocators that are recognised only: their library is mapped, and so is memory of the shape that they take from the system.
 * Their blocks are not told apart, and no more than `likely` is said. For those whose records this version does not know. */
#ifndef INQ_HEAP_BY_LIBRARY_H
#define INQ_HEAP_BY_LIBRARY_H

#include "lib/heap/heap.h"

/* Whether a library is mapped whose name or DT_SONAME begins so. */
bool inq_has_library(const struct inq_space *space, const char *prefix);

/* Whether the mapping may be an allocator's own: writable, of no file, and not within the heap of a JVM, which is known by now
 * and is the largest memory that need not be touched. */
bool inq_may_be_heap(const struct inq_space *space, const struct inq_mapping *mapping);

/* The brk heap: the first anonymous memory above the executable; NULL. */
const struct inq_mapping *inq_brk_mapping(const struct inq_space *space);

/* Appends anonymous writable memory that begins at a multiple of `align` and is as large, or the brk heap when that is larger
 * than a megabyte. False when memory is out. */
bool inq_extents_aligned(struct inq_space *space, struct inq_heap_extent_vec *ret, uint64_t align,
			 const char *evidence);
bool inq_extents_brk(struct inq_space *space, struct inq_heap_extent_vec *ret, const char *evidence);

#endif
