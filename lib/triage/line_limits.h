/* How much of a result its line holds: whoever writes or reads one keeps to it. */
#ifndef INQ_TRIAGE_LINE_LIMITS_H
#define INQ_TRIAGE_LINE_LIMITS_H

#include "lib/signature/signature.h"
#include "lib/triage/line.h"

enum {
	INQ_LINE_LONGEST_PATH = 24 << 10,
	INQ_LINE_LONGEST_STRING = 1 << 10,
	INQ_LINE_LONGEST_RULE = 128,
	INQ_LINE_MOST_RULES = 64,
	INQ_LINE_STRINGS = 24, /* at most so many members are single strings */
	INQ_LINE_ESCAPED = 6   /* bytes of "\u0001" */
};

_Static_assert(INQ_LINE_ESCAPED *(INQ_LINE_LONGEST_PATH +
				  INQ_LINE_LONGEST_STRING * (2 * INQ_SIGNATURE_FRAMES + INQ_LINE_STRINGS) +
				  INQ_LINE_LONGEST_RULE * INQ_LINE_MOST_RULES) +
			       2 * INQ_LINE_LONGEST_PATH + (64 << 10) <
		       INQ_LINE_MOST,
	       "every result has a line");

/* How many bytes of a string its line has, when that is to be less than `size`: never a part of a character. */
size_t inq_line_clipped(const char *string, size_t size);
/* Whether it may be the hash of a signature. */
bool inq_line_is_hash(const char *string);

#endif
