/* Whether a small core can be read page by page: its headers and notes, which are looked through, stand at its beginning, and all
 * else is memory, which is read by address. */
#include "formats/core/core.h"
#include "formats/core/keep.h"

enum { MOST_NOTES = 128 << 10 };

uint64_t inq_core_beginning(const struct inq_view *head)
{
	struct inq_elf elf;
	struct inq_elf_segment notes;
	uint64_t end, beginning;
	if (!inq_elf_open(head, &elf) || elf.type != INQ_ET_CORE || elf.many_segments || elf.shoff ||
	    !inq_mul(elf.phnum, elf.phentsize, &beginning) || !inq_add(beginning, elf.phoff, &beginning) ||
	    beginning > head->size)
		return 0;
	for (uint64_t i = 0; inq_elf_next_segment(&elf, INQ_PT_NOTE, &i, &notes);) {
		if (!inq_add(notes.offset, notes.filesz, &end) || end > MOST_NOTES)
			return 0;
		beginning = end > beginning ? end : beginning;
	}
	return beginning;
}
