/* Stacks that texts print: how far to believe them, and where their frames are. */
#ifndef INQ_INCIDENT_TEXT_STACKS_H
#define INQ_INCIDENT_TEXT_STACKS_H

#include "lib/incident/incident.h"

struct inq_text_trust {
	size_t count;	 /* frames to be taken */
	size_t sure;	 /* of these, the ones before any doubt */
	const char *why; /* the others were left out; NULL */
	enum inq_truncated end;
};

struct inq_text_trust inq_text_believe(struct inq_incident *incident, const struct inq_text_stack *stack);

/* The place of a frame. A map that names another object there is told as a contradiction, and then not used. */
enum inq_status inq_text_locate(struct inq_incident *incident, const struct inq_thread *thread,
				const struct inq_text_frame *frame, struct inq_location *ret);

#endif
