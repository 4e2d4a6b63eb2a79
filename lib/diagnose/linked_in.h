/* The C library's functions in a program that is linked statically: no file of theirs tells them from the program's. */
#ifndef INQ_DIAGNOSE_LINKED_IN_H
#define INQ_DIAGNOSE_LINKED_IN_H

#include "lib/diagnose/cause.h"

/* True where frame `index` of the stack is most likely such a function. */
bool inq_is_linked_in(const struct inq_case *crash, const struct inq_frame_info *frames, size_t count, size_t index);

/* True in a program whose functions may all be the C library's: none of these is a file of its own. */
bool inq_is_static(const struct inq_space *space);

#endif
