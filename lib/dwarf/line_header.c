/* The header of a line table: how its program is to be read, and the names of its files. Facts: DWARF 5, 6.2.4; DWARF 4,
 * 6.2.4 for the older form. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/line_table.h"

enum { MOST_FORMATS = 16, MOST_FILES = 1 << 20 };

static bool add(struct inq_dwarf_line_program *program, struct inq_dwarf_file_vec *files, struct inq_dwarf_file file)
{
	struct inq_dwarf_file *kept = files->count < MOST_FILES ? inq_dwarf_file_vec_push(files) : NULL;
	if (!kept || !inq_dwarf_work(program->unit->dwarf, 1))
		return false;
	*kept = file;
	return true;
}

/* The fields of one entry of a version 5 list. */
static bool read_fields(struct inq_dwarf_line_program *program, struct inq_dwarf_unit *unit,
			const struct inq_dwarf_spec *formats, uint64_t count, struct inq_dwarf_file *ret)
{
	for (uint64_t i = 0; i < count; i++) {
		struct inq_dwarf_value value;
		inq_dwarf_read_form(unit, &program->cursor, &formats[i], &value);
		if (program->cursor.bad)
			return false;
		if (formats[i].name == LNCT_PATH)
			ret->name = inq_dwarf_value_string(&value);
		else if (formats[i].name == LNCT_DIRECTORY_INDEX)
			inq_dwarf_value_number(&value, &ret->folder);
	}
	return true;
}

static bool read_list(struct inq_dwarf_line_program *program, struct inq_dwarf_unit *unit,
		      struct inq_dwarf_file_vec *files)
{
	struct inq_cursor *cursor = &program->cursor;
	struct inq_dwarf_spec formats[MOST_FORMATS] = { 0 };
	uint64_t format_count = inq_cursor_integer(cursor, 1);
	if (format_count > MOST_FORMATS)
		return false;
	for (uint64_t i = 0; i < format_count; i++) {
		uint64_t content = inq_cursor_uleb(cursor), form = inq_cursor_uleb(cursor);
		formats[i].name = content <= UINT16_MAX ? (uint16_t)content : 0;
		formats[i].form = form <= UINT16_MAX ? (uint16_t)form : 0;
	}
	uint64_t count = inq_cursor_uleb(cursor);
	if (!format_count)
		return !count;
	for (; count && !cursor->bad; count--) {
		struct inq_dwarf_file file = { 0 };
		if (!read_fields(program, unit, formats, format_count, &file) || !add(program, files, file))
			return false;
	}
	return !cursor->bad;
}

/* The table has a version and a size of offsets of its own. */
static bool read_new_lists(struct inq_dwarf_lines *lines, uint8_t offset_size)
{
	struct inq_dwarf_unit unit = *lines->program.unit;
	unit.offset_size = offset_size;
	return read_list(&lines->program, &unit, &lines->folders) && read_list(&lines->program, &unit, &lines->files);
}

/* Up to version 4 both lists end with an empty name, and their numbers begin at 1: folder 0 is the unit's own. */
static bool read_old_lists(struct inq_dwarf_lines *lines)
{
	struct inq_dwarf_line_program *program = &lines->program;
	struct inq_cursor *cursor = &program->cursor;
	struct inq_dwarf_file file = { 0 };
	bool ok = add(program, &lines->folders, file) && add(program, &lines->files, file);
	while (ok && (file.name = inq_cursor_string(cursor)) && *file.name)
		ok = add(program, &lines->folders, file);
	while (ok && (file.name = inq_cursor_string(cursor)) && *file.name) {
		file.folder = inq_cursor_uleb(cursor);
		inq_cursor_uleb(cursor); /* time of change */
		inq_cursor_uleb(cursor); /* size */
		ok = add(program, &lines->files, file);
	}
	return ok && !cursor->bad;
}

static void read_parameters(struct inq_dwarf_line_program *program)
{
	struct inq_cursor *cursor = &program->cursor;
	program->least_length = (uint8_t)inq_cursor_integer(cursor, 1);
	program->most_operations = program->version >= 4 ? (uint8_t)inq_cursor_integer(cursor, 1) : 1;
	inq_cursor_integer(cursor, 1); /* default_is_stmt */
	program->line_base = (int8_t)inq_cursor_integer(cursor, 1);
	program->line_range = (uint8_t)inq_cursor_integer(cursor, 1);
	program->reciprocal = program->line_range ? (0xffffU + program->line_range) / program->line_range : 0;
	program->opcode_base = (uint8_t)inq_cursor_integer(cursor, 1);
	for (unsigned i = 1; i < program->opcode_base; i++)
		program->operands[i] = (uint8_t)inq_cursor_integer(cursor, 1);
}

bool inq_dwarf_line_header(struct inq_dwarf_lines *lines)
{
	struct inq_dwarf_line_program *program = &lines->program;
	struct inq_cursor *cursor = &program->cursor;
	uint8_t offset_size;
	inq_dwarf_length(cursor, &offset_size);
	program->version = (uint16_t)inq_cursor_integer(cursor, 2);
	if (program->version < 2 || program->version > 5)
		return false;
	if (program->version >= 5)
		inq_cursor_integer(cursor, 2); /* sizes of an address and of a segment selector */
	uint64_t length = inq_cursor_integer(cursor, offset_size), code;
	if (!inq_add(cursor->at, length, &code) || code > cursor->bytes.size)
		return false;
	read_parameters(program);
	bool named = program->version >= 5 ? read_new_lists(lines, offset_size) : read_old_lists(lines);
	cursor->bad = false; /* the lists end early at worst; the program's place is known */
	cursor->at = code;
	return program->line_range && (named || lines->files.count);
}
