/* Apport's reports (Ubuntu's /var/crash/NAME.crash): text of "Key: value" lines, in which the core stands as base64 of a
 * compressed stream. The text is read line by line, the core as a stream: neither is ever whole in memory. */
#ifndef INQ_TRIAGE_APPORT_H
#define INQ_TRIAGE_APPORT_H

#include "lib/base/ctx.h"

struct inq_apport;

/* What stands before the core. NULL and INQ_UNKNOWN where it is not told. Strings are in the arena. */
struct inq_apport_fields {
	const char *exe;     /* ExecutablePath */
	const char *package; /* "bash 5.1-6ubuntu1": name and version */
	const char *version; /* of the package */
	const char *maps;    /* ProcMaps: the text of /proc/PID/maps */
	size_t maps_size;
	uint64_t pid;  /* ProcStatus' "Pid:" */
	uint64_t seen; /* Date, taken as UTC: it names no zone */
	uint64_t signal;
};

/* Reads up to the core. `input` must live as long as the report. INQ_UNUSABLE with a warning when it is no report or has no
 * core. */
enum inq_status inq_apport_open(struct inq_ctx *ctx, const struct inq_reader *input, struct inq_apport **ret);
void inq_apport_close(struct inq_apport *apport); /* NULL is fine */

const struct inq_apport_fields *inq_apport_fields(const struct inq_apport *apport);
/* The core, as it was compressed; for inq_incident_add_stream. */
const struct inq_reader *inq_apport_core(struct inq_apport *apport);

#endif
