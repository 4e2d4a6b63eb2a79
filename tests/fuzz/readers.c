/* Fuzzes one reader alone, past the detection, so that every byte of an input reaches it; a share of the inputs then goes
 * through the public interface as that kind, up to the documents. One program for all rows of formats.def: its name says
 * which reader it is, fuzz_reader_KIND. */
#include "formats/format.h"
#include "lib/kernel/kernel.h"
#include "lib/space/join.h"
#include "tests/fuzz/support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LISTINGS = 64, WHOLE_PATH = 8 /* one in so many */ };

/* What is made of the space: the model's own look-ups, and the explanation of kernel tables. */
static void use(struct inq_space *space)
{
	const struct inq_kernel_memory *memory;
	uint64_t end = 0;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (mapping->start < end || mapping->end <= mapping->start)
			abort(); /* rows are sorted and disjoint */
		end = mapping->end;
	}
	for (size_t i = 0; i < space->threads.count; i++)
		for (size_t j = 0; j < space->threads.items[i].stack.count; j++)
			inq_space_mapping_at(space, space->threads.items[i].stack.frames[j].pc);
	inq_kernel_explain(space, &memory);
}

static bool read_listing(struct inq_ctx *ctx, const struct inq_format *format, struct inq_input *input)
{
	struct inq_builder builder;
	uint64_t start = input->offset;
	input->end = input->source->size;
	input->end_line = input->line;
	if (inq_build_create(ctx, input->source, format->name, &builder) != INQ_OK)
		return false;
	enum inq_status status = format->read(ctx, input, &builder);
	if (status == INQ_OK || status == INQ_PARTIAL) {
		struct inq_space *space = inq_build_seal(&builder);
		use(space);
		inq_space_destroy(space);
	} else {
		inq_build_abandon(&builder);
	}
	input->offset = input->end;
	input->line = input->end_line;
	return input->end > start && input->end < input->source->size;
}

static void read_alone(const struct inq_format *format, const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "fuzz" };
	struct inq_source *source;
	if (inq_source_from_memory(data, size, "fuzz", &source) == INQ_OK) {
		struct inq_input input = { .source = source, .line = 1 };
		unsigned left = MOST_LISTINGS;
		while (left-- && read_listing(&ctx, format, &input))
			;
		inq_source_close(source);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

static const struct inq_format *chosen(void)
{
	static const char prefix[] = "fuzz_reader_";
	const char *name = program_invocation_short_name;
	const struct inq_format *format = NULL;
	if (strncmp(name, prefix, sizeof prefix - 1) == 0)
		format = inq_format_by_name(name + sizeof prefix - 1);
	if (!format)
		abort(); /* the build makes a link for each row */
	return format;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct inq_format *format = chosen();
	if (!size)
		return 0;
	read_alone(format, data, size);
	if (size % WHOLE_PATH == 0)
		fuzz_investigate(data, size, format->name);
	return 0;
}
