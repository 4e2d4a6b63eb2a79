/* Lines of standard input as they come, in bounded memory however long a line is. */
#ifndef INQ_CLI_LINES_H
#define INQ_CLI_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INQ_LINES_BLOCK = 1 << 16 };

struct inq_lines {
	int fd;
	uint64_t number; /* of the line given last, from 1 */
	size_t start, end;
	bool ended, failed; /* failed: errno says why */
	char bytes[INQ_LINES_BLOCK + 1];
};

/* The next line, NUL-terminated and without blanks at both ends, valid until the next call; NULL at the end. A line
 * that holds a NUL, or that is longer than a block, is given as "" with *bad set. `before_read` is called when more
 * must be read, which may wait; false from it ends the lines. */
char *inq_lines_next(struct inq_lines *lines, bool (*before_read)(void *data), void *data, bool *bad);

#endif
