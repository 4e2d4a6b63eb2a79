/* What the parts of the module `dwarf` share. Only they include libdwarf's header (libdwarf-dev 20210528).
 *
 *   dwarf.c         the sections for libdwarf; which unit an address is in; the ops
 *   dwarf_ranges.c  the addresses of an entry
 *   dwarf_unit.c    the functions of a unit, and what was inlined into them
 *   dwarf_lines.c, dwarf_line_header.c   the line table of a unit
 *
 * The input is untrusted: libdwarf checks offsets and forms, but not that a walk ends soon. So entries are visited within a
 * budget, nesting and chains of references are limited, and offsets must grow. */
#ifndef INQ_MODULES_DWARF_H
#define INQ_MODULES_DWARF_H

#include "lib/symbol/dwarf_ops.h"

#include <libdwarf.h>

/* Addresses and what they belong to: a unit, a function. */
struct dwarf_span {
	uint64_t start, end;
	Dwarf_Off die; /* offset of the entry in .debug_info */
};

struct dwarf_spans {
	struct dwarf_span *items;
	size_t count, capacity;
	bool failed;
};

void dwarf_add_span(struct dwarf_spans *spans, uint64_t start, uint64_t end, Dwarf_Off die);
/* After the last is added. */
void dwarf_sort_spans(struct dwarf_spans *spans);
/* Of those that hold the address the one that starts last; NULL. */
const struct dwarf_span *dwarf_find_span(const struct dwarf_spans *spans, uint64_t address);

struct dwarf_row {
	uint64_t address;
	uint32_t file, line;
};

/* A run of rows with growing addresses. */
struct dwarf_sequence {
	uint64_t start, end;
	size_t first, count;
};

struct dwarf_lines {
	struct dwarf_row *rows;
	struct dwarf_sequence *sequences; /* by start */
	size_t row_count, sequence_count, row_capacity, sequence_capacity;
	char **files; /* by the table's own numbers; NULL for one without a name */
	size_t file_count, file_capacity;
};

struct dwarf_unit {
	const struct inq_dwarf_input *input;
	Dwarf_Off die;
	uint64_t base; /* that its ranges count from */
	bool functions_read, lines_read;
	struct dwarf_spans functions;
	struct dwarf_lines lines;
	struct dwarf_unit *next;
};

/* The DW_AT_low_pc to high_pc, or DW_AT_ranges, of an entry; false when it has none. */
typedef void dwarf_range_visitor(void *data, uint64_t start, uint64_t end);
bool dwarf_ranges(Dwarf_Debug dbg, Dwarf_Die die, uint64_t base, dwarf_range_visitor *visitor, void *data);

bool dwarf_holds(Dwarf_Debug dbg, Dwarf_Die die, uint64_t base, uint64_t address, bool *has_ranges);

/* Attributes; false or NULL when absent or of another form than expected. */
bool dwarf_number(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Half name, uint64_t *ret);
const char *dwarf_string(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Half name);
bool dwarf_reference(Dwarf_Debug dbg, Dwarf_Die die, Dwarf_Half name, Dwarf_Off *ret);

/* The array with room for one more; NULL when memory is out, the old one is then as it was. */
void *dwarf_make_room(void *items, size_t count, size_t *capacity, size_t size);

/* Errors are of no interest but must be freed. */
bool dwarf_ok(Dwarf_Debug dbg, int result, Dwarf_Error *error);

size_t dwarf_unit_places(Dwarf_Debug dbg, struct dwarf_unit *unit, uint64_t address, struct inq_dwarf_place *ret,
			 size_t most);
void dwarf_unit_release(struct dwarf_unit *unit);

/* The row of an address; file and line stay as they are when there is none. */
void dwarf_line_at(Dwarf_Debug dbg, struct dwarf_unit *unit, uint64_t address, struct inq_dwarf_place *ret);
const char *dwarf_file(Dwarf_Debug dbg, struct dwarf_unit *unit, uint64_t number);
void dwarf_lines_release(struct dwarf_lines *lines);

#endif
