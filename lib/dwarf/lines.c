/* Runs the program of a line table and keeps its rows. Facts: DWARF 5, 6.2.2 and 6.2.5. */
#include "lib/dwarf/lines.h"

#include "lib/dwarf/constants.h"
#include "lib/dwarf/line_table.h"

/* The registers of the line program's machine. */
struct machine {
	struct inq_dwarf_line_program *program;
	uint64_t address, operation; /* the latter: of a long instruction word (VLIW) */
	uint32_t file, line;
	size_t first; /* row of the sequence */
	bool failed;
};

static void begin_sequence(struct machine *machine)
{
	machine->address = machine->operation = 0;
	machine->file = machine->line = 1;
	machine->first = machine->program->lines->rows.count;
}

/* A sequence ends with a row that is the first address behind it. Those that the linker left out start at 0. */
static void end_sequence(struct machine *machine)
{
	struct inq_dwarf_lines *lines = machine->program->lines;
	struct inq_dwarf_row_vec *rows = &lines->rows;
	uint64_t start = rows->count > machine->first ? rows->items[machine->first].address : 0;
	if (!start || start >= machine->address) {
		rows->count = machine->first;
	} else {
		struct inq_dwarf_sequence *sequence = inq_dwarf_sequence_vec_push(&lines->sequences);
		machine->failed = !sequence;
		if (sequence)
			*sequence = (struct inq_dwarf_sequence) { start, machine->address, machine->first,
								  rows->count - machine->first };
	}
	begin_sequence(machine);
}

static void add_row(struct machine *machine)
{
	struct inq_dwarf_row_vec *rows = &machine->program->lines->rows;
	/* Addresses only grow within a sequence. */
	if (rows->count > machine->first && machine->address < rows->items[rows->count - 1].address)
		return;
	struct inq_dwarf_row *row = inq_dwarf_row_vec_push(rows);
	machine->failed = !row;
	if (row)
		*row = (struct inq_dwarf_row) { machine->address, machine->file, machine->line };
}

static void advance(struct machine *machine, uint64_t operations)
{
	const struct inq_dwarf_line_program *program = machine->program;
	if (program->most_operations > 1) {
		machine->operation += operations;
		operations = machine->operation / program->most_operations;
		machine->operation %= program->most_operations;
	}
	machine->address += operations * program->least_length;
}

static void run_special(struct machine *machine, unsigned opcode)
{
	const struct inq_dwarf_line_program *program = machine->program;
	unsigned adjusted = opcode - program->opcode_base;
	advance(machine, adjusted / program->line_range);
	machine->line += (uint32_t)(program->line_base + (int)(adjusted % program->line_range));
	add_row(machine);
}

static void run_extended(struct machine *machine)
{
	struct inq_cursor *cursor = &machine->program->cursor;
	uint64_t length = inq_cursor_uleb(cursor);
	if (!length)
		return;
	struct inq_view operands = inq_cursor_take(cursor, length);
	switch (inq_view_get(&operands, 0, 1)) {
	case LNE_END_SEQUENCE:
		end_sequence(machine);
		break;
	case LNE_SET_ADDRESS:
		machine->address = inq_view_get(&operands, 1, length > 8 ? 8 : (unsigned)length - 1);
		machine->operation = 0;
		break;
	default:
		break;
	}
}

static void run_standard(struct machine *machine, unsigned opcode)
{
	struct inq_dwarf_line_program *program = machine->program;
	struct inq_cursor *cursor = &program->cursor;
	switch (opcode) {
	case LNS_COPY:
		add_row(machine);
		break;
	case LNS_ADVANCE_PC:
		advance(machine, inq_cursor_uleb(cursor));
		break;
	case LNS_ADVANCE_LINE:
		machine->line += (uint32_t)inq_cursor_sleb(cursor);
		break;
	case LNS_SET_FILE:
		machine->file = (uint32_t)inq_cursor_uleb(cursor);
		break;
	case LNS_CONST_ADD_PC:
		advance(machine, (255U - program->opcode_base) / program->line_range);
		break;
	case LNS_FIXED_ADVANCE_PC:
		machine->address += inq_cursor_integer(cursor, 2);
		machine->operation = 0;
		break;
	default: /* one that does not matter here, or that the future adds */
		for (unsigned i = 0; i < program->operands[opcode]; i++)
			inq_cursor_uleb(cursor);
	}
}

static void run_program(struct inq_dwarf_line_program *program)
{
	struct machine machine = { .program = program };
	struct inq_cursor *cursor = &program->cursor;
	begin_sequence(&machine);
	while (cursor->at < cursor->bytes.size && !cursor->bad && !machine.failed &&
	       inq_dwarf_work(program->unit->dwarf, 1)) {
		unsigned opcode = (unsigned)inq_cursor_integer(cursor, 1);
		if (opcode >= program->opcode_base)
			run_special(&machine, opcode);
		else if (opcode)
			run_standard(&machine, opcode);
		else
			run_extended(&machine);
	}
	program->unit->dwarf->no_memory |= machine.failed;
}

static int by_start(const void *left, const void *right)
{
	const struct inq_dwarf_sequence *a = left, *b = right;
	return (a->start > b->start) - (a->start < b->start);
}

/* The bytes of the table at the offset, no more of the section than that. */
static bool open_table(struct inq_dwarf *dwarf, uint64_t offset, struct inq_cursor *ret)
{
	struct inq_dwarf_head head;
	*ret = (struct inq_cursor) { 0 };
	return inq_dwarf_next_head(dwarf, INQ_DWARF_LINE, offset, &head) &&
	       inq_dwarf_slice(dwarf, INQ_DWARF_LINE, offset, head.end - offset, &ret->bytes);
}

static struct inq_dwarf_lines *read_lines(struct inq_dwarf_unit *unit)
{
	struct inq_dwarf_line_program program = { .unit = unit };
	struct inq_dwarf_entry root;
	if (unit->line_table == INQ_DWARF_NONE || !open_table(unit->dwarf, unit->line_table, &program.cursor))
		return NULL;
	struct inq_dwarf_lines *lines = inq_alloc(sizeof *lines);
	if (!lines)
		return NULL;
	const char *folder = inq_dwarf_root(unit, &root) ? inq_dwarf_string(&root, AT_COMP_DIR) : NULL;
	lines->unit_folder = folder ? folder : "";
	program.lines = lines;
	if (inq_dwarf_line_header(&program))
		run_program(&program);
	if (lines->sequences.count)
		qsort(lines->sequences.items, lines->sequences.count, sizeof *lines->sequences.items, by_start);
	return lines;
}

/* The table is the skeleton's: that of a split file only lists names. */
static struct inq_dwarf_unit *home_of(struct inq_dwarf_unit *unit)
{
	struct inq_dwarf_unit *home = unit->skeleton ? unit->skeleton : unit;
	if (!home->lines_read) {
		home->lines_read = true;
		home->lines = read_lines(home);
	}
	return home;
}

static const struct inq_dwarf_sequence *find_sequence(const struct inq_dwarf_lines *lines, uint64_t address)
{
	size_t low = 0, high = lines->sequences.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lines->sequences.items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	const struct inq_dwarf_sequence *sequence = low ? &lines->sequences.items[low - 1] : NULL;
	return sequence && address < sequence->end ? sequence : NULL;
}

bool inq_dwarf_line_at(struct inq_dwarf_unit *unit, uint64_t address, struct inq_dwarf_place *ret)
{
	const struct inq_dwarf_lines *lines = home_of(unit)->lines;
	const struct inq_dwarf_sequence *sequence = lines ? find_sequence(lines, address) : NULL;
	if (!sequence)
		return false;
	const struct inq_dwarf_row *rows = lines->rows.items + sequence->first;
	size_t low = 0, high = sequence->count; /* rows[0] is not above the address */
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;
		if (rows[middle].address <= address)
			low = middle;
		else
			high = middle;
	}
	ret->file = inq_dwarf_file(unit, rows[low].file);
	ret->line = rows[low].line;
	return true;
}

/* A relative name is in its folder, a relative folder in the unit's. */
static const char *join_path(struct inq_arena *arena, const char *unit_folder, const char *folder, const char *name)
{
	const char *first = name[0] == '/' || folder[0] == '/' ? "" : unit_folder;
	const char *second = name[0] == '/' ? "" : folder;
	return inq_arena_printf(arena, "%s%s%s%s%s", first, *first ? "/" : "", second, *second ? "/" : "", name);
}

const char *inq_dwarf_file(struct inq_dwarf_unit *unit, uint64_t number)
{
	struct inq_dwarf_lines *lines = home_of(unit)->lines;
	struct inq_dwarf_file *file = lines && number < lines->files.count ? &lines->files.items[number] : NULL;
	if (!file || !file->name)
		return NULL;
	const char *folder = file->folder < lines->folders.count ? lines->folders.items[file->folder].name : NULL;
	if (!file->path)
		file->path = join_path(unit->dwarf->arena, lines->unit_folder, folder ? folder : "", file->name);
	return file->path;
}

void inq_dwarf_lines_release(struct inq_dwarf_lines *lines)
{
	if (!lines)
		return;
	inq_dwarf_row_vec_release(&lines->rows);
	inq_dwarf_sequence_vec_release(&lines->sequences);
	inq_dwarf_file_vec_release(&lines->files);
	inq_dwarf_file_vec_release(&lines->folders);
	free(lines);
}
