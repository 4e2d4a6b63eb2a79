/* The line table, read by ourselves: libdwarf 20210528 starts the file register of version 5 at 0, where the standard
 * (6.2.2) says 1, and so gives wrong files for what clang writes. */
#ifndef INQ_MODULES_DWARF_LINE_H
#define INQ_MODULES_DWARF_LINE_H

#include "lib/modules/dwarf.h"

/* Bytes that are read in order; `bad` once they were not enough, everything is 0 from then on. */
struct line_cursor {
	const uint8_t *at, *end;
	bool big, bad;
};

struct line_program {
	const struct inq_dwarf_input *input;
	const char *unit_folder; /* never NULL */
	struct dwarf_lines *lines;
	struct line_cursor cursor; /* stands at the first instruction when the header is read */
	unsigned version, offset_size;
	uint8_t least_length, line_range, opcode_base;
	int8_t line_base;
	uint8_t operands[256]; /* of the standard instructions */
	const char **folders;
	size_t folder_count, folder_capacity;
};

uint64_t line_number(struct line_cursor *cursor, unsigned size);
uint64_t line_uleb(struct line_cursor *cursor);
int64_t line_sleb(struct line_cursor *cursor);

const struct inq_dwarf_section *line_section(const struct inq_dwarf_input *input, const char *name);

/* Reads the header; lines->files are filled. False when the table cannot be used. */
bool line_read_header(struct line_program *program);

#endif
