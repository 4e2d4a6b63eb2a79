/* Stubs of the procedure linkage table, read as instructions.
 *
 * Facts: System V ABI processor supplements (x86-64 and i386: "Procedure Linkage Table"; AArch64 ELF ABI; RISC-V ELF psABI,
 * "Program Linkage Table"; 64-bit ELF V2 ABI for Power, "Function Linkage"; ELF for s390x, "Procedure Linkage Table"), the
 * manufacturers' manuals for the encodings, and what binutils' linkers write (elfxx-x86.c, elfnn-aarch64.c, elf32-arm.c,
 * elfnn-riscv.c, elf64-ppc.c, elf64-s390.c). */
#include "lib/symbol/plt.h"

#include "lib/elf/dynamic.h"
#include "lib/elf/section.h"

#include <elf.h>
#include <inttypes.h>

/* A table of stubs: its section, and the bytes of it. */
struct stubs {
	const struct inq_elf *elf;
	struct inq_elf_section section;
	struct inq_view code;
	uint64_t entry; /* bytes of a stub */
};

/* Where a stub leads: the address of the slot, or the number of its relocation. */
struct slot {
	uint64_t address;
	bool by_index;
	uint8_t size; /* of a stub, where they differ */
};

static uint64_t got_base(const struct inq_elf *elf)
{
	struct inq_elf_section got;
	return inq_elf_find_section(elf, ".got.plt", &got) || inq_elf_find_section(elf, ".got", &got) ? got.addr : 0;
}

/* jmp *disp(%rip), jmp *disp, jmp *disp(%ebx); behind them push $number in a stub that was not resolved yet. */
static bool x86_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	bool wide = stubs->elf->bits == 64;
	for (uint64_t i = at; i + 6 <= at + stubs->entry; i++) {
		uint64_t opcode = inq_view_get(&stubs->code, i, 2), value = inq_view_get(&stubs->code, i + 2, 4);
		ret->by_index = false;
		ret->address = value;
		if (opcode == 0x25ff && wide)
			ret->address = stubs->section.addr + i + 6 + (uint64_t)inq_sign_extend(value, 32);
		else if (opcode == 0xa3ff && !wide)
			ret->address = (uint32_t)(value + got_base(stubs->elf));
		if (opcode == 0x25ff || (opcode == 0xa3ff && !wide))
			return true;
	}
	for (uint64_t i = at; i + 5 <= at + stubs->entry; i++)
		if (inq_view_get(&stubs->code, i, 1) == 0x68) {
			uint64_t value = inq_view_get(&stubs->code, i + 1, 4);
			*ret = (struct slot) { .address = wide ? value : value / sizeof(Elf32_Rel), .by_index = true };
			return true;
		}
	return false;
}

/* adrp x16, page; ldr x17, [x16, #offset]. Instructions are little-endian whatever the data are. */
static bool aarch64_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	struct inq_view code = stubs->code;
	code.big = false;
	for (uint64_t i = at; i + 8 <= at + stubs->entry; i += 4) {
		uint64_t adrp = inq_view_get(&code, i, 4), ldr = inq_view_get(&code, i + 4, 4);
		if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
			continue;
		uint64_t pages = (uint64_t)inq_sign_extend((adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3), 21);
		uint64_t page = (stubs->section.addr + i) & ~UINT64_C(0xfff);
		*ret = (struct slot) { .address = page + (pages << 12) + (ldr >> 10 & 0xfff) * 8 };
		return true;
	}
	return false;
}

/* An immediate of 8 bits, rotated. */
static uint32_t arm_immediate(uint64_t code)
{
	unsigned rotate = code >> 7 & 30;
	uint32_t byte = code & 0xff;
	return rotate ? byte >> rotate | byte << (32 - rotate) : byte;
}

/* For callers of Thumb code bx pc and a filler; add ip, pc, #a; add ip, ip, #b once or twice; ldr pc, [ip, #c]!. The program
 * counter reads as two instructions ahead. */
static bool arm_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	uint64_t i = at, code = inq_view_get(&stubs->code, i, 4);
	if ((code & 0xffff) == 0x4778)
		code = inq_view_get(&stubs->code, i += 4, 4);
	uint64_t address = stubs->section.addr + i + 8 + arm_immediate(code);
	if ((code & 0xfffff000) != 0xe28fc000)
		return false;
	for (unsigned adds = 0; adds < 2; adds++) {
		code = inq_view_get(&stubs->code, i + 4, 4);
		if ((code & 0xfffff000) != 0xe28cc000)
			break;
		address += arm_immediate(code);
		i += 4;
	}
	code = inq_view_get(&stubs->code, i + 4, 4);
	*ret = (struct slot) { .address = (uint32_t)(address + (code & 0xfff)), .size = (uint8_t)(i + 8 - at) };
	return (code & 0xfffff000) == 0xe5bcf000;
}

/* auipc t3, pages; ld t3, offset(t3) */
static bool riscv_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	uint64_t auipc = inq_view_get(&stubs->code, at, 4), ld = inq_view_get(&stubs->code, at + 4, 4);
	uint64_t place = stubs->section.addr + at + (uint64_t)inq_sign_extend(auipc & 0xfffff000, 32);
	*ret = (struct slot) { .address = place + (uint64_t)inq_sign_extend(ld >> 20, 12) };
	return (auipc & 0xfff) == 0xe17 && (ld & 0xfffff) == 0xe3e03;
}

/* larl %r1, slot, which counts halfwords; lg %r1, 0(%r1) */
static bool s390_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	int64_t distance = 2 * inq_sign_extend(inq_view_get(&stubs->code, at + 2, 4), 32);
	*ret = (struct slot) { .address = stubs->section.addr + at + (uint64_t)distance };
	return inq_view_get(&stubs->code, at, 2) == 0xc010 && inq_view_get(&stubs->code, at + 6, 4) == 0xe3101000;
}

/* What a slot holds at first: a branch to the resolver, one after the other in the order of the relocations, 32 bytes behind
 * the place that the dynamic section tells. */
static bool ppc64_entry(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	enum { DT_GLINK = 0x70000000, TO_FIRST = 32, RESOLVER = 64 };
	struct inq_elf_segment dynamic;
	struct inq_view bytes;
	uint64_t code = inq_view_get(&stubs->code, at, 4), place = stubs->section.addr + at, glink;
	if ((code & 0xfc000003) != 0x48000000 || !inq_elf_find_segment(stubs->elf, INQ_PT_DYNAMIC, &dynamic))
		return false;
	bytes = inq_view_clip(&stubs->elf->view, dynamic.offset, dynamic.filesz);
	if (!inq_elf_dynamic(&bytes, DT_GLINK, &glink) || place < glink + TO_FIRST)
		return false;
	uint64_t target = place + (uint64_t)inq_sign_extend(code & 0x3fffffc, 26);
	*ret = (struct slot) { .address = (place - glink - TO_FIRST) / 4, .by_index = true, .size = 4 };
	return target - glink + RESOLVER < RESOLVER + TO_FIRST;
}

/* The linker writes stubs into the code itself. std r2, 24(r1), if the caller does not; addis r12, r2, a, if it is far;
 * ld r12, b(r12 or r2); mtctr r12; bctr. r2 is 32 KiB behind where .got begins. */
static bool ppc64_call(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	struct inq_elf_section got;
	uint64_t i = at, code = inq_view_get(&stubs->code, i, 4), address, base = 2;
	if (!inq_elf_find_section(stubs->elf, ".got", &got))
		return false;
	address = got.addr + 0x8000;
	if (code == 0xf8410018)
		code = inq_view_get(&stubs->code, i += 4, 4);
	if (code >> 16 == 0x3d82) {
		address += (uint64_t)(inq_sign_extend(code, 16) * 65536);
		base = 12;
		code = inq_view_get(&stubs->code, i += 4, 4);
	}
	*ret = (struct slot) { .address = address + (uint64_t)inq_sign_extend(code & 0xfffc, 16),
			       .size = (uint8_t)(i + 12 - at) };
	return (code & 0xffff0003) == (0xe9800000 | base << 16) && inq_view_get(&stubs->code, i + 4, 4) == 0x7d8903a6 &&
	       inq_view_get(&stubs->code, i + 8, 4) == 0x4e800420;
}

static bool ppc64_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
{
	return ppc64_call(stubs, at, ret) || ppc64_entry(stubs, at, ret);
}

/* The name of the symbol that a relocation is for. */
static const char *symbol_name(const struct inq_elf *elf, const struct inq_elf_section *relocations, uint64_t index,
			       size_t *length)
{
	struct inq_elf_section symbols, strings;
	uint64_t at, size = elf->bits == 64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	if (!inq_elf_section(elf, relocations->link, &symbols) || !inq_elf_section(elf, symbols.link, &strings) ||
	    !inq_mul(index, size, &at))
		return NULL;
	struct inq_view table = inq_view_clip(&elf->view, symbols.offset, symbols.size);
	struct inq_view text = inq_view_clip(&elf->view, strings.offset, strings.size);
	uint64_t name = inq_view_get(&table, at, 4);
	const char *string = name ? inq_view_string(&text, name, text.size, length) : NULL;
	return string && *length && *length < text.size - name ? string : NULL;
}

static uint64_t symbol_index(const struct inq_elf *elf, uint64_t info)
{
	return elf->bits == 64 ? info >> 32 : info >> 8;
}

static bool holds_jumps(const struct inq_elf *elf, const struct inq_elf_section *section)
{
	const char *name = inq_elf_section_name(elf, section);
	return name && strcmp(name, elf->bits == 64 ? ".rela.plt" : ".rel.plt") == 0;
}

/* The relocation of the slot among those of one section. */
static const char *find_in(const struct inq_elf *elf, const struct inq_elf_section *section, const struct slot *slot,
			   size_t *length)
{
	unsigned word = elf->bits / 8;
	uint64_t size = section->type == SHT_RELA ? 3 * word : 2 * word, at = 0, info;
	struct inq_view table = inq_view_clip(&elf->view, section->offset, section->size);
	if (slot->by_index) {
		if (!holds_jumps(elf, section) || !inq_mul(slot->address, size, &at) ||
		    !inq_view_word_at(&table, at + word, &info))
			return NULL;
		return symbol_name(elf, section, symbol_index(elf, info), length);
	}
	for (; inq_view_word_at(&table, at + word, &info); at += size)
		if (inq_view_get_word(&table, at) == slot->address)
			return symbol_name(elf, section, symbol_index(elf, info), length);
	return NULL;
}

static const char *find_name(const struct inq_elf *elf, const struct slot *slot, size_t *length)
{
	struct inq_elf_section section;
	const char *name = NULL;
	for (uint64_t i = 0; !name && inq_elf_section(elf, i, &section); i++)
		if ((section.type == SHT_RELA || section.type == SHT_REL) && (section.flags & SHF_ALLOC))
			name = find_in(elf, &section, slot, length);
	return name;
}

/* .plt begins with what calls the run-time linker: as long as another stub on x86. */
static const struct linkage {
	uint16_t machine;
	uint8_t header, entry; /* bytes; entry 0: they differ, or the section says */
	uint8_t longest;       /* of stubs that are not all of one size */
	bool anywhere;	       /* stubs are among other code */
	bool little;	       /* instructions are so whatever the data are */
	bool (*slot)(const struct stubs *stubs, uint64_t at, struct slot *ret);
} linkages[] = {
	{ EM_X86_64, 0, 0, 0, false, true, x86_slot },	     { EM_386, 0, 0, 0, false, true, x86_slot },
	{ EM_AARCH64, 32, 0, 0, false, true, aarch64_slot }, { EM_ARM, 20, 0, 20, false, true, arm_slot },
	{ EM_RISCV, 32, 16, 0, false, true, riscv_slot },    { EM_S390, 32, 32, 0, false, false, s390_slot },
	{ EM_PPC64, 0, 0, 20, true, false, ppc64_slot },
};

static const struct linkage *find_linkage(const struct inq_elf *elf)
{
	bool wide = elf->machine == EM_RISCV || elf->machine == EM_S390; /* their 32-bit programs have other stubs */
	for (size_t i = 0; i < sizeof linkages / sizeof *linkages; i++)
		if (linkages[i].machine == elf->machine && (!wide || elf->bits == 64))
			return &linkages[i];
	return NULL;
}

static bool open_stubs(const struct inq_elf *elf, const struct linkage *linkage, uint64_t address, struct stubs *ret)
{
	if (!inq_elf_section_at(elf, address, &ret->section) || ret->section.type != SHT_PROGBITS)
		return false;
	const char *name = inq_elf_section_name(elf, &ret->section);
	bool named = name && strncmp(name, ".plt", 4) == 0 && (!name[4] || name[4] == '.');
	if (!named && !(linkage->anywhere && ret->section.flags & SHF_EXECINSTR))
		return false;
	ret->elf = elf;
	ret->code = inq_view_clip(&elf->view, ret->section.offset, ret->section.size);
	ret->code.big &= !linkage->little;
	ret->entry = linkage->entry;
	if (!ret->entry)
		ret->entry = ret->section.entsize == 8 || ret->section.entsize == 24 ? ret->section.entsize : 16;
	return true;
}

/* The stub that holds the place, which is behind the header. */
static bool find_stub(const struct stubs *stubs, const struct linkage *linkage, uint64_t offset, uint64_t *at,
		      struct slot *ret)
{
	*at = offset - (offset - linkage->header) % stubs->entry;
	if (!linkage->longest) {
		return offset >= linkage->header && linkage->slot(stubs, *at, ret);
	}
	offset -= offset % 4;
	for (uint64_t back = linkage->longest; back > 0; back -= 4) {
		*at = offset + 4 - back;
		if (offset + 4 >= back + linkage->header && linkage->slot(stubs, *at, ret) && back <= ret->size)
			return true;
	}
	return false;
}

bool inq_plt_at(struct inq_ctx *ctx, const struct inq_elf *elf, uint64_t address, struct inq_plt_stub *ret)
{
	struct stubs stubs;
	struct slot slot = { 0 };
	uint64_t at;
	size_t length;
	const struct linkage *linkage = find_linkage(elf);
	if (!linkage || !open_stubs(elf, linkage, address, &stubs) ||
	    !find_stub(&stubs, linkage, address - stubs.section.addr, &at, &slot))
		return false;
	const char *name = find_name(elf, &slot, &length);
	if (!name || length > INT32_MAX)
		return false;
	ret->start = stubs.section.addr + at;
	ret->size = slot.size ? slot.size : stubs.entry;
	ret->name = inq_arena_printf(ctx->arena, "%.*s@plt", (int)length, name);
	return ret->name != NULL;
}
