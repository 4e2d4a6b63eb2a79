/* The JVM of a process, by its witnesses: tables that libjvm exports (vmstructs/), the counters it shares (perfdata), and
 * arithmetic on the address map (layout/). Each is a row of sources.def, asked in that order: the first that tells a layout
 * gives it, the later ones are compared with it.
 *
 * A new source: 1. lib/jvm/NAME.c (or a folder) with one `const struct inq_jvm_source inq_jvm_source_NAME`; 2. its row. */
#ifndef INQ_JVM_JVM_H
#define INQ_JVM_JVM_H

#include "lib/space/model.h"

#include <inquest/jvm.h>

struct inq_jvm_source {
	const char *name; /* found_by */
	bool from_memory; /* no arithmetic: left out for --text-only */
	/* Fills what it knows of a zeroed *ret, in the arena; false when it tells nothing. Damage is told by inq_warn. */
	bool (*read)(struct inq_space *space, struct inq_jvm *ret);
};

/* Whether there is a JVM, at the cost of a look at the objects' names. */
bool inq_jvm_present(const struct inq_space *space);

/* The JVM of the process, worked out on first use and kept with the space; NULL when there is none. */
const struct inq_jvm *inq_jvm_of(struct inq_space *space);

/* What a crash log alone says of the heap, before anything else is looked at; false when it says nothing. */
bool inq_jvm_by_log(struct inq_space *space, struct inq_jvm *ret);

#endif
