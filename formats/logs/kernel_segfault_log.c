/* What the Linux kernel logs of a fatal fault (arch/x86/mm/fault.c, show_signal_msg; arch/x86/kernel/traps.c): recognised.
 * Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	if (inq_span_find(text.line, "]: segfault at ") > 0 && inq_span_find(text.line, " error ") > 0)
		return 90;
	bool trap = inq_span_find(text.line, "traps: ") >= 0 || inq_span_find(text.line, "trap ") >= 0;
	return trap && inq_span_find(text.line, " ip:") > 0 && inq_span_find(text.line, " sp:") > 0 ? 90 : 0;
}

const struct inq_format inq_format_kernel_segfault_log = {
	.name = "kernel-segfault-log",
	.about = "lines of the Linux kernel log about a fault of a process",
	.text = true,
	.probe = probe,
};
