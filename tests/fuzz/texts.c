/* Reads a text with one reader alone, without detection, so that every byte of an input reaches it. */
#include "tests/fuzz/texts.h"

#include "formats/format.h"
#include "lib/kernel/kernel.h"
#include "lib/space/join.h"

#include <stdlib.h>

enum { MOST_LISTINGS = 64 };

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

int fuzz_texts(const char *const *kinds, size_t count, const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	const struct inq_format *format = inq_format_by_name(kinds[data[0] % count]);
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "fuzz" };
	struct inq_source *source;
	if (inq_source_from_memory(data + 1, size - 1, "fuzz", &source) == INQ_OK) {
		struct inq_input input = { .source = source, .line = 1 };
		unsigned left = MOST_LISTINGS;
		while (left-- && read_listing(&ctx, format, &input))
			;
		inq_source_close(source);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
