/* A result on its way from a worker to the run: the numbers in a fixed layout, the strings behind them. Both ends are the same
 * program, forked; but the worker may have been taken over by what it read, so every count, length and value is checked,
 * and strings are taken only as they would stand in a line: valid UTF-8, and no longer than a line holds. The path alone is
 * as the file system has it. */
#ifndef INQ_TRIAGE_RECORD_H
#define INQ_TRIAGE_RECORD_H

#include "lib/triage/bytes.h"
#include "lib/triage/line_limits.h"

/* A result with room for its lists, which it points into: it must stay where it is. Its strings lie in the body that it was read
 * from. */
struct inq_record {
	struct inq_triage_result result;
	const char *frames[INQ_SIGNATURE_FRAMES], *places[INQ_SIGNATURE_FRAMES], *rules[INQ_LINE_MOST_RULES];
};

/* Appended to *ret. False without memory. */
bool inq_record_encode(const struct inq_triage_result *result, struct inq_bytes *ret);

/* NULL when it is a result, else what is wrong with it. */
const char *inq_record_decode(const char *body, size_t size, struct inq_record *ret);

#endif
