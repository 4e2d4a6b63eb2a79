/* What to keep of a core that is larger than the memory it may take, and what to read of a small one. */
#ifndef INQ_FORMATS_CORE_KEEP_H
#define INQ_FORMATS_CORE_KEEP_H

#include "lib/io/keep.h"

/* As struct inq_keep's `plan`. */
bool inq_core_plan(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *plan);
/* As struct inq_keep's `beginning`. */
uint64_t inq_core_beginning(const struct inq_view *head);

#endif
