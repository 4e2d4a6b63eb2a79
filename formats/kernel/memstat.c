/* ::memstat of mdb -k, of Solaris 8 to 11.4, illumos and SmartOS. One tolerant reader: the heading tells whether the third
 * column is megabytes or bytes with a unit; a row is a label, pages, that size, and percentages. The page size is the one
 * with which all megabytes come out as printed. */
#include "formats/kernel/kernel.h"

#include <inttypes.h>

INQ_VEC(row_vec, struct inq_memstat_row)

enum { MEGABYTE = 1 << 20, MOST_ROWS = 256 };

struct table {
	struct inq_kernel_listing listing;
	struct row_vec rows;
	struct inq_memstat memstat;
	unsigned indent; /* the column at which the heading begins */
	bool total, physical;
};

static bool is_heading(struct inq_span line)
{
	bool either = inq_span_starts(line, "Page Summary") || inq_span_starts(line, "Usage Type/Subtype");
	return either && inq_span_find(line, "Pages") > 0;
}

/* LABEL PAGES SIZE [PERCENT…]: the first word that is a number with a size behind it ends the label. */
static bool split_row(struct inq_span line, struct inq_span *label, struct inq_memstat_row *row)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	size_t count = inq_kernel_words(line, words);
	uint64_t unit;
	row->permille = INQ_UNKNOWN;
	for (size_t i = 1; i + 1 < count; i++) {
		if (!inq_span_decimal(words[i], &row->pages) || !inq_kernel_size(words[i + 1], &row->printed, &unit))
			continue;
		*label = inq_kernel_span(line, words[i - 1]);
		if (i + 2 < count)
			inq_kernel_percent(words[i + 2], &row->permille);
		return true;
	}
	return false;
}

/* Where the heading was lost: all tables begin with the kernel, and have percentages. */
static bool is_first_row(struct inq_span line)
{
	struct inq_memstat_row row;
	struct inq_span label;
	return inq_span_starts(line, "Kernel") && split_row(line, &label, &row) && inq_span_is(label, "Kernel") &&
	       row.permille != INQ_UNKNOWN;
}

static bool begins_table(struct inq_span line)
{
	return is_heading(line) || is_first_row(line);
}

static unsigned probe(const struct inq_text *at)
{
	return is_heading(at->line) ? 95 : is_first_row(at->line) ? 60 : 0;
}

/* Some builds subtract more than there is and print the negative rest as a huge number. */
static void take_back_wrap(struct inq_memstat_row *row)
{
	if (row->pages <= UINT64_MAX / 2)
		return;
	row->wrapped = true;
	row->pages = row->printed = 0;
}

static enum inq_status add_row(struct table *table, struct inq_span label, struct inq_memstat_row row)
{
	struct inq_memstat_row *slot;
	struct inq_memstat *memstat = &table->memstat;
	take_back_wrap(&row);
	if (memstat->in_megabytes && !inq_mul(row.printed, MEGABYTE, &row.printed))
		row.printed = 0;
	inq_kernel_accept(&table->listing);
	if (inq_span_is(label, "Total")) {
		table->total = true;
		memstat->total_pages = row.pages;
		memstat->total_bytes = row.printed;
	} else if (inq_span_is(label, "Physical")) {
		table->physical = true;
		memstat->physical_pages = row.pages;
		memstat->physical_bytes = row.printed;
	} else if (!table->total && table->rows.count < MOST_ROWS) {
		row.depth = inq_kernel_column(&table->listing) > table->indent;
		row.name = inq_build_string(table->listing.builder, label.text, label.length);
		slot = row.name ? row_vec_push(&table->rows) : NULL;
		if (!slot)
			return inq_no_memory(table->listing.ctx);
		*slot = row;
	}
	return INQ_OK;
}

/* Whether all rows come out as printed with this page size: megabytes are rounded down. */
static bool fits(const struct table *table, uint64_t page_size)
{
	for (size_t i = 0; i < table->rows.count; i++) {
		const struct inq_memstat_row *row = &table->rows.items[i];
		uint64_t bytes;
		if (!inq_mul(row->pages, page_size, &bytes) || bytes / MEGABYTE != row->printed / MEGABYTE)
			return false;
	}
	return true;
}

/* Bytes with a unit are rounded as well: the page size that comes nearest, over the largest row. */
static bool near(const struct table *table, uint64_t page_size)
{
	const struct inq_memstat_row *largest = NULL;
	for (size_t i = 0; i < table->rows.count; i++)
		if (!largest || table->rows.items[i].pages > largest->pages)
			largest = &table->rows.items[i];
	uint64_t bytes;
	if (!largest || !inq_mul(largest->pages, page_size, &bytes))
		return false;
	uint64_t difference = bytes > largest->printed ? bytes - largest->printed : largest->printed - bytes;
	return difference <= bytes / 16;
}

static uint64_t infer_page_size(const struct table *table)
{
	static const uint64_t sizes[] = { 4096, 8192, 16384, 65536 };
	uint64_t found = 0;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		if (!(table->memstat.in_megabytes ? fits(table, sizes[i]) : near(table, sizes[i])))
			continue;
		if (found)
			return 0; /* too little to tell them apart */
		found = sizes[i];
	}
	return found;
}

static void set_bytes(uint64_t pages, uint64_t page_size, uint64_t printed, uint64_t *ret)
{
	if (!page_size || pages == INQ_UNKNOWN || !inq_mul(pages, page_size, ret))
		*ret = printed;
}

static void count_bytes(struct table *table)
{
	struct inq_memstat *memstat = &table->memstat;
	uint64_t size = memstat->page_size = infer_page_size(table);
	for (size_t i = 0; i < table->rows.count; i++)
		set_bytes(table->rows.items[i].pages, size, table->rows.items[i].printed, &table->rows.items[i].bytes);
	set_bytes(memstat->total_pages, size, memstat->total_bytes, &memstat->total_bytes);
	set_bytes(memstat->physical_pages, size, memstat->physical_bytes, &memstat->physical_bytes);
}

static enum inq_status keep(struct table *table)
{
	struct inq_kernel_listing *listing = &table->listing;
	struct inq_memstat *slot = inq_memstat_vec_push(&listing->builder->space->kernel.memstats);
	struct inq_memstat_row *rows = inq_arena_array(listing->ctx->arena, table->rows.count, sizeof *rows);
	if (!slot || !rows)
		return inq_no_memory(listing->ctx);
	memcpy(rows, table->rows.items, table->rows.count * sizeof *rows);
	*slot = table->memstat;
	slot->rows = rows;
	slot->row_count = table->rows.count;
	inq_build_detail(listing->builder, "%zu categories, %" PRIu64 " pages", slot->row_count,
			 slot->total_pages == INQ_UNKNOWN ? 0 : slot->total_pages);
	return INQ_OK;
}

static enum inq_status read_rows(struct table *table)
{
	enum inq_status status = INQ_OK;
	while (status == INQ_OK && !table->physical && inq_kernel_next(&table->listing)) {
		struct inq_span line = table->listing.text.line, label;
		struct inq_memstat_row row = { 0 };
		if (split_row(inq_span_skip_blanks(line), &label, &row))
			status = add_row(table, label, row);
		else if (!inq_kernel_pass(&table->listing))
			break;
	}
	return status;
}

/* At the heading, or at the first row: then its size says whether there is a unit. */
static enum inq_status begin(struct table *table)
{
	struct inq_memstat *memstat = &table->memstat;
	struct inq_span line = table->listing.text.line, label;
	struct inq_memstat_row row = { 0 };
	memstat->line = table->listing.text.number;
	table->indent = inq_kernel_column(&table->listing);
	memstat->in_megabytes = inq_span_find(line, "Bytes") < 0;
	if (is_heading(line))
		return read_rows(table);
	inq_warn(table->listing.ctx, INQ_PLACE_LINE, memstat->line,
		 "the heading is missing; the rows were read all the same");
	split_row(line, &label, &row);
	memstat->in_megabytes = row.printed < MEGABYTE; /* with a unit the kernel has at least that many bytes */
	enum inq_status status = add_row(table, label, row);
	return status == INQ_OK ? read_rows(table) : status;
}

static enum inq_status read_memstat(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct table table = { .listing = inq_kernel_begin(ctx, input, builder) };
	struct inq_memstat *memstat = &table.memstat;
	memstat->artefact = ctx->artefact;
	memstat->line = input->line;
	memstat->total_pages = memstat->total_bytes = memstat->physical_pages = memstat->physical_bytes = INQ_UNKNOWN;
	enum inq_status status = INQ_OK;
	if (inq_kernel_find(&table.listing, begins_table))
		status = begin(&table);
	if (status == INQ_OK && !table.rows.count) {
		inq_warn(ctx, INQ_PLACE_LINE, input->line,
			 "a heading of ::memstat without rows; nothing of it was used");
		status = INQ_UNUSABLE;
	}
	if (status == INQ_OK) {
		count_bytes(&table);
		status = keep(&table);
	}
	if (status == INQ_OK && !table.total) {
		inq_warn(ctx, INQ_PLACE_LINE, table.listing.text.number, "the row Total is missing: the table is cut");
		status = INQ_PARTIAL;
	}
	row_vec_release(&table.rows);
	return status == INQ_OK ? inq_kernel_end(&table.listing) : status;
}

const struct inq_format inq_format_memstat = {
	.name = "memstat",
	.about = "the use of physical memory that mdb prints for ::memstat",
	.text = true,
	.begins = { 0, INQ_CHARACTER('P') | INQ_CHARACTER('U') | INQ_CHARACTER('K') },
	.probe_line = probe,
	.read = read_memstat,
};
