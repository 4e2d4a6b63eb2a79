/* What /proc/PID/maps and smaps have in common. */
#ifndef INQ_FORMATS_MAPS_PROC_H
#define INQ_FORMATS_MAPS_PROC_H

#include "formats/maps/listing.h"

/* The lines of /proc/PID/maps, for a grammar: rows, and prompts that name the file. */
enum inq_line inq_proc_maps_line(struct inq_listing *listing, struct inq_span line);
/* Whether the line speaks of /proc/PID/maps or smaps, and of which process. */
bool inq_span_proc_path(struct inq_span line, uint64_t *pid);

#endif
