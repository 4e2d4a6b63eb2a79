/* A table from text to a number or a pointer, for interning and counting. */
#ifndef INQ_GROUP_NAMES_H
#define INQ_GROUP_NAMES_H

#include "lib/base/arena.h"

/* All zero is empty. */
struct inq_names {
	struct inq_name *table;
};

/* The text's own slot, made (NULL inside) when it was not there; NULL without memory. The key is a copy in the arena;
 * *key (when wanted) is that copy: the same pointer for the same text. */
void **inq_name_slot(struct inq_names *names, struct inq_arena *arena, const char *text, const char **key);
/* The slot, or NULL when it is not there. */
void **inq_name_find(const struct inq_names *names, const char *text);
void inq_names_release(struct inq_names *names);

#endif
