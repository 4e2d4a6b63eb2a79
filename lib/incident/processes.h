/* Which artefacts are of one process: each is a party, the parties are put to processes. */
#ifndef INQ_INCIDENT_PROCESSES_H
#define INQ_INCIDENT_PROCESSES_H

#include "lib/incident/contradict.h"
#include "lib/incident/witness.h"

enum {
	INQ_PROCESS_NONE = -1, /* one process too many */
	INQ_PROCESS_ANY = -2,  /* tells of the machine */
	INQ_MOST_COMPARED = 32 /* an artefact is held against that many others, best witnesses first: a file may
				* have thousands of listings */
};

struct inq_party {
	struct inq_space *space; /* NULL once it was joined or destroyed */
	size_t rank;		 /* of its kind */
	size_t order;		 /* in which it was named */
	int process;		 /* a number from 0 on, or INQ_PROCESS_… */
};

struct inq_parties {
	struct inq_party *items; /* the best witness first */
	size_t count;
	int processes;
};

/* Puts the spaces to processes: each goes to the first process none of whose artefacts it cannot be of; a stack that tells neither
 * number nor program only to one with which it has something in common. In the arena; the
 * spaces stay the caller's. INQ_NO_MEMORY or INQ_OK. */
enum inq_status inq_parties_find(struct inq_ctx *ctx, struct inq_space *const *spaces, size_t count,
				 struct inq_parties *ret);

/* The process to report: that with `pid` (0: any), else one with a core, else the one that most artefacts are of, else one
 * that crashed, else the one named first. INQ_PROCESS_NONE when there is none at all. */
int inq_parties_subject(struct inq_parties *parties, uint64_t pid);

#endif
