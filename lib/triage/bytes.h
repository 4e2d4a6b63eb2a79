/* Bytes that grow: what waits on a channel, and the bodies of messages. */
#ifndef INQ_TRIAGE_BYTES_H
#define INQ_TRIAGE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

/* A zeroed struct is empty; whoever holds it frees `bytes`. */
struct inq_bytes {
	char *bytes;
	size_t start, end, capacity; /* those in use */
};

/* Room for `size` more at the end, which the caller adds to `end`; NULL without memory. What was taken from the front may
 * make it. */
char *inq_bytes_room(struct inq_bytes *bytes, size_t size);
bool inq_bytes_add(struct inq_bytes *bytes, const void *more, size_t size); /* false without memory */

#endif
