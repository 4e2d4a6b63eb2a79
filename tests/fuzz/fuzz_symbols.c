/* Fuzzes tables of symbols: the input is an ELF file, of which every table is opened by itself, asked by address and by
 * name, and its stubs and packed symbols are read. What is in memory is fuzzed by fuzz_objects.c. */
#include "lib/symbol/contents.h"
#include "lib/symbol/names.h"
#include "lib/symbol/plt.h"
#include "tests/fuzz/support.h"

#include <elf.h>
#include <stdlib.h>

enum { MOST_SECTIONS = 64, STUBS = 4 };

extern const struct inq_symbol_source inq_symbol_source_minidebug;

/* More look-ups than a table scans for: the later ones go through its index. */
static void ask(struct inq_ctx *ctx, struct inq_symbol_table *table)
{
	struct inq_symbol_span span;
	struct inq_symbol_entry entry = { 0 };
	uint64_t value;
	for (uint64_t address = 0x7f8; address < 0x860; address += 7)
		inq_table_at(ctx, table, address, &span);
	for (uint64_t i = 0; i < table->count && i < MOST_SECTIONS; i++) {
		if (!inq_table_entry(table, i, &entry) || !inq_table_name(table, i, &entry))
			continue;
		inq_table_at(ctx, table, entry.value + entry.size - 1, &span);
		inq_table_find(table, entry.name, entry.length, &value);
	}
	inq_table_release(table);
}

static void read_tables(struct inq_ctx *ctx, const struct inq_elf *elf)
{
	static const uint32_t types[] = { SHT_SYMTAB, SHT_DYNSYM };
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct inq_symbol_table table = { 0 };
		if (inq_table_open(ctx, elf, types[i], &table))
			inq_table_find_descriptors(elf, &table);
		ask(ctx, &table);
	}
}

static void read_sections(struct inq_ctx *ctx, const struct inq_elf *elf)
{
	struct inq_elf_section section;
	struct inq_contents contents;
	struct inq_plt_stub stub;
	for (uint64_t i = 0; i < MOST_SECTIONS && inq_elf_section(elf, i, &section); i++) {
		for (uint64_t at = 0; at < STUBS; at++)
			inq_plt_at(ctx, elf, section.addr + 16 * at + 1, &stub);
		inq_plt_at(ctx, elf, section.addr + section.size - 1, &stub);
		if (inq_section_contents(ctx, elf, &section, &contents))
			free(contents.unpacked);
	}
}

static void read_packed(struct inq_ctx *ctx, const struct inq_elf *elf)
{
	struct inq_space space = { .ctx = ctx };
	struct inq_object object = { 0 };
	struct inq_names names = { .has_file = true, .file = *elf };
	struct inq_symbol_table table = { 0 };
	inq_symbol_source_minidebug.open(&space, &object, &names, &table);
	ask(ctx, &table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	const struct inq_view view = { .data = data, .size = size };
	struct inq_elf elf;
	if (inq_elf_open(&view, &elf)) {
		read_tables(&ctx, &elf);
		read_sections(&ctx, &elf);
		read_packed(&ctx, &elf);
	}
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
