/* Witnesses: whom to believe, and what each artefact gave to the report. */
#ifndef INQ_INCIDENT_WITNESS_H
#define INQ_INCIDENT_WITNESS_H

#include "lib/space/model.h"

enum inq_witness_class {
	INQ_WITNESS_CORE,
	INQ_WITNESS_LISTING,
	INQ_WITNESS_STACK,
	INQ_WITNESS_LOG,
	INQ_WITNESS_MACHINE,
	INQ_WITNESS_OTHER /* a kind without a row: believed last */
};

struct inq_witness {
	const char *kind;
	enum inq_witness_class class_;
};

/* The rows of witnesses.def, for index 0 … until NULL: the best first. */
const struct inq_witness *inq_witness_row(size_t index);

/* The row's index; the number of rows for a kind that has none. */
size_t inq_witness_rank(const char *kind);
enum inq_witness_class inq_witness_class_of(const char *kind);

/* What was taken so far, so that each artefact is named for what it was the first to tell. A zeroed one: nothing. */
struct inq_given {
	bool memory, map, sizes, registers, stacks, signal, process, kernel;
};

/* What `space`, which is about to be joined, gives beyond *given, in a few words: "memory, address map, registers of 3
 * threads". *given is brought up to date. "" for nothing; NULL when memory is out, which the context then knows. */
const char *inq_witness_gives(const struct inq_space *space, struct inq_given *given);

#endif
