/* ::umastat of mdb on a process with libumem. Its older form has the header of ::kmastat: the caches' names differ. Not
 * read yet. */
#include "formats/format.h"
#include "formats/text.h"

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text) || !inq_span_starts(text.line, "cache ") || inq_span_find(text.line, " buf ") < 0)
		return 0;
	for (int i = 0; i < 8 && inq_text_next(&text); i++)
		if (inq_span_starts(text.line, "umem_"))
			return 95;
	return 0;
}

const struct inq_format inq_format_umastat = {
	.name = "umastat",
	.about = "the caches of libumem that mdb prints for ::umastat",
	.text = true,
	.probe = probe,
};
