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
/* So many units of UTF-16, as UTF-8. */
const char *inq_text_utf16(struct inq_space *space, uint64_t address, uint64_t units);

/* The line of text that the byte at `offset` of the view is in, in the arena; NULL when it is no text. */
const char *inq_line_around(struct inq_space *space, const struct inq_view *view, uint64_t offset);

/* Where in the view the string begins, from `offset` on; false when it is not there. */
bool inq_find_bytes(const struct inq_view *view, uint64_t offset, const char *string, uint64_t *ret);

/* The first line of a text, in the arena. */
const char *inq_first_line(struct inq_space *space, const char *text);

#endif
