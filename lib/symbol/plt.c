/* Stubs of the procedure linkage table, read as instructions.
 *
 * Facts: System V ABI processor supplements (x86-64 and i386: "Procedure Linkage Table"; AArch64 ELF ABI), Intel's and
 * Arm's manuals for the encodings, and what binutils' linkers write (elfxx-x86.c, elfnn-aarch64.c). */
#include "lib/symbol/plt.h"

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
static bool arm_slot(const struct stubs *stubs, uint64_t at, struct slot *ret)
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

/* .plt begins with the stub that calls the run-time linker: as long as the others on x86, 32 bytes on
 * aarch64. */
static bool find_stub(const struct stubs *stubs, uint64_t address, uint64_t *ret)
{
	uint64_t offset = address - stubs->section.addr, start = 0;
	if (stubs->elf->machine == EM_AARCH64) {
		enum { HEADER = 32 };
		if (offset < HEADER)
			return false;
		start = HEADER;
	}
	*ret = offset - (offset - start) % stubs->entry;
	return true;
}

static bool open_stubs(const struct inq_elf *elf, uint64_t address, struct stubs *ret)
{
	if (!inq_elf_section_at(elf, address, &ret->section) || ret->section.type != SHT_PROGBITS)
		return false;
	const char *name = inq_elf_section_name(elf, &ret->section);
	if (!name || strncmp(name, ".plt", 4) != 0 || (name[4] && name[4] != '.'))
		return false;
	ret->elf = elf;
	ret->code = inq_view_clip(&elf->view, ret->section.offset, ret->section.size);
	ret->entry = ret->section.entsize == 8 || ret->section.entsize == 24 ? ret->section.entsize : 16;
	return true;
}

bool inq_plt_at(struct inq_ctx *ctx, const struct inq_elf *elf, uint64_t address, struct inq_plt_stub *ret)
{
	struct stubs stubs;
	struct slot slot;
	uint64_t at;
	size_t length;
	bool x86 = elf->machine == EM_X86_64 || elf->machine == EM_386;
	if ((!x86 && elf->machine != EM_AARCH64) || !open_stubs(elf, address, &stubs) ||
	    !find_stub(&stubs, address, &at) || !(x86 ? x86_slot : arm_slot)(&stubs, at, &slot))
		return false;
	const char *name = find_name(elf, &slot, &length);
	if (!name || length > INT32_MAX)
		return false;
	ret->start = stubs.section.addr + at;
	ret->size = stubs.entry;
	ret->name = inq_arena_printf(ctx->arena, "%.*s@plt", (int)length, name);
	return ret->name != NULL;
}
