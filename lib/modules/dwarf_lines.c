/* The line table of a unit, kept as the few numbers that are asked for. Facts: DWARF 5, 6.2 (line number information). */
#include "lib/modules/dwarf_line.h"

#include <dwarf.h>
#include <stdlib.h>

void *dwarf_make_room(void *items, size_t count, size_t *capacity, size_t size)
{
	if (count < *capacity)
		return items;
	size_t wanted = *capacity ? 2 * *capacity : 64;
	void *grown = realloc(items, wanted * size);
	if (grown)
		*capacity = wanted;
	return grown;
}

/* A sequence ends with a row that is the first address behind it. Those that the linker left out start at 0. */
static bool end_sequence(struct dwarf_lines *lines, size_t first, uint64_t end)
{
	size_t count = lines->row_count - first;
	if (!count || !lines->rows[first].address || lines->rows[first].address >= end) {
		lines->row_count = first;
		return true;
	}
	struct dwarf_sequence *sequences =
		dwarf_make_room(lines->sequences, lines->sequence_count, &lines->sequence_capacity, sizeof *sequences);
	if (!sequences)
		return false;
	lines->sequences = sequences;
	sequences[lines->sequence_count++] = (struct dwarf_sequence) { lines->rows[first].address, end, first, count };
	return true;
}

/* The registers of the line program's machine. */
struct machine {
	struct line_program *program;
	uint64_t address;
	uint32_t file, line;
	size_t first; /* row of the sequence */
	bool failed;
};

static void begin_sequence(struct machine *machine)
{
	machine->address = 0;
	machine->file = machine->line = 1;
	machine->first = machine->program->lines->row_count;
}

static void add_row(struct machine *machine)
{
	struct dwarf_lines *lines = machine->program->lines;
	/* Addresses only grow within a sequence. */
	if (lines->row_count > machine->first && machine->address < lines->rows[lines->row_count - 1].address)
		return;
	struct dwarf_row *rows = dwarf_make_room(lines->rows, lines->row_count, &lines->row_capacity, sizeof *rows);
	machine->failed = !rows;
	if (!rows)
		return;
	lines->rows = rows;
	rows[lines->row_count++] = (struct dwarf_row) { machine->address, machine->file, machine->line };
}

static void run_special(struct machine *machine, unsigned opcode)
{
	const struct line_program *program = machine->program;
	unsigned adjusted = opcode - program->opcode_base;
	machine->address += adjusted / program->line_range * program->least_length;
	machine->line += (uint32_t)(program->line_base + (int)(adjusted % program->line_range));
}

static void run_extended(struct machine *machine)
{
	struct line_cursor *cursor = &machine->program->cursor;
	uint64_t length = line_uleb(cursor);
	if (!length || length > (size_t)(cursor->end - cursor->at)) {
		cursor->bad |= length != 0;
		return;
	}
	const uint8_t *next = cursor->at + length;
	switch (line_number(cursor, 1)) {
	case DW_LNE_end_sequence:
		machine->failed = !end_sequence(machine->program->lines, machine->first, machine->address);
		begin_sequence(machine);
		break;
	case DW_LNE_set_address:
		machine->address = line_number(cursor, length <= 9 ? (unsigned)length - 1 : 8);
		break;
	default:
		break;
	}
	cursor->at = next;
}

static void run_standard(struct machine *machine, unsigned opcode)
{
	struct line_program *program = machine->program;
	struct line_cursor *cursor = &program->cursor;
	switch (opcode) {
	case DW_LNS_copy:
		add_row(machine);
		break;
	case DW_LNS_advance_pc:
		machine->address += line_uleb(cursor) * program->least_length;
		break;
	case DW_LNS_advance_line:
		machine->line += (uint32_t)line_sleb(cursor);
		break;
	case DW_LNS_set_file:
		machine->file = (uint32_t)line_uleb(cursor);
		break;
	case DW_LNS_const_add_pc:
		machine->address += (255U - program->opcode_base) / program->line_range * program->least_length;
		break;
	case DW_LNS_fixed_advance_pc:
		machine->address += line_number(cursor, 2);
		break;
	default: /* one that does not matter here, or that the future adds */
		for (unsigned i = 0; i < program->operands[opcode]; i++)
			line_uleb(cursor);
	}
}

static void run_program(struct line_program *program)
{
	struct machine machine = { .program = program };
	struct line_cursor *cursor = &program->cursor;
	begin_sequence(&machine);
	while (cursor->at < cursor->end && !cursor->bad && !machine.failed) {
		unsigned opcode = (unsigned)line_number(cursor, 1);
		if (opcode >= program->opcode_base) {
			run_special(&machine, opcode);
			add_row(&machine);
		} else if (opcode) {
			run_standard(&machine, opcode);
		} else {
			run_extended(&machine);
		}
	}
}

static int by_start(const void *left, const void *right)
{
	const struct dwarf_sequence *a = left, *b = right;
	return (a->start > b->start) - (a->start < b->start);
}

static void read_table(Dwarf_Debug dbg, Dwarf_Die root, const struct inq_dwarf_input *input, struct dwarf_lines *lines)
{
	uint64_t offset;
	const struct inq_dwarf_section *section = line_section(input, ".debug_line");
	const char *folder = dwarf_string(dbg, root, DW_AT_comp_dir);
	if (!section || !dwarf_number(dbg, root, DW_AT_stmt_list, &offset) || offset >= section->size)
		return;
	struct line_program program = { .input = input, .unit_folder = folder ? folder : "", .lines = lines };
	program.cursor =
		(struct line_cursor) { section->data + offset, section->data + section->size, input->big, false };
	if (line_read_header(&program) && program.line_range)
		run_program(&program);
	free(program.folders);
	if (lines->sequence_count)
		qsort(lines->sequences, lines->sequence_count, sizeof *lines->sequences, by_start);
}

static struct dwarf_lines *use_lines(Dwarf_Debug dbg, struct dwarf_unit *unit)
{
	Dwarf_Die root;
	Dwarf_Error error = NULL;
	if (unit->lines_read)
		return &unit->lines;
	unit->lines_read = true;
	if (dwarf_ok(dbg, dwarf_offdie_b(dbg, unit->die, true, &root, &error), &error)) {
		read_table(dbg, root, unit->input, &unit->lines);
		dwarf_dealloc_die(root);
	}
	return &unit->lines;
}

static const struct dwarf_sequence *find_sequence(const struct dwarf_lines *lines, uint64_t address)
{
	size_t low = 0, high = lines->sequence_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lines->sequences[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && address < lines->sequences[low - 1].end ? &lines->sequences[low - 1] : NULL;
}

void dwarf_line_at(Dwarf_Debug dbg, struct dwarf_unit *unit, uint64_t address, struct inq_dwarf_place *ret)
{
	const struct dwarf_lines *lines = use_lines(dbg, unit);
	const struct dwarf_sequence *sequence = find_sequence(lines, address);
	if (!sequence)
		return;
	const struct dwarf_row *rows = lines->rows + sequence->first;
	size_t low = 0, high = sequence->count; /* rows[0] is not above the address */
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (rows[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	ret->file = dwarf_file(dbg, unit, rows[low].file);
	ret->line = rows[low].line;
}

const char *dwarf_file(Dwarf_Debug dbg, struct dwarf_unit *unit, uint64_t number)
{
	const struct dwarf_lines *lines = use_lines(dbg, unit);
	return number < lines->file_count ? lines->files[number] : NULL;
}

void dwarf_lines_release(struct dwarf_lines *lines)
{
	for (size_t i = 0; i < lines->file_count; i++)
		free(lines->files[i]);
	free(lines->files);
	free(lines->rows);
	free(lines->sequences);
}
