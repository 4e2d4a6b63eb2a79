/* Frames that lie between a crash and the code that is to blame for it. */
#ifndef INQ_DIAGNOSE_PLUMBING_H
#define INQ_DIAGNOSE_PLUMBING_H

#include <inquest/report.h>

/* True for a place in an object that only passes on or ends what others did. */
bool inq_is_plumbing(const struct inq_location *at);

/* True for the libraries by which scripts call functions of C: libffi and those that use it. */
bool inq_is_foreign_call(const struct inq_location *at);

#endif
