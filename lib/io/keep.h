/* Keeping part of a stream in memory: what of a large core is worth it, within a bound.
 *
 * The bytes lie where they would lie in a map of the whole: address space is reserved for all of it, and only what is kept
 * takes memory. The rest reads as zeros, so whoever reads by offset asks inq_source_held first. What to keep is not known
 * here: a plan, made from the beginning of the stream, says it. */
#ifndef INQ_IO_KEEP_H
#define INQ_IO_KEEP_H

#include "lib/base/ctx.h"
#include "lib/base/view.h"
#include "lib/io/stream.h"

struct inq_range {
	uint64_t start, end;
};

INQ_VEC(inq_range_vec, struct inq_range)

struct inq_keep_plan {
	uint64_t size;		     /* of the whole, by its own headers: what follows is not read */
	struct inq_range_vec ranges; /* sorted, disjoint, multiples of INQ_KEEP_PAGE but for the last end */
	bool open_end;		     /* it may be longer than `size`, which is then all that is wanted of it */
	uint64_t need;		     /* bytes of the beginning, to say more */
};

enum { INQ_KEEP_PAGE = 4096 };

struct inq_keep {
	uint64_t memory; /* most bytes to keep; less than INQ_KEEP_LEAST counts as that */
	/* Fills *plan out of the beginning of a stream. False when it needs more of it: plan->need, which is then given
	 * unless `last` is set: there is no more, or no room for it. */
	bool (*plan)(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *plan);
	/* For small files that are no stream: where to read them page by page. NULL: they are mapped. */
	struct inq_pages *pages;
	/* How much of the beginning is looked through in such a file; 0: it is none of which single pages are looked at. */
	uint64_t (*beginning)(const struct inq_view *head);
};

/* Enough for the headers, notes and stacks of a core with some thousand threads and mappings. */
enum { INQ_KEEP_LEAST = 16 << 20 };

/* What was kept. */
struct inq_kept_part {
	uint8_t *data; /* mapped, `reserved` bytes; NULL when nothing was there */
	size_t reserved;
	uint64_t size; /* of the whole, as far as it went */
	struct inq_range_vec ranges;
	uint64_t passed_over; /* bytes that are in none of the ranges */
	bool cut_off;	      /* there is more of it than was wanted */
};

/* Reads the stream to the end of what is planned. INQ_OK or INQ_NO_MEMORY: whether the stream ended as it should is asked of
 * the stream itself. */
enum inq_status inq_keep_stream(struct inq_ctx *ctx, const struct inq_keep *keep, struct inq_stream *stream,
				struct inq_kept_part *ret);
void inq_kept_part_release(struct inq_kept_part *kept);

/* Sorts ranges, rounds them out to pages, joins those that touch, and cuts all at `size`. */
void inq_ranges_settle(struct inq_range_vec *ranges, uint64_t size);
/* The range that `at` is in; NULL. */
const struct inq_range *inq_ranges_at(const struct inq_range_vec *ranges, uint64_t at);

#endif
