/* $m and ::mappings of mdb, the Solaris debugger: BASE LIMIT SIZE NAME, in hexadecimal (illumos, mdb_cmds.c,
 * cmd_mappings). A name may be missing. */
#include "formats/maps/listing.h"

static bool is_header(struct inq_span line)
{
	return inq_span_starts(line, "BASE") && inq_span_find(line, "LIMIT") > 0 && inq_span_find(line, "SIZE") > 0;
}

/* Columns are as wide as a pointer of the target: 8 or 16 digits and a blank lie between the ends of two titles. */
static void take_bits(struct inq_listing *listing, struct inq_span header)
{
	enum { ILP32 = 9, LP64 = 17 };
	ptrdiff_t distance = inq_span_find(header, "LIMIT") + (ptrdiff_t)strlen("LIMIT") - (ptrdiff_t)strlen("BASE");
	if (distance == ILP32 || distance == LP64)
		inq_build_machine(listing->builder, 0, distance == LP64 ? 64 : 32, false);
}

/* Three hexadecimal numbers. Words of a language can be that too, so the numbers must be long or fit each other. */
static bool is_row(struct inq_columns *columns, struct inq_span line, struct inq_row *row)
{
	return inq_columns_row(columns, line, row) &&
	       ((row->end > row->start && row->end - row->start == row->printed_size) || inq_span_like_address(line));
}

static void default_columns(struct inq_columns *columns)
{
	static const char header[] = "BASE LIMIT SIZE NAME";
	inq_columns_header(columns, (struct inq_span) { header, sizeof header - 1 });
}

static enum inq_line mdb_line(struct inq_listing *listing, struct inq_span line)
{
	if (is_header(line)) {
		take_bits(listing, line);
		return inq_listing_header(listing, line);
	}
	if (!listing->columns.count)
		default_columns(&listing->columns);
	if (is_row(&listing->columns, line, &listing->row))
		return INQ_LINE_ROW;
	return inq_span_like_address(line) ? INQ_LINE_BAD : INQ_LINE_OTHER;
}

static unsigned probe(const struct inq_text *at)
{
	if (is_header(at->line))
		return 95;
	struct inq_columns columns;
	struct inq_row row;
	struct inq_span rest = at->line;
	uint64_t value;
	if (!inq_span_hex(inq_span_word(&rest), &value) || !inq_span_hex(inq_span_word(&rest), &value))
		return 0;
	inq_columns_begin(&columns, false);
	default_columns(&columns);
	bool fits = is_row(&columns, at->line, &row) && row.end - row.start == row.printed_size;
	return fits && row.printed_size ? 70 : 0;
}

static enum inq_status read_mappings(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .os = INQ_OS_SOLARIS, .line = mdb_line };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_mdb_mappings = {
	.name = "mdb-mappings",
	.about = "the address map that mdb prints for $m or ::mappings",
	.text = true,
	.begins = { INQ_DIGITS, INQ_HEX_LETTERS | INQ_CHARACTER('B') },
	.probe_line = probe,
	.read = read_mappings,
};
