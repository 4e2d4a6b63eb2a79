/* Where call-frame information stands: in the object's image, or in its file. */
#include "lib/unwind/cfi/table.h"

#include "lib/elf/dynamic.h"
#include "lib/elf/section.h"
#include "lib/space/image.h"
#include "lib/space/objects.h"
#include "lib/symbol/contents.h"
#include "lib/symbol/symbol.h"

#include <stdlib.h>

enum { PT_GNU_EH_FRAME = 0x6474e550, PT_SUNW_UNWIND = 0x6464e550, HEADER_VERSION = 1, HEADER_FIXED = 4 };

uint64_t inq_cfi_read_header(struct inq_cfi_table *table, const struct inq_view *header, uint64_t address)
{
	struct inq_cursor reader = { .bytes = *header };
	struct inq_cfi_bases bases = { .place = address, .data = address };
	uint64_t version = inq_cursor_integer(&reader, 1);
	uint8_t frame = (uint8_t)inq_cursor_integer(&reader, 1), count = (uint8_t)inq_cursor_integer(&reader, 1);
	uint8_t entry = (uint8_t)inq_cursor_integer(&reader, 1);
	if (version != HEADER_VERSION || frame == INQ_PE_OMIT)
		return INQ_UNKNOWN;
	uint64_t place = inq_cfi_pointer(&reader, frame, &bases);
	if (reader.bad)
		return INQ_UNKNOWN;
	unsigned size = inq_cfi_form_size(entry, header->word);
	if (count == INQ_PE_OMIT || entry == INQ_PE_OMIT || !size)
		return place;
	uint64_t bytes, entries = inq_cfi_pointer(&reader, count, &bases);
	if (!reader.bad && inq_mul(entries, 2 * size, &bytes)) {
		table->search = inq_cursor_take(&reader, bytes); /* empty when it is not all there */
		table->search.origin = address + reader.at - bytes;
		table->search_encoding = entry;
	}
	return place;
}

static bool find_header(const struct inq_elf *elf, struct inq_elf_segment *ret)
{
	return inq_elf_find_segment(elf, PT_GNU_EH_FRAME, ret) || inq_elf_find_segment(elf, PT_SUNW_UNWIND, ret);
}

static void set_section(struct inq_cfi_table *table, const struct inq_elf *elf, struct inq_view bytes, uint64_t address,
			uint64_t data_base)
{
	bytes.word = elf->view.word;
	bytes.big = elf->view.big;
	table->frames[0].section =
		(struct inq_cfi_section) { .bytes = bytes, .address = address, .data_base = data_base };
}

/* An image is used only when the mapping that .eh_frame is in is held to its end: of a part, entries would be missed. */
static bool held_whole(const struct inq_space *space, uint64_t address)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	struct inq_range held;
	return mapping && inq_space_held(space, address, &held) && held.end == mapping->end;
}

static bool open_image(struct inq_space *space, struct inq_object *object, struct inq_cfi_table *ret)
{
	struct inq_image image;
	struct inq_elf_segment segment;
	struct inq_view header, bytes;
	if (!inq_image_open(space, &space->mappings.items[object->first_mapping], &image) ||
	    !find_header(&image.elf, &segment) ||
	    !inq_space_view_from(space, image.bias + segment.vaddr, segment.memsz, &header) ||
	    header.size < segment.memsz)
		return false;
	header.word = image.elf.view.word;
	header.big = image.elf.view.big;
	uint64_t frames = inq_cfi_read_header(ret, &header, segment.vaddr);
	if (frames == INQ_UNKNOWN || !held_whole(space, image.bias + frames) ||
	    !inq_space_view_from(space, image.bias + frames, UINT64_MAX, &bytes))
		return false;
	set_section(ret, &image.elf, bytes, frames, segment.vaddr);
	object->load_bias = image.bias;
	return true;
}

/* The bytes of the file from `address` on, up to the end of the segment that is loaded there. */
static bool segment_bytes(const struct inq_elf *elf, uint64_t address, struct inq_view *ret)
{
	struct inq_elf_segment load;
	for (uint64_t i = 0; inq_elf_next_segment(elf, INQ_PT_LOAD, &i, &load);) {
		if (address < load.vaddr || address - load.vaddr >= load.filesz)
			continue;
		uint64_t inside = address - load.vaddr, offset;
		if (!inq_add(load.offset, inside, &offset))
			return false;
		*ret = inq_view_clip(&elf->view, offset, load.filesz - inside);
		return ret->size > 0;
	}
	return false;
}

/* Without a search table the section is found by its name. */
static void open_section(struct inq_space *space, struct inq_cfi_table *table, const struct inq_elf *elf)
{
	struct inq_elf_section section;
	struct inq_contents contents;
	if (table->frames[0].section.bytes.size || !inq_elf_find_section(elf, ".eh_frame", &section) ||
	    (section.flags & INQ_SHF_COMPRESSED) || !inq_section_contents(space->ctx, elf, &section, &contents))
		return;
	set_section(table, elf, contents.view, section.addr, 0);
}

static bool open_file(struct inq_space *space, struct inq_object *object, struct inq_cfi_table *ret)
{
	const struct inq_source *file = inq_object_file(space, object);
	struct inq_elf elf;
	struct inq_elf_segment segment;
	struct inq_view header, bytes;
	if (!file || !inq_elf_open(&(struct inq_view) { .data = file->data, .size = file->size }, &elf))
		return false;
	if (find_header(&elf, &segment) && inq_view_slice(&elf.view, segment.offset, segment.filesz, &header)) {
		uint64_t frames = inq_cfi_read_header(ret, &header, segment.vaddr);
		if (frames != INQ_UNKNOWN && segment_bytes(&elf, frames, &bytes))
			set_section(ret, &elf, bytes, frames, segment.vaddr);
	}
	open_section(space, ret, &elf);
	return true;
}

bool inq_cfi_table_open(struct inq_space *space, struct inq_object *object, struct inq_cfi_table *ret)
{
	*ret = (struct inq_cfi_table) { 0 };
	if (open_image(space, object, ret))
		return false;
	*ret = (struct inq_cfi_table) { 0 };
	return open_file(space, object, ret);
}

static bool open_debug(struct inq_space *space, const struct inq_elf *elf, struct inq_cfi_table *table)
{
	struct inq_contents contents;
	if (!inq_debug_contents(space->ctx, elf, "frame", &contents))
		return false;
	table->unpacked = contents.unpacked;
	/* Not indexed: a look-up before this found the section empty. */
	table->frames[1] = (struct inq_cfi_source) { .section = { .bytes = contents.view, .debug = true } };
	return true;
}

bool inq_cfi_open_debug(struct inq_space *space, struct inq_object *object, struct inq_cfi_table *table)
{
	struct inq_elf elf;
	if (table->debug_opened)
		return false;
	table->debug_opened = true;
	const struct inq_source *file = inq_object_file(space, object);
	if (file && inq_elf_open(&(struct inq_view) { .data = file->data, .size = file->size }, &elf) &&
	    open_debug(space, &elf, table))
		return true;
	const struct inq_elf *separate = inq_symbol_debug_file(space, object);
	return separate && open_debug(space, separate, table);
}

void inq_cfi_table_release(struct inq_cfi_table *table)
{
	free(table->unpacked);
	inq_cfi_index_release(&table->frames[0].index);
	inq_cfi_index_release(&table->frames[1].index);
}
