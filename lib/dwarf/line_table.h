/* What the two parts of the line tables' reader share: line_header.c, lines.c. */
#ifndef INQ_DWARF_LINE_TABLE_H
#define INQ_DWARF_LINE_TABLE_H

#include "lib/dwarf/lines.h"
#include "lib/dwarf/private.h"

/* The registers of the line program's machine. */
struct inq_dwarf_line_state {
	uint64_t address, last; /* now; of the last row of the sequence */
	uint32_t file, line;
	uint8_t operation; /* of a long instruction word (VLIW) */
};

/* Some rows with growing addresses, of one sequence: the instructions from `at` to `stop` make them again. */
struct inq_dwarf_stretch {
	uint64_t start, end; /* what addresses the rows are for */
	uint64_t at, stop;
	struct inq_dwarf_line_state state; /* at `at` */
};

struct inq_dwarf_file {
	const char *name; /* as in the table; NULL */
	uint64_t folder;
	const char *path; /* put together on first use */
};

INQ_VEC(inq_dwarf_stretch_vec, struct inq_dwarf_stretch)
INQ_VEC(inq_dwarf_file_vec, struct inq_dwarf_file)

/* How a program is to be read. */
struct inq_dwarf_line_program {
	struct inq_dwarf_unit *unit; /* whose sections and sizes the forms of names are read by */
	struct inq_cursor cursor;    /* once the header is read, at the next sequence to mark */
	uint16_t version;
	uint8_t least_length, most_operations, line_range, opcode_base;
	int8_t line_base;
	unsigned reciprocal;   /* of line_range: x * reciprocal >> 16 is x / line_range, for x of 8 bits */
	uint8_t operands[256]; /* of the standard instructions */
};

struct inq_dwarf_lines {
	struct inq_dwarf_line_program program;
	struct inq_dwarf_stretch_vec stretches; /* as in the table; by start, once all were marked */
	bool whole;
	unsigned asked;				  /* look-ups so far */
	uint64_t passed;			  /* how far the table was read */
	struct inq_dwarf_file_vec files, folders; /* by the table's own numbers */
	const char *unit_folder;		  /* never NULL */
};

/* Reads the header at the program's cursor; the lists of files are filled. False when the table cannot be used. */
bool inq_dwarf_line_header(struct inq_dwarf_lines *lines);

#endif
