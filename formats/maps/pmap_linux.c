/* pmap of Linux: procps 3.1 to 4.0 (plain, -d, -x, -X, -XX, -p, -q) and busybox (plain, -x). Without -p it prints the
 * last part of each path only. */
#include "formats/maps/pmap.h"

static enum inq_status read_pmap(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .os = INQ_OS_LINUX, .line = inq_pmap_line, .named = true };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_pmap_linux = {
	.name = "pmap-linux",
	.about = "the address map that pmap of Linux (procps, busybox) prints",
	.text = true,
	.begins = { INQ_DIGITS, INQ_HEX_LETTERS },
	.look = inq_pmap_kind,
	.looks = INQ_PMAP_LINUX,
	.read = read_pmap,
};
