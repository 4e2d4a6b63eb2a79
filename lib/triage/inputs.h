/* Inputs: what paths, folders, lists and glob patterns lead to, one item after the other. Folders are walked lazily in the
 * order of their names; files are told by the first bytes of their content, never by their names. */
#ifndef INQ_TRIAGE_INPUTS_H
#define INQ_TRIAGE_INPUTS_H

#include "lib/triage/item.h"

struct inq_inputs;

/* `paths` must live as long as the inputs; `from_file` (NULL: none) is a list with one path a line, "-" standard input. */
enum inq_status inq_inputs_open(struct inq_ctx *ctx, const char *const *paths, size_t count, const char *from_file,
				struct inq_inputs **ret);
void inq_inputs_close(struct inq_inputs *inputs); /* NULL is fine */

/* The next item; false at the end. *ret is valid until the next call. What a user named and is not there, or cannot be
 * read, is an item as well: the worker that opens it says why. Files in folders that are no core, archive or
 * compressed file are passed over. */
bool inq_inputs_next(struct inq_inputs *inputs, struct inq_item *ret);

#endif
