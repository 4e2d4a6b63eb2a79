/* Runs the program of a line table, and finds the row of an address. Facts: DWARF 5, 6.2.2 and 6.2.5. */
#include "lib/dwarf/lines.h"

#include "lib/dwarf/constants.h"
#include "lib/dwarf/line_table.h"

enum { MOST_ROWS = 64 }; /* of a stretch: what a look-up runs over */

/* The machine of a line program. It marks the stretches of a sequence, or runs one of them for an address. */
struct machine {
	const struct inq_dwarf_line_program *program;
	struct inq_cursor cursor;
	struct inq_dwarf_line_state state, mark; /* now; where the stretch began */
	uint64_t marked;			 /* the instruction there */
	size_t first, rows;			 /* stretch of the sequence; rows of the stretch */
	struct inq_dwarf_stretch_vec *stretches; /* NULL: it looks for `wanted` */
	uint64_t wanted;
	struct inq_dwarf_line_state found; /* the last row that is not behind `wanted` */
	bool done, failed;
};

/* The stretch of the latest row. */
static struct inq_dwarf_stretch *newest(const struct machine *machine)
{
	struct inq_dwarf_stretch_vec *stretches = machine->stretches;
	return stretches->count > machine->first ? &stretches->items[stretches->count - 1] : NULL;
}

static void begin_stretch(struct machine *machine)
{
	struct inq_dwarf_stretch *before = newest(machine);
	if (before)
		before->stop = machine->cursor.at;
	machine->mark = machine->state;
	machine->marked = machine->cursor.at;
	machine->rows = 0;
}

/* A sequence ends with a row that is the first address behind it. Those that the linker left out start at 0. */
static void end_sequence(struct machine *machine)
{
	struct inq_dwarf_stretch *last = machine->stretches ? newest(machine) : NULL;
	uint64_t end = machine->state.address;
	machine->done = true;
	if (!last)
		return;
	uint64_t start = machine->stretches->items[machine->first].start;
	last->end = end;
	last->stop = machine->cursor.at;
	if (!start || start >= end || end < machine->state.last)
		machine->stretches->count = machine->first;
}

static void add_stretch(struct machine *machine)
{
	struct inq_dwarf_stretch *before = newest(machine);
	uint64_t start = machine->state.address;
	if (before)
		before->end = start;
	struct inq_dwarf_stretch *stretch = inq_dwarf_stretch_vec_push(machine->stretches);
	machine->done = machine->failed = !stretch;
	if (stretch)
		*stretch = (struct inq_dwarf_stretch) { start, start, machine->marked, machine->marked, machine->mark };
}

static inline void add_row(struct machine *machine)
{
	struct inq_dwarf_line_state *state = &machine->state;
	if (state->address < state->last) /* they only grow within a sequence */
		return;
	state->last = state->address;
	if (!machine->stretches) {
		machine->done = state->address > machine->wanted;
		if (!machine->done)
			machine->found = *state;
	} else if (machine->rows++ == 0) {
		add_stretch(machine);
	}
}

static inline void advance(struct machine *machine, uint64_t operations)
{
	const struct inq_dwarf_line_program *program = machine->program;
	struct inq_dwarf_line_state *state = &machine->state;
	if (program->most_operations > 1) {
		operations += state->operation;
		state->operation = (uint8_t)(operations % program->most_operations);
		operations /= program->most_operations;
	}
	state->address += operations * program->least_length;
}

static void run_special(struct machine *machine, unsigned opcode)
{
	const struct inq_dwarf_line_program *program = machine->program;
	unsigned adjusted = opcode - program->opcode_base, operations = adjusted * program->reciprocal >> 16;
	advance(machine, operations);
	machine->state.line += (uint32_t)(program->line_base + (int)(adjusted - operations * program->line_range));
	add_row(machine);
}

static void run_extended(struct machine *machine)
{
	struct inq_cursor *cursor = &machine->cursor;
	uint64_t length = inq_cursor_uleb(cursor);
	if (!length)
		return;
	struct inq_view operands = inq_cursor_take(cursor, length);
	switch (inq_view_get(&operands, 0, 1)) {
	case LNE_END_SEQUENCE:
		end_sequence(machine);
		break;
	case LNE_SET_ADDRESS:
		machine->state.address = inq_view_get(&operands, 1, length > 8 ? 8 : (unsigned)length - 1);
		machine->state.operation = 0;
		break;
	default:
		break;
	}
}

static void run_standard(struct machine *machine, unsigned opcode)
{
	const struct inq_dwarf_line_program *program = machine->program;
	struct inq_cursor *cursor = &machine->cursor;
	switch (opcode) {
	case LNS_COPY:
		add_row(machine);
		break;
	case LNS_ADVANCE_PC:
		advance(machine, inq_cursor_uleb(cursor));
		break;
	case LNS_ADVANCE_LINE:
		machine->state.line += (uint32_t)inq_cursor_sleb(cursor);
		break;
	case LNS_SET_FILE:
		machine->state.file = (uint32_t)inq_cursor_uleb(cursor);
		break;
	case LNS_CONST_ADD_PC:
		advance(machine, (255U - program->opcode_base) / program->line_range);
		break;
	case LNS_FIXED_ADVANCE_PC:
		machine->state.address += inq_cursor_integer(cursor, 2);
		machine->state.operation = 0;
		break;
	default: /* one that does not matter here, or that the future adds */
		for (unsigned i = 0; i < program->operands[opcode]; i++)
			inq_cursor_uleb(cursor);
	}
}

static void run_instructions(struct machine *machine)
{
	struct inq_cursor *cursor = &machine->cursor;
	unsigned opcode_base = machine->program->opcode_base;
	while (cursor->at < cursor->bytes.size && !cursor->bad && !machine->done) {
		unsigned opcode = cursor->bytes.data[cursor->at];
		if (machine->rows == MOST_ROWS)
			begin_stretch(machine);
		cursor->at++;
		if (opcode >= opcode_base)
			run_special(machine, opcode);
		else if (opcode)
			run_standard(machine, opcode);
		else
			run_extended(machine);
	}
}

/* Up to the end of the sequence or of the bytes; they are paid for one by one. */
static void run_machine(struct machine *machine)
{
	struct inq_dwarf *dwarf = machine->program->unit->dwarf;
	struct inq_cursor *cursor = &machine->cursor;
	uint64_t from = cursor->at;
	bool all = cursor->bytes.size - from <= dwarf->work;
	if (!all)
		cursor->bytes.size = from + dwarf->work;
	run_instructions(machine);
	inq_dwarf_work(dwarf, cursor->at - from + !(all || machine->done));
	dwarf->no_memory |= machine->failed;
}

static int by_start(const void *left, const void *right)
{
	const struct inq_dwarf_stretch *a = left, *b = right;
	return (a->start > b->start) - (a->start < b->start);
}

/* The table was read up to there. Only what had not been counts as passed. */
static void pass_to(struct inq_dwarf_lines *lines, uint64_t at)
{
	if (at > lines->passed) {
		inq_dwarf_pass(lines->program.unit->dwarf, at - lines->passed);
		lines->passed = at;
	}
}

/* Marks the sequence at the cursor, which goes on behind it. One that the table does not end is none. */
static bool mark_sequence(struct inq_dwarf_lines *lines, struct inq_cursor *cursor)
{
	struct inq_dwarf_stretch_vec *stretches = &lines->stretches;
	struct machine machine = { .program = &lines->program,
				   .cursor = *cursor,
				   .state = { .file = 1, .line = 1 },
				   .first = stretches->count,
				   .stretches = stretches };
	begin_stretch(&machine);
	run_machine(&machine);
	pass_to(lines, machine.cursor.at);
	cursor->at = machine.cursor.at;
	if (machine.done && !machine.failed)
		return true;
	stretches->count = machine.first;
	return false;
}

static void mark_next(struct inq_dwarf_lines *lines)
{
	struct inq_dwarf_stretch_vec *stretches = &lines->stretches;
	lines->whole = !mark_sequence(lines, &lines->program.cursor);
	if (lines->whole && stretches->count)
		qsort(stretches->items, stretches->count, sizeof *stretches->items, by_start);
}

/* Moves the cursor, which is where some sequence begins, to where that begins which sets its address at `at`: behind the end of
 * another, a few settings before. */
static bool move_to_sequence(struct inq_cursor *cursor, uint64_t at)
{
	enum { FARTHEST = 16 };
	static const uint8_t end[] = { 0, 1, LNE_END_SEQUENCE };
	for (uint64_t begin = at; at - begin <= FARTHEST && begin >= cursor->at + sizeof end; begin--)
		if (memcmp(cursor->bytes.data + begin - sizeof end, end, sizeof end) == 0) {
			cursor->at = begin;
			return true;
		}
	return at - cursor->at <= FARTHEST;
}

/* Like memmem, by the highest of the bytes: a line program consists of low numbers, so that this one is rare in it. */
static const uint8_t *find_bytes(const uint8_t *from, const uint8_t *end, const uint8_t *wanted, size_t size)
{
	size_t rare = 0;
	for (size_t i = 1; i < size; i++)
		rare = wanted[i] > wanted[rare] ? i : rare;
	for (; (size_t)(end - from) >= size; from++) {
		const uint8_t *at = memchr(from + rare, wanted[rare], (size_t)(end - from) - size + 1);
		if (!at || memcmp(at - rare, wanted, size) == 0)
			return at ? at - rare : NULL;
		from = at - rare;
	}
	return NULL;
}

/* A function with a section of its own has a sequence of its own, near whose beginning the address is set to where the
 * function begins. These bytes are looked for, so that what is before need not be run. */
static void mark_at(struct inq_dwarf_lines *lines, uint64_t start)
{
	enum { SET = 3, BYTES_PER_STEP = 16 };
	struct inq_dwarf *dwarf = lines->program.unit->dwarf;
	struct inq_cursor cursor = lines->program.cursor;
	size_t marked = lines->stretches.count;
	uint8_t word = dwarf->word, wanted[SET + 8] = { 0, (uint8_t)(1 + word), LNE_SET_ADDRESS };
	for (unsigned i = 0; i < word; i++)
		wanted[SET + i] = (uint8_t)(start >> 8 * (dwarf->big ? word - 1 - i : i));
	const uint8_t *from = cursor.bytes.data + cursor.at, *end = cursor.bytes.data + cursor.bytes.size;
	const uint8_t *found = find_bytes(from, end, wanted, (size_t)SET + word);
	uint64_t passed = (uint64_t)((found ? found : end) - from);
	pass_to(lines, cursor.at + passed);
	if (inq_dwarf_work(dwarf, passed / BYTES_PER_STEP) && found && move_to_sequence(&cursor, cursor.at + passed) &&
	    mark_sequence(lines, &cursor) && lines->stretches.count > marked &&
	    lines->stretches.items[marked].start != start)
		lines->stretches.count = marked;
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
	struct inq_cursor cursor;
	struct inq_dwarf_entry root;
	if (unit->line_table == INQ_DWARF_NONE || !open_table(unit->dwarf, unit->line_table, &cursor))
		return NULL;
	struct inq_dwarf_lines *lines = inq_alloc(sizeof *lines);
	if (!lines)
		return NULL;
	const char *folder = inq_dwarf_root(unit, &root) ? inq_dwarf_string(&root, AT_COMP_DIR) : NULL;
	lines->unit_folder = folder ? folder : "";
	lines->program.unit = unit;
	lines->program.cursor = cursor;
	lines->whole = !inq_dwarf_line_header(lines);
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

static bool holds(const struct inq_dwarf_stretch *stretch, uint64_t address)
{
	return stretch->start <= address && address < stretch->end;
}

static const struct inq_dwarf_stretch *search(const struct inq_dwarf_lines *lines, uint64_t address)
{
	size_t low = 0, high = lines->stretches.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (lines->stretches.items[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low && holds(&lines->stretches.items[low - 1], address) ? &lines->stretches.items[low - 1] : NULL;
}

/* The first of those from *at on that holds the address; *at moves behind what was looked at. */
static const struct inq_dwarf_stretch *look_on(const struct inq_dwarf_lines *lines, size_t *at, uint64_t address)
{
	while (*at < lines->stretches.count) {
		const struct inq_dwarf_stretch *stretch = &lines->stretches.items[(*at)++];
		if (holds(stretch, address))
			return stretch;
	}
	return NULL;
}

static const struct inq_dwarf_stretch *find_stretch(struct inq_dwarf_lines *lines, uint64_t address, uint64_t start)
{
	size_t at = 0;
	bool lazy = lines->asked++ < INQ_DWARF_LAZY && !lines->whole;
	const struct inq_dwarf_stretch *found = lazy ? look_on(lines, &at, address) : NULL;
	if (lazy && !found) {
		mark_at(lines, start);
		found = look_on(lines, &at, address);
	}
	while (!found && !lines->whole) {
		mark_next(lines);
		found = lazy && !lines->whole ? look_on(lines, &at, address) : NULL;
	}
	return found ? found : search(lines, address);
}

bool inq_dwarf_line_at(struct inq_dwarf_unit *unit, uint64_t address, uint64_t start, struct inq_dwarf_place *ret)
{
	struct inq_dwarf_lines *lines = home_of(unit)->lines;
	const struct inq_dwarf_stretch *stretch = lines ? find_stretch(lines, address, start) : NULL;
	if (!stretch)
		return false;
	struct machine machine = { .program = &lines->program,
				   .cursor = { .bytes = lines->program.cursor.bytes, .at = stretch->at },
				   .state = stretch->state,
				   .wanted = address };
	machine.cursor.bytes.size = stretch->stop;
	run_machine(&machine);
	ret->file = inq_dwarf_file(unit, machine.found.file);
	ret->line = machine.found.line;
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
	inq_dwarf_stretch_vec_release(&lines->stretches);
	inq_dwarf_file_vec_release(&lines->files);
	inq_dwarf_file_vec_release(&lines->folders);
	free(lines);
}
