/* Line tables, range lists and location lists of each version, written by hand. The expected answers follow from the bytes by
 * DWARF 5, 6.2.5, 7.25 and 7.29, and DWARF 4 for the older ones. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/lines.h"
#include "tests/support/spaces.h"

#include <string.h>

enum { MOST = 512 };

static uint8_t bytes_of[INQ_DWARF_SECTION_COUNT][MOST];
static size_t size_of[INQ_DWARF_SECTION_COUNT];
static struct inq_dwarf *dwarf;
static bool big;

static bool get_bytes(void *data, enum inq_dwarf_section section, uint64_t end, struct inq_view *ret, uint64_t *whole)
{
	(void)data;
	(void)end;
	*ret = (struct inq_view) { .data = bytes_of[section], .size = size_of[section] };
	*whole = ret->size;
	return ret->size > 0;
}

static void open_dwarf(void)
{
	const struct inq_dwarf_input input = { .bytes = get_bytes };
	dwarf = inq_dwarf_create(&input, 8, big);
	ck_assert_ptr_nonnull(dwarf);
}

static void set_up(void)
{
	memset(size_of, 0, sizeof size_of);
	big = false;
}

static void tear_down(void)
{
	inq_dwarf_destroy(dwarf);
}

static void put(enum inq_dwarf_section section, const void *bytes, size_t size)
{
	ck_assert_uint_le(size_of[section] + size, MOST);
	memcpy(bytes_of[section] + size_of[section], bytes, size);
	size_of[section] += size;
}

#define PUT(section, string) put(INQ_DWARF_##section, string, sizeof(string) - 1)

static void put_number(enum inq_dwarf_section section, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> 8 * (big ? size - 1 - i : i));
		put(section, &byte, 1);
	}
}

/* Writes the length of all that follows the length's own place. */
static void set_length(enum inq_dwarf_section section, size_t at)
{
	size_t end = size_of[section];
	size_of[section] = at;
	put_number(section, end - at - 4, 4);
	size_of[section] = end;
}

/* A unit over 0x1000 to 0x1100 whose line table is at 0; folder /src. */
static void put_unit(unsigned version)
{
	PUT(ABBREV, "\1\21\0"		    /* DW_TAG_compile_unit */
		    "\33\10\20\6\21\1\22\6" /* DW_AT_comp_dir string, stmt_list data4, low_pc addr, high_pc data4 */
		    "\0\0\0");
	put_number(INQ_DWARF_INFO, 0, 4);
	put_number(INQ_DWARF_INFO, version, 2);
	if (version == 5)
		PUT(INFO, "\1\10");
	put_number(INQ_DWARF_INFO, 0, 4);
	if (version < 5)
		PUT(INFO, "\10");
	PUT(INFO, "\1/src\0");
	put_number(INQ_DWARF_INFO, 0, 4);
	put_number(INQ_DWARF_INFO, 0x1000, 8);
	put_number(INQ_DWARF_INFO, 0x100, 4);
	set_length(INQ_DWARF_INFO, 0);
}

/* line_base -5, line_range 14, opcode_base 13; file 1 is a.c in folder sub, file 2 /b.h. */
static void put_line_header(unsigned version)
{
	put_number(INQ_DWARF_LINE, 0, 4);
	put_number(INQ_DWARF_LINE, version, 2);
	if (version == 5)
		PUT(LINE, "\10\0");
	size_t header = size_of[INQ_DWARF_LINE];
	put_number(INQ_DWARF_LINE, 0, 4);
	PUT(LINE, "\1");
	if (version >= 4)
		PUT(LINE, "\1");
	PUT(LINE, "\1\373\16\15\0\1\1\1\1\0\0\0\1\0\0\1");
	if (version == 5)
		PUT(LINE, "\1\1\10\2/src\0sub\0" /* folders: path as string */
			  "\3\1\10\2\13\5\36\3"	 /* files: path, folder as data1, MD5 */
			  "a.c\0\1"
			  "0123456789abcdef"
			  "a.c\0\1"
			  "0123456789abcdef"
			  "/b.h\0\0"
			  "0123456789abcdef");
	else
		PUT(LINE, "sub\0\0a.c\0\1\7\11/b.h\0\0\0\0\0");
	set_length(INQ_DWARF_LINE, header);
}

/* Rows: 0x1000 line 10, 0x1004 line 12 (special), 0x1014 /b.h line 3, 0x1025 back by 2 in the same; ends at 0x1030. */
static void put_line_program(void)
{
	PUT(LINE, "\0\11\2"); /* set_address */
	put_number(INQ_DWARF_LINE, 0x1000, 8);
	PUT(LINE, "\3\11\1");		/* advance_line 9, copy */
	PUT(LINE, "\114");		/* special: 76 = 13 + 63: 4 addresses, 7 - 5 = 2 lines */
	PUT(LINE, "\2\20\4\2\3\167\1"); /* advance_pc 16, set_file 2, advance_line -9, copy */
	PUT(LINE, "\10\3\176\1");	/* const_add_pc: (255 - 13) / 14 = 17; advance_line -2, copy */
	PUT(LINE, "\11");		/* fixed_advance_pc */
	put_number(INQ_DWARF_LINE, 11, 2);
	PUT(LINE, "\0\1\1"); /* end_sequence */
	set_length(INQ_DWARF_LINE, 0);
}

static void check_line(uint64_t address, const char *file, unsigned line)
{
	struct inq_dwarf_place place = { 0 };
	size_t count = inq_dwarf_places(dwarf, address, &place, 1);
	ck_assert_uint_eq(count, file ? 1 : 0);
	if (!file)
		return;
	ck_assert_str_eq(place.file, file);
	ck_assert_uint_eq(place.line, line);
}

START_TEST(line_tables)
{
	unsigned version = 2 + (unsigned)_i % 4;
	big = _i >= 4;
	put_unit(version);
	put_line_header(version);
	put_line_program();
	open_dwarf();
	check_line(0x0fff, NULL, 0);
	check_line(0x1000, "/src/sub/a.c", 10);
	check_line(0x1003, "/src/sub/a.c", 10);
	check_line(0x1004, "/src/sub/a.c", 12);
	check_line(0x1014, "/b.h", 3);
	check_line(0x1025, "/b.h", 1);
	check_line(0x102f, "/b.h", 1);
	check_line(0x1030, NULL, 0);
	ck_assert(!inq_dwarf_is_damaged(dwarf));
}
END_TEST

/* Behind the others: 0x1080 line 20, which is set before the address; 0x1090 line 1 and, set within the same sequence, 0x10a0
 * line 5, up to 0x10b0. */
static void put_more_sequences(void)
{
	PUT(LINE, "\3\23\0\11\2"); /* advance_line 19, set_address */
	put_number(INQ_DWARF_LINE, 0x1080, 8);
	PUT(LINE, "\1\2\10\0\1\1"); /* copy, advance_pc 8, end_sequence */
	PUT(LINE, "\0\11\2");
	put_number(INQ_DWARF_LINE, 0x1090, 8);
	PUT(LINE, "\1\0\11\2");
	put_number(INQ_DWARF_LINE, 0x10a0, 8);
	PUT(LINE, "\3\4\1\2\20\0\1\1"); /* advance_line 4, copy, advance_pc 16, end_sequence */
	set_length(INQ_DWARF_LINE, 0);
}

/* Where an address begins a sequence, the table is not run up to there; the rest of it is found all the same. */
START_TEST(line_sequences)
{
	big = _i;
	put_unit(4);
	put_line_header(4);
	put_line_program();
	put_more_sequences();
	open_dwarf();
	check_line(0x1080, "/src/sub/a.c", 20);
	check_line(0x10a0, "/src/sub/a.c", 5);
	check_line(0x1090, "/src/sub/a.c", 1);
	check_line(0x1087, "/src/sub/a.c", 20);
	check_line(0x1088, NULL, 0);
	check_line(0x1004, "/src/sub/a.c", 12);
	check_line(0x10b0, NULL, 0);
	check_line(0x1080, "/src/sub/a.c", 20);
	ck_assert(!inq_dwarf_is_damaged(dwarf));
}
END_TEST

/* A unit with a variable: DW_AT_ranges of the unit and DW_AT_location at 0 in their sections. */
static void put_lists_unit(unsigned version)
{
	PUT(ABBREV, "\1\21\1\21\1\125\6\0\0" /* a unit: low_pc addr, ranges data4 */
		    "\2\64\0\2\6\0\0"	     /* a variable: location data4 */
		    "\0");
	put_number(INQ_DWARF_INFO, 0, 4);
	put_number(INQ_DWARF_INFO, version, 2);
	if (version == 5)
		PUT(INFO, "\1\10");
	put_number(INQ_DWARF_INFO, 0, 4);
	if (version < 5)
		PUT(INFO, "\10");
	PUT(INFO, "\1");
	put_number(INQ_DWARF_INFO, 0x1000, 8);
	put_number(INQ_DWARF_INFO, 0, 4);
	PUT(INFO, "\2");
	put_number(INQ_DWARF_INFO, 0, 4);
	PUT(INFO, "\0");
	set_length(INQ_DWARF_INFO, 0);
}

/* In .debug_loc an expression of one byte follows a pair. */
static void put_pair(enum inq_dwarf_section section, uint64_t first, uint64_t second, uint8_t operation)
{
	put_number(section, first, 8);
	put_number(section, second, 8);
	if (section != INQ_DWARF_LOC || !operation)
		return;
	put_number(section, 1, 2);
	put(section, &operation, 1);
}

/* 0x1010 to 0x1020; a new base; 0x5001 to 0x5002; a base of what was left out: nothing of it counts. */
static void put_old_lists(void)
{
	static const enum inq_dwarf_section lists[] = { INQ_DWARF_RANGES, INQ_DWARF_LOC };
	for (unsigned i = 0; i < 2; i++) {
		put_pair(lists[i], 0x10, 0x20, 0x50);
		put_pair(lists[i], UINT64_MAX, 0x5000, 0);
		put_pair(lists[i], 1, 2, 0x51);
		put_pair(lists[i], UINT64_MAX, UINT64_MAX - 1, 0);
		put_pair(lists[i], 0x30, 0x40, 0x52);
		put_pair(lists[i], 0, 0, 0);
	}
}

/* The same with the entries of version 5; the middle one by start and length. */
static void put_new_lists(void)
{
	PUT(RNGLISTS, "\4\20\40\7");
	put_number(INQ_DWARF_RNGLISTS, 0x5001, 8);
	PUT(RNGLISTS, "\1\5");
	put_number(INQ_DWARF_RNGLISTS, UINT64_MAX, 8);
	PUT(RNGLISTS, "\4\60\100\0");
	PUT(LOCLISTS, "\4\20\40\1\x50\10");
	put_number(INQ_DWARF_LOCLISTS, 0x5001, 8);
	PUT(LOCLISTS, "\1\1\x51\6");
	put_number(INQ_DWARF_LOCLISTS, UINT64_MAX, 8);
	PUT(LOCLISTS, "\4\60\100\1\x52\0");
}

static void check_lists(void)
{
	static const struct {
		uint64_t pc;
		uint8_t operation;
	} expected[] = { { 0x100f, 0 },	   { 0x1010, 0x50 }, { 0x101f, 0x50 }, { 0x1020, 0 }, { 0x5000, 0 },
			 { 0x5001, 0x51 }, { 0x5002, 0 },    { 0x2f, 0 },      { 0x30, 0 },   { 0x1030, 0 } };
	struct inq_dwarf_entry root, variable;
	struct inq_dwarf_unit *unit = inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, 0);
	ck_assert(unit && inq_dwarf_root(unit, &root) && inq_dwarf_child(&root, &variable));
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
		struct inq_view expression;
		bool found = inq_dwarf_location(&variable, AT_LOCATION, expected[i].pc, &expression);
		ck_assert_int_eq(inq_dwarf_holds(&root, expected[i].pc), expected[i].operation != 0);
		ck_assert_int_eq(found, expected[i].operation != 0);
		ck_assert(!found || (expression.size == 1 && expression.data[0] == expected[i].operation));
	}
	ck_assert_ptr_eq(inq_dwarf_unit_at(dwarf, 0x1015), unit);
	ck_assert_ptr_null(inq_dwarf_unit_at(dwarf, 0x1025));
}

START_TEST(lists)
{
	unsigned version = 2 + (unsigned)_i % 4;
	big = _i >= 4;
	put_lists_unit(version);
	if (version < 5)
		put_old_lists();
	else
		put_new_lists();
	open_dwarf();
	check_lists();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dwarf tables");
	TCase *tcase = tcase_create("tables");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, line_tables, 0, 8);
	tcase_add_loop_test(tcase, line_sequences, 0, 2);
	tcase_add_loop_test(tcase, lists, 0, 8);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
