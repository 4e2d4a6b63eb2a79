/* ELF headers, segments, sections and notes, read at offsets. */
#include "lib/elf/elf.h"

enum { EI_CLASS = 4, EI_DATA = 5, EI_VERSION = 6, EI_OSABI = 7, PN_XNUM = 0xffff };
/* A hostile header may claim 2^64 segments; no kernel maps more (vm.max_map_count is an int). */
enum { MOST_HEADERS = 1 << 24 };

bool inq_elf_is_magic(const uint8_t *bytes)
{
	static const uint8_t magic[INQ_ELF_MAGIC] = { 0x7f, 'E', 'L', 'F' };
	return memcmp(bytes, magic, sizeof magic) == 0;
}

static bool read_ident(const struct inq_view *view, struct inq_elf *elf)
{
	if (view->size < 52 || !inq_elf_is_magic(view->data))
		return false;
	uint8_t class_ = view->data[EI_CLASS], data = view->data[EI_DATA];
	if ((class_ != 1 && class_ != 2) || (data != 1 && data != 2))
		return false;
	elf->view = *view;
	elf->view.word = class_ == 2 ? 8 : 4;
	elf->view.big = data == 2;
	elf->bits = class_ == 2 ? 64 : 32;
	elf->version = view->data[EI_VERSION];
	elf->osabi = view->data[EI_OSABI];
	return class_ == 1 || view->size >= 64;
}

bool inq_elf_open(const struct inq_view *view, struct inq_elf *ret)
{
	struct inq_elf elf = { 0 };
	if (!read_ident(view, &elf))
		return false;
	const struct inq_view *v = &elf.view;
	unsigned word = v->word, tail = 24 + 3 * word; /* e_flags */
	elf.type = (uint16_t)inq_view_get(v, 16, 2);
	elf.machine = (uint16_t)inq_view_get(v, 18, 2);
	elf.entry = inq_view_get_word(v, 24);
	elf.phoff = inq_view_get_word(v, 24 + word);
	elf.shoff = inq_view_get_word(v, 24 + 2 * word);
	elf.flags = (uint32_t)inq_view_get(v, tail, 4);
	elf.phentsize = (uint16_t)inq_view_get(v, tail + 6, 2);
	elf.phnum = inq_view_get(v, tail + 8, 2);
	elf.shentsize = (uint16_t)inq_view_get(v, tail + 10, 2);
	elf.shnum = inq_view_get(v, tail + 12, 2);
	elf.shstrndx = (uint32_t)inq_view_get(v, tail + 14, 2);
	struct inq_elf_section first;
	elf.many_segments = elf.phnum == PN_XNUM;
	bool overflow = elf.many_segments || elf.shnum == 0 || elf.shstrndx == 0xffff;
	uint64_t shnum = elf.shnum;
	elf.shnum = shnum ? shnum : 1;
	if (overflow && elf.shoff && inq_elf_section(&elf, 0, &first)) {
		if (elf.many_segments)
			elf.phnum = first.info;
		shnum = shnum ? shnum : first.size;
		elf.shstrndx = elf.shstrndx == 0xffff ? first.link : elf.shstrndx;
	}
	elf.shnum = shnum < MOST_HEADERS ? shnum : MOST_HEADERS;
	elf.phnum = elf.phnum < MOST_HEADERS ? elf.phnum : MOST_HEADERS;
	*ret = elf;
	return true;
}

/* Where header `index` of a table stands; false when it is not all inside the view. */
static bool entry_at(const struct inq_elf *elf, uint64_t table, uint64_t count, uint64_t entsize, uint64_t least,
		     uint64_t index, uint64_t *ret)
{
	uint64_t offset;
	if (index >= count || entsize < least || !inq_mul(index, entsize, &offset) || !inq_add(table, offset, &offset))
		return false;
	*ret = offset;
	return inq_within(offset, least, elf->view.size);
}

static bool segment_at(const struct inq_elf *elf, uint64_t index, uint64_t *ret)
{
	return entry_at(elf, elf->phoff, elf->phnum, elf->phentsize, elf->bits == 64 ? 56 : 32, index, ret);
}

static void read_segment(const struct inq_elf *elf, uint64_t at, struct inq_elf_segment *ret)
{
	const uint8_t *p = elf->view.data + at;
	bool big = elf->view.big;
	if (elf->bits == 64)
		*ret = (struct inq_elf_segment) { .type = inq_load32(p, big),
						  .flags = inq_load32(p + 4, big),
						  .offset = inq_load64(p + 8, big),
						  .vaddr = inq_load64(p + 16, big),
						  .filesz = inq_load64(p + 32, big),
						  .memsz = inq_load64(p + 40, big),
						  .align = inq_load64(p + 48, big),
						  .place = at };
	else
		*ret = (struct inq_elf_segment) { .type = inq_load32(p, big),
						  .flags = inq_load32(p + 24, big),
						  .offset = inq_load32(p + 4, big),
						  .vaddr = inq_load32(p + 8, big),
						  .filesz = inq_load32(p + 16, big),
						  .memsz = inq_load32(p + 20, big),
						  .align = inq_load32(p + 28, big),
						  .place = at };
}

bool inq_elf_segment(const struct inq_elf *elf, uint64_t index, struct inq_elf_segment *ret)
{
	uint64_t at;
	if (!segment_at(elf, index, &at))
		return false;
	read_segment(elf, at, ret);
	return true;
}

bool inq_elf_next_segment(const struct inq_elf *elf, uint32_t type, uint64_t *index, struct inq_elf_segment *ret)
{
	for (uint64_t at; segment_at(elf, *index, &at);) {
		++*index;
		if (inq_load32(elf->view.data + at, elf->view.big) != type)
			continue;
		read_segment(elf, at, ret);
		return true;
	}
	return false;
}

bool inq_elf_find_segment(const struct inq_elf *elf, uint32_t type, struct inq_elf_segment *ret)
{
	uint64_t index = 0;
	return inq_elf_next_segment(elf, type, &index, ret);
}

bool inq_elf_section(const struct inq_elf *elf, uint64_t index, struct inq_elf_section *ret)
{
	uint64_t at;
	const struct inq_view *v = &elf->view;
	if (!entry_at(elf, elf->shoff, elf->shnum, elf->shentsize, elf->bits == 64 ? 64 : 40, index, &at))
		return false;
	const uint8_t *p = v->data + at;
	bool big = v->big;
	if (elf->bits == 64)
		*ret = (struct inq_elf_section) { .name = inq_load32(p, big),
						  .type = inq_load32(p + 4, big),
						  .flags = inq_load64(p + 8, big),
						  .addr = inq_load64(p + 16, big),
						  .offset = inq_load64(p + 24, big),
						  .size = inq_load64(p + 32, big),
						  .link = inq_load32(p + 40, big),
						  .info = inq_load32(p + 44, big),
						  .entsize = inq_load64(p + 56, big) };
	else
		*ret = (struct inq_elf_section) { .name = inq_load32(p, big),
						  .type = inq_load32(p + 4, big),
						  .flags = inq_load32(p + 8, big),
						  .addr = inq_load32(p + 12, big),
						  .offset = inq_load32(p + 16, big),
						  .size = inq_load32(p + 20, big),
						  .link = inq_load32(p + 24, big),
						  .info = inq_load32(p + 28, big),
						  .entsize = inq_load32(p + 36, big) };
	return true;
}

bool inq_elf_next_note(struct inq_view *notes, uint64_t align, struct inq_elf_note *ret)
{
	uint64_t name_size, desc_size, type, name_end, end;
	if (!inq_view_at(notes, 0, 4, &name_size) || !inq_view_at(notes, 4, 4, &desc_size) ||
	    !inq_view_at(notes, 8, 4, &type))
		return false;
	if (align != 8)
		align = 4;
	/* Sizes have 32 bits, so these sums cannot wrap. */
	name_end = (12 + name_size + align - 1) & ~(align - 1);
	end = (name_end + desc_size + align - 1) & ~(align - 1);
	if (name_end > notes->size)
		return false;
	ret->owner = (const char *)notes->data + 12;
	ret->owner_length = strnlen(ret->owner, name_size);
	ret->type = (uint32_t)type;
	ret->place = notes->origin;
	ret->desc = inq_view_clip(notes, name_end, desc_size);
	ret->cut = ret->desc.size < desc_size;
	*notes = inq_view_clip(notes, end, notes->size);
	return true;
}

bool inq_elf_note_is(const struct inq_elf_note *note, const char *owner, uint32_t type)
{
	size_t length = strlen(owner);
	return note->type == type && note->owner_length == length && memcmp(note->owner, owner, length) == 0;
}

bool inq_elf_build_id(const struct inq_elf *elf, struct inq_view *ret)
{
	struct inq_elf_segment segment;
	for (uint64_t i = 0; inq_elf_next_segment(elf, INQ_PT_NOTE, &i, &segment);) {
		struct inq_view notes = inq_view_clip(&elf->view, segment.offset, segment.filesz);
		struct inq_elf_note note;
		while (inq_elf_next_note(&notes, segment.align, &note)) {
			if (!inq_elf_note_is(&note, "GNU", INQ_NT_GNU_BUILD_ID) || note.cut || !note.desc.size)
				continue;
			*ret = note.desc;
			return true;
		}
	}
	return false;
}

bool inq_elf_segment_of_offset(const struct inq_elf *elf, uint64_t offset, struct inq_elf_segment *ret)
{
	for (uint64_t i = 0; inq_elf_next_segment(elf, INQ_PT_LOAD, &i, ret);)
		if (offset - ret->offset < ret->filesz)
			return true;
	return false;
}

bool inq_elf_first_vaddr(const struct inq_elf *elf, uint64_t *ret)
{
	struct inq_elf_segment segment;
	bool found = false;
	for (uint64_t i = 0; inq_elf_next_segment(elf, INQ_PT_LOAD, &i, &segment);) {
		bool power = segment.align && !(segment.align & (segment.align - 1));
		/* Mapped by the page, whatever larger alignment the linker asked for. */
		uint64_t page = power && segment.align < 4096 ? segment.align : 4096;
		uint64_t start = segment.vaddr & ~(page - 1);
		if (!found || start < *ret)
			*ret = start;
		found = true;
	}
	return found;
}
