/* /proc/PID/maps of Linux (proc(5); fs/proc/task_mmu.c, show_map_vma). */
#include "formats/maps/proc.h"

/* "$ cat /proc/1234/maps": the prompt above a listing tells whose it is. */
bool inq_span_proc_path(struct inq_span line, uint64_t *pid)
{
	ptrdiff_t at = inq_span_find(line, "/proc/");
	if (at < 0)
		return false;
	struct inq_span rest = inq_span_after(line, (size_t)at + strlen("/proc/"));
	return inq_take_decimal(&rest, pid) && (inq_span_starts(rest, "/maps") || inq_span_starts(rest, "/smaps"));
}

enum inq_line inq_proc_maps_line(struct inq_listing *listing, struct inq_span line)
{
	if (inq_row_proc_maps(line, &listing->row))
		return INQ_LINE_ROW;
	if (inq_span_proc_path(line, &listing->pid)) {
		listing->args = (struct inq_span) { line.text, 0 };
		return INQ_LINE_TITLE;
	}
	struct inq_span rest = line;
	uint64_t address;
	bool range = inq_take_hex(&rest, &address) && inq_take_char(&rest, '-') && inq_take_hex(&rest, &address);
	return range && inq_span_like_address(line) ? INQ_LINE_BAD : INQ_LINE_OTHER;
}

static unsigned probe(const struct inq_text *at)
{
	struct inq_row row;
	return inq_row_proc_maps(at->line, &row) && row.start < row.end ? 80 : 0;
}

static enum inq_status read_maps(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .os = INQ_OS_LINUX, .line = inq_proc_maps_line };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_proc_maps = {
	.name = "proc-maps",
	.about = "the address map of a Linux process: /proc/PID/maps",
	.text = true,
	.begins = { INQ_DIGITS, INQ_HEX_LETTERS },
	.probe_line = probe,
	.read = read_maps,
};
