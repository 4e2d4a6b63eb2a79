/* A Rust panic: what it said, and where.
 *
 * Invariant: the run-time hands a hook what it knows as { payload, its vtable, &Location, … } (library/std/src/panic.rs,
 * PanicHookInfo, Rust 1.81 and up; PanicInfo before), words that follow each other on the stack of panic_with_hook. A
 * Location is { file: &str, line: u32, column: u32 } (library/core/src/panic/location.rs), constant data of the program.
 * The payload is the text, or a String { capacity, pointer, length } that was made of it. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/text.h"

#include <inttypes.h>

enum { SEARCHED = 64 << 10, LAST_LINE = 1 << 24, LAST_COLUMN = 1 << 20 };

struct panic {
	const char *file, *message; /* message: NULL when it cannot be read */
	uint32_t line, column;
	uint64_t location;
};

/* A &str: pointer and length. */
static const char *read_str(const struct inq_case *crash, const struct inq_view *view, uint64_t offset)
{
	return inq_text_at(crash->space, inq_view_get_word(view, offset), inq_view_get_word(view, offset + view->word));
}

static bool ends_like_source(const char *file)
{
	size_t length = file ? strlen(file) : 0;
	return length > 3 && strcmp(file + length - 3, ".rs") == 0 && !strchr(file, '\n');
}

static bool read_location(const struct inq_case *crash, uint64_t address, struct panic *ret)
{
	struct inq_view view;
	unsigned word = crash->space->machine.bits == 32 ? 4 : 8;
	if (address % word || !inq_space_object_at(crash->space, address) ||
	    !inq_space_view(crash->space, address, 2 * word + 8, &view))
		return false;
	ret->location = address;
	ret->line = (uint32_t)inq_view_get(&view, 2 * (uint64_t)word, 4);
	ret->column = (uint32_t)inq_view_get(&view, 2 * (uint64_t)word + 4, 4);
	if (!ret->line || ret->line > LAST_LINE || !ret->column || ret->column > LAST_COLUMN)
		return false;
	ret->file = read_str(crash, &view, 0);
	return ends_like_source(ret->file);
}

static const char *read_payload(const struct inq_case *crash, uint64_t address)
{
	struct inq_view view;
	unsigned word = crash->space->machine.bits == 32 ? 4 : 8;
	if (!inq_space_view(crash->space, address, 3 * word, &view))
		return NULL;
	if (inq_view_get_word(&view, 0) >= inq_view_get_word(&view, 2 * (uint64_t)word)) {
		const char *text = read_str(crash, &view, word);
		if (text)
			return text;
	}
	return read_str(crash, &view, 0);
}

/* The stack of the functions that panic: up to the frame outside of the last of them. */
static bool panicking_part(const struct inq_case *crash, struct inq_view *ret)
{
	static const char *const names[] = { "*panicking", "*rust_begin_unwind", "*rust_panic", "*panic_fmt" };
	uint64_t from = crash->frames[0].sp, to = from;
	for (size_t i = 0; i + 1 < crash->frame_count; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (inq_name_is_like(crash->frames[i].location.symbol, names[k]))
				to = crash->frames[i + 1].sp;
	return to > from && to - from <= SEARCHED && inq_space_view(crash->space, from, to - from, ret);
}

static bool find_panic(const struct inq_case *crash, struct panic *ret)
{
	struct inq_view stack;
	uint64_t value, payload, table;
	if (!panicking_part(crash, &stack))
		return false;
	for (uint64_t at = 2 * (uint64_t)stack.word; inq_view_word_at(&stack, at, &value); at += stack.word) {
		payload = inq_view_get_word(&stack, at - 2 * (uint64_t)stack.word);
		table = inq_view_get_word(&stack, at - stack.word);
		if (!inq_space_object_at(crash->space, table) || !inq_space_mapping_at(crash->space, payload) ||
		    !read_location(crash, value, ret))
			continue;
		ret->message = read_payload(crash, payload);
		return true;
	}
	return false;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	struct panic panic;
	const struct inq_frame_info *frame = inq_case_frame(crash, "*panicking");
	if (!frame || !inq_fault_self_sent(crash->space, crash->fault) || !find_panic(crash, &panic))
		return false;
	const char *line = panic.message ? inq_first_line(crash->space, panic.message) : NULL;
	ret->text = line ? inq_case_text(crash, "a Rust panic at %s:%" PRIu32 ":%" PRIu32 ": %s", panic.file,
					 panic.line, panic.column, line)
			 : inq_case_text(crash, "a Rust panic at %s:%" PRIu32 ":%" PRIu32, panic.file, panic.line,
					 panic.column);
	ret->confidence = frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	inq_find_evidence(crash, ret, "the place is what the panic's hook was given, at 0x%" PRIx64, panic.location);
	if (line)
		inq_find_evidence(crash, ret, "the message is what the panic's hook was given: \"%s\"", panic.message);
	return true;
}

const struct inq_cause inq_cause_rust_panic = { .id = "rust-panic", .find = find };
