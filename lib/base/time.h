/* Points in time as text: RFC 3339 in UTC, "2026-11-22T11:31:58Z", with a fraction where there is one. */
#ifndef INQ_BASE_TIME_H
#define INQ_BASE_TIME_H

#include "lib/base/arena.h"

#include <inquest/types.h>

/* Seconds since 1970 and nanoseconds, in the arena. NULL for a time that is not known or lies behind the year 9999. */
const char *inq_time_text(struct inq_arena *arena, uint64_t seconds, uint32_t nanoseconds);

bool inq_time_has_text(uint64_t seconds);

/* Reads what inq_time_text writes; false when it is anything else. */
bool inq_time_read(const char *text, uint64_t *seconds, uint32_t *nanoseconds);

#endif
