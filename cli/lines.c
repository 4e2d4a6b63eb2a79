/* Reading lines in blocks. */
#include "cli/lines.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Moves what is left to the front and reads on. False at the end of the input. */
static bool refill(struct inq_lines *lines)
{
	ssize_t got;
	memmove(lines->bytes, lines->bytes + lines->start, lines->end - lines->start);
	lines->end -= lines->start;
	lines->start = 0;
	do {
		got = read(lines->fd, lines->bytes + lines->end, INQ_LINES_BLOCK - lines->end);
	} while (got < 0 && errno == EINTR);
	lines->failed = got < 0;
	lines->ended = got <= 0;
	lines->end += got > 0 ? (size_t)got : 0;
	return !lines->ended;
}

static char *trim(char *line, size_t length, bool *bad)
{
	*bad |= memchr(line, '\0', length) != NULL;
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	line[length] = '\0';
	while (isspace((unsigned char)*line))
		line++;
	if (*bad)
		*line = '\0';
	return line;
}

char *inq_lines_next(struct inq_lines *lines, bool (*before_read)(void *data), void *data, bool *bad)
{
	*bad = false;
	for (;;) {
		char *from = lines->bytes + lines->start;
		size_t held = lines->end - lines->start;
		char *newline = memchr(from, '\n', held);
		if (newline || (lines->ended && held)) {
			size_t length = newline ? (size_t)(newline - from) : held;
			lines->start += length + (newline != NULL);
			lines->number++;
			return trim(from, length, bad);
		}
		if (lines->ended || !before_read(data))
			return NULL;
		if (held == INQ_LINES_BLOCK) { /* a line without end: drop what there is, and the rest with it */
			lines->start = lines->end;
			*bad = true;
		}
		refill(lines);
	}
}
