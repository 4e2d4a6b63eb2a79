/* Compares the PT_LOADs of a file with the rows of a map. Pages may be larger than 4 KiB (sparc, ppc64, arm64), so the
 * borders of a row are compared after rounding by the segment's own alignment, at most 64 KiB. */
#include "lib/space/file_layout.h"

enum { PAGE = 4096, LARGEST_PAGE = 64 << 10, MOST_ROWS = 4096 };

static uint64_t page_of(const struct inq_elf_segment *segment)
{
	uint64_t align = segment->align;
	if (align <= PAGE || (align & (align - 1)))
		return PAGE;
	return align < LARGEST_PAGE ? align : LARGEST_PAGE;
}

static bool row_in_segment(const struct inq_mapping *row, const struct inq_elf_segment *segment, uint64_t bias)
{
	uint64_t page = page_of(segment), start = bias + segment->vaddr, end;
	bool executable = row->permissions & INQ_PERM_EXECUTE;
	if (!inq_add(start, segment->memsz, &end) || !inq_align_up(end, page, &end))
		return false;
	if (row->start < (start & ~(page - 1)) || row->end > end)
		return false;
	if ((row->permissions & INQ_PERM_KNOWN) && executable != ((segment->flags & INQ_PF_X) != 0))
		return false;
	/* The page that two segments share stands in the file once: its offset tells which of them the row is of. */
	return row->file_offset == INQ_UNKNOWN || row->file_offset - row->start == segment->offset - start;
}

/* Marks the first 64 segments that have a row; a loader's object has a handful. */
static bool place_row(const struct inq_mapping *row, const struct inq_elf *elf, uint64_t bias, uint64_t *seen)
{
	struct inq_elf_segment segment;
	for (uint64_t i = 0; inq_elf_segment(elf, i, &segment) && i < 64; i++) {
		if (segment.type != INQ_PT_LOAD || !row_in_segment(row, &segment, bias))
			continue;
		*seen |= 1ULL << i;
		return true;
	}
	return false;
}

static bool all_seen(const struct inq_elf *elf, uint64_t seen)
{
	struct inq_elf_segment segment;
	for (uint64_t i = 0; inq_elf_segment(elf, i, &segment) && i < 64; i++)
		if (segment.type == INQ_PT_LOAD && segment.filesz && !(seen >> i & 1))
			return false;
	return true;
}

bool inq_layout_fits(const struct inq_space *space, const struct inq_object *object, const struct inq_elf *elf)
{
	uint64_t first, seen = 0, left = object->mapping_count;
	if (!inq_elf_first_vaddr(elf, &first))
		return false;
	for (size_t i = object->first_mapping; left && i < space->mappings.count; i++) {
		const struct inq_mapping *row = &space->mappings.items[i];
		if (i - object->first_mapping > MOST_ROWS)
			return false;
		if (row->object != space->mappings.items[object->first_mapping].object)
			continue;
		if (!place_row(row, elf, object->base - first, &seen))
			return false;
		left--;
	}
	return all_seen(elf, seen);
}
