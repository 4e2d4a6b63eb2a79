/* kstat of Solaris, in its long form ("module: unix  instance: 0") and with -p ("unix:0:system_pages:physmem 522272").
 * Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

/* "MODULE:INSTANCE:NAME:STATISTIC<tab>VALUE" */
static bool is_parseable(struct inq_span line)
{
	struct inq_span rest = line, key = inq_span_word(&rest);
	uint64_t instance;
	ptrdiff_t colon = inq_span_find(key, ":");
	if (colon <= 0 || !inq_span_word(&rest).length)
		return false;
	key = inq_span_after(key, (size_t)colon + 1);
	if (!inq_take_decimal(&key, &instance) || !inq_take_char(&key, ':'))
		return false;
	return inq_span_find(key, ":") > 0 && !inq_span_word(&rest).length;
}

static unsigned probe(const struct inq_view *head)
{
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	if (inq_span_starts(text.line, "module: ") && inq_span_find(text.line, "instance: ") > 0)
		return 90;
	if (!is_parseable(text.line))
		return 0;
	return inq_text_next(&text) && is_parseable(text.line) ? 50 : 30;
}

const struct inq_format inq_format_kstat = {
	.name = "kstat",
	.about = "kernel statistics of Solaris: kstat, kstat -p",
	.text = true,
	.probe = probe,
};
