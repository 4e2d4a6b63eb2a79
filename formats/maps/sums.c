/* The arithmetic of a listing: the sum of its rows against its total line. */
#include "formats/maps/sums.h"

#include <inttypes.h>
#include <stdio.h>

struct inq_kib inq_kib(uint64_t bytes)
{
	struct inq_kib kib = { "" };
	char digits[24];
	int count = snprintf(digits, sizeof digits, "%" PRIu64, bytes >> 10);
	size_t at = 0;
	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			kib.text[at++] = ',';
		kib.text[at++] = digits[i];
	}
	kib.text[at] = 'K';
	return kib;
}

void inq_listing_take_total(struct inq_listing *l, struct inq_span line)
{
	struct inq_span word;
	uint64_t bytes;
	l->total_count = 0;
	while ((word = inq_span_word(&line)).length && l->total_count < INQ_MOST_TOTALS) {
		if (inq_span_is(word, "-"))
			l->total[l->total_count++] = INQ_UNKNOWN;
		else if (inq_span_size(word, 1024, &bytes))
			l->total[l->total_count++] = bytes;
		else if (l->total_count)
			break; /* "mapped: 2924K    writeable/private: …" */
	}
}

static void tell_missing(struct inq_listing *l, uint64_t sum, uint64_t total)
{
	if (sum < total) {
		inq_warn(l->ctx, INQ_PLACE_LINE, l->text.number,
			 "the rows add up to %s of %s: rows were left out by whoever made this listing",
			 inq_kib(sum).text, inq_kib(total).text);
		l->builder->artefact->partial = true;
	} else {
		inq_warn(l->ctx, INQ_PLACE_LINE, l->text.number,
			 "the rows add up to %s, more than the total of %s; the rows were believed", inq_kib(sum).text,
			 inq_kib(total).text);
	}
}

/* The other columns, where the sizes fit: a figure of some row was changed or misread. */
static void check_columns(struct inq_listing *l, int column)
{
	const struct inq_columns *columns = &l->columns;
	for (size_t i = 1; i < l->total_count; i++) {
		column = inq_columns_summed(columns, column + 1);
		if (column < 0)
			return;
		if (l->total[i] != INQ_UNKNOWN && l->total[i] != columns->sums[column])
			inq_warn(l->ctx, INQ_PLACE_LINE, l->text.number,
				 "the column %.*s adds up to %s, but the total says %s; the rows were believed",
				 (int)columns->titles[column].length, columns->titles[column].text,
				 inq_kib(columns->sums[column]).text, inq_kib(l->total[i]).text);
	}
}

void inq_listing_check_sums(struct inq_listing *l)
{
	if (!l->total_count || l->total[0] == INQ_UNKNOWN)
		return;
	/* procps 4.0 goes on adding from one process to the next: only the first total of a -X listing is true. */
	if (l->columns.sums_run_on && l->input->offset > 0 && l->total[0] > l->sum)
		return;
	if (l->sum != l->total[0])
		tell_missing(l, l->sum, l->total[0]);
	else if (inq_columns_size(&l->columns) >= 0 && l->columns.titles[0].length)
		check_columns(l, inq_columns_size(&l->columns));
}
