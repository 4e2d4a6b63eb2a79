/* The interpreter's loop (_PyEval_EvalFrameDefault) keeps a _PyCFrame on its stack: what traces, the Python frame that runs
 * now, the _PyCFrame of the loop that called this one. So the words of that frame are searched for one whose neighbour is
 * such a chain, and which points to a Python frame: its function and code must be objects of the interpreter's own types,
 * its instruction must be one of that code. Nothing else is believed, so that what is told is certain.
 *
 * Facts: CPython 3.11, Include/cpython/{pystate,code,unicodeobject,bytesobject}.h, Include/internal/pycore_frame.h;
 * Objects/locations.md for the table of lines. Other versions have other layouts. */
#include "lib/diagnose/python.h"

#include "lib/base/cursor.h"
#include "lib/diagnose/text.h"
#include "lib/symbol/symbol.h"

#include <inttypes.h>
#include <string.h>

enum {
	MOST_CALLERS = 3,
	WORD = 8,
	VERSION = 0x030b,
	LARGEST_FRAME = 4096,
	LARGEST_TABLE = 1 << 20,
	LONGEST_NAME = 512
};
enum { OBJECT_TYPE = 8, OBJECT_SIZE = 16, BYTES_DATA = 32 };
enum { FRAME_FUNCTION = 0, FRAME_CODE = 32, FRAME_PREVIOUS = 48, FRAME_INSTRUCTION = 56 };
enum { CFRAME_FRAME = 8, CFRAME_PREVIOUS = 16 };
enum { CODE_FIRST_LINE = 72, CODE_FILE = 112, CODE_QUALIFIED_NAME = 128, CODE_LINES = 136, CODE_TEXT = 184 };
enum { STRING_LENGTH = 16, STRING_STATE = 32, STRING_DATA = 48, COMPACT_ASCII = 3 << 5 };

struct interpreter {
	struct inq_space *space;
	struct inq_object *object;
	uint64_t function_type, code_type, string_type, bytes_type; /* addresses of the type objects */
};

static bool is_of(const struct interpreter *python, uint64_t address, uint64_t type)
{
	uint64_t found;
	return address % WORD == 0 && inq_space_integer(python->space, address + OBJECT_TYPE, WORD, &found) &&
	       found == type;
}

static bool find(const struct interpreter *python, const char *name, uint64_t *ret)
{
	return inq_symbol_find(python->space, python->object, name, strlen(name), ret);
}

/* The interpreter whose loop is at `address`; false when its layouts are not those that are known here. */
static bool find_interpreter(struct inq_space *space, uint64_t address, struct interpreter *ret)
{
	uint64_t version;
	*ret = (struct interpreter) { .space = space, .object = inq_space_object_at(space, address) };
	return ret->object && space->machine.bits == 64 && !space->machine.big && find(ret, "Py_Version", &version) &&
	       inq_space_integer(space, version, 4, &version) && version >> 16 == VERSION &&
	       find(ret, "PyFunction_Type", &ret->function_type) && find(ret, "PyCode_Type", &ret->code_type) &&
	       find(ret, "PyUnicode_Type", &ret->string_type) && find(ret, "PyBytes_Type", &ret->bytes_type);
}

/* *code, and which of its units (of two bytes) ran last: -1 before the first. */
static bool read_frame(const struct interpreter *python, uint64_t frame, uint64_t *code, int64_t *unit)
{
	uint64_t function, at, units;
	if (frame % WORD || !inq_space_integer(python->space, frame + FRAME_FUNCTION, WORD, &function) ||
	    !inq_space_integer(python->space, frame + FRAME_CODE, WORD, code) ||
	    !inq_space_integer(python->space, frame + FRAME_INSTRUCTION, WORD, &at) ||
	    !is_of(python, function, python->function_type) || !is_of(python, *code, python->code_type) ||
	    !inq_space_integer(python->space, *code + OBJECT_SIZE, WORD, &units))
		return false;
	uint64_t offset = at - (*code + CODE_TEXT) + 2;
	*unit = (int64_t)(offset / 2) - 1;
	return offset % 2 == 0 && offset / 2 <= units;
}

/* Whether a _PyCFrame is here: it holds a frame, and leads to another such, or to the thread's first, which holds none. */
static bool read_cframe(const struct interpreter *python, uint64_t address, uint64_t *frame)
{
	uint64_t previous, outer, code;
	int64_t unit;
	if (!inq_space_integer(python->space, address + CFRAME_FRAME, WORD, frame) ||
	    !read_frame(python, *frame, &code, &unit) ||
	    !inq_space_integer(python->space, address + CFRAME_PREVIOUS, WORD, &previous) || previous % WORD ||
	    !inq_space_integer(python->space, previous + CFRAME_FRAME, WORD, &outer))
		return false;
	return outer == 0 || read_frame(python, outer, &code, &unit);
}

/* A name or path: only plain ASCII ones are told. */
static const char *read_string(const struct interpreter *python, uint64_t at)
{
	uint64_t string, length, state;
	if (!inq_space_integer(python->space, at, WORD, &string) || !is_of(python, string, python->string_type) ||
	    !inq_space_integer(python->space, string + STRING_LENGTH, WORD, &length) || length > LONGEST_NAME ||
	    !inq_space_integer(python->space, string + STRING_STATE, 4, &state) ||
	    (state & COMPACT_ASCII) != COMPACT_ASCII)
		return NULL;
	return inq_text_at(python->space, string + STRING_DATA, length);
}

/* A number of the table: six bits a byte, the least first; the lowest bit is the sign. */
static int64_t read_signed(struct inq_cursor *table)
{
	uint64_t value = 0, byte = 0x40;
	for (unsigned shift = 0; byte & 0x40 && shift < 36; shift += 6) {
		byte = inq_cursor_integer(table, 1);
		value |= (byte & 0x3f) << shift;
	}
	return value & 1 ? -(int64_t)(value >> 1) : (int64_t)(value >> 1);
}

/* By how much the line changes at an entry of the table, whose kind its first byte tells. */
static int64_t read_change(struct inq_cursor *table, unsigned kind)
{
	enum { ONE_LINE = 10, ONE_LINE_LAST = 12, NO_COLUMNS = 13, LONG = 14 };
	if (kind == NO_COLUMNS || kind == LONG)
		return read_signed(table);
	return kind >= ONE_LINE && kind <= ONE_LINE_LAST ? (int64_t)kind - ONE_LINE : 0;
}

/* An entry begins with the only byte that has its highest bit set: kind, and length in units. */
static bool find_line(struct inq_cursor *table, int64_t first, int64_t unit, int64_t *ret)
{
	int64_t end = 0;
	*ret = first;
	while (!table->bad && end <= unit) {
		uint64_t entry = inq_cursor_integer(table, 1);
		if (!(entry & 0x80))
			continue;
		*ret += read_change(table, entry >> 3 & 15);
		end += (int64_t)(entry & 7) + 1;
	}
	return !table->bad && *ret > 0;
}

static bool line_of(const struct interpreter *python, uint64_t code, int64_t unit, int64_t *ret)
{
	uint64_t lines, size, first;
	struct inq_cursor table = { .at = 0 };
	return inq_space_integer(python->space, code + CODE_FIRST_LINE, 4, &first) &&
	       inq_space_integer(python->space, code + CODE_LINES, WORD, &lines) &&
	       is_of(python, lines, python->bytes_type) &&
	       inq_space_integer(python->space, lines + OBJECT_SIZE, WORD, &size) && size <= LARGEST_TABLE &&
	       inq_space_view(python->space, lines + BYTES_DATA, size, &table.bytes) &&
	       find_line(&table, (int64_t)first, unit, ret);
}

/* "f (x.py:12)"; NULL when its name or file is not told. */
static const char *name_frame(const struct inq_case *crash, const struct interpreter *python, uint64_t frame)
{
	uint64_t code;
	int64_t unit, line;
	if (!read_frame(python, frame, &code, &unit))
		return NULL;
	const char *name = read_string(python, code + CODE_QUALIFIED_NAME);
	const char *file = read_string(python, code + CODE_FILE);
	if (!name || !file)
		return NULL;
	if (!line_of(python, code, unit, &line))
		return inq_case_text(crash, "%s (%s)", name, file);
	return inq_case_text(crash, "%s (%s:%" PRId64 ")", name, file, line);
}

/* The frame and its callers, as far as they can be named. */
static const char *describe(const struct inq_case *crash, const struct interpreter *python, uint64_t frame)
{
	const char *name = name_frame(crash, python, frame);
	const char *text = name ? inq_case_text(crash, "Python was in %s", name) : NULL;
	for (unsigned i = 0; text && i < MOST_CALLERS; i++) {
		if (!inq_space_integer(python->space, frame + FRAME_PREVIOUS, WORD, &frame) || !frame)
			break;
		name = name_frame(crash, python, frame);
		if (!name)
			break;
		text = inq_case_text(crash, "%s, called by %s", text, name);
	}
	return text;
}

const char *inq_python_place(const struct inq_case *crash)
{
	const struct inq_frame_info *loop = inq_case_frame(crash, "_PyEval_EvalFrameDefault");
	struct interpreter python;
	uint64_t frame;
	if (!loop || loop + 1 >= crash->frames + crash->frame_count ||
	    !find_interpreter(crash->space, loop->pc, &python))
		return NULL;
	uint64_t size = loop[1].sp - loop->sp;
	for (uint64_t at = loop->sp; at - loop->sp < size && at - loop->sp < LARGEST_FRAME; at += WORD)
		if (read_cframe(&python, at, &frame))
			return describe(crash, &python, frame);
	return NULL;
}
