/* A result and its line of JSON: the one form that a result has outside a process. */
#ifndef INQ_TRIAGE_LINE_H
#define INQ_TRIAGE_LINE_H

#include "lib/base/ctx.h"

#include <inquest/triage.h>

/* Most bytes of a line. */
enum { INQ_LINE_MOST = 1 << 20 };

/* The line of a result, without its line feed, in ctx's arena; NULL without memory. */
const char *inq_line_write(struct inq_ctx *ctx, const struct inq_triage_result *result);

/* Reads a line back, strings in ctx's arena. Lines come from workers that read hostile cores, and from files: what is not as
 * written above is INQ_UNUSABLE, with the reason in *why. */
enum inq_status inq_line_read(struct inq_ctx *ctx, const char *line, size_t length, struct inq_triage_result *ret,
			      const char **why);

#endif
