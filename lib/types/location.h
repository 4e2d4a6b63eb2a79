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
	struct inq_view frame_base; /* the function's expression */
};

/* Fills in where the value is, or its bytes; `type` of *ret is set already and says how many there are. *reg: the index of the
 * one register that holds all of it; INQ_NO_REGISTER. False when it is nowhere, or that cannot be told. */
bool inq_locate_value(const struct inq_scope *scope, const struct inq_local *local, struct inq_value *ret,
		      uint8_t *reg);

#endif
