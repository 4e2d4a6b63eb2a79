/* The line table of a unit: which file and line an address is from.
 *
 * A table is run as far as the first addresses of its unit need, later whole. Not its rows are kept but, of every few, where
 * in the program they are made: an address is looked up by running those again, so that a large unit costs little memory.
 * Names of files are put together when they are asked for. Facts: DWARF 5, 6.2; DWARF 2 to 4 for the older header. */
#ifndef INQ_DWARF_LINES_H
#define INQ_DWARF_LINES_H

#include "lib/dwarf/dwarf.h"

struct inq_dwarf_place {
	const char *function; /* as the linker knows it, mangled; NULL */
	const char *file;     /* NULL */
	unsigned line;	      /* 0: not known */
};

/* The row of an address; false when there is none. It is found sooner where `start`, at which its function begins, begins a
 * part of the table; the address itself does as well. */
bool inq_dwarf_line_at(struct inq_dwarf_unit *unit, uint64_t address, uint64_t start, struct inq_dwarf_place *ret);
/* The file of DW_AT_decl_file, DW_AT_call_file; NULL. */
const char *inq_dwarf_file(struct inq_dwarf_unit *unit, uint64_t number);
void inq_dwarf_lines_release(struct inq_dwarf_lines *lines); /* NULL is fine */

/* The places of an address: the innermost inlined function first, each followed by the one it was inlined into, last the
 * function itself. How many; at most `most`; 0 when the address is in no unit. */
size_t inq_dwarf_places(struct inq_dwarf *dwarf, uint64_t address, struct inq_dwarf_place *ret, size_t most);

#endif
