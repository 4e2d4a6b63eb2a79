/* What the parts of the DWARF source share: dwarf.c answers for addresses, dwarf_types.c reads types, dwarf_calls.c calls. */
#ifndef INQ_TYPES_DWARF_TYPES_H
#define INQ_TYPES_DWARF_TYPES_H

#include "lib/dwarf/dwarf.h"
#include "lib/types/type.h"

/* A variable with an address of its own. */
struct inq_dwarf_fixed {
	uint64_t address;
	struct inq_dwarf_unit *unit;
	uint64_t offset; /* of its entry */
};

INQ_VEC(inq_dwarf_fixed_vec, struct inq_dwarf_fixed)

struct inq_dwarf_types {
	struct inq_space *space;
	struct inq_object *object;
	struct inq_dwarf *dwarf;
	struct inq_dwarf_fixed_vec fixed, local; /* by address, once asked for; thread-local ones by offset */
	bool fixed_read;
};

/* The type that DW_AT_type of the entry, or of what it is an instance of, refers to; void without one. */
struct inq_type_ref inq_dwarf_type_of(const struct inq_dwarf_entry *entry);
/* What the function as a whole tells: name, frame base, entry. */
void inq_dwarf_describe_function(const struct inq_dwarf_entry *function, uint64_t pc, struct inq_function *ret);
bool inq_dwarf_call_to(void *state, const struct inq_type_question *question, uint64_t reg, struct inq_call *ret);
bool inq_dwarf_reenters(void *state, const struct inq_type_question *question);
bool inq_dwarf_describe(void *state, struct inq_type_ref ref, struct inq_type *ret);

#endif
