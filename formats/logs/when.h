/* The moment that a log names, when it says in which zone. */
#ifndef INQ_FORMATS_LOGS_WHEN_H
#define INQ_FORMATS_LOGS_WHEN_H

#include "formats/text.h"

/* Seconds since 1970 of "2026-11-22 05:46:46.12+0100", "Sun 2026-11-22 05:46:46 UTC (2h ago)" or "Sun Nov 22 05:46:46 2026
 * UTC …". False without a zone, and for zones that are only abbreviated, of which there are several each ("EST", "IST"). */
bool inq_span_when(struct inq_span text, uint64_t *ret);

#endif
