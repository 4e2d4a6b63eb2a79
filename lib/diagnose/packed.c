/* UPX's stub unpacks the program to anonymous memory, and keeps the first page of the file mapped. Behind the program headers there
 * stands its record, l_info, with the letters "UPX!" (UPX, src/stub/src/include/linux.h). */
#include "lib/diagnose/packed.h"

#include "lib/diagnose/text.h"

#include <string.h>

enum { SEARCHED = 1024 };

static bool is_packed(struct inq_space *space, const struct inq_mapping *mapping)
{
	struct inq_view page;
	uint64_t at;
	return mapping->file && mapping->file_offset == 0 &&
	       inq_space_view_from(space, mapping->start, SEARCHED, &page) && page.size > 4 &&
	       memcmp(page.data, "\177ELF", 4) == 0 && inq_find_bytes(&page, 0, "UPX!", &at);
}

const struct inq_mapping *inq_packed_mapping(struct inq_space *space)
{
	for (size_t i = 0; i < space->mappings.count; i++)
		if (is_packed(space, &space->mappings.items[i]))
			return &space->mappings.items[i];
	return NULL;
}
