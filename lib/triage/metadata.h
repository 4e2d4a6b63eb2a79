/* What is known of a core before it is opened: by its name and attributes (systemd-coredump), or by the files beside it (a
 * problem folder of ABRT). */
#ifndef INQ_TRIAGE_METADATA_H
#define INQ_TRIAGE_METADATA_H

#include "lib/triage/item.h"

/* Digits and nothing else; INQ_UNKNOWN for anything else or what does not fit. */
uint64_t inq_metadata_number(const char *text, size_t length);

/* Fills what of `item` is told by the file's name and its extended attributes; strings go into `arena`. */
void inq_metadata_of_file(struct inq_arena *arena, int fd, const char *name, struct inq_item *item);

/* The same by the files of an ABRT problem folder, which has a `coredump`; does nothing in another folder. */
void inq_metadata_of_folder(struct inq_arena *arena, int folder, struct inq_item *item);

#endif
