/* Differences. A source turns one report into items; items of several reports that are the same thing become a row.
 *
 * A new source: 1. lib/diff/NAME.c with one `const struct inq_diff_source inq_diff_source_NAME`; 2. its row in sources.def. */
#ifndef INQ_DIFF_DIFF_H
#define INQ_DIFF_DIFF_H

#include "lib/base/arena.h"
#include "lib/base/vec.h"

#include <inquest/diff.h>

/* Something of one report. Two are the same thing when level, name and class are equal, and, for those that have a place,
 * their ranges overlap. */
struct inq_diff_item {
	const char *level, *name, *class_;
	uint64_t start, end; /* INQ_UNKNOWN: it has no place */
	uint64_t value;
	uint64_t count; /* of blocks or instances; 0 where nobody counts */
};

INQ_VEC(inq_diff_item_vec, struct inq_diff_item)

struct inq_diff_source {
	const char *kind;
	/* NULL when the report has nothing of this kind; else what is measured. Asked of all reports before items are taken:
	 * `measure` is what all of them can tell, or NULL to be asked first. */
	const char *(*measure)(const struct inq_report *report);
	/* Adds the items and the total; false when memory is out. */
	bool (*items)(const struct inq_report *report, const char *measure, struct inq_arena *arena,
		      struct inq_diff_item_vec *ret, uint64_t *total);
};

/* findings.c: what to think of the rows. False when memory is out. */
bool inq_diff_find(struct inq_arena *arena, struct inq_diff *diff, const struct inq_report *const *reports);
/* fit.c: a straight line through the values. */
void inq_diff_fit(const uint64_t *values, size_t count, struct inq_diff_row *row);

#endif
