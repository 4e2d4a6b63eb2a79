/* `info proc mappings` of gdb (gdb/linux-tdep.c, linux_info_proc): Start Addr, End Addr, Size, Offset, from 12.1 on
 * Perms, and the file. */
#include "formats/maps/listing.h"

static bool is_header(struct inq_span line)
{
	return inq_span_starts(line, "Start Addr") && inq_span_find(line, "End Addr") > 0;
}

static bool is_row(struct inq_span line, bool *has_permissions)
{
	struct inq_span rest = line;
	uint64_t value;
	uint8_t permissions;
	for (int i = 0; i < 4; i++) {
		struct inq_span word = inq_span_word(&rest);
		if (!inq_span_starts(word, "0x") || !inq_span_hex(word, &value))
			return false;
	}
	*has_permissions = inq_span_permissions(inq_span_word(&rest), &permissions);
	return true;
}

static void default_columns(struct inq_columns *columns, bool has_permissions)
{
	const char *header = has_permissions ? "Start End Size Offset Perms objfile" : "Start End Size Offset objfile";
	inq_columns_header(columns, (struct inq_span) { header, strlen(header) });
}

static enum inq_line gdb_line(struct inq_listing *listing, struct inq_span line)
{
	bool has_permissions;
	if (is_header(line))
		return inq_listing_header(listing, line);
	if (inq_span_starts(line, "process ")) {
		listing->args = (struct inq_span) { line.text, 0 };
		if (inq_span_decimal(inq_span_after(line, strlen("process ")), &listing->pid))
			return INQ_LINE_TITLE;
	}
	if (!is_row(line, &has_permissions))
		return inq_span_starts(line, "0x") ? INQ_LINE_BAD : INQ_LINE_OTHER;
	if (!listing->columns.count)
		default_columns(&listing->columns, has_permissions);
	return inq_columns_row(&listing->columns, line, &listing->row) ? INQ_LINE_ROW : INQ_LINE_BAD;
}

static bool begins(struct inq_span line)
{
	struct inq_columns columns;
	struct inq_row row;
	bool has_permissions;
	if (is_header(line))
		return true;
	if (!is_row(line, &has_permissions))
		return false;
	inq_columns_begin(&columns, false);
	default_columns(&columns, has_permissions);
	return inq_columns_row(&columns, line, &row) && row.end - row.start == row.printed_size;
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_text text = *at;
	bool title = inq_span_starts(text.line, "process ") || inq_span_starts(text.line, "Mapped address spaces");
	for (int i = 0; title && i < 4 && inq_text_next(&text); i++)
		if (is_header(text.line))
			return 90;
	return !title && begins(text.line) ? 90 : 0;
}

static enum inq_status read_mappings(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .line = gdb_line };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_gdb_mappings = {
	.name = "gdb-mappings",
	.about = "the address map that gdb prints for `info proc mappings`",
	.text = true,
	.begins = { INQ_CHARACTER('0'), INQ_CHARACTER('p') | INQ_CHARACTER('M') | INQ_CHARACTER('S') },
	.probe_line = probe,
	.read = read_mappings,
};
