/* The C library's functions in a program that is linked statically: no file of theirs tells them from the program's. */
#ifndef INQ_DIAGNOSE_LINKED_IN_H
#define INQ_DIAGNOSE_LINKED_IN_H

#include "lib/diagnose/cause.h"

/* True where frame `index` of the stack is most likely such a function. */
bool inq_is_linked_in(const struct inq_case *crash, const struct inq_frame_info *frames, size_t count, size_t index);

#endif
