/* Fuzzes the bounded decoder of ELF: headers, segments, sections, notes, build ID. Every byte that it hands out is read,
 * so that the sanitizer sees one that lies outside. */
#include "lib/elf/elf.h"
#include "tests/fuzz/support.h"

#include <stdlib.h>

enum { MOST_ITEMS = 4096 };

static volatile uint64_t sink;

static void touch(const struct inq_view *view)
{
	for (uint64_t i = 0; i < view->size; i++)
		sink += view->data[i];
}

/* A note takes at least its header's 12 bytes: a reader that stands still would never end. */
static void read_notes(struct inq_view notes, uint64_t align)
{
	struct inq_elf_note note;
	uint64_t left = notes.size;
	while (inq_elf_next_note(&notes, align, &note)) {
		if (notes.size + 12 > left)
			abort();
		left = notes.size;
		for (size_t i = 0; i < note.owner_length; i++)
			sink += (uint8_t)note.owner[i];
		sink += inq_elf_note_is(&note, "CORE", 1);
		touch(&note.desc);
	}
}

static void read_tables(const struct inq_elf *elf)
{
	struct inq_elf_segment segment;
	struct inq_elf_section section;
	for (uint64_t i = 0; i < MOST_ITEMS && inq_elf_segment(elf, i, &segment); i++)
		if (segment.type == INQ_PT_NOTE)
			read_notes(inq_view_clip(&elf->view, segment.offset, segment.filesz), segment.align);
	for (uint64_t i = 0; i < MOST_ITEMS && inq_elf_section(elf, i, &section); i++)
		sink += section.size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct inq_view view = { .data = data, .size = size, .word = 8 };
	struct inq_view build_id;
	struct inq_elf elf;
	uint64_t vaddr;
	if (inq_elf_open(&view, &elf)) {
		read_tables(&elf);
		sink += inq_elf_first_vaddr(&elf, &vaddr);
		if (inq_elf_build_id(&elf, &build_id))
			touch(&build_id);
	}
	read_notes(view, 4);
	read_notes(view, 8);
	return 0;
}
