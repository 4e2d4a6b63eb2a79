/* Go's table of functions: the layouts of all its ages, made here by the sources of Go's linker (cmd/link/internal/ld/pcln.go),
 * and damage of every kind. Tables that Go itself made are in live/test_runtimes.py. */
#include "lib/symbol/pclntab.h"

#include "tests/support/spaces.h"

#include <string.h>

enum { WORD = 8, ROOM = 0x1000, TEXT = 0x401000, TABLE = 0x500000, BIAS = 0x10000, SHOWN = 0x380 };

static const uint32_t magics[] = { 0xfffffffb, 0xfffffffa, 0xfffffff0, 0xfffffff1 };

/* A file of an ELF header, a section ".gopclntab" of SHOWN bytes, in which ".go.module" is too, and the section headers
 * behind them. */
static uint8_t file[ROOM];
static uint64_t at; /* the next free byte of the table */
static struct test_space test;
static struct inq_space *space;
static struct inq_object object = { .load_bias = BIAS };
static struct inq_elf elf;
static struct inq_pclntab table;

enum { TABLE_AT = 0x40, NAMES_AT = 0x400, HEADERS_AT = 0x440 };

/* In the table's section: what describes inlined calls, and the module's data. */
enum { CALLS = 0x208, MODULE = 0x230, MODULE_SIZE = 41 * WORD };

static void put(uint64_t where, uint64_t value, unsigned size)
{
	ck_assert_uint_le(where + size, ROOM);
	memcpy(file + where, &value, size);
}

static void put_section(unsigned index, uint64_t name, uint64_t address, uint64_t offset, uint64_t size)
{
	uint64_t header = HEADERS_AT + 64 * (uint64_t)index;
	put(header, name, 4);
	put(header + 4, 1, 4);		     /* SHT_PROGBITS */
	put(header + 8, address ? 2 : 0, 8); /* SHF_ALLOC */
	put(header + 16, address, 8);
	put(header + 24, offset, 8);
	put(header + 32, size, 8);
}

static void put_file(void)
{
	static const char names[] = "\0.shstrtab\0.gopclntab\0.go.module";
	memcpy(file,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	put(16, 2, 2);
	put(18, 62, 2);
	put(40, HEADERS_AT, 8);
	put(58, 64, 2);
	put(60, 4, 2);
	put(62, 1, 2);
	memcpy(file + NAMES_AT, names, sizeof names);
	put_section(1, 1, 0, NAMES_AT, sizeof names);
	put_section(2, 11, TABLE, TABLE_AT, SHOWN);
	put_section(3, 22, TABLE + MODULE, TABLE_AT + MODULE, MODULE_SIZE);
}

/* One inlined call, of the function with this name, at 8 bytes from where the function begins. */
static void put_module(unsigned age, uint64_t name)
{
	uint64_t module = TABLE_AT + MODULE, call = TABLE_AT + CALLS + (age == 2 ? 12 : 4);
	put(module, BIAS + TABLE, WORD);
	put(module + 22ULL * WORD, BIAS + TEXT, WORD);
	put(module + (age == 2 ? 38ULL : 40ULL) * WORD, BIAS + TABLE + CALLS, WORD);
	put(call, name, 4);
	put(call + 4, 8, 4);
}

static uint64_t add(const void *bytes, size_t size)
{
	uint64_t where = at;
	memcpy(file + TABLE_AT + at, bytes, size);
	at += size;
	return where;
}

/* A function's record: its tables are offsets from `values`. */
static uint64_t add_record(unsigned age, uint64_t start, uint64_t name, const uint64_t tables[static 3],
			   uint64_t inlined)
{
	uint64_t where = (at + 7) & ~7ULL, entry = age >= 2 ? 4 : WORD;
	const uint64_t fields[] = { name, 0, 0, tables[0], tables[1], tables[2], inlined ? 3 : 0, 0 };
	at = where;
	put(TABLE_AT + at, start, (unsigned)entry);
	at += entry;
	for (unsigned i = 0; i < (age ? 8 : 7); i++, at += 4)
		put(TABLE_AT + at, fields[i], 4);
	at += age == 3 ? 8 : 4; /* the first line, and four small fields */
	file[TABLE_AT + at - 1] = age >= 2 ? 4 : 0;
	put(TABLE_AT + at + 8, inlined, 4);
	at += age >= 2 ? 28U : 12U;
	return where;
}

/* main.one: 0x40 bytes, in a.go: lines 10, then 12 from the 16th byte on; its depth is 0, then 24. main.two: the same, but what
 * begins at the 16th byte was inlined, from main.deep. */
static void make(unsigned age)
{
	static const uint8_t depths[] = { 2, 0x10, 48, 0x30, 0 }, lines[] = { 22, 0x10, 4, 0x30, 0 };
	static const uint8_t first_file[] = { 2, 0x40, 0 }, inlining[] = { 0, 0x10, 2, 0x30, 0 };
	uint64_t field = age >= 2 ? 4 : WORD, base = age >= 2 ? 0 : TEXT, tables[3], zero = 0;
	memset(file, 0, sizeof file);
	put_file();
	put(TABLE_AT, magics[age], 4);
	put(TABLE_AT + 6, 1, 1);
	put(TABLE_AT + 7, WORD, 1);
	put(TABLE_AT + 8, 2, WORD);
	if (age >= 2)
		put(TABLE_AT + 24, BIAS + TEXT, WORD); /* as the process has it */
	uint64_t parts = age >= 2 ? 32 : 24, functions = age ? 72 : 16;
	at = functions + 5 * field + (age ? 0 : 4);
	uint64_t one = add("main.one", 9), two = add("main.two", 9), deep = add("main.deep", 10), name = add("a.go", 5),
		 values = add(&zero, 1);
	tables[0] = add(depths, sizeof depths);
	tables[1] = add(first_file, sizeof first_file);
	tables[2] = add(lines, sizeof lines);
	uint64_t inlined = add(inlining, sizeof inlining), units = (at + 3) & ~3ULL;
	at = units + 8;
	put(TABLE_AT + units, age ? 0 : 2, 4); /* Go 1.2 counts its files, from 1 */
	put(TABLE_AT + units + 4, name, 4);
	uint64_t origin = age ? functions : 0, from = age ? values : 0;
	for (unsigned i = 0; i < 3; i++)
		tables[i] -= from;
	if (age) { /* the file's number is 0, and its name is where the list of files begins */
		const uint64_t offsets[] = { one, units, name, values, functions };
		for (unsigned i = 0; i < 5; i++)
			put(TABLE_AT + parts + i * WORD, offsets[i], WORD);
		put(TABLE_AT + units, 0, 4);
		file[TABLE_AT + tables[1] + from] = 2;
	} else {
		put(TABLE_AT + functions + 5 * field, units, 4);
		file[TABLE_AT + tables[1]] = 4; /* number 1 */
	}
	uint64_t start = base;
	for (unsigned i = 0; i < 2; i++, start += 0x40) {
		uint64_t record =
			add_record(age, start, (i ? two : one) - (age ? one : 0), tables, i ? inlined - from : 0);
		put(TABLE_AT + functions + 2 * i * field, start, (unsigned)field);
		put(TABLE_AT + functions + (2 * i + 1) * field, record - origin, (unsigned)field);
	}
	put(TABLE_AT + functions + 4 * field, start, (unsigned)field);
	ck_assert_uint_le(at, CALLS);
	if (age >= 2)
		put_module(age, deep - one);
}

static bool open_table(void)
{
	const struct inq_view view = { .data = file, .size = sizeof file };
	return inq_elf_open(&view, &elf) && inq_pclntab_open(space, &object, &elf, &table);
}

static void set_up(void)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	test_space_begin(&test, "made", file, sizeof file);
	mapping.start = BIAS + TABLE;
	mapping.end = mapping.start + SHOWN;
	mapping.permissions = INQ_PERM_KNOWN | INQ_PERM_READ;
	mapping.data_offset = TABLE_AT;
	mapping.data_size = SHOWN;
	inq_build_machine(&test.builder, 62, 64, false);
	ck_assert_int_eq(inq_build_mapping(&test.builder, &mapping), INQ_OK);
	space = test_space_seal(&test);
}

static void tear_down(void)
{
	inq_space_destroy(space);
	test_space_end(&test);
}

START_TEST(all_ages)
{
	struct inq_pclntab_function function;
	struct inq_pclntab_place place, places[2];
	uint64_t depth;
	make((unsigned)_i);
	ck_assert(open_table());
	ck_assert(!inq_pclntab_at(&table, TEXT - 1, &function));
	ck_assert(!inq_pclntab_at(&table, TEXT + 0x80, &function));
	ck_assert(inq_pclntab_at(&table, TEXT + 0x3f, &function));
	ck_assert_str_eq(function.name, "main.one");
	ck_assert_uint_eq(function.start, TEXT);
	ck_assert_uint_eq(function.size, 0x40);
	ck_assert_uint_eq(inq_pclntab_places(&table, &function, TEXT + 0xf, &place, 1), 1);
	ck_assert_str_eq(place.function, "main.one");
	ck_assert_str_eq(place.file, "a.go");
	ck_assert_uint_eq(place.line, 10);
	ck_assert_uint_eq(inq_pclntab_places(&table, &function, TEXT + 0x10, &place, 1), 1);
	ck_assert_uint_eq(place.line, 12);
	ck_assert(inq_pclntab_depth(&table, &function, TEXT + 0xf, &depth));
	ck_assert_uint_eq(depth, 0);
	ck_assert(inq_pclntab_depth(&table, &function, TEXT + 0x10, &depth));
	ck_assert_uint_eq(depth, 24);
	ck_assert(inq_pclntab_at(&table, TEXT + 0x40, &function));
	ck_assert_str_eq(function.name, "main.two");
	ck_assert_uint_eq(inq_pclntab_places(&table, &function, TEXT + 0x4f, &place, 1), 1);
	/* Of what was inlined, and it is not known where that is described. */
	ck_assert_uint_eq(inq_pclntab_places(&table, &function, TEXT + 0x50, places, 2), 0);
	inq_pclntab_find_calls(space, &object, &elf, &table);
	ck_assert_uint_eq(inq_pclntab_places(&table, &function, TEXT + 0x50, places, 2), _i >= 2 ? 2 : 0);
	if (_i < 2)
		return;
	ck_assert_str_eq(places[0].function, "main.deep");
	ck_assert_uint_eq(places[0].line, 12);
	ck_assert_str_eq(places[1].function, "main.two");
	ck_assert_uint_eq(places[1].line, 10);
	ck_assert_uint_eq(inq_pclntab_places(&table, &function, TEXT + 0x50, places, 1), 0); /* no room for all */
}
END_TEST

/* Any byte may be another one: nothing is read outside, and what is found is in range. */
START_TEST(damaged)
{
	struct inq_pclntab_function function;
	struct inq_pclntab_place places[8];
	unsigned opened = 0;
	uint64_t depth;
	for (uint64_t i = 0; i < SHOWN; i++)
		for (unsigned bit = 0; bit < 8; bit += 7) {
			make((unsigned)_i);
			file[TABLE_AT + i] ^= (uint8_t)(1 << bit);
			if (!open_table())
				continue;
			opened++;
			inq_pclntab_find_calls(space, &object, &elf, &table);
			for (uint64_t address = TEXT; address < TEXT + 0x80; address += 8) {
				if (!inq_pclntab_at(&table, address, &function))
					continue;
				ck_assert(function.start <= address && address - function.start < function.size);
				inq_pclntab_places(&table, &function, address, places, 8);
				inq_pclntab_depth(&table, &function, address, &depth);
			}
		}
	ck_assert_uint_gt(opened, SHOWN);
}
END_TEST

START_TEST(no_text)
{
	make(3);
	put(TABLE_AT + 24, 0, WORD); /* as from Go 1.26 on: the module's data tell */
	ck_assert(open_table());
	ck_assert_uint_eq(table.text, TEXT);
	put(TABLE_AT + MODULE, 0, WORD);
	ck_assert(!open_table());
	make(1);
	file[TABLE_AT + 7] = 4; /* a word size that is not the file's */
	ck_assert(!open_table());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pclntab");
	TCase *tcase = tcase_create("pclntab");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, all_ages, 0, 4);
	tcase_add_loop_test(tcase, damaged, 0, 4);
	tcase_add_test(tcase, no_text);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
