/* What a line of gdb's stacks is by itself: where one begins, what a log put before it, and whether it goes on in the next. */
#include "formats/stacks/gdb_lines.h"

/* "#0  f (a=1) at a.c:3", or any "#N  0xADDRESS in f (": the first may have been lost. */
bool inq_gdb_is_first_frame(struct inq_span line)
{
	struct inq_span rest = line;
	uint64_t number;
	if (inq_span_starts(line, "#0  "))
		return inq_span_find(line, " in ") > 0 || inq_span_find(line, " (") > 0 || inq_span_find(line, "<") > 0;
	if (!inq_take_char(&rest, '#') || !inq_take_decimal(&rest, &number))
		return false;
	rest = inq_span_skip_blanks(rest);
	/* "#2 0x41a2f8 in _start (/srv/a.out+0x41a2f8)" is a sanitizer's. */
	return inq_span_starts(rest, "0x") && inq_take_hex(&rest, &number) && inq_span_starts(rest, " in ") &&
	       inq_span_find(rest, " (") > 0 && inq_span_find(rest, " (/") < 0;
}

bool inq_gdb_is_thread(struct inq_span line)
{
	struct inq_span rest = line;
	uint64_t number;
	if (!inq_span_starts(line, "Thread "))
		return false;
	rest = inq_span_after(rest, strlen("Thread "));
	return inq_take_decimal(&rest, &number) && inq_span_ends(line, ":");
}

/* "Program terminated with signal SIGSEGV, Segmentation fault.", "Thread 2 "work" received signal SIGSEGV, …". */
bool inq_gdb_is_signal(struct inq_span line)
{
	if (inq_span_starts(line, "Program "))
		return inq_span_starts(line, "Program terminated with signal ") ||
		       inq_span_starts(line, "Program received signal ");
	return inq_span_starts(line, "Thread ") && inq_span_find(line, " received signal SIG") > 0;
}

/* What a log put before a line: "db_1   | #0  0x00000000004029c9 in parse ()", "May 12 10:11:12 web app[12]: Thread 1 (LWP 44):".
 * What follows must be beyond doubt. */
struct inq_span inq_gdb_without_sender(struct inq_span line)
{
	enum { LONGEST = 128 };
	static const char *const marks[] = { " #", "Thread ", "Program " };
	struct inq_span head = { line.text, line.length < LONGEST ? line.length : LONGEST };
	if (!line.length || line.text[0] == '#')
		return line;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		ptrdiff_t at = inq_span_find(head, marks[i]);
		if (at < 0 || (at && *marks[i] != ' ' && line.text[at - 1] != ' '))
			continue;
		struct inq_span rest = inq_span_after(line, (size_t)at + (*marks[i] == ' '));
		if (inq_gdb_is_first_frame(rest) || inq_gdb_is_thread(rest) || inq_gdb_is_signal(rest))
			return rest;
	}
	return line;
}

/* "Thread no. 1 (10 frames)": what ABRT leaves of gdb's stacks, " #0 f at a.c:12". */
bool inq_gdb_is_abrt(struct inq_span line)
{
	return inq_span_starts(line, "Thread no. ") && inq_span_ends(line, " frames)");
}

/* Balance of the parentheses, but for those in strings. */
static int depth_of(struct inq_span span)
{
	int depth = 0;
	bool string = false;
	for (size_t i = 0; i < span.length; i++) {
		char c = span.text[i];
		if (c == '\\' && string)
			i++;
		else if (c == '"')
			string = !string;
		else if (!string)
			depth += (c == '(') - (c == ')');
	}
	return depth;
}

/* A frame that gdb broke at the terminal's width: within its arguments, or before "at FILE:LINE". */
bool inq_gdb_is_open(struct inq_span line, struct inq_span next)
{
	struct inq_span rest = line;
	uint64_t number;
	if (!inq_take_char(&rest, '#') || !inq_take_decimal(&rest, &number) || !inq_span_starts(rest, " ") ||
	    inq_span_find(line, "<signal") > 0)
		return false;
	if (inq_span_starts(next, "at ") || inq_span_starts(next, "from "))
		return true;
	return depth_of(line) > 0 || inq_span_ends(line, " at") || inq_span_ends(line, " from") ||
	       inq_span_ends(line, " in") || inq_span_find(line, "(") < 0;
}
