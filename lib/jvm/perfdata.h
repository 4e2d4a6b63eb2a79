/* The counters that a HotSpot JVM shares: /tmp/hsperfdata_USER/PID, a piece of memory of 32 KiB that is mapped from that file,
 * or lies in the JVM alone (-XX:+PerfDisableSharedMem). A header, then entries, each with a name and either a number or a
 * string (perfMemory.hpp: PerfDataPrologue, PerfDataEntry, version 2.0; since JDK 5).
 *
 * A decoder of bytes and no more: the format reads a file by it, the witness `perfdata` a core. */
#ifndef INQ_JVM_PERFDATA_H
#define INQ_JVM_PERFDATA_H

#include "lib/base/arena.h"
#include "lib/base/view.h"

struct inq_perfdata {
	struct inq_view view; /* from the header on, in the byte order that it tells */
	uint64_t first;	      /* where the entries begin */
	uint64_t entries;     /* how many there should be */
};

/* Whether a header of counters begins here, of any version. */
bool inq_perfdata_recognise(const struct inq_view *view);
/* False for another version, or a header that cannot be true. */
bool inq_perfdata_open(const struct inq_view *view, struct inq_perfdata *ret);
/* How many entries there really are. */
uint64_t inq_perfdata_count(const struct inq_perfdata *perfdata);
/* The entry of this name: a number of 64 bits, or a string, copied to the arena. */
bool inq_perfdata_number(const struct inq_perfdata *perfdata, const char *name, uint64_t *ret);
const char *inq_perfdata_string(const struct inq_perfdata *perfdata, struct inq_arena *arena, const char *name);

#endif
