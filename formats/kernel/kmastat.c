/* ::kmastat of mdb -k: recognised by its first header line. Not read yet. */
#include "formats/format.h"
#include "formats/text.h"

static unsigned probe(const struct inq_view *head)
{
	static const char *const words[] = { "cache", "buf", "buf", "buf", "memory", "alloc", "alloc" };
	struct inq_text text = inq_text_of(head);
	if (!inq_text_next(&text))
		return 0;
	struct inq_span rest = text.line;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!inq_span_is(inq_span_word(&rest), words[i]))
			return 0;
	return 90;
}

const struct inq_format inq_format_kmastat = {
	.name = "kmastat",
	.about = "the kernel allocator's caches that mdb prints for ::kmastat",
	.text = true,
	.probe = probe,
};
