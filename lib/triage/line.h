/* A result and its line of JSON: the one form that a result has outside a process. docs/schema/triage.schema.json has its
 * members.
 *
 * What is known of a core is hostile: strings longer than any honest one are cut when written, so that a line is never longer
 * than INQ_LINE_MOST. Strings in a line are valid UTF-8; a path that is not has its bytes beside it, in `path_bytes`. */
#ifndef INQ_TRIAGE_LINE_H
#define INQ_TRIAGE_LINE_H

#include "lib/base/ctx.h"

#include <inquest/triage.h>

/* Most bytes of a line. */
enum { INQ_LINE_MOST = 1 << 20 };

/* A result of which nothing but the path is known yet: to be filled in. */
struct inq_triage_result inq_line_unknown(const char *path, enum inq_triage_status status);

/* The line of a result, without its line feed, in ctx's arena; NULL without memory. */
const char *inq_line_write(struct inq_ctx *ctx, const struct inq_triage_result *result);

/* Reads a line back, strings in ctx's arena. Lines come from stores and files, which anybody may have written: what is not as
 * written above is INQ_UNUSABLE, with the reason in *why; so is the line of a group, with *why NULL. Members that are not
 * known are passed over. Without the module `jansson` no line can be read: *why says so. */
enum inq_status inq_line_read(struct inq_ctx *ctx, const char *line, size_t length, struct inq_triage_result *ret,
			      const char **why);

#endif
