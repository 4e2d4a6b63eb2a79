/* A result: what the line of a core tells, out of its report. */
#ifndef INQ_TRIAGE_RESULT_H
#define INQ_TRIAGE_RESULT_H

#include "lib/triage/item.h"

#include <inquest/report.h>
#include <inquest/triage.h>

/* What was known of an item before it was opened; all else is unknown. */
struct inq_triage_result inq_result_of_item(const struct inq_item *item, const char *path);

/* Adds what the report tells. Its strings stay the report's. */
void inq_result_of_report(struct inq_ctx *ctx, const struct inq_report *report, struct inq_triage_result *result);

/* The first of the warnings without the name of the file, which the line has already; NULL when there is none. */
const char *inq_result_reason(struct inq_ctx *ctx, const struct inq_report *report, const char *path);

#endif
