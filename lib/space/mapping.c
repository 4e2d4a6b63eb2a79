/* Operations on one mapping. */
#include "lib/space/mapping.h"

#include <string.h>

/* A count of a whole of `size` bytes, told for a part of it. */
static uint64_t part_of(uint64_t count, uint64_t size, uint64_t part)
{
	if (count == size)
		return part;
	return count == 0 ? 0 : INQ_UNKNOWN;
}

static const struct inq_usage *clip_usage(struct inq_ctx *ctx, const struct inq_usage *usage, uint64_t size,
					  uint64_t part)
{
	struct inq_usage *clip = inq_arena_alloc(ctx->arena, sizeof *clip);
	if (!clip)
		return NULL;
	*clip = (struct inq_usage) { .resident = part_of(usage->resident, size, part),
				     .proportional = part_of(usage->proportional, size, part),
				     .dirty = part_of(usage->dirty, size, part),
				     .swap = part_of(usage->swap, size, part),
				     .anonymous = part_of(usage->anonymous, size, part),
				     .locked = part_of(usage->locked, size, part),
				     .page_size = usage->page_size,
				     .huge = part_of(usage->huge, size, part) };
	return clip;
}

struct inq_mapping inq_mapping_clip(struct inq_ctx *ctx, const struct inq_mapping *mapping, uint64_t start,
				    uint64_t end)
{
	struct inq_mapping clip = *mapping;
	uint64_t skipped = start - mapping->start, size = end - start;
	clip.start = start;
	clip.end = end;
	if (mapping->file_offset != INQ_UNKNOWN)
		clip.file_offset = mapping->file_offset + skipped;
	clip.data_offset = mapping->data_offset + skipped;
	clip.data_size = mapping->data_size > skipped ? mapping->data_size - skipped : 0;
	if (clip.data_size > size)
		clip.data_size = size;
	if (mapping->usage && size != mapping->end - mapping->start)
		clip.usage = clip_usage(ctx, mapping->usage, mapping->end - mapping->start, size);
	return clip;
}

bool inq_mapping_is_plain(const struct inq_mapping *mapping)
{
	if (mapping->file || !mapping->name)
		return !mapping->file;
	return strcmp(mapping->name, "[ anon ]") == 0 || strcmp(mapping->name, "[anon]") == 0;
}
