/* Texts of the process's memory that are fit to be shown: what bytes really are is never known, so that only printable ones
 * count. */
#ifndef INQ_DIAGNOSE_TEXT_H
#define INQ_DIAGNOSE_TEXT_H

#include "lib/space/model.h"

enum { INQ_LONGEST_TEXT = 1024 };

/* `length` bytes, or those up to a NUL, in the arena. NULL when they cannot be read, are empty, longer than
 * INQ_LONGEST_TEXT, or hold something that no text does. Line ends and tabs are fine. */
const char *inq_text_at(struct inq_space *space, uint64_t address, uint64_t length);
const char *inq_text_to_nul(struct inq_space *space, uint64_t address);

/* The first line of a text, in the arena. */
const char *inq_first_line(struct inq_space *space, const char *text);

#endif
