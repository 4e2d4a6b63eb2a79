/* The frame to blame: not always the innermost one. strlen is not at fault for the pointer that it was given. */
#ifndef INQ_DIAGNOSE_CULPRIT_H
#define INQ_DIAGNOSE_CULPRIT_H

#include "lib/diagnose/cause.h"

/* False when no frame is to blame: the signal came from another process, or there is no stack. */
bool inq_find_culprit(const struct inq_case *crash, struct inq_culprit_info *ret);

#endif
