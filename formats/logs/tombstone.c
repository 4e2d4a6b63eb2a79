/* Tombstones of Android (debuggerd): recognised by their row of asterisks and the lines after it. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static bool is_pid_line(struct inq_span line)
{
	return inq_span_starts(line, "pid: ") && inq_span_find(line, ", tid: ") > 0 && inq_span_find(line, ">>>") > 0;
}

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	if (is_pid_line(text.line))
		return 90;
	if (!inq_span_starts(text.line, "*** *** ***") && !inq_span_starts(text.line, "Build fingerprint:"))
		return 0;
	for (int i = 0; i < 12 && inq_text_next(&text); i++)
		if (is_pid_line(text.line))
			return 95;
	return 0;
}

const struct inq_format inq_format_tombstone = {
	.name = "tombstone",
	.about = "a crash report of Android (tombstone)",
	.text = true,
	.probe = probe,
};
