/* Where the answer goes: standard output, or a file that appears under its name only once it is whole. */
#ifndef INQ_CLI_OUTPUT_H
#define INQ_CLI_OUTPUT_H

#include "cli/command.h"

struct inq_sink {
	struct inq_output output; /* for inq_render */
	const char *name;	  /* for messages */
	char *path, *temporary;	  /* the file, and what is renamed to it; NULL for what is written in place */
	int fd;
	int error;  /* errno of the write that failed; 0 */
	char *held; /* what was kept back; NULL: everything is written at once */
	size_t held_size;
};

/* False after a message. */
bool inq_sink_open(struct inq_sink *sink, const struct inq_cli *cli);
/* From now on output is kept back until it is flushed or much: for many small answers. Without memory for that it goes on being
 * written at once. */
void inq_sink_hold(struct inq_sink *sink);
/* Writes what was kept back. False when it cannot be written: inq_sink_close tells why. */
bool inq_sink_flush(struct inq_sink *sink);
/* Puts the file in its place when `rendered` is INQ_OK and everything could be written; otherwise removes it, tells
 * why and returns false. */
bool inq_sink_close(struct inq_sink *sink, enum inq_status rendered);

#endif
