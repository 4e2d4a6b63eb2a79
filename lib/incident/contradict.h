/* Contradictions: what two artefacts tell differently, and whether they can be of one process at all.
 *
 * A new rule: 1. its row in contradictions.def; 2. inq_contradicts_NAME in lib/incident/contradictions/; 3. its row in
 * docs/incidents.md. A rule is asked about two artefacts before they are joined, and says nothing when either of them
 * does not tell. */
#ifndef INQ_INCIDENT_CONTRADICT_H
#define INQ_INCIDENT_CONTRADICT_H

#include "lib/space/model.h"

/* `one` is the better witness. */
struct inq_pair {
	struct inq_ctx *ctx;
	const struct inq_space *one, *two;
};

struct inq_pair inq_pair_of(struct inq_ctx *ctx, const struct inq_space *one, const struct inq_space *two);

/* How evidence speaks of the two, in the arena: only for those that contradict each other, for pairs are many. */
const char *inq_pair_one(const struct inq_pair *pair);
const char *inq_pair_two(const struct inq_pair *pair);

enum inq_weight { INQ_WEIGHT_APART, INQ_WEIGHT_ALONE, INQ_WEIGHT_DIFFERENT };

struct inq_contradiction_rule {
	const char *what; /* the name of its row */
	enum inq_weight weight;
	/* The evidence, in a sentence without a full stop; NULL where they do not contradict each other. */
	const char *(*check)(const struct inq_pair *pair);
};

/* The rows of contradictions.def, for index 0 … until NULL. */
const struct inq_contradiction_rule *inq_contradiction_row(size_t index);

#define INQ_CONTRADICTION(name, weight) const char *inq_contradicts_##name(const struct inq_pair *pair);
#include "lib/incident/contradictions.def"
#undef INQ_CONTRADICTION

/* Whether the two cannot be of one process. */
bool inq_pair_is_apart(const struct inq_pair *pair);
/* Whether something says that they are of one process: the number, the program, where files are mapped, or what their stacks
 * name. Two that tell nothing in common are neither apart nor related. */
bool inq_pair_is_related(const struct inq_pair *pair);
/* Whether both tell one process number, or one of them the number of a thread of the other, as the kernel's log does. */
bool inq_pair_same_pid(const struct inq_pair *pair);
/* Whether both are of a program of the same name; false when either does not tell. */
bool inq_pair_same_program(const struct inq_pair *pair);
/* Whether that file is what the artefact calls its program. */
bool inq_is_program(const struct inq_space *space, const char *path);
/* The program's name as far as the artefact tells; NULL. */
const char *inq_program_name(const struct inq_space *space);

/* For rules: a sentence in the arena. */
const char *inq_pair_say(const struct inq_pair *pair, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* How two maps fit together, by the files that both name: those that stand at one address in both, those that stand
 * elsewhere, and addresses where they name different files. */
struct inq_fit {
	size_t same, moved, other;
};

struct inq_fit inq_fit_of_maps(const struct inq_space *one, const struct inq_space *two);

/* Whether the stacks that one prints lie in the map of the other, by most of their addresses. */
bool inq_pair_frames_fit(const struct inq_pair *pair);
/* Whether the innermost frames of both have an address or an object in common that not every process has. */
bool inq_pair_stacks_agree(const struct inq_pair *pair);
/* Whether two names may be of one file: that of a package, "libc-2.31.so", and that which programs ask for. */
bool inq_is_same_object(const char *told, const char *mapped);

/* Whether any row has a file: cores of some systems tell none. */
bool inq_names_files(const struct inq_space *space);
/* The first row with this label, "[stack]" or "[ stack ]"; NULL. */
const struct inq_mapping *inq_labelled_row(const struct inq_space *space, const char *label);

#endif
