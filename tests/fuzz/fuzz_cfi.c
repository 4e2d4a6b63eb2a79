/* Fuzzes call-frame information: the first byte chooses a processor, the second the form; the rest is a section with its
 * entries, an .eh_frame_hdr, and an expression. */
#include "lib/unwind/cfi/expression.h"
#include "lib/unwind/cfi/run.h"
#include "lib/unwind/cfi/table.h"
#include "tests/fuzz/support.h"

static bool read_memory(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	const struct inq_view *view = data;
	return inq_view_at(view, address, size, ret);
}

static bool read_register(void *data, uint64_t number, uint64_t *ret)
{
	(void)data;
	*ret = number * 3;
	return number < 40;
}

static void run_rows(const struct inq_cfi_fde *fde, const struct inq_dwarf_map *map)
{
	struct inq_cfi_row row;
	inq_cfi_run(fde, fde->start, map, &row);
	inq_cfi_run(fde, fde->start + 5, map, &row);
	inq_cfi_run(fde, fde->end - 1, map, &row);
}

static void run_section(const struct inq_cfi_section *section, const struct inq_dwarf_map *map)
{
	struct inq_cfi_fde fde;
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_cfi_table table = { .frames = { { .section = *section }, { .section = *section } } };
	table.frames[1].section.debug = true;
	inq_cfi_read_header(&table, &section->bytes, 0);
	for (uint64_t address = 0; address < 0x4000; address += 0x111)
		if (inq_cfi_find(&ctx, &table, address, &fde))
			run_rows(&fde, map);
	for (uint64_t at = 0; at < section->bytes.size && at < 64; at++)
		if (inq_cfi_fde_at(section, at, &fde))
			run_rows(&fde, map);
	inq_cfi_table_release(&table);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {
		"x86_64", "i386", "aarch64", "arm", "riscv64", "ppc64", "s390x", "sparcv9"
	};
	struct inq_dwarf_map map;
	if (size < 2)
		return 0;
	inq_dwarf_map_init(&map, inq_arch_by_name(names[data[0] % (sizeof names / sizeof *names)]));
	struct inq_view view = { .data = data + 2, .size = size - 2, .word = data[1] & 1 ? 4 : 8, .big = data[1] & 2 };
	const struct inq_cfi_section section = { .bytes = view, .address = 0x2000, .debug = data[1] & 4 };
	run_section(&section, &map);
	const struct inq_expression_target target = { .read = read_memory, .get = read_register, .data = &view };
	uint64_t value, cfa = 16;
	inq_evaluate(&view, &cfa, &target, &value);
	return 0;
}
