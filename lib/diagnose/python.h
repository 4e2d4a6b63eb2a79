/* Where a Python program was when its process died: the script has no frame of its own on the stack. */
#ifndef INQ_DIAGNOSE_PYTHON_H
#define INQ_DIAGNOSE_PYTHON_H

#include "lib/diagnose/cause.h"

/* "Python was in f (x.py:12), called by g (x.py:20)", of the interpreter that runs innermost on the stack; NULL where there is
 * none, or its structures are not as they must be. CPython 3.11. */
const char *inq_python_place(const struct inq_case *crash);

#endif
