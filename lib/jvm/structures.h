/* Structures of collectors that only their size shows. */
#ifndef INQ_JVM_STRUCTURES_H
#define INQ_JVM_STRUCTURES_H

#include "lib/jvm/jvm.h"

/* Adds to side_tables what stands in structures.def and is found. */
void inq_jvm_add_structures(struct inq_space *space, struct inq_jvm *jvm);

#endif
