/* Segments become mappings, and get the names that the notes tell.
 *
 * Two lists speak of the same addresses: the PT_LOADs, which hold bytes and permissions, and what a note calls the
 * ranges (NT_FILE of Linux, NT_PROCSTAT_VMMAP of FreeBSD). Their borders need not agree: gcore lists neighbouring
 * mappings of a file apart, and a kernel that may not dump a mapping leaves it out of one of them. So both are sorted
 * and swept from the lowest address up; wherever one of them begins or ends, a mapping ends. Each address lands in one
 * mapping at most. Only headers are looked at, never the bytes that the segments hold. */
#include "formats/core/core.h"

#include <stdlib.h>

enum { PF_SUNW_FAILURE = 0x100000, PF_SUNW_KILLED = 0x200000 }; /* illumos <sys/elf.h> */

/* A piece of a list: the index of its program header, or of its range in core->names. */
struct span {
	uint64_t start, end;
	size_t index;
};

INQ_VEC(span_vec, struct span)

/* One of the two lists, and where the sweep is in it. */
struct track {
	struct span_vec spans;
	size_t next;
};

struct sweep {
	struct inq_core *core;
	struct track segments, names;
	const char *last_name; /* the last path that was copied */
};

static enum inq_status add_span(struct inq_core *core, struct track *track, uint64_t start, uint64_t end, size_t index)
{
	struct span *span = span_vec_push(&track->spans);
	if (!span)
		return inq_no_memory(core->ctx);
	*span = (struct span) { .start = start, .end = end, .index = index };
	return INQ_OK;
}

/* The end of a segment in memory. One that wraps is cut at the end of the address space. */
static uint64_t memory_end(struct inq_core *core, const struct inq_elf_segment *segment)
{
	uint64_t last;
	if (inq_add(segment->vaddr, segment->memsz - 1, &last))
		return last == UINT64_MAX ? last : last + 1;
	inq_warn(core->ctx, INQ_PLACE_OFFSET, segment->place,
		 "a segment runs past the end of the address space; it was cut there");
	core->partial = true;
	return UINT64_MAX;
}

static enum inq_status collect_segments(struct inq_core *core, struct track *track)
{
	struct inq_elf_segment segment;
	for (uint64_t i = 0; inq_elf_segment(&core->elf, i, &segment); i++) {
		uint64_t end = 0;
		if (segment.filesz && !inq_add(segment.offset, segment.filesz, &end))
			end = UINT64_MAX - 1;
		core->promised = end > core->promised ? end : core->promised;
		if (segment.type != INQ_PT_LOAD)
			continue;
		core->segments++;
		if (!segment.memsz)
			continue;
		if (add_span(core, track, segment.vaddr, memory_end(core, &segment), i) != INQ_OK)
			return INQ_NO_MEMORY;
	}
	return INQ_OK;
}

static enum inq_status collect_names(struct inq_core *core, struct track *track)
{
	size_t dropped = 0;
	for (size_t i = 0; i < core->names.count; i++) {
		const struct inq_core_range *range = &core->names.items[i];
		if (range->start >= range->end)
			dropped++;
		else if (add_span(core, track, range->start, range->end, i) != INQ_OK)
			return INQ_NO_MEMORY;
	}
	if (!dropped)
		return INQ_OK;
	return inq_damaged(core->ctx, core->names.items[0].place,
			   "%zu of the ranges that this note names are empty or reversed; they were left out", dropped);
}

static int by_start(const void *a, const void *b)
{
	const struct span *one = a, *two = b;
	if (one->start != two->start)
		return one->start < two->start ? -1 : 1;
	return one->index < two->index ? -1 : one->index > two->index;
}

static void sort(struct inq_core *core, struct track *track, const char *what)
{
	struct span_vec *spans = &track->spans;
	size_t overlaps = 0;
	for (size_t i = 1; i < spans->count; i++)
		if (spans->items[i].start < spans->items[i - 1].start) {
			qsort(spans->items, spans->count, sizeof *spans->items, by_start);
			break;
		}
	for (size_t i = 1; i < spans->count; i++)
		overlaps += spans->items[i].start < spans->items[i - 1].end;
	if (!overlaps)
		return;
	core->partial = true;
	inq_warn(core->ctx, INQ_PLACE_NONE, 0,
		 "%zu %s overlap the one before; the common part was left to the lower one", overlaps, what);
}

static uint8_t permissions_of(uint32_t flags)
{
	unsigned p = INQ_PERM_KNOWN;
	p |= flags & INQ_PF_R ? INQ_PERM_READ : 0U;
	p |= flags & INQ_PF_W ? INQ_PERM_WRITE : 0U;
	p |= flags & INQ_PF_X ? INQ_PERM_EXECUTE : 0U;
	return (uint8_t)p;
}

/* The bytes that the file holds of [start, end) of a segment. */
static void find_data(struct inq_core *core, const struct inq_elf_segment *segment, struct inq_mapping *mapping)
{
	uint64_t skipped = mapping->start - segment->vaddr, size = mapping->end - mapping->start;
	uint64_t dumped = segment->filesz > skipped ? segment->filesz - skipped : 0, offset;
	dumped = dumped < size ? dumped : size;
	if (!dumped)
		return;
	uint64_t whole = core->elf.view.size;
	if (!inq_add(segment->offset, skipped, &offset) || offset >= whole) {
		mapping->flags |= INQ_MAPPING_CUT;
		return;
	}
	mapping->data_offset = offset;
	mapping->data_size = dumped < whole - offset ? dumped : whole - offset;
	if (mapping->data_size < dumped)
		mapping->flags |= INQ_MAPPING_CUT;
}

static void describe_segment(struct inq_core *core, const struct span *span, struct inq_mapping *mapping)
{
	struct inq_elf_segment segment;
	if (!inq_elf_segment(&core->elf, span->index, &segment))
		return;
	inq_build_at(core->builder, INQ_PLACE_OFFSET, segment.place);
	mapping->permissions = permissions_of(segment.flags);
	if (core->os == INQ_OS_SOLARIS && segment.flags & PF_SUNW_FAILURE)
		mapping->flags |= INQ_MAPPING_DUMP_FAILED;
	else
		find_data(core, &segment, mapping);
}

/* The path as a string; mappings of one file stand together, and share it. */
static const char *path_string(struct sweep *sweep, const struct inq_core_range *range)
{
	size_t length = range->path_length;
	const char *last = sweep->last_name;
	if (last && strncmp(last, range->path, length) == 0 && !last[length])
		return last;
	return sweep->last_name = inq_build_string(sweep->core->builder, range->path, length);
}

static const struct inq_usage *usage_of(struct inq_core *core, const struct inq_core_range *range)
{
	struct inq_usage *usage = inq_arena_alloc(core->ctx->arena, sizeof *usage);
	if (!usage) {
		inq_no_memory(core->ctx);
		return NULL;
	}
	*usage = (struct inq_usage) { range->resident, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN,
				      INQ_UNKNOWN,     INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN };
	return usage;
}

static void describe_range(struct sweep *sweep, const struct inq_core_range *range, struct inq_mapping *mapping)
{
	struct inq_core *core = sweep->core;
	uint64_t skipped = mapping->start - range->start;
	bool whole = !skipped && mapping->end == range->end;
	if (!(mapping->permissions & INQ_PERM_KNOWN)) {
		inq_build_at(core->builder, INQ_PLACE_OFFSET, range->place);
		mapping->permissions = range->permissions;
	}
	mapping->vm_flags = range->vm_flags;
	if (range->resident != INQ_UNKNOWN && whole)
		mapping->usage = usage_of(core, range);
	if (range->file_offset != INQ_UNKNOWN && !inq_add(range->file_offset, skipped, &mapping->file_offset))
		mapping->file_offset = INQ_UNKNOWN;
	if (!range->path || !range->path_length)
		return;
	mapping->name = path_string(sweep, range);
	mapping->file =
		inq_build_file(core->builder, range->path, range->path_length, INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
}

static enum inq_status emit(struct sweep *sweep, uint64_t start, uint64_t end, const struct span *span,
			    const struct inq_core_range *range)
{
	struct inq_core *core = sweep->core;
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = end;
	if (span)
		describe_segment(core, span, &mapping);
	if (range)
		describe_range(sweep, range, &mapping);
	if (core->vdso && start == core->vdso && !mapping.name)
		mapping.name = "[vdso]";
	if (mapping.file && core->entry >= start && core->entry < end)
		inq_build_process(core->builder)->exe = mapping.file->path;
	return inq_build_mapping(core->builder, &mapping);
}

/* The span that `at` is in, or that comes next; NULL after the last. */
static const struct span *current(struct track *track, uint64_t at)
{
	const struct span_vec *spans = &track->spans;
	while (track->next < spans->count && spans->items[track->next].end <= at)
		track->next++;
	return track->next < spans->count ? &spans->items[track->next] : NULL;
}

/* The first address from `at` on that the span covers. */
static uint64_t first_from(const struct span *span, uint64_t at)
{
	if (!span)
		return UINT64_MAX;
	return span->start > at ? span->start : at;
}

/* The first address after `at` where the span begins or ends. */
static uint64_t next_border(const struct span *span, uint64_t at)
{
	if (!span)
		return UINT64_MAX;
	return span->start > at ? span->start : span->end;
}

static enum inq_status run(struct sweep *sweep)
{
	const struct span *segment, *name;
	uint64_t at = 0;
	while (segment = current(&sweep->segments, at), name = current(&sweep->names, at), segment || name) {
		uint64_t start = first_from(segment, at), other = first_from(name, at);
		start = start < other ? start : other;
		uint64_t end = next_border(segment, start);
		other = next_border(name, start);
		end = end < other ? end : other;
		const struct inq_core_range *range =
			name && name->start <= start ? &sweep->core->names.items[name->index] : NULL;
		const struct span *span = segment && segment->start <= start ? segment : NULL;
		if (emit(sweep, start, end, span, range) != INQ_OK)
			return INQ_NO_MEMORY;
		at = end;
	}
	return INQ_OK;
}

enum inq_status inq_core_map(struct inq_core *core)
{
	struct sweep sweep = { .core = core };
	enum inq_status status = collect_segments(core, &sweep.segments);
	if (status == INQ_OK) {
		status = collect_names(core, &sweep.names);
		core->partial |= status == INQ_PARTIAL;
	}
	if (status != INQ_NO_MEMORY) {
		sort(core, &sweep.segments, "segments");
		sort(core, &sweep.names, "named ranges");
		status = run(&sweep);
	}
	span_vec_release(&sweep.segments.spans);
	span_vec_release(&sweep.names.spans);
	return status;
}
