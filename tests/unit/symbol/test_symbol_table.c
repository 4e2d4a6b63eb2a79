/* Look-ups in tables made by hand: which of several symbols wins, what names no address, hostile tables; and that the index
 * answers as the scan does. */
#include "lib/symbol/table.h"

#include <check.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 512, TEXT = 1, DATA = 2, TEXT_START = 0x1000, TEXT_END = 0x3000, DATA_END = 0x4000 };

static struct inq_ctx ctx;
static struct inq_symbol_table table;
static Elf64_Sym symbols[MOST];
static Elf64_Shdr sections[3];
static char strings[16 << 10];
static size_t string_size;

static void add(const char *name, uint64_t value, uint64_t size, unsigned type, unsigned bind, unsigned section)
{
	size_t length = strlen(name) + 1;
	ck_assert_uint_le(string_size + length, sizeof strings);
	memcpy(strings + string_size, name, length);
	symbols[table.count++] = (Elf64_Sym) { .st_name = (Elf64_Word)string_size,
					       .st_info = (unsigned char)ELF64_ST_INFO(bind, type),
					       .st_shndx = (Elf64_Half)section,
					       .st_value = value,
					       .st_size = size };
	string_size += length;
	table.symbols.size = table.count * sizeof *symbols;
	table.strings.size = string_size;
}

static void set_up(void)
{
	const bool big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
	ctx = (struct inq_ctx) { .arena = inq_arena_create() };
	sections[TEXT] = (Elf64_Shdr) { .sh_addr = TEXT_START, .sh_size = TEXT_END - TEXT_START };
	sections[DATA] = (Elf64_Shdr) { .sh_addr = TEXT_END, .sh_size = DATA_END - TEXT_END };
	table = (struct inq_symbol_table) { .entry_size = sizeof *symbols };
	table.elf = (struct inq_elf) { .bits = 64, .machine = EM_X86_64, .shentsize = sizeof *sections, .shnum = 3 };
	table.elf.view =
		(struct inq_view) { .data = (uint8_t *)sections, .size = sizeof sections, .word = 8, .big = big };
	table.symbols = (struct inq_view) { .data = (uint8_t *)symbols, .word = 8, .big = big };
	table.strings = (struct inq_view) { .data = (uint8_t *)strings, .word = 8, .big = big };
	string_size = 1; /* the empty name at 0 */
	table.count = 1; /* and the symbol at 0, which is none (gABI: STN_UNDEF) */
}

static void tear_down(void)
{
	inq_table_release(&table);
	inq_arena_destroy(ctx.arena);
}

/* The name at the address, by the scan, by the grid and by the index; "" for none. */
static void expect(uint64_t address, const char *name)
{
	struct inq_symbol_span span = { .name = "" };
	inq_index_release(&table);
	table.lookups = 0;
	inq_table_at(&ctx, &table, address, &span);
	ck_assert_msg(strcmp(span.name, name) == 0, "scan at %#lx: %s, not %s", address, span.name, name);
	span.name = "";
	table.lookups = 0;
	inq_grid_make(&table);
	inq_table_at(&ctx, &table, address, &span);
	inq_grid_release(&table.grid);
	ck_assert_msg(strcmp(span.name, name) == 0, "grid at %#lx: %s, not %s", address, span.name, name);
	span.name = "";
	inq_table_index(&table);
	inq_table_at(&ctx, &table, address, &span);
	ck_assert_msg(strcmp(span.name, name) == 0, "index at %#lx: %s, not %s", address, span.name, name);
}

START_TEST(aliases)
{
	add("_local", 0x1000, 16, STT_FUNC, STB_LOCAL, TEXT);
	add("weak", 0x1000, 16, STT_FUNC, STB_WEAK, TEXT);
	add("__global", 0x1000, 16, STT_FUNC, STB_GLOBAL, TEXT);
	expect(0x1008, "__global");
	add("global_name", 0x1000, 16, STT_FUNC, STB_GLOBAL, TEXT);
	expect(0x1008, "global_name");
	add("shorter", 0x1000, 16, STT_FUNC, STB_GLOBAL, TEXT);
	expect(0x1008, "shorter");
	add("any", 0x1000, 16, STT_NOTYPE, STB_GLOBAL, TEXT);
	expect(0x1008, "shorter");
	add("long_local", 0x1000, 64, STT_FUNC, STB_LOCAL, TEXT);
	expect(0x1008, "shorter");
	expect(0x1010, "long_local");
	expect(0x1040, "");
}
END_TEST

START_TEST(nested)
{
	add("outer", 0x1000, 0x100, STT_FUNC, STB_GLOBAL, TEXT);
	add("inner", 0x1020, 0x10, STT_FUNC, STB_LOCAL, TEXT);
	add("over_end", 0x10f0, 0x20, STT_FUNC, STB_LOCAL, TEXT);
	expect(0xfff, "");
	expect(0x1000, "outer");
	expect(0x1020, "inner");
	expect(0x102f, "inner");
	expect(0x1030, "outer");
	expect(0x10f0, "over_end");
	expect(0x110f, "over_end");
	expect(0x1110, "");
}
END_TEST

START_TEST(zero_size)
{
	add("sized", 0x1000, 0x10, STT_FUNC, STB_GLOBAL, TEXT);
	add("label_inside", 0x1008, 0, STT_NOTYPE, STB_GLOBAL, TEXT);
	add("assembly", 0x1100, 0, STT_NOTYPE, STB_GLOBAL, TEXT);
	add("next", 0x1200, 0x10, STT_FUNC, STB_GLOBAL, TEXT);
	add("last", 0x2000, 0, STT_NOTYPE, STB_GLOBAL, TEXT);
	add("_end", TEXT_END, 0, STT_NOTYPE, STB_GLOBAL, TEXT); /* at the end of its section: holds nothing */
	expect(0x1008, "sized");
	expect(0x1018, ""); /* the label is inside what ended before */
	expect(0x1100, "assembly");
	expect(0x11ff, "assembly");
	expect(0x1200, "next");
	expect(0x1210, "");
	expect(TEXT_END - 1, "last");
	expect(TEXT_END, "");
	add("data_start", TEXT_END, 0, STT_NOTYPE, STB_WEAK, DATA);
	expect(TEXT_END + 8, "data_start");
}
END_TEST

START_TEST(no_addresses)
{
	add("undefined", 0x1000, 16, STT_FUNC, STB_GLOBAL, SHN_UNDEF);
	add("absolute", 0x1000, 16, STT_OBJECT, STB_GLOBAL, SHN_ABS);
	add("common", 0x1000, 16, STT_OBJECT, STB_GLOBAL, SHN_COMMON);
	add("thread_local", 0x1000, 16, STT_TLS, STB_GLOBAL, DATA);
	add("file.c", 0x1000, 16, STT_FILE, STB_LOCAL, TEXT);
	add(".text", 0x1000, 16, STT_SECTION, STB_LOCAL, TEXT);
	add(".Lconst", 0x1000, 16, STT_OBJECT, STB_LOCAL, TEXT);
	add("", 0x1000, 16, STT_FUNC, STB_GLOBAL, TEXT);
	expect(0x1000, "");
	uint64_t value;
	ck_assert(!inq_table_find(&table, "undefined", 9, &value));
	ck_assert(!inq_table_find(&table, "thread_local", 12, &value));
	add("indirect", 0x1000, 16, STT_GNU_IFUNC, STB_GLOBAL, TEXT);
	expect(0x1000, "indirect");
}
END_TEST

START_TEST(marks)
{
	add("$x", 0x1000, 0, STT_NOTYPE, STB_LOCAL, TEXT);
	add("$d.12", 0x1004, 0, STT_NOTYPE, STB_LOCAL, TEXT);
	expect(0x1008, "$d.12"); /* a name like any other on x86 */
	table.elf.machine = EM_AARCH64;
	expect(0x1008, "");
	add("$xrv64i2p1", 0x1100, 0, STT_NOTYPE, STB_LOCAL, TEXT);
	expect(0x1104, "$xrv64i2p1");
	table.elf.machine = EM_RISCV;
	expect(0x1104, "");
}
END_TEST

START_TEST(versions)
{
	uint64_t value = 0;
	add("puts@@GLIBC_2.2.5", 0x1000, 16, STT_FUNC, STB_GLOBAL, TEXT);
	add("old@GLIBC_2.0", 0x1010, 16, STT_FUNC, STB_GLOBAL, TEXT);
	add("@odd", 0x1020, 16, STT_FUNC, STB_GLOBAL, TEXT);
	expect(0x1001, "puts");
	expect(0x1011, "old");
	expect(0x1021, "@odd");
	ck_assert(inq_table_find(&table, "puts", 4, &value));
	ck_assert_uint_eq(value, 0x1000);
	ck_assert(!inq_table_find(&table, "put", 3, &value));
}
END_TEST

START_TEST(thumb)
{
	uint64_t value = 0;
	table.elf.machine = EM_ARM;
	add("thumb_function", 0x1001, 16, STT_FUNC, STB_GLOBAL, TEXT);
	add("odd_data", 0x1101, 16, STT_OBJECT, STB_GLOBAL, DATA);
	expect(0x1000, "thumb_function");
	expect(0x1010, "");
	expect(0x1100, "");
	ck_assert(inq_table_find(&table, "thumb_function", 14, &value));
	ck_assert_uint_eq(value, 0x1000);
}
END_TEST

START_TEST(descriptors)
{
	static const uint64_t opd[] = { 0x1000, 0, 0, 0x1800, 0, 0 };
	table.elf.machine = EM_PPC64;
	table.opd = table.symbols;
	table.opd.data = (const uint8_t *)opd;
	table.opd.size = sizeof opd;
	table.opd_address = 0x3000;
	add("first", 0x3000, 0x40, STT_FUNC, STB_GLOBAL, DATA);
	add("second", 0x3018, 0x40, STT_FUNC, STB_GLOBAL, DATA);
	expect(0x1010, "first");
	expect(0x1810, "second");
	expect(0x3000, ""); /* the descriptor is not the function */
}
END_TEST

START_TEST(hostile)
{
	struct inq_symbol_span span;
	add("everything", 0, UINT64_MAX, STT_FUNC, STB_LOCAL, TEXT);
	add("wraps", UINT64_MAX - 4, 0x1000, STT_FUNC, STB_GLOBAL, TEXT);
	add("cut off", 0x1000, 16, STT_FUNC, STB_GLOBAL, TEXT);
	add("far name", 0x1020, 16, STT_FUNC, STB_GLOBAL, TEXT);
	add("section", 0x2000, 0, STT_FUNC, STB_GLOBAL, 0xfe00);
	table.strings.size -= 8 + 5; /* cuts "far name" and what follows off the string table */
	symbols[5].st_name = UINT32_MAX;
	expect(0x1025, "everything");
	expect(0x1005, "cut off");
	expect(0x2000, "everything");
	expect(UINT64_MAX - 1, "wraps");
	table.count = UINT64_MAX / sizeof *symbols; /* says more than there are */
	table.lookups = 100;
	inq_index_release(&table);
	ck_assert(!inq_table_entry(&table, 6, &(struct inq_symbol_entry) { 0 }));
	ck_assert(!inq_table_index(&table));
	table.count = 6;
	ck_assert(inq_table_at(&ctx, &table, 0x1005, &span));
	ck_assert_str_eq(span.name, "cut off");
}
END_TEST

/* Addresses further apart than any shift can bring together in one cell. */
START_TEST(both_ends)
{
	add("lowest", 1, 1, STT_FUNC, STB_GLOBAL, TEXT);
	add("highest", UINT64_MAX - 1, 1, STT_FUNC, STB_GLOBAL, TEXT);
	expect(1, "lowest");
	expect(UINT64_MAX - 1, "highest");
	expect(0x1000, "");
}
END_TEST

static uint64_t random_number(void)
{
	static uint64_t seed = 7;
	seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return seed >> 33;
}

START_TEST(index_equals_scan)
{
	char name[16];
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "%s%u", random_number() % 4 ? "s" : "_s", i);
		uint64_t size = random_number() % 3 ? random_number() % 64 : 0;
		add(name, TEXT_START + random_number() % 0x1000, size, random_number() % 2 ? STT_FUNC : STT_NOTYPE,
		    (unsigned)(random_number() % 3), TEXT);
	}
	struct inq_symbol_table other = table, gridded = table;
	ck_assert(inq_table_index(&other));
	inq_grid_make(&gridded);
	ck_assert_ptr_nonnull(gridded.grid.first);
	gridded.index_tried = true; /* it stays with the grid */
	for (uint64_t address = TEXT_START - 1; address < TEXT_END + 1; address++) {
		struct inq_symbol_span a = { .name = "" }, b = { .name = "" }, c = { .name = "" };
		table.lookups = gridded.lookups = 0;
		inq_table_at(&ctx, &table, address, &a);
		inq_table_at(&ctx, &other, address, &b);
		inq_table_at(&ctx, &gridded, address, &c);
		ck_assert_str_eq(a.name, b.name);
		ck_assert_str_eq(a.name, c.name);
		ck_assert_uint_eq(a.value, b.value);
	}
	for (size_t i = 1; i < other.index_count; i++)
		ck_assert_uint_le(other.index[i - 1].end, other.index[i].start);
	inq_table_release(&other);
	inq_table_release(&gridded);
}
END_TEST

static void add_many(void)
{
	char name[16];
	for (unsigned i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "s%u%s", i, i % 3 ? "" : "@V1");
		add(name, TEXT_START + 16 * i, 8 + i % 8, STT_FUNC, STB_GLOBAL, TEXT);
	}
}

/* At each `step`th address. */
static void expect_same_as(struct inq_symbol_table *kept, unsigned step)
{
	for (uint64_t address = TEXT_START - 1; address < TEXT_END + 1; address += step) {
		struct inq_symbol_span a = { .name = "" }, b = { .name = "" };
		table.lookups = 0;
		inq_table_at(&ctx, &table, address, &a);
		inq_table_at(&ctx, kept, address, &b);
		ck_assert_str_eq(a.name, b.name);
		ck_assert_uint_eq(a.value, b.value);
	}
}

/* An index that one process leaves another one finds; what is not of the same table it makes again. */
START_TEST(index_is_kept)
{
	static const uint8_t id[20] = "twenty bytes of name";
	const char *why;
	char path[] = "/tmp/index-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(path));
	struct inq_cache_folder *folder = inq_cache_folder_open(path, &why);
	ck_assert_ptr_nonnull(folder);
	add_many();
	struct inq_symbol_table first = table, second = table, third = table;
	first.folder = second.folder = third.folder = folder;
	first.cache_name = second.cache_name = third.cache_name =
		(struct inq_cache_name) { .build_id = id, .build_id_size = sizeof id, .kind = "symtab" };
	ck_assert(inq_table_index_kept(&ctx, &first));
	ck_assert_ptr_null(first.index_kept);
	ck_assert(inq_table_index_kept(&ctx, &second));
	ck_assert_ptr_nonnull(second.index_kept);
	ck_assert_ptr_null(second.index_made);
	expect_same_as(&first, 1);
	expect_same_as(&second, 1);

	third.strings.size--;
	ck_assert(inq_table_index_kept(&ctx, &third));
	ck_assert_ptr_nonnull(third.index_made);
	inq_table_release(&first);
	inq_table_release(&second);
	inq_table_release(&third);
	inq_cache_folder_close(folder);
}
END_TEST

/* Whole files with any content: nothing outside the table is read, and the names are those of the table. */
START_TEST(kept_index_may_be_anything)
{
	static const uint8_t id[20] = "twenty bytes of name";
	struct inq_symbol_record records[64];
	const char *why;
	char path[] = "/tmp/index-XXXXXX";
	ck_assert_ptr_nonnull(mkdtemp(path));
	struct inq_cache_folder *folder = inq_cache_folder_open(path, &why);
	add_many();
	table.index_tried = true; /* it is scanned */
	for (unsigned round = 0; round < 10; round++) {
		struct inq_symbol_table kept = table;
		kept.folder = folder;
		kept.cache_name =
			(struct inq_cache_name) { .build_id = id, .build_id_size = sizeof id, .kind = "symtab" };
		for (size_t i = 0; i < sizeof records; i++)
			((uint8_t *)records)[i] = (uint8_t)random_number();
		for (size_t i = 0; i < 64 && round % 2; i++) {
			records[i].start = 0;
			records[i].entry = random_number() % (table.count + 8);
		}
		records[0].start = table.symbols.size;
		records[0].end = table.strings.size;
		inq_cache_folder_put(folder, &kept.cache_name, records, sizeof records);
		ck_assert(inq_table_index_kept(&ctx, &kept));
		ck_assert_ptr_nonnull(kept.index_kept);
		expect_same_as(&kept, 37);
		inq_table_release(&kept);
	}
	inq_cache_folder_close(folder);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("symbol_table");
	TCase *tcase = tcase_create("symbol_table");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, aliases);
	tcase_add_test(tcase, nested);
	tcase_add_test(tcase, zero_size);
	tcase_add_test(tcase, no_addresses);
	tcase_add_test(tcase, marks);
	tcase_add_test(tcase, versions);
	tcase_add_test(tcase, thumb);
	tcase_add_test(tcase, descriptors);
	tcase_add_test(tcase, hostile);
	tcase_add_test(tcase, both_ends);
	tcase_add_test(tcase, index_equals_scan);
	tcase_add_test(tcase, index_is_kept);
	tcase_add_test(tcase, kept_index_may_be_anything);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
