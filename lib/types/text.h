/* Texts about types that outlive the call. */
#ifndef INQ_TYPES_TEXT_H
#define INQ_TYPES_TEXT_H

#include "lib/types/type.h"

/* Moves the buffer's text to the arena; NULL when memory is out. */
const char *inq_type_keep(struct inq_space *space, struct inq_str *str);
/* As inq_type_declare without a name. */
const char *inq_type_text(struct inq_space *space, const struct inq_type *type);

#endif
