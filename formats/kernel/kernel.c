/* The frame of the kernel's tables: which lines belong to one, and the numbers in them. */
#include "formats/kernel/kernel.h"

#include "lib/base/checked.h"

#include <inttypes.h>

enum { MOST_ODD = 16, MOST_BAD_TOLD = 5 };

struct inq_kernel_listing inq_kernel_begin(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_kernel_listing listing = { .ctx = ctx, .input = input, .builder = builder };
	listing.text = inq_text_begin(input->source->data, input->source->size, input->offset, input->line);
	input->end = input->offset;
	inq_build_os(builder, INQ_OS_SOLARIS);
	return listing;
}

void inq_kernel_accept(struct inq_kernel_listing *listing)
{
	listing->input->end = listing->text.next;
	listing->input->end_line = listing->text.number + 1;
	listing->odd = 0;
}

bool inq_kernel_next(struct inq_kernel_listing *listing)
{
	while (inq_text_next(&listing->text)) {
		struct inq_span line = listing->text.line;
		inq_build_at(listing->builder, INQ_PLACE_LINE, listing->text.number);
		if (inq_span_is_elision(line)) {
			listing->elided = true;
			inq_kernel_accept(listing);
		} else if (line.length && !inq_span_is_rule(line)) {
			return true;
		}
	}
	return false;
}

bool inq_kernel_find(struct inq_kernel_listing *listing, bool (*is_heading)(struct inq_span line))
{
	while (inq_kernel_next(listing))
		if (is_heading(listing->text.line)) {
			inq_kernel_accept(listing);
			return true;
		}
	return false;
}

bool inq_kernel_pass(struct inq_kernel_listing *listing)
{
	return ++listing->odd < MOST_ODD && !inq_format_at_line(listing->input, &listing->text);
}

void inq_kernel_bad_row(struct inq_kernel_listing *listing, const char *what)
{
	if (listing->bad++ < MOST_BAD_TOLD)
		inq_warn(listing->ctx, INQ_PLACE_LINE, listing->text.number, "%s; the line was left out", what);
}

enum inq_status inq_kernel_end(const struct inq_kernel_listing *listing)
{
	if (listing->bad > MOST_BAD_TOLD)
		inq_warn(listing->ctx, INQ_PLACE_NONE, 0, "%u lines more could not be read",
			 listing->bad - MOST_BAD_TOLD);
	return listing->bad || listing->elided ? INQ_PARTIAL : INQ_OK;
}

unsigned inq_kernel_column(const struct inq_kernel_listing *listing)
{
	unsigned column = 0;
	for (const char *at = listing->text.data + listing->text.start; at < listing->text.line.text; at++)
		if (*at == '\t')
			column = (column | 7) + 1;
		else
			column += ((uint8_t)*at & 0xc0) != 0x80; /* a no-break space has two bytes */
	return column;
}

size_t inq_kernel_words(struct inq_span line, struct inq_span *ret)
{
	return inq_span_words(line, ret, INQ_KERNEL_WORDS);
}

struct inq_span inq_kernel_span(struct inq_span line, struct inq_span last)
{
	return (struct inq_span) { line.text, (size_t)(last.text + last.length - line.text) };
}

static uint64_t unit_of(char letter)
{
	static const char letters[] = "bkmgtpe";
	for (unsigned i = 0; letters[i]; i++)
		if ((letter | 0x20) == letters[i])
			return UINT64_C(1) << 10 * i;
	return 0;
}

bool inq_kernel_size(struct inq_span word, uint64_t *ret, uint64_t *unit)
{
	uint64_t whole, tenth = 1, part = 0, scale;
	if (!inq_take_decimal(&word, &whole))
		return false;
	if (inq_take_char(&word, '.'))
		for (; word.length && *word.text >= '0' && *word.text <= '9'; word = inq_span_after(word, 1))
			if (tenth < 1000000) {
				part = part * 10 + (uint64_t)(*word.text - '0');
				tenth *= 10;
			}
	*unit = word.length ? unit_of(*word.text) : 0;
	scale = *unit ? *unit : 1;
	if (word.length > 1 || (word.length && !*unit) || !inq_mul(whole, scale, ret))
		return false;
	/* part < 10^6 and scale ≤ 2^60: the fraction of the unit without overflow. */
	uint64_t fraction = scale / tenth * part + scale % tenth * part / tenth;
	return inq_add(*ret, fraction, ret);
}

bool inq_kernel_percent(struct inq_span word, uint64_t *permille)
{
	uint64_t whole, digit = 0;
	if (!inq_take_decimal(&word, &whole) || whole > 100000)
		return false;
	if (inq_take_char(&word, '.') && word.length && *word.text >= '0' && *word.text <= '9') {
		digit = (uint64_t)(*word.text - '0');
		word = inq_span_after(word, 1);
	}
	*permille = whole * 10 + digit;
	return inq_take_char(&word, '%');
}
