/* Stacks of mdb, "FRAME OBJECT`SYMBOL+OFFSET(ARGUMENTS)": recognised. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

/* "libc.so.1`raise+0x19()", "AbortServer+0x13()", "0x4c32ba()". */
static bool is_call(struct inq_span call)
{
	return inq_span_ends(call, ")") && inq_span_find(call, "(") > 0 && call.text[0] != '(';
}

static bool is_frame(struct inq_span line)
{
	struct inq_span rest = line, frame = inq_span_word(&rest);
	uint64_t value;
	struct inq_span call = inq_span_skip_blanks(rest), name = inq_span_word(&rest);
	if ((frame.length != 8 && frame.length != 16) || !inq_span_hex(frame, &value) || !is_call(call))
		return false;
	/* A blank before the arguments is the way of pstack. */
	return inq_span_find(name, "(") > 0;
}

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	if (inq_span_starts(text.line, "debugging core file") || inq_span_starts(text.line, "debugging crash dump"))
		return 90;
	if (is_frame(text.line))
		return 85;
	return is_call(text.line) && inq_span_find(text.line, "`") > 0 && inq_span_find(text.line, " ") < 0 ? 60 : 0;
}

const struct inq_format inq_format_mdb_stack = {
	.name = "mdb-stack",
	.about = "a stack that mdb prints for $C, $c or ::stack, with ::status",
	.text = true,
	.probe = probe,
};
