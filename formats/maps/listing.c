/* The frame of address-map listings: where one begins and ends, names on the next line, into the model. */
#include "formats/maps/listing.h"

#include "formats/maps/sums.h"

#include <inttypes.h>

enum {
	MOST_TITLES = 16,     /* lines around a listing that are kept */
	MOST_TITLE = 512,     /* bytes of each */
	MOST_WRAPPED = 64,    /* lines that one command line may be wrapped over */
	MOST_ODD_LINES = 256, /* of lines that are not rows, before the listing is taken to have ended */
	MOST_ROWS = 1 << 20,  /* what is longer is taken in pieces */
	LOOK_AHEAD = 3	      /* rows that must go up where a listing begins anew without a title */
};

struct inq_listing inq_listing_begin(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				     const struct inq_grammar *grammar)
{
	struct inq_listing listing = { .ctx = ctx, .input = input, .builder = builder, .grammar = grammar };
	listing.text = inq_text_begin(input->source->data, input->source->size, input->offset, input->line);
	listing.columns.dash_is_zero = grammar->dash_is_zero;
	listing.pid = INQ_UNKNOWN;
	inq_build_os(builder, grammar->os);
	return listing;
}

/* This line belongs to the listing: the next listing begins after it. */
static void accept_line(struct inq_listing *l)
{
	l->input->end = l->text.next;
	l->input->end_line = l->text.number + 1;
}

/* ---- what stands around the rows ---- */

static void keep_title(struct inq_listing *l)
{
	struct inq_string_vec *titles = &l->builder->space->titles;
	struct inq_span line = l->text.line;
	if (l->rows || l->text.binary || titles->count >= MOST_TITLES)
		return;
	const char *copy = inq_build_string(l->builder, line.text, line.length < MOST_TITLE ? line.length : MOST_TITLE);
	const char **slot = copy ? inq_string_vec_push(titles) : NULL;
	if (slot)
		*slot = copy;
}

/* A long command line may be wrapped: its other lines follow the title at once, before header and rows. */
static bool extend_title(struct inq_listing *l)
{
	struct inq_process *process = &l->builder->space->process;
	uint64_t next = l->title_line + l->title_more + 1;
	if (l->columns.count || !l->title_line || l->text.number != next || l->title_more >= MOST_WRAPPED)
		return false;
	if (!process->args || strlen(process->args) >= INQ_LINE_MOST)
		return false;
	char *joined =
		inq_arena_printf(l->ctx->arena, "%s %.*s", process->args, (int)l->text.line.length, l->text.line.text);
	if (!joined)
		l->status = inq_no_memory(l->ctx);
	process->args = joined ? joined : process->args;
	l->title_more++;
	return true;
}

static bool has_rows(const struct inq_listing *l)
{
	return l->rows || l->pending.line;
}

static bool take_title(struct inq_listing *l)
{
	if (has_rows(l))
		return false;
	inq_build_at(l->builder, INQ_PLACE_LINE, l->text.number);
	inq_listing_process(l->builder, l->pid, l->args);
	keep_title(l);
	l->title_line = l->text.number;
	l->title_more = 0;
	return true;
}

/* ---- where a listing ends ---- */

/* The rows after this one go up from it: so a second listing begins here, and the rows are not merely unsorted. */
static bool goes_up_from_here(const struct inq_listing *l)
{
	struct inq_listing ahead = *l;
	uint64_t last = l->row.start;
	for (int i = 0; i < LOOK_AHEAD && inq_text_next(&ahead.text); i++) {
		if (ahead.grammar->line(&ahead, ahead.text.line) != INQ_LINE_ROW)
			continue;
		if (ahead.row.start < last)
			return false;
		last = ahead.row.start;
	}
	return true;
}

static bool begins_anew(const struct inq_listing *l)
{
	if (!has_rows(l))
		return false;
	const struct inq_row *before = &l->pending;
	if (l->row.pid != before->pid)
		return true;
	if (l->row.start >= before->start)
		return false;
	uint64_t first = l->rows ? l->first : before->start;
	if (l->row.start <= first)
		return goes_up_from_here(l);
	return l->separated && !l->disordered && goes_up_from_here(l);
}

/* The listing of another kind begins at this line. */
static bool another_begins(const struct inq_listing *l)
{
	return inq_format_at_line(l->input, &l->text) != NULL;
}

static bool join_name(struct inq_listing *l)
{
	struct inq_span line = l->text.line, rest = line;
	if (!l->pending.line || l->pending.name.length || l->pending.line + 1 != l->text.number)
		return false;
	bool word = l->grammar->named && inq_span_word(&rest).length == line.length;
	if (!word && !inq_span_is_name(line))
		return false;
	l->pending.name = line;
	return true;
}

static bool take_other(struct inq_listing *l)
{
	if (!has_rows(l)) {
		if (!extend_title(l))
			keep_title(l);
		return true;
	}
	if (join_name(l)) {
		accept_line(l);
		return true;
	}
	l->separated = true;
	if (!l->odd_count)
		l->odd_line = l->text.number;
	return ++l->odd_count <= MOST_ODD_LINES && !another_begins(l);
}

/* ---- the rows ---- */

/* Lines stood between two rows that are neither rows nor marks: they may have been rows. */
static void tell_odd_lines(struct inq_listing *l)
{
	if (l->odd_count == 1)
		inq_warn(l->ctx, INQ_PLACE_LINE, l->odd_line, "this line is not a row of the listing; it was skipped");
	else if (l->odd_count)
		inq_warn(l->ctx, INQ_PLACE_LINE, l->odd_line,
			 "%" PRIu64 " lines from here on are not rows of the listing; they were skipped", l->odd_count);
	l->odd_count = 0;
}

void inq_listing_add(struct inq_listing *l, const struct inq_row *row)
{
	inq_listing_flush(l);
	l->pending = *row;
	l->pending.line = l->text.number;
	l->separated = false;
}

static bool take_row(struct inq_listing *l)
{
	if (begins_anew(l))
		return false;
	if (l->rows == MOST_ROWS) {
		inq_warn(l->ctx, INQ_PLACE_LINE, l->text.number,
			 "more than %d rows; what follows was taken as a listing of its own", MOST_ROWS);
		return false;
	}
	tell_odd_lines(l);
	inq_columns_add(&l->columns);
	inq_listing_add(l, &l->row);
	if (l->text.cut)
		inq_warn(l->ctx, INQ_PLACE_LINE, l->text.number,
			 "the line is longer than %d bytes; only its beginning was read", INQ_LINE_MOST);
	accept_line(l);
	return true;
}

static bool take_bad(struct inq_listing *l)
{
	if (has_rows(l) && another_begins(l))
		return false;
	inq_warn(l->ctx, INQ_PLACE_LINE, l->text.number, "this row cannot be read; it was left out");
	l->builder->artefact->partial = true;
	l->separated = true;
	if (has_rows(l))
		accept_line(l);
	return true;
}

/* False when the listing has ended; the line is then not of it, but for a total, which has been accepted. */
static bool take_line(struct inq_listing *l)
{
	struct inq_span line = l->text.line;
	if (!line.length || inq_span_is_rule(line)) {
		l->separated = true;
		return true;
	}
	if (inq_span_is_elision(line)) {
		l->elided = has_rows(l) ? l->text.number : 0;
		l->separated = true;
		return true;
	}
	switch (l->text.binary ? INQ_LINE_OTHER : l->grammar->line(l, line)) {
	case INQ_LINE_ROW:
		return take_row(l);
	case INQ_LINE_MORE:
		accept_line(l);
		return true;
	case INQ_LINE_TITLE:
		return take_title(l);
	case INQ_LINE_HEADER:
		return !has_rows(l);
	case INQ_LINE_TOTAL:
		if (!has_rows(l))
			return true; /* of a process without mappings: a kernel thread */
		accept_line(l);
		return false;
	case INQ_LINE_BAD:
		return take_bad(l);
	case INQ_LINE_OTHER:
		break;
	}
	return take_other(l);
}

enum inq_status inq_listing_finish(struct inq_listing *l)
{
	inq_listing_flush(l);
	struct inq_artefact *artefact = l->builder->artefact;
	inq_listing_check_sums(l);
	if (l->elided) {
		inq_warn(l->ctx, INQ_PLACE_LINE, l->elided, "rows were left out here by whoever made this listing");
		artefact->partial = true;
	}
	if (l->highest > (uint64_t)UINT32_MAX + 1 && !artefact->machine.bits)
		inq_build_machine(l->builder, 0, 64, false);
	if (l->status != INQ_OK)
		return l->status;
	return artefact->partial ? INQ_PARTIAL : INQ_OK;
}

enum inq_status inq_listing_read(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder,
				 const struct inq_grammar *grammar)
{
	struct inq_listing listing = inq_listing_begin(ctx, input, builder, grammar);
	while (listing.status == INQ_OK && inq_text_next(&listing.text) && take_line(&listing))
		;
	if (!has_rows(&listing) && listing.status == INQ_OK) {
		inq_warn(ctx, INQ_PLACE_LINE, input->line, "no row of this listing could be read; check the kind");
		return INQ_UNUSABLE;
	}
	return inq_listing_finish(&listing);
}

enum inq_line inq_listing_header(struct inq_listing *l, struct inq_span line)
{
	struct inq_columns found = { .dash_is_zero = l->grammar->dash_is_zero };
	if (!inq_columns_header(&found, line))
		return INQ_LINE_OTHER;
	if (!has_rows(l))
		l->columns = found;
	return INQ_LINE_HEADER;
}

enum inq_line inq_listing_row(struct inq_listing *l, struct inq_span line)
{
	if (l->columns.count && inq_columns_row(&l->columns, line, &l->row))
		return INQ_LINE_ROW;
	return inq_span_like_address(line) ? INQ_LINE_BAD : INQ_LINE_OTHER;
}
