/* procstat -v of FreeBSD (usr.bin/procstat/procstat_vm.c): PID START END PRT RES PRES REF SHD FLAG TP PATH, sizes in
 * pages. Before 9.1 the flags' column was called FL. */
#include "formats/maps/listing.h"

static bool is_header(struct inq_span line)
{
	struct inq_span rest = line;
	return inq_span_is(inq_span_word(&rest), "PID") && inq_span_is(inq_span_word(&rest), "START") &&
	       inq_span_is(inq_span_word(&rest), "END");
}

static bool is_row(struct inq_span line)
{
	struct inq_span rest = line, start, end;
	uint64_t pid;
	uint8_t permissions;
	if (!inq_span_decimal(inq_span_word(&rest), &pid))
		return false;
	start = inq_span_word(&rest);
	end = inq_span_word(&rest);
	return inq_span_starts(start, "0x") && inq_span_starts(end, "0x") &&
	       inq_span_permissions(inq_span_word(&rest), &permissions);
}

static enum inq_line procstat_line(struct inq_listing *listing, struct inq_span line)
{
	static const char header[] = "PID START END PRT RES PRES REF SHD FLAG TP PATH";
	if (is_header(line))
		return inq_listing_header(listing, line);
	if (!is_row(line))
		return INQ_LINE_OTHER;
	if (!listing->columns.count)
		inq_columns_header(&listing->columns, (struct inq_span) { header, sizeof header - 1 });
	return inq_columns_row(&listing->columns, line, &listing->row) ? INQ_LINE_ROW : INQ_LINE_BAD;
}

/* Every row tells the process. */
static void check(struct inq_listing *listing, const struct inq_row *row)
{
	if (listing->rows)
		return;
	inq_build_at(listing->builder, INQ_PLACE_LINE, row->line);
	inq_listing_process(listing->builder, row->pid, (struct inq_span) { "", 0 });
}

static unsigned probe(const struct inq_text *at)
{
	return is_header(at->line) ? 95 : is_row(at->line) ? 75 : 0;
}

static enum inq_status read_procstat(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .os = INQ_OS_FREEBSD, .line = procstat_line, .check = check };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_procstat_vm = {
	.name = "procstat-vm",
	.about = "the address map of a FreeBSD process: procstat -v",
	.text = true,
	.begins = { INQ_DIGITS, INQ_CHARACTER('P') },
	.probe_line = probe,
	.read = read_procstat,
};
