/* The text of `where`: one line per address, so that it works as a filter. The columns are loose: an answer of a
 * million lines cannot know its widest name. */
#include "lib/render/text.h"

void inq_text_answer(struct inq_text *text, const struct inq_location *location)
{
	struct inq_str *str = &text->str;
	inq_put_address(str, location->address, text->digits);
	if (location->asked) {
		inq_str_puts(str, " = ");
		inq_put_name(str, location->asked);
	}
	inq_str_puts(str, "  ");
	inq_put_location(str, location);
	if (location->mapped && location->object && location->object[0] == '/') {
		inq_str_puts(str, "  ");
		inq_put_name(str, location->object);
	}
	if (location->mapped && !location->object && location->start != INQ_UNKNOWN) {
		inq_str_puts(str, "  ");
		inq_str_hex(str, location->start, 1);
		inq_str_putc(str, '-');
		inq_str_hex(str, location->end, 1);
	}
	inq_text_newline(text);
}
