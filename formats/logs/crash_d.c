/* Reports of crash.d of the DTraceToolkit: recognised by their heading. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	return inq_text_next(&text) && inq_span_starts(text.line, "CRASH DETECTED at ") ? 95 : 0;
}

const struct inq_format inq_format_crash_d = {
	.name = "crash-d",
	.about = "a report of crash.d, the DTraceToolkit script that watches for crashes",
	.text = true,
	.probe = probe,
};
