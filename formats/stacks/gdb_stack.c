/* Stacks of gdb, "#0  0xADDRESS in NAME (ARGUMENTS) from OBJECT": recognised. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static bool is_first_frame(struct inq_span line)
{
	return inq_span_starts(line, "#0  ") &&
	       (inq_span_find(line, " in ") > 0 || inq_span_find(line, " (") > 0 || inq_span_find(line, "<") > 0);
}

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	if (is_first_frame(text.line) || inq_span_starts(text.line, "Program terminated with signal "))
		return 80;
	return inq_span_starts(text.line, "Thread ") && inq_span_ends(text.line, ":") && inq_text_next(&text) &&
			       is_first_frame(text.line)
		       ? 85
		       : 0;
}

const struct inq_format inq_format_gdb_stack = {
	.name = "gdb-stack",
	.about = "the stacks that gdb prints for bt, or gstack",
	.text = true,
	.probe = probe,
};
