/* What a living JVM prints of its heap: `jcmd PID GC.heap_info`, jhsdb's and -XX:+PrintGCDetails' closing summary. jcmd prints
 * "PID:" first. Only where it begins and ends is seen to here: what the rows say is lib/jvm's (heap_text.c), as it is of the
 * section Heap of an hs_err log.
 *
 * Source: HotSpot, CollectedHeap::print_on and those of the collectors, of JDK 8 to 28. */
#include "formats/format.h"
#include "formats/text.h"

static const char *const beginnings[] = { "garbage-first heap", "def new generation", "DefNew", "par new generation",
					  "PSYoungGen",		"Shenandoah Heap",    NULL };
/* Rows that are not indented; since 25 no generation is. */
static const char *const others[] = { "Shenandoah Heap", "Status:", "Reserved region:", "Collection set:", "Tenured",
				      "ParOldGen",	 NULL };

enum { MOST_LINES = 64 };

static bool begins(struct inq_span line, const char *const *words)
{
	for (; *words; words++)
		if (inq_span_starts(line, *words))
			return true;
	return false;
}

static bool is_first(struct inq_span line)
{
	return begins(inq_span_skip_blanks(line), beginnings);
}

/* The cursor's line has lost the blanks that it began with. */
static bool is_row(const struct inq_text *text)
{
	char first = text->data[text->start];
	return text->line.length && (first == ' ' || first == '\t' || begins(text->line, others));
}

static bool is_pid(struct inq_span line, uint64_t *pid)
{
	struct inq_span rest = inq_span_trim_end(line);
	return inq_take_decimal(&rest, pid) && inq_span_is(rest, ":");
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	uint64_t pid;
	if (is_pid(text.line, &pid) && !inq_text_next(&text))
		return 0;
	return is_first(text.line) ? 80 : 0;
}

static void accept(struct inq_input *input, const struct inq_text *text)
{
	input->end = text->next;
	input->end_line = text->number + 1;
}

static enum inq_status read_info(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_text text = inq_text_begin(input->source->data, input->source->size, input->offset, input->line);
	uint64_t pid, start = UINT64_MAX;
	(void)ctx;
	for (unsigned i = 0; i < MOST_LINES && inq_text_next(&text); i++) {
		inq_build_at(builder, INQ_PLACE_LINE, text.number);
		if (start == UINT64_MAX && is_pid(text.line, &pid))
			inq_build_process(builder)->pid = builder->artefact->pid = pid;
		else if (start == UINT64_MAX && is_first(text.line))
			start = text.start;
		else if (start != UINT64_MAX && !is_row(&text))
			break;
		accept(input, &text);
	}
	if (start < input->end)
		builder->space->jvm_heap =
			inq_build_string(builder, (const char *)input->source->data + start, input->end - start);
	return INQ_OK;
}

const struct inq_format inq_format_jvm_heap_info = {
	.name = "jvm-heap-info",
	.about = "what a JVM says of its heap: jcmd PID GC.heap_info",
	.text = true,
	.probe_line = probe,
	.begins = { INQ_DIGITS, INQ_CHARACTER('g') | INQ_CHARACTER('d') | INQ_CHARACTER('D') | INQ_CHARACTER('p') |
					INQ_CHARACTER('P') | INQ_CHARACTER('S') },
	.read = read_info,
};
