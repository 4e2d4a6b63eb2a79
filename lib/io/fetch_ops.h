/* Fetching files from elsewhere: what the module `debuginfod` does for the library. */
#ifndef INQ_IO_FETCH_OPS_H
#define INQ_IO_FETCH_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inq_fetch_ops {
	/* A descriptor of the file of this build ID: the program or library itself, or its debug information. It comes over
	 * the network or out of the client's own cache. -1 when it is not to be had. */
	int (*fetch)(const uint8_t *id, size_t size, bool executable);
};

#endif
