/* What the two parts of the line tables' reader share: line_header.c, lines.c. */
#ifndef INQ_DWARF_LINE_TABLE_H
#define INQ_DWARF_LINE_TABLE_H

#include "lib/dwarf/lines.h"
#include "lib/dwarf/private.h"

struct inq_dwarf_row {
	uint64_t address;
	uint32_t file, line;
};

/* A run of rows with growing addresses. */
struct inq_dwarf_sequence {
	uint64_t start, end;
	size_t first, count;
};

struct inq_dwarf_file {
	const char *name; /* as in the table; NULL */
	uint64_t folder;
	const char *path; /* put together on first use */
};

INQ_VEC(inq_dwarf_row_vec, struct inq_dwarf_row)
INQ_VEC(inq_dwarf_sequence_vec, struct inq_dwarf_sequence)
INQ_VEC(inq_dwarf_file_vec, struct inq_dwarf_file)

struct inq_dwarf_lines {
	struct inq_dwarf_row_vec rows;
	struct inq_dwarf_sequence_vec sequences;  /* by start */
	struct inq_dwarf_file_vec files, folders; /* by the table's own numbers */
	const char *unit_folder;		  /* never NULL */
};

/* How a program is to be read. */
struct inq_dwarf_line_program {
	struct inq_dwarf_unit *unit; /* whose sections and sizes the forms of names are read by */
	struct inq_dwarf_lines *lines;
	struct inq_cursor cursor; /* at the first instruction once the header is read */
	uint16_t version;
	uint8_t least_length, most_operations, line_range, opcode_base;
	int8_t line_base;
	uint8_t operands[256]; /* of the standard instructions */
};

/* Reads the header at the cursor; the lists of files are filled. False when the table cannot be used. */
bool inq_dwarf_line_header(struct inq_dwarf_line_program *program);

#endif
