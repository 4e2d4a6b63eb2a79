/* One row of an address map, as its reader found it, and the pieces that several listings print alike. */
#ifndef INQ_FORMATS_MAPS_ROW_H
#define INQ_FORMATS_MAPS_ROW_H

#include "formats/text.h"
#include "lib/space/model.h"

struct inq_row {
	uint64_t start, end;
	uint64_t printed_size; /* where both ends are printed too: they are compared; else INQ_UNKNOWN */
	uint64_t file_offset;
	uint64_t device_major, device_minor, inode;
	uint64_t pid; /* INQ_UNKNOWN where rows do not tell it */
	uint64_t line;
	struct inq_usage usage;
	uint64_t clean_and_dirty;    /* smaps: the sum of the four keys that Rss is made of */
	struct inq_span name, flags; /* flags: VmFlags, or procstat's */
	struct inq_span mode;	     /* the permissions as printed */
	uint8_t permissions;
	bool odd_tail; /* something unreadable stands where the name should be */
	bool hugetlb;  /* smaps: huge pages, which Rss does not count */
	bool summary;  /* smaps_rollup: sizes of the whole space, no mapping */
};

/* A row of which nothing is known. */
struct inq_row inq_row_unknown(void);

/* "r-xp", "rwxs-", "rw-s-R", "rwx", or the words of old Solaris pmaps, "read/write/exec/shared". */
bool inq_span_permissions(struct inq_span span, uint8_t *ret);

/* A row of /proc/PID/maps (proc(5)): "START-END PERM OFFSET MAJOR:MINOR INODE [NAME]". */
bool inq_row_proc_maps(struct inq_span line, struct inq_row *row);

/* A "\n"-free word that may be a mapping's name: a path or "[ heap ]". What a wrapped line leaves on the next one. */
bool inq_span_is_name(struct inq_span line);

#endif
