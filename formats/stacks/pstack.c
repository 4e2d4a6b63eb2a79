/* Output of pstack of Solaris ("ADDRESS NAME (ARGUMENTS) + OFFSET") and of eu-stack: recognised. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static bool is_frame(struct inq_span line)
{
	struct inq_span rest = line, address = inq_span_word(&rest);
	uint64_t value;
	if ((address.length != 8 && address.length != 16) || !inq_span_hex(address, &value))
		return false;
	struct inq_span name = inq_span_word(&rest);
	rest = inq_span_skip_blanks(rest);
	return name.length && inq_span_starts(rest, "(") && inq_span_find(rest, ")") > 0;
}

static bool is_thread(struct inq_span line)
{
	return inq_span_starts(line, "---") && inq_span_find(line, "lwp# ") > 0;
}

/* eu-stack: "PID 12 - core" or "TID 12:", then "#0  0x00007f… name". */
static bool is_eu_stack(struct inq_text text)
{
	uint64_t number;
	struct inq_span rest = inq_span_after(text.line, 4);
	if (!inq_take_decimal(&rest, &number) || !inq_text_next(&text))
		return false;
	return inq_span_starts(text.line, "TID ") || inq_span_starts(text.line, "#0  0x");
}

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	if (inq_span_starts(text.line, "PID ") || inq_span_starts(text.line, "TID "))
		return is_eu_stack(text) ? 85 : 0;
	if (is_thread(text.line) || is_frame(text.line))
		return 80;
	struct inq_span rest = text.line;
	uint64_t pid;
	bool title = inq_span_starts(rest, "core '") || (inq_take_decimal(&rest, &pid) && inq_take_char(&rest, ':'));
	return title && inq_text_next(&text) && (is_thread(text.line) || is_frame(text.line)) ? 85 : 0;
}

const struct inq_format inq_format_pstack = {
	.name = "pstack",
	.about = "the stacks that pstack of Solaris or eu-stack prints",
	.text = true,
	.probe = probe,
};
