/* `memory region --all` of lldb (lldb/source/Commands/CommandObjectMemory.cpp, DumpRegion):
 * "[0xSTART-0xEND) rwx NAME SECTION". Holes are printed as rows too, with --- and without a name. */
#include "formats/maps/listing.h"

/* The section follows the name: PT_LOAD[0] in ELF, __TEXT in Mach-O. */
static struct inq_span without_section(struct inq_span name)
{
	const char *blank = name.length ? memrchr(name.text, ' ', name.length) : NULL;
	struct inq_span last = blank ? inq_span_after(name, (size_t)(blank - name.text) + 1) : name;
	if (!inq_span_starts(last, "PT_") && !inq_span_starts(last, "__"))
		return name;
	name.length -= last.length;
	return inq_span_trim_end(name);
}

static bool read_row(struct inq_span line, struct inq_row *row)
{
	struct inq_span rest = line;
	*row = inq_row_unknown();
	if (!inq_take_char(&rest, '[') || !inq_span_starts(rest, "0x") || !inq_take_hex(&rest, &row->start) ||
	    !inq_take_char(&rest, '-') || !inq_take_hex(&rest, &row->end) || !inq_take_char(&rest, ')'))
		return false;
	if (!inq_span_permissions(inq_span_word(&rest), &row->permissions))
		return false;
	row->name = without_section(inq_span_skip_blanks(rest));
	return true;
}

static enum inq_line lldb_line(struct inq_listing *listing, struct inq_span line)
{
	if (!read_row(line, &listing->row))
		return inq_span_starts(line, "[0x") ? INQ_LINE_BAD : INQ_LINE_OTHER;
	bool hole = listing->row.permissions == INQ_PERM_KNOWN && !listing->row.name.length;
	return hole ? INQ_LINE_MORE : INQ_LINE_ROW;
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_row row;
	return read_row(at->line, &row) ? 85 : 0;
}

static enum inq_status read_regions(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .line = lldb_line };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_lldb_regions = {
	.name = "lldb-regions",
	.about = "the address map that lldb prints for `memory region --all`",
	.text = true,
	.begins = { 0, INQ_CHARACTER('[') },
	.probe_line = probe,
	.read = read_regions,
};
