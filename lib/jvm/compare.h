/* What two witnesses of one JVM tell: where they differ, and what the second adds. */
#ifndef INQ_JVM_COMPARE_H
#define INQ_JVM_COMPARE_H

#include "lib/jvm/jvm.h"

/* Adds to `jvm` the disagreements with `other`, and takes from it what `jvm` does not know. */
void inq_jvm_compare(struct inq_space *space, struct inq_jvm *jvm, const struct inq_jvm *other);

#endif
