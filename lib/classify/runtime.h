/* Memory that the run-time system of a language takes from the kernel by itself. Each is a row of runtimes.def, asked by
 * the rule `runtime` in that order.
 *
 * A new one: 1. lib/classify/runtimes/NAME.c with one `const struct inq_runtime inq_runtime_NAME`; 2. its row. */
#ifndef INQ_CLASSIFY_RUNTIME_H
#define INQ_CLASSIFY_RUNTIME_H

#include "lib/classify/rule.h"

struct inq_runtime {
	void (*claim)(struct inq_space *space, struct inq_claims *claims);
};

/* Private anonymous memory without a name that may be read and written, and not executed. */
bool inq_is_plain_data(const struct inq_mapping *mapping);

/* The base name of the first program or library that begins with one of the prefixes (NULL ends them); NULL for none. */
const char *inq_object_named(const struct inq_space *space, const char *const *prefixes);

/* A run of pieces that are alike, one behind the other, which become one claim. */
struct inq_piece_run {
	size_t mapping;
	uint64_t start, end; /* start == end: empty */
	const char *subclass, *evidence;
};

/* What memory of one kind is made of. */
struct inq_piece_kind {
	uint64_t unit; /* pieces begin at multiples of it */
	const char *subclass, *evidence;
	/* The size of the piece at the address, which is within the mapping; 0 when there is none. */
	uint64_t (*size)(struct inq_space *space, void *state, const struct inq_mapping *mapping, uint64_t at);
};

/* Looks at every such address of the plain data that the artefact holds, and claims the pieces: certain. Returns how many. */
size_t inq_claim_pieces(struct inq_space *space, struct inq_claims *claims, const struct inq_piece_kind *kind,
			void *state);

/* Adds [start, end) of a mapping to the run, or claims what was gathered and begins anew. An empty piece only claims. */
void inq_claim_run(struct inq_claims *claims, struct inq_piece_run *run, size_t mapping, uint64_t start, uint64_t end);

#endif
