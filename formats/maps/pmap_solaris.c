/* pmap of Solaris and illumos (usr/src/cmd/ptools/pmap/pmap.c): plain, -x, -r, -l, -s, -S, -L, of processes and core
 * files; old ones print permissions as words. */
#include "formats/maps/pmap.h"

/* Addresses have as many digits as a pointer of the process: eight mean that it has 32 bits. */
static enum inq_line solaris_line(struct inq_listing *listing, struct inq_span line)
{
	enum inq_line kind = inq_pmap_line(listing, line);
	struct inq_span rest = line;
	if (kind == INQ_LINE_ROW && !listing->builder->artefact->machine.bits && inq_span_word(&rest).length == 8)
		inq_build_machine(listing->builder, 0, 32, false);
	return kind;
}

static enum inq_status read_pmap(struct inq_ctx *ctx, struct inq_input *input, struct inq_builder *builder)
{
	static const struct inq_grammar grammar = { .os = INQ_OS_SOLARIS, .line = solaris_line, .dash_is_zero = true };
	return inq_listing_read(ctx, input, builder, &grammar);
}

const struct inq_format inq_format_pmap_solaris = {
	.name = "pmap-solaris",
	.about = "the address map that pmap of Solaris or illumos prints",
	.text = true,
	.begins = { INQ_DIGITS, INQ_HEX_LETTERS },
	.look = inq_pmap_kind,
	.looks = INQ_PMAP_SOLARIS,
	.read = read_pmap,
};
