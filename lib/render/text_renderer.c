/* The text renderer: which document is made by whom. */
#include "lib/render/renderer.h"

#include "lib/base/arena.h"
#include "lib/render/text.h"

#include <stdlib.h>

static enum inq_status render(enum inq_document document, const struct inq_report *report,
			      const struct inq_output *output)
{
	struct inq_text text;
	inq_text_init(&text, report, output);
	switch (document) {
	case INQ_DOCUMENT_REPORT:
		inq_text_report(&text);
		break;
	case INQ_DOCUMENT_MAP:
		inq_text_map(&text);
		break;
	case INQ_DOCUMENT_MAP_SUMMARY:
		inq_text_summary(&text);
		break;
	case INQ_DOCUMENT_IDENTIFY:
		inq_text_identify(&text);
		break;
	case INQ_DOCUMENT_STACK:
	case INQ_DOCUMENT_STACK_ALL:
		inq_text_stacks(&text, document == INQ_DOCUMENT_STACK_ALL);
		break;
	case INQ_DOCUMENT_STACK_UNIQUE:
		inq_text_unique_stacks(&text);
		break;
	case INQ_DOCUMENT_JVM:
		inq_text_jvm(&text);
		inq_text_histogram(&text);
		break;
	case INQ_DOCUMENT_KMEM:
		inq_text_kmem(&text);
		break;
	case INQ_DOCUMENT_HEAP:
		inq_text_heap(&text);
		break;
	case INQ_DOCUMENT_WHERE: /* comes through begin, location, end */
		break;
	}
	return inq_text_finish(&text);
}

static enum inq_status render_diff(const struct inq_diff *diff, const struct inq_output *output)
{
	static const struct inq_report none;
	struct inq_text text;
	inq_text_init(&text, &none, output);
	inq_text_diff(&text, diff);
	return inq_text_finish(&text);
}

static void *begin(const struct inq_report *report, const struct inq_output *output)
{
	struct inq_text *text = inq_alloc(sizeof(*text));
	if (text)
		inq_text_init(text, report, output);
	return text;
}

static bool answer(void *state, const struct inq_location *location)
{
	struct inq_text *text = state;
	inq_text_answer(text, location);
	return !text->stopped;
}

static bool flush(void *state)
{
	return inq_text_flush(state);
}

static enum inq_status end(void *state)
{
	enum inq_status status = inq_text_finish(state);
	free(state);
	return status;
}

const struct inq_renderer inq_renderer_text = { "text",
						render,
						render_diff,
						begin,
						answer,
						flush,
						end,
						inq_text_triage_result,
						inq_text_triage_sums,
						inq_text_triage_group };
