/* Files that are not on this machine, from debuginfod's servers. Called only when the user asked for it (--debuginfod):
 * otherwise nothing ever goes to the network. */
#ifndef INQ_IO_FETCH_H
#define INQ_IO_FETCH_H

#include "lib/base/ctx.h"

/* A descriptor of the file of this build ID, which the caller closes and must still check; -1. Warns once when it cannot
 * work at all: the module is missing, or no server is named. */
int inq_fetch(struct inq_ctx *ctx, const uint8_t *id, size_t size, bool executable);

#endif
