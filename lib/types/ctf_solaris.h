/* What the two halves of the reader of Solaris' CTF share: ctf_solaris.c opens it and answers for symbols,
 * ctf_solaris_types.c reads types. */
#ifndef INQ_TYPES_CTF_SOLARIS_H
#define INQ_TYPES_CTF_SOLARIS_H

#include "lib/symbol/table.h"
#include "lib/types/type.h"

/* A symbol and where its type stands: among those of data or of functions. */
struct inq_typed_symbol {
	uint64_t value;
	uint32_t offset;
	bool function;
};

INQ_VEC(inq_typed_symbol_vec, struct inq_typed_symbol)
INQ_VEC(inq_offset_vec, uint32_t)

struct inq_solaris_ctf {
	struct inq_space *space;
	uint8_t *unpacked[2]; /* of the section, of CTF itself */
	struct inq_view data, functions, types, strings;
	struct inq_symbol_table symbols;
	struct inq_offset_vec offsets;	   /* of type 1, 2, … among the types */
	struct inq_typed_symbol_vec typed; /* by address */
	bool child; /* its own types have OF_CHILD in their numbers; others are of a dictionary that is not at hand */
};

/* Fills `offsets`; false without memory. */
bool inq_solaris_ctf_index(struct inq_solaris_ctf *ctf);
bool inq_solaris_ctf_describe(void *state, struct inq_type_ref ref, struct inq_type *ret);
struct inq_type_ref inq_solaris_ctf_ref(const struct inq_solaris_ctf *ctf, uint64_t id);
/* `count` numbers of types in a view, 0 last for "..."; in the arena. False without memory. */
bool inq_solaris_ctf_parameters(const struct inq_solaris_ctf *ctf, const struct inq_view *view, uint64_t at,
				uint64_t count, struct inq_type *ret);

#endif
