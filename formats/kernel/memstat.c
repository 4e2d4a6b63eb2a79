/* ::memstat of mdb -k, of Solaris 9 to 11.4 and illumos: recognised by its header line. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	bool header = inq_span_starts(text.line, "Page Summary") || inq_span_starts(text.line, "Usage Type/Subtype");
	return header && inq_span_find(text.line, "Pages") > 0 ? 95 : 0;
}

const struct inq_format inq_format_memstat = {
	.name = "memstat",
	.about = "the use of physical memory that mdb prints for ::memstat",
	.text = true,
	.probe = probe,
};
