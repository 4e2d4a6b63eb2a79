/* GraalVM's native images. The process reserves one piece of addresses of a power of two (32 GiB, where references are
 * compressed), and maps into its beginning the objects that the image brought, a second time from the executable; behind them come
 * the collector's chunks (substratevm: AbstractImageHeapProvider, LinuxImageHeapProvider; measured with 25). */
#include "lib/jvm/identity.h"

#include "lib/space/mapping.h"

enum { LEAST_SHIFT = 30, MOST_SHIFT = 44 };
static const unsigned ACCESS = INQ_PERM_READ | INQ_PERM_WRITE | INQ_PERM_EXECUTE;

static bool is_reserved(const struct inq_mapping *mapping)
{
	return inq_mapping_is_plain(mapping) && !(mapping->permissions & ACCESS);
}

/* The file of the program: the first that has code. NULL when none has. */
static const struct inq_file *program(const struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (space->mappings.items[i].file && space->mappings.items[i].permissions & INQ_PERM_EXECUTE)
			return space->mappings.items[i].file;
	return NULL;
}

/* Whether the row is of the program, has no code, and reserved memory ends where it begins. */
static bool may_be_image(const struct inq_mapping *row, const struct inq_file *file)
{
	return row->file == file && !(row->permissions & INQ_PERM_EXECUTE) && is_reserved(&row[-1]) &&
	       row[-1].end == row->start;
}

/* A power of two from where the row below ends the memory of others up to the end of what is reserved. */
static bool is_heap(uint64_t start, const struct inq_mapping *last)
{
	uint64_t size = last->end - start;
	return is_reserved(last) && last->end - last->start >= size / 2 && size >> LEAST_SHIFT &&
	       !(size >> MOST_SHIFT) && (size & (size - 1)) == 0;
}

/* From a row of the image up, without a gap, anonymous or of the same file: the end of the heap that begins below the row; 0. *row
 * is left where the search ended. */
static uint64_t heap_end(const struct inq_space *space, const struct inq_mapping **row, const struct inq_file *file)
{
	const struct inq_mapping *end = space->mappings.items + space->mappings.count;
	uint64_t start = (*row)[-1].start;
	for (; *row + 1 < end && (*row)[1].start == (*row)->end; ++*row) {
		const struct inq_mapping *next = *row + 1;
		if (next->file != file && !inq_mapping_is_plain(next))
			return 0;
		if (is_heap(start, next))
			return next->end;
	}
	return 0;
}

bool inq_native_image_heap(const struct inq_space *space, uint64_t *start, uint64_t *end)
{
	const struct inq_file *file = program(space);
	for (size_t i = 1; file && i < space->mappings.count; i++) {
		const struct inq_mapping *row = &space->mappings.items[i];
		uint64_t below = row[-1].start;
		if (!may_be_image(row, file))
			continue;
		*end = heap_end(space, &row, file);
		if (*end) {
			*start = below;
			return true;
		}
		i = (size_t)(row - space->mappings.items);
	}
	return false;
}
