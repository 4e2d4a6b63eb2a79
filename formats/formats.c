/* The table of formats, and the detection by content. */
#include "formats/format.h"

#include "formats/text.h"
#include "lib/base/block.h"
#include "lib/base/str.h"

#include <string.h>

static const struct inq_format *const formats[] = {
#define INQ_FORMAT(name) &inq_format_##name,
#include "formats/formats.def"
#undef INQ_FORMAT
};

enum { FORMAT_COUNT = sizeof formats / sizeof *formats, HEAD_SIZE = 64 << 10 };

size_t inq_format_count(void)
{
	return FORMAT_COUNT;
}

const struct inq_format *inq_format_row(size_t index)
{
	return index < FORMAT_COUNT ? formats[index] : NULL;
}

const struct inq_format *inq_format_by_name(const char *name)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

/* Of equal ones the first. */
struct best {
	const struct inq_format *format;
	unsigned score;
};

static void weigh(struct best *best, const struct inq_format *format, unsigned score)
{
	if (score > best->score)
		*best = (struct best) { format, score };
}

static const struct inq_format *best_binary(const struct inq_view *head)
{
	struct best best = { 0 };
	for (size_t i = 0; i < FORMAT_COUNT; i++)
		if (formats[i]->probe)
			weigh(&best, formats[i], formats[i]->probe(head));
	return best.format;
}

static bool may_begin(const struct inq_format *format, char first)
{
	bool any = !(format->begins.low | format->begins.high);
	return any || inq_characters_have(format->begins, first);
}

/* What was seen by the last look, and whose it was. */
struct look {
	unsigned (*of)(const struct inq_text *at);
	unsigned seen;
};

static unsigned score_of(const struct inq_format *format, const struct inq_text *at, struct look *look)
{
	enum { SCORE_OF_LOOK = 80 };
	if (format->probe_line)
		return format->probe_line(at);
	if (format->look && format->look != look->of)
		*look = (struct look) { format->look, format->look(at) };
	return format->look && look->seen == format->looks ? SCORE_OF_LOOK : 0;
}

static const struct inq_format *best_at_line(const struct inq_text *at)
{
	struct best best = { 0 };
	struct look look = { 0 };
	for (size_t i = 0; at->line.length && i < FORMAT_COUNT; i++)
		if (may_begin(formats[i], at->line.text[0]))
			weigh(&best, formats[i], score_of(formats[i], at, &look));
	return best.format;
}

const struct inq_format *inq_format_at_line(struct inq_input *input, const struct inq_text *at)
{
	struct inq_text head = *at;
	if (head.size - head.start > HEAD_SIZE)
		head.size = head.start + HEAD_SIZE;
	const struct inq_format *found = best_at_line(&head);
	if (found) {
		input->next = found;
		input->next_start = at->start;
	}
	return found;
}

/* 8 or 1, when so many bytes are printable characters of ASCII or ends of lines; 0 when the first one is not. Of eight bytes the
 * highest bit of one is set at last when it is below ' ', or DEL or above. */
static size_t printable_at(const char *at, size_t left)
{
	const uint64_t ones = UINT64_MAX / 0xff;
	if (left >= 8) {
		uint64_t bytes = inq_eight_at(at);
		if (!(((bytes - ones * ' ') | bytes | (bytes + ones)) & ones * 0x80))
			return 8;
	}
	return (*at >= ' ' && *at < 0x7f) || *at == '\n' || *at == '\t' || *at == '\r';
}

/* Bytes at random have something like a frame of a stack in every other kilobyte. A text has hardly a byte that is neither
 * printable nor a blank nor part of a UTF-8 sequence, whoever wrote it. */
static bool may_be_text(const struct inq_view *head, uint64_t most)
{
	enum { MOST_ODD = 4 /* one in so many */ };
	const char *bytes = (const char *)head->data;
	size_t size = head->size < most ? (size_t)head->size : (size_t)most, odd = 0;
	for (size_t i = 0, step; i < size; i += step) {
		step = printable_at(bytes + i, size - i);
		if (step)
			continue;
		step = inq_utf8_length(bytes + i, head->size - i);
		bool control = step == 1 && ((uint8_t)bytes[i] < ' ' || bytes[i] == 0x7f);
		odd += !step || (control && !memchr("\t\n\f\r\33", bytes[i], 5));
		step += !step;
	}
	return odd <= size / MOST_ODD;
}

/* A file of many small listings is asked for each of them: first a few bytes, then what stands before the listing. */
const struct inq_format *inq_format_detect(const struct inq_input *input)
{
	enum { FEW = 64, SAMPLE = 4096 };
	const struct inq_source *source = input->source;
	const struct inq_view whole = { .data = source->data, .size = source->size, .word = 8 };
	const struct inq_view head = inq_view_clip(&whole, input->offset, HEAD_SIZE);
	const struct inq_format *found = best_binary(&head);
	struct inq_text text = inq_text_of(&head);
	if (found || !may_be_text(&head, FEW))
		return found;
	while (!found && inq_text_next(&text))
		if (!text.binary)
			found = input->next && input->offset + text.start == input->next_start ? input->next
											       : best_at_line(&text);
	return may_be_text(&head, text.next < SAMPLE ? text.next : SAMPLE) ? found : NULL;
}

uint64_t inq_format_beginning(const struct inq_view *head)
{
	const struct inq_format *format = best_binary(head); /* a text is looked through */
	return format && format->beginning ? format->beginning(head) : 0;
}

bool inq_format_plan(const struct inq_view *head, bool last, uint64_t memory, struct inq_keep_plan *plan)
{
	const struct inq_source source = { .data = head->data, .size = head->size };
	const struct inq_input input = { .source = &source };
	const struct inq_format *format = inq_format_detect(&input);
	if (format && format->plan && format->plan(head, last, memory, plan))
		return true;
	if (!last && plan->need > head->size)
		return false;
	plan->ranges.count = 0;
	plan->size = memory;
	plan->open_end = true;
	struct inq_range *beginning = inq_range_vec_push(&plan->ranges);
	if (beginning)
		beginning->end = memory;
	return true;
}

void inq_format_skip(struct inq_input *input)
{
	const struct inq_source *source = input->source;
	struct inq_text text = inq_text_begin(source->data, source->size, input->offset, input->line);
	bool first = true;
	while (inq_text_next(&text)) {
		const struct inq_format *format = first || !text.line.length ? NULL : inq_format_at_line(input, &text);
		first = false;
		if (!format || !format->read)
			continue;
		input->end = text.start;
		input->end_line = text.number;
		return;
	}
}
