/* Lines, columns, paragraphs and blocks of text. */
#include "lib/render/text.h"

#include <string.h>

enum { BLOCK = 1 << 16, NARROWEST = 40 };

/* Digits of an address in a table: 12 on the usual 64-bit system, whose few addresses above that (Linux's vsyscall) then
 * stick out of their row. */
static unsigned address_digits(const struct inq_report *report)
{
	if (!report->region_count)
		return 16;
	uint64_t typical = report->regions[report->region_count / 2].start;
	uint64_t highest = report->regions[report->region_count - 1].end - 1;
	if (highest <= UINT32_MAX && report->process.bits != 64)
		return 8;
	return typical >> 48 ? 16 : 12;
}

void inq_text_init(struct inq_text *text, const struct inq_report *report, const struct inq_output *output)
{
	*text = (struct inq_text) { .output = output, .report = report, .digits = address_digits(report) };
	text->width = output->width == 0 ? 80 : output->width < NARROWEST ? NARROWEST : output->width;
}

bool inq_text_flush(struct inq_text *text)
{
	if (text->str.length && !text->stopped)
		text->stopped = !text->output->write(text->output->data, text->str.text, text->str.length);
	text->str.length = text->line = 0;
	return !text->stopped;
}

enum inq_status inq_text_finish(struct inq_text *text)
{
	bool lost = text->str.failed || text->work.failed;
	bool written = inq_text_flush(text);
	inq_str_release(&text->str);
	inq_str_release(&text->work);
	return !written ? INQ_UNUSABLE : lost ? INQ_NO_MEMORY : INQ_OK;
}

void inq_text_newline(struct inq_text *text)
{
	inq_str_putc(&text->str, '\n');
	text->line = text->str.length;
	if (text->str.length >= BLOCK)
		inq_text_flush(text);
}

unsigned inq_columns(const char *bytes, size_t length)
{
	unsigned columns = 0;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\033') /* a colour of ours: names hold no escape */
			while (i < length && bytes[i] != 'm')
				i++;
		else if (((unsigned char)bytes[i] & 0xc0) != 0x80)
			columns++;
	}
	return columns;
}

static unsigned column(const struct inq_text *text)
{
	return text->str.length == text->line ? 0
					      : inq_columns(text->str.text + text->line, text->str.length - text->line);
}

void inq_text_pad(struct inq_text *text, unsigned to)
{
	static const char spaces[] = "                                ";
	unsigned at = column(text);
	unsigned need = at < to ? to - at : at > 0;
	while (need) {
		unsigned step = need < sizeof(spaces) - 1 ? need : (unsigned)sizeof(spaces) - 1;
		inq_str_add(&text->str, spaces, step);
		need -= step;
	}
}

static const char *color_code(enum inq_color color)
{
	switch (color) {
	case INQ_COLOR_BOLD:
		return "\033[1m";
	case INQ_COLOR_LABEL:
		return "\033[36m";
	case INQ_COLOR_GOOD:
		return "\033[32m";
	case INQ_COLOR_DOUBT:
		return "\033[33m";
	case INQ_COLOR_BAD:
		return "\033[31m";
	case INQ_COLOR_NONE:
		break;
	}
	return NULL;
}

static void put_colored(struct inq_text *text, enum inq_color color, const char *bytes, size_t length)
{
	const char *code = text->output->color ? color_code(color) : NULL;
	if (code)
		inq_str_puts(&text->str, code);
	inq_str_add(&text->str, bytes, length);
	if (code)
		inq_str_puts(&text->str, "\033[0m");
}

void inq_text_color(struct inq_text *text, enum inq_color color, const char *words)
{
	put_colored(text, color, words, strlen(words));
}

void inq_text_right(struct inq_text *text, unsigned to, const char *word)
{
	unsigned columns = inq_columns(word, strlen(word));
	inq_text_pad(text, columns < to ? to - columns : 0);
	inq_str_puts(&text->str, word);
}

/* How many bytes of `words` fit into `room` columns, broken at a space; a word longer than that stays whole. */
static size_t fitting(const char *words, size_t length, unsigned room)
{
	size_t best = 0;
	unsigned columns = 0;
	for (size_t at = 0; at < length;) {
		const char *blank = memchr(words + at, ' ', length - at);
		size_t end = blank ? (size_t)(blank - words) : length;
		columns += inq_columns(words + at, end - at);
		if (columns > room)
			return best ? best : end;
		if (end > at) /* of two blanks the first would be left at the line's end */
			best = end;
		at = end + 1;
		columns++;
	}
	return length;
}

void inq_text_wrap(struct inq_text *text, unsigned indent, enum inq_color color)
{
	const char *words = text->work.text;
	size_t left = text->work.length;
	inq_text_pad(text, indent);
	while (left) {
		unsigned at = column(text);
		size_t step = fitting(words, left, at < text->width ? text->width - at : 1);
		put_colored(text, color, words, step);
		words += step;
		left -= step;
		while (left && *words == ' ') {
			words++;
			left--;
		}
		if (left) {
			inq_text_newline(text);
			inq_text_pad(text, indent);
		}
	}
	text->work.length = 0;
}

void inq_text_paragraph(struct inq_text *text, const char *label)
{
	if (*label) {
		inq_text_pad(text, INQ_TEXT_INDENT);
		inq_text_color(text, INQ_COLOR_LABEL, label);
	}
	inq_text_wrap(text, INQ_TEXT_LABEL, INQ_COLOR_NONE);
	inq_text_newline(text);
}

enum inq_color inq_confidence_color(enum inq_confidence confidence)
{
	switch (confidence) {
	case INQ_CERTAIN:
		return INQ_COLOR_GOOD;
	case INQ_LIKELY:
	case INQ_POSSIBLE:
		return INQ_COLOR_DOUBT;
	}
	return INQ_COLOR_NONE;
}
