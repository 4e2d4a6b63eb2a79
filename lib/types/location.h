/* Where a variable is: its DWARF location, evaluated with the registers of a frame. */
#ifndef INQ_TYPES_LOCATION_H
#define INQ_TYPES_LOCATION_H

#include "lib/types/value.h"
#include "lib/unwind/unwind.h"

/* The frame of a function, as far as it is known. */
struct inq_scope {
	struct inq_space *space;
	uint64_t bias;			       /* of the object: address at run time − address in the file */
	const struct inq_registers *registers; /* NULL: none are known */
	bool has_cfa;
	uint64_t cfa;
	struct inq_view frame_base;  /* the function's expression */
	uint64_t address;	     /* of the instruction, or inside the call that returns to the frame */
	bool exact;		     /* it is the first */
	struct inq_type_unit *types; /* who knows the function; NULL: its caller is not to be asked */
	uint64_t entry;		     /* where the function is entered, at run time; INQ_UNKNOWN */
	unsigned level;		     /* how many callers it is from the frame that is meant */
};

/* The value that a parameter had when the function was entered, where `local` tells only that. */
bool inq_locate_at_entry(const struct inq_scope *scope, const struct inq_local *local, struct inq_value *ret);

/* The value of an expression in that scope. `unit`: what its indices count in. */
bool inq_scope_evaluate(const struct inq_scope *scope, const void *unit, const struct inq_view *expression,
			uint64_t *ret);

/* What a register (its DWARF number) held when the function was entered, as the caller's debug information tells it. */
bool inq_entry_value(const struct inq_scope *scope, uint64_t reg, uint64_t *ret);

/* Fills in where the value is, or its bytes; `type` of *ret is set already and says how many there are. *reg: the index of the
 * one register that holds all of it; INQ_NO_REGISTER. False when it is nowhere, or that cannot be told. */
bool inq_locate_value(const struct inq_scope *scope, const struct inq_local *local, struct inq_value *ret,
		      uint8_t *reg);

#endif
