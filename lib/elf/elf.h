/* Bounded decoding of ELF: headers, segments, sections and notes, of both classes and both byte orders, out of a view that
 * may be cut or hostile. Nothing here allocates, and nothing trusts a count: ask for an index, get true or false.
 * Facts: System V gABI, chapters 4 and 5; PN_XNUM: gABI "ELF Header". */
#ifndef INQ_ELF_ELF_H
#define INQ_ELF_ELF_H

#include "lib/base/view.h"

enum { /* the few numbers of elf.h that several modules need; elf.h itself is left to lib/symbol */
       INQ_ET_EXEC = 2,
       INQ_ET_DYN = 3,
       INQ_ET_CORE = 4,
       INQ_PT_LOAD = 1,
       INQ_PT_DYNAMIC = 2,
       INQ_PT_INTERP = 3,
       INQ_PT_NOTE = 4,
       INQ_PT_PHDR = 6,
       INQ_PF_X = 1,
       INQ_PF_W = 2,
       INQ_PF_R = 4,
       INQ_DT_NULL = 0,
       INQ_DT_STRTAB = 5,
       INQ_DT_STRSZ = 10,
       INQ_DT_SONAME = 14,
       INQ_DT_DEBUG = 21,
       INQ_NT_GNU_BUILD_ID = 3,
       INQ_SHF_COMPRESSED = 0x800
};

struct inq_elf {
	struct inq_view view;	      /* the whole file or image, with the file's word size and byte order */
	uint8_t bits, osabi, version; /* version: EI_VERSION, 0 in cores that a Solaris kernel wrote */
	uint16_t type, machine;
	uint32_t flags;
	uint64_t entry, phoff, shoff;
	uint16_t phentsize, shentsize;
	uint64_t phnum, shnum; /* PN_XNUM resolved, if section header 0 is readable */
	uint32_t shstrndx;
	bool many_segments; /* e_phnum was PN_XNUM */
};

struct inq_elf_segment {
	uint32_t type, flags;
	uint64_t offset, vaddr, filesz, memsz, align;
	uint64_t place; /* file offset of the header itself */
};

struct inq_elf_section {
	uint32_t name, type, link, info;
	uint64_t flags, addr, offset, size, entsize;
};

struct inq_elf_note {
	const char *owner;   /* not NUL-terminated */
	size_t owner_length; /* without the NULs at its end */
	uint32_t type;
	struct inq_view desc;
	uint64_t place; /* of the note's header */
	bool cut;	/* the desc claims more bytes than there are: it is clipped */
};

enum { INQ_ELF_MAGIC = 4 };

/* Whether these INQ_ELF_MAGIC bytes are what every ELF file begins with. */
bool inq_elf_is_magic(const uint8_t *bytes);

/* False when the view does not begin with a readable ELF header. `view->word` and `big` are taken from the header. */
bool inq_elf_open(const struct inq_view *view, struct inq_elf *ret);

bool inq_elf_segment(const struct inq_elf *elf, uint64_t index, struct inq_elf_segment *ret);

/* The next segment of this type from `*index` on, which becomes the index behind it. Begin with 0. */
bool inq_elf_next_segment(const struct inq_elf *elf, uint32_t type, uint64_t *index, struct inq_elf_segment *ret);

/* The first segment of this type. */
bool inq_elf_find_segment(const struct inq_elf *elf, uint32_t type, struct inq_elf_segment *ret);
bool inq_elf_section(const struct inq_elf *elf, uint64_t index, struct inq_elf_section *ret);

/* The next note of a note segment. `align` is 4 or 8 (the segment's p_align; anything else counts as 4). `*notes` moves on.
 * False at the end, or when the rest is no note (*notes then has what is left). */
bool inq_elf_next_note(struct inq_view *notes, uint64_t align, struct inq_elf_note *ret);
bool inq_elf_note_is(const struct inq_elf_note *note, const char *owner, uint32_t type);

/* The build ID among the PT_NOTE segments of an ELF image whose bytes are at `view` as in the file (a file, or the first
 * page of one in memory): false when there is none or it is out of reach. */
bool inq_elf_build_id(const struct inq_elf *elf, struct inq_view *ret);

/* Lowest p_vaddr of the PT_LOADs, rounded down to their alignment: load bias = load base − this. False without PT_LOADs. */
bool inq_elf_first_vaddr(const struct inq_elf *elf, uint64_t *ret);

/* The PT_LOAD that the byte at a file offset is loaded by. False when none is. */
bool inq_elf_segment_of_offset(const struct inq_elf *elf, uint64_t offset, struct inq_elf_segment *ret);

#endif
