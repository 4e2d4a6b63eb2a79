/* vmstat and vmstat -p of Solaris: free memory, free swap, and the rate at which the page scanner looks for pages (sr). The
 * columns are found by the words of the heading. Facts: vmstat(8): memory in KiB, rates in pages a second. */
#include "formats/kernel/kernel.h"

struct columns {
	size_t swap, free, rate, count;
};

static bool find_columns(struct inq_span line, struct columns *ret)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	*ret = (struct columns) { INQ_KERNEL_WORDS, INQ_KERNEL_WORDS, INQ_KERNEL_WORDS, 0 };
	ret->count = inq_kernel_words(line, words);
	for (size_t i = 0; i < ret->count; i++) {
		if (inq_span_is(words[i], "swap"))
			ret->swap = i;
		else if (inq_span_is(words[i], "free"))
			ret->free = i;
		else if (inq_span_is(words[i], "sr"))
			ret->rate = i;
	}
	return ret->swap < ret->count && ret->free < ret->count && ret->rate < ret->count;
}

static bool is_heading(struct inq_span line)
{
	struct columns columns;
	return find_columns(line, &columns);
}

static unsigned probe(const struct inq_text *at)
{
	return is_heading(at->line) ? 70 : 0;
}

/* vmstat leaves blanks between its columns, but for the last three, which may be cut: all we need stands before. */
static bool read_row(struct inq_span line, const struct columns *columns, struct inq_vmstat *ret)
{
	struct inq_span words[INQ_KERNEL_WORDS];
	size_t count = inq_kernel_words(line, words);
	uint64_t first;
	/* A heading in another order is none that vmstat prints, but its rows may end before one of the columns. */
	return count > columns->rate && count > columns->swap && count > columns->free &&
	       inq_span_decimal(words[0], &first) && inq_span_size(words[columns->swap], 1024, &ret->swap) &&
	       inq_span_size(words[columns->free], 1024, &ret->free) &&
	       inq_span_decimal(words[columns->rate], &ret->scan_rate);
}

static enum inq_status read_rows(struct inq_kernel_listing *listing, struct columns columns)
{
	struct inq_vmstat_vec *rows = &listing->builder->space->kernel.vmstats;
	while (inq_kernel_next(listing)) {
		struct inq_vmstat row = { .artefact = listing->ctx->artefact, .line = listing->text.number }, *slot;
		struct columns again;
		if (find_columns(listing->text.line, &again)) { /* vmstat repeats its heading */
			columns = again;
			inq_kernel_accept(listing);
			continue;
		}
		if (!read_row(listing->text.line, &columns, &row)) {
			if (!inq_kernel_pass(listing))
				break;
			continue;
		}
		inq_kernel_accept(listing);
		slot = inq_vmstat_vec_push(rows);
		if (!slot)
			return inq_no_memory(listing->ctx);
		*slot = row;
	}
	return INQ_OK;
}

static enum inq_status read_vmstat(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	struct inq_kernel_listing listing = inq_kernel_begin(ctx, input, builder);
	struct columns columns;
	enum inq_status status = INQ_OK;
	if (inq_kernel_find(&listing, is_heading) && find_columns(listing.text.line, &columns))
		status = read_rows(&listing, columns);
	if (status == INQ_OK && !builder->space->kernel.vmstats.count) {
		inq_warn(ctx, INQ_PLACE_LINE, input->line, "a heading of vmstat without rows; nothing of it was used");
		status = INQ_UNUSABLE;
	}
	inq_build_detail(builder, "%zu lines", builder->space->kernel.vmstats.count);
	return status == INQ_OK ? inq_kernel_end(&listing) : status;
}

const struct inq_format inq_format_vmstat = {
	.name = "vmstat",
	.about = "memory and paging of Solaris over time: vmstat, vmstat -p",
	.text = true,
	.begins = { 0, INQ_CHARACTER('r') | INQ_CHARACTER('s') },
	.probe_line = probe,
	.read = read_vmstat,
};
