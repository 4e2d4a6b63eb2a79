/* Differences between reports of the same kind: what grew, appeared, went; and over more than two, what grows steadily. */
#ifndef INQUEST_DIFF_H
#define INQUEST_DIFF_H

#include <inquest/render.h>
#include <inquest/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Something that the reports tell the size of. `values` has one value for each report; 0 where it is not there. */
struct inq_diff_row {
	/* "class", "object", "region"; "cache", "arena"; "category"; "arena", "size", "type"; "class", "package" */
	const char *level;
	const char *name;   /* of a region: what the map calls it, its object or class */
	const char *class_; /* of a region or object: its class; NULL */
	uint64_t start;	    /* of a region, where it is last; INQ_UNKNOWN */
	uint64_t before, after;
	int64_t change;
	uint64_t count_before, count_after; /* blocks or instances of it; both 0: not told */
	bool appeared, went;		    /* it is only in the last, or only in the first report */
	bool has_rate;
	double rate; /* bytes a second */
	const uint64_t *values;
	bool steady;  /* it grows with every step, and by about as much */
	double slope; /* bytes a step, by a linear fit; */
	double fit;   /* and its r²: 1 is a straight line */
};

struct inq_diff {
	const char *kind;    /* "address-map", "kmastat", "memstat", "heap", "jvm-histogram" */
	const char *measure; /* "resident", "size", "memory", "in use" */
	size_t count;	     /* of reports */
	const uint64_t *totals;
	const struct inq_diff_row *rows; /* what changed most first, within each level */
	size_t row_count;
	const struct inq_diagnosis *findings;
	size_t finding_count;
};

struct inq_diff_options {
	double interval;    /* seconds between two reports; 0: not known */
	uint64_t threshold; /* rows that changed by less are left out */
	const char *kind;   /* what to compare, as in inq_diff; NULL: the first that all reports have. Heaps are only
			     * there when they were asked for (INQ_HEAP, with kinds of blocks INQ_HEAP_TYPED) */
};

/* Compares two or more reports, the oldest first. *ret must be given to inq_diff_destroy; it refers to strings of the
 * reports. INQ_BAD_ARGUMENT for fewer than two, INQ_UNUSABLE when they have nothing of the same kind. `options` may be
 * NULL. */
INQ_API enum inq_status inq_diff_create(const struct inq_report *const *reports, size_t count,
					const struct inq_diff_options *options, const struct inq_diff **ret);
/* Accepts NULL. */
INQ_API void inq_diff_destroy(const struct inq_diff *diff);

/* As inq_render, for the document inquest.diff/1. */
INQ_API enum inq_status inq_render_diff(const char *format, const struct inq_diff *diff,
					const struct inq_output *output);

#ifdef __cplusplus
}
#endif
#endif
