/* The header of a line table: how its program is to be read, and the names of its files. Facts: DWARF 5, 6.2.4; DWARF 4,
 * 6.2.4 for the older form. */
#include "lib/modules/dwarf_line.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FORMATS = 16 };

uint64_t line_number(struct line_cursor *cursor, unsigned size)
{
	uint64_t value = 0;
	if ((size_t)(cursor->end - cursor->at) < size) {
		cursor->bad = true;
		cursor->at = cursor->end;
		return 0;
	}
	for (unsigned i = 0; i < size; i++)
		value |= (uint64_t)cursor->at[i] << 8 * (cursor->big ? size - 1 - i : i);
	cursor->at += size;
	return value;
}

uint64_t line_uleb(struct line_cursor *cursor)
{
	uint64_t value = 0, byte = 0x80;
	for (unsigned shift = 0; (byte & 0x80) && !cursor->bad; shift += 7) {
		byte = line_number(cursor, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
	}
	return value;
}

int64_t line_sleb(struct line_cursor *cursor)
{
	uint64_t value = 0, byte = 0x80;
	unsigned shift = 0;
	for (; (byte & 0x80) && !cursor->bad; shift += 7) {
		byte = line_number(cursor, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
	}
	if ((byte & 0x40) && shift < 64)
		value |= UINT64_MAX << shift;
	return (int64_t)value;
}

static const char *line_string(struct line_cursor *cursor)
{
	const char *string = (const char *)cursor->at;
	const uint8_t *nul = memchr(cursor->at, 0, (size_t)(cursor->end - cursor->at));
	cursor->at = nul ? nul + 1 : cursor->end;
	cursor->bad |= !nul;
	return nul ? string : NULL;
}

const struct inq_dwarf_section *line_section(const struct inq_dwarf_input *input, const char *name)
{
	for (size_t i = 0; i < input->count; i++)
		if (strcmp(input->sections[i].name, name) == 0)
			return &input->sections[i];
	return NULL;
}

static const char *string_in(const struct inq_dwarf_input *input, const char *name, uint64_t offset)
{
	const struct inq_dwarf_section *section = line_section(input, name);
	if (!section || offset >= section->size)
		return NULL;
	const uint8_t *string = section->data + offset;
	return memchr(string, 0, section->size - offset) ? (const char *)string : NULL;
}

/* What one entry of a version 5 list tells. */
struct entry {
	const char *name;
	uint64_t folder;
};

/* One field; of those that are not wanted only the length counts. False for a form that may not be there. */
static bool read_field(struct line_program *program, uint64_t content, uint64_t form, struct entry *ret)
{
	struct line_cursor *cursor = &program->cursor;
	const char *string = NULL;
	uint64_t value = 0, size;
	switch (form) {
	case DW_FORM_string:
		string = line_string(cursor);
		break;
	case DW_FORM_line_strp:
		string = string_in(program->input, ".debug_line_str", line_number(cursor, program->offset_size));
		break;
	case DW_FORM_strp:
		string = string_in(program->input, ".debug_str", line_number(cursor, program->offset_size));
		break;
	case DW_FORM_udata:
		value = line_uleb(cursor);
		break;
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
		size = form == DW_FORM_data1 ? 1 : form == DW_FORM_data2 ? 2 : form == DW_FORM_data4 ? 4 : 8;
		value = line_number(cursor, (unsigned)size);
		break;
	case DW_FORM_data16:
	case DW_FORM_block:
		for (size = form == DW_FORM_block ? line_uleb(cursor) : 16; size && !cursor->bad; size--)
			line_number(cursor, 1);
		break;
	default:
		return false;
	}
	if (content == DW_LNCT_path)
		ret->name = string;
	else if (content == DW_LNCT_directory_index)
		ret->folder = value;
	return !cursor->bad;
}

typedef bool entry_visitor(struct line_program *program, const struct entry *entry);

static bool read_list(struct line_program *program, entry_visitor *visitor)
{
	struct line_cursor *cursor = &program->cursor;
	uint64_t contents[MOST_FORMATS], forms[MOST_FORMATS];
	uint64_t formats = line_number(cursor, 1);
	if (formats > MOST_FORMATS)
		return false;
	for (uint64_t i = 0; i < formats; i++) {
		contents[i] = line_uleb(cursor);
		forms[i] = line_uleb(cursor);
	}
	uint64_t count = line_uleb(cursor);
	if (!formats)
		return !count;
	for (; count && !cursor->bad; count--) {
		struct entry entry = { 0 };
		for (uint64_t i = 0; i < formats; i++)
			if (!read_field(program, contents[i], forms[i], &entry))
				return false;
		if (!visitor(program, &entry))
			return false;
	}
	return !cursor->bad;
}

static bool add_folder(struct line_program *program, const struct entry *entry)
{
	const char **folders =
		dwarf_make_room(program->folders, program->folder_count, &program->folder_capacity, sizeof *folders);
	if (!folders)
		return false;
	program->folders = folders;
	folders[program->folder_count++] = entry->name;
	return true;
}

/* A relative name is in its folder, a relative folder in the unit's. */
static char *join_path(const char *unit_folder, const char *folder, const char *name)
{
	const char *first = name[0] == '/' || folder[0] == '/' ? "" : unit_folder;
	const char *second = name[0] == '/' ? "" : folder;
	size_t size = strlen(first) + strlen(second) + strlen(name) + 3;
	char *path = malloc(size);
	if (path)
		snprintf(path, size, "%s%s%s%s%s", first, *first ? "/" : "", second, *second ? "/" : "", name);
	return path;
}

static bool add_file(struct line_program *program, const struct entry *entry)
{
	struct dwarf_lines *lines = program->lines;
	const char *folder = entry->folder < program->folder_count ? program->folders[entry->folder] : NULL;
	char **files = dwarf_make_room(lines->files, lines->file_count, &lines->file_capacity, sizeof *files);
	if (!files)
		return false;
	lines->files = files;
	files[lines->file_count++] =
		entry->name ? join_path(program->unit_folder, folder ? folder : "", entry->name) : NULL;
	return true;
}

/* Up to version 4 both lists end with an empty name, and their numbers begin at 1: folder 0 is the unit's own. */
static bool read_old_lists(struct line_program *program)
{
	struct line_cursor *cursor = &program->cursor;
	static const struct entry none = { 0 };
	bool ok = add_folder(program, &none) && add_file(program, &none);
	while (ok && !cursor->bad) {
		struct entry entry = { .name = line_string(cursor) };
		if (!entry.name || !*entry.name)
			break;
		ok = add_folder(program, &entry);
	}
	while (ok && !cursor->bad) {
		struct entry entry = { .name = line_string(cursor) };
		if (!entry.name || !*entry.name)
			break;
		entry.folder = line_uleb(cursor);
		line_uleb(cursor); /* time of change */
		line_uleb(cursor); /* size */
		ok = add_file(program, &entry);
	}
	return ok && !cursor->bad;
}

static bool read_lengths(struct line_program *program)
{
	struct line_cursor *cursor = &program->cursor;
	uint64_t length = line_number(cursor, 4);
	program->offset_size = length == UINT32_MAX ? 8 : 4;
	if (length == UINT32_MAX)
		length = line_number(cursor, 8);
	if (cursor->bad || length > (size_t)(cursor->end - cursor->at))
		return false;
	cursor->end = cursor->at + length;
	program->version = (unsigned)line_number(cursor, 2);
	return program->version >= 2 && program->version <= 5;
}

bool line_read_header(struct line_program *program)
{
	struct line_cursor *cursor = &program->cursor;
	if (!read_lengths(program))
		return false;
	if (program->version >= 5)
		line_number(cursor, 2); /* sizes of an address and of a segment selector */
	uint64_t length = line_number(cursor, program->offset_size);
	if (cursor->bad || length > (size_t)(cursor->end - cursor->at))
		return false;
	const uint8_t *code = cursor->at + length;
	program->least_length = (uint8_t)line_number(cursor, 1);
	if (program->version >= 4)
		line_number(cursor, 1); /* operations of an instruction: 1 on all machines that are read */
	line_number(cursor, 1);		/* default_is_stmt */
	program->line_base = (int8_t)line_number(cursor, 1);
	program->line_range = (uint8_t)line_number(cursor, 1);
	program->opcode_base = (uint8_t)line_number(cursor, 1);
	for (unsigned i = 1; i < program->opcode_base; i++)
		program->operands[i] = (uint8_t)line_number(cursor, 1);
	bool named = program->version >= 5 ? read_list(program, add_folder) && read_list(program, add_file)
					   : read_old_lists(program);
	cursor->bad = false; /* the lists end early at worst; the program's place is known */
	cursor->at = code;
	return named || program->lines->file_count;
}
