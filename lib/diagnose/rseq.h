/* Damage in a thread's area for restartable sequences. */
#ifndef INQ_DIAGNOSE_RSEQ_H
#define INQ_DIAGNOSE_RSEQ_H

#include "lib/diagnose/cause.h"

/* What is wrong with the record that the area points to, *ret, where the signal may come from that; else NULL. */
const char *inq_broken_rseq(const struct inq_case *crash, uint64_t *ret);

#endif
