/* The unit and the function of an address, in debug information written by hand: codes of one to three bytes, entries of
 * fixed and of varying size. The expected answers follow from the bytes by DWARF 4, 6.1.2, 7.5 and 7.6. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/private.h"
#include "tests/support/spaces.h"

#include <string.h>

enum { MOST = 8192, BLOCK = 2, SUBPROGRAM = 199, VARIABLE = 200, FAR_SUBPROGRAM = 20000 };

static uint8_t bytes_of[INQ_DWARF_SECTION_COUNT][MOST];
static size_t size_of[INQ_DWARF_SECTION_COUNT];
static struct inq_dwarf *dwarf;

static bool get_bytes(void *data, enum inq_dwarf_section section, uint64_t end, struct inq_view *ret, uint64_t *whole)
{
	(void)data;
	(void)end;
	*ret = (struct inq_view) { .data = bytes_of[section], .size = size_of[section] };
	*whole = ret->size;
	return ret->size > 0;
}

static void put(enum inq_dwarf_section section, uint64_t value, unsigned size)
{
	ck_assert_uint_le(size_of[section] + size, MOST);
	for (unsigned i = 0; i < size; i++)
		bytes_of[section][size_of[section]++] = (uint8_t)(value >> 8 * i);
}

static void put_uleb(enum inq_dwarf_section section, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		put(section, (value & 0x7f) | 0x80, 1);
	put(section, value, 1);
}

/* Pairs of attribute and form, up to a 0. */
static void put_abbreviation(uint64_t code, unsigned tag, bool children, const char *pairs)
{
	put_uleb(INQ_DWARF_ABBREV, code);
	put_uleb(INQ_DWARF_ABBREV, tag);
	put(INQ_DWARF_ABBREV, children, 1);
	for (; *pairs; pairs++)
		put(INQ_DWARF_ABBREV, (uint8_t)*pairs, 1);
	put(INQ_DWARF_ABBREV, 0, 2);
}

static void put_abbreviations(void)
{
	put_abbreviation(1, TAG_COMPILE_UNIT, true, "\21\1\22\6"); /* low_pc addr, high_pc data4 */
	for (unsigned code = BLOCK; code < SUBPROGRAM; code++)
		put_abbreviation(code, TAG_LEXICAL_BLOCK, true, "");
	put_abbreviation(SUBPROGRAM, TAG_SUBPROGRAM, true, "\21\1\22\6");
	put_abbreviation(VARIABLE, TAG_VARIABLE, false, "\72\13\2\30\73\13"); /* data1, location exprloc, data1 */
	put_abbreviation(FAR_SUBPROGRAM, TAG_SUBPROGRAM, true, "\21\1\22\6");
	put(INQ_DWARF_ABBREV, 0, 1);
}

/* An entry with addresses. */
static void put_placed(uint64_t code, uint64_t low, uint64_t size)
{
	put_uleb(INQ_DWARF_INFO, code);
	put(INQ_DWARF_INFO, low, 8);
	put(INQ_DWARF_INFO, size, 4);
}

/* Blocks of all their codes in each other, the innermost with a variable; ends of one byte, and one needlessly long. */
static void put_blocks(void)
{
	for (unsigned code = BLOCK; code < SUBPROGRAM; code++)
		put_uleb(INQ_DWARF_INFO, code);
	put_uleb(INQ_DWARF_INFO, VARIABLE);
	put(INQ_DWARF_INFO, 0x00000301, 4); /* 1; 3 bytes of location: 0 0 3 */
	put(INQ_DWARF_INFO, 0x0203, 2);
	put(INQ_DWARF_INFO, 0x0080, 2);
	for (unsigned code = BLOCK + 1; code < SUBPROGRAM; code++)
		put(INQ_DWARF_INFO, 0, 1);
}

static size_t begin_unit(uint64_t low, uint64_t size)
{
	size_t start = size_of[INQ_DWARF_INFO];
	put(INQ_DWARF_INFO, 0, 4);
	put(INQ_DWARF_INFO, 4, 2);
	put(INQ_DWARF_INFO, 0, 4);
	put(INQ_DWARF_INFO, 8, 1);
	put_placed(1, low, size);
	return start;
}

static void end_unit(size_t start)
{
	put(INQ_DWARF_INFO, 0, 1);
	size_t end = size_of[INQ_DWARF_INFO];
	size_of[INQ_DWARF_INFO] = start;
	put(INQ_DWARF_INFO, end - start - 4, 4);
	size_of[INQ_DWARF_INFO] = end;
}

/* One set: the unit at the offset has these addresses. */
static void put_listed(size_t unit, uint64_t start, uint64_t size)
{
	put(INQ_DWARF_ARANGES, 44, 4);
	put(INQ_DWARF_ARANGES, 2, 2);
	put(INQ_DWARF_ARANGES, unit, 4);
	put(INQ_DWARF_ARANGES, 8, 2);
	put(INQ_DWARF_ARANGES, 0, 4);
	put(INQ_DWARF_ARANGES, start, 8);
	put(INQ_DWARF_ARANGES, size, 8);
	put(INQ_DWARF_ARANGES, 0, 8);
	put(INQ_DWARF_ARANGES, 0, 8);
}

static void set_up(void)
{
	const struct inq_dwarf_input input = { .bytes = get_bytes };
	memset(size_of, 0, sizeof size_of);
	put_abbreviations();
	dwarf = inq_dwarf_create(&input, 8, false);
	ck_assert_ptr_nonnull(dwarf);
}

static void tear_down(void)
{
	inq_dwarf_destroy(dwarf);
}

/* Where the function of the address begins; 0: none. */
static uint64_t function_at(uint64_t address)
{
	struct inq_dwarf_entry entry;
	uint64_t low = 0;
	struct inq_dwarf_unit *unit = inq_dwarf_unit_at(dwarf, address);
	if (unit && inq_dwarf_function_at(unit, address, &entry))
		ck_assert(inq_dwarf_address(&entry, AT_LOW_PC, &low));
	return low;
}

START_TEST(functions)
{
	size_t start = begin_unit(0x1000, 0x1000);
	put_placed(SUBPROGRAM, 0x1000, 0x10);
	put_blocks();
	put(INQ_DWARF_INFO, 0, 1);
	put_uleb(INQ_DWARF_INFO, VARIABLE);
	put(INQ_DWARF_INFO, 0x000001, 3);
	put_placed(FAR_SUBPROGRAM, 0x1800, 0x20);
	put_blocks();
	put_placed(SUBPROGRAM, 0x1900, 0x10); /* a function in the function */
	put(INQ_DWARF_INFO, 0, 1);
	put(INQ_DWARF_INFO, 0, 1);
	put_placed(SUBPROGRAM, 0x1a00, 0x10);
	put(INQ_DWARF_INFO, 0, 1);
	end_unit(start);
	ck_assert_uint_eq(function_at(0x180f), 0x1800);
	ck_assert_uint_eq(function_at(0x1008), 0x1000);
	ck_assert_uint_eq(function_at(0x1a0f), 0x1a00);
	ck_assert_uint_eq(function_at(0x1a10), 0);
	ck_assert_uint_eq(function_at(0x1908), 0x1900);
	ck_assert_uint_eq(function_at(0x1820), 0);
	ck_assert(!inq_dwarf_is_damaged(dwarf));
}
END_TEST

/* Cut anywhere within the first function, the unit has no other; nothing outside is read, as the sanitizers see. */
START_TEST(cut)
{
	size_t start = begin_unit(0x1000, 0x1000);
	put_placed(SUBPROGRAM, 0x1000, 0x10);
	size_t least = size_of[INQ_DWARF_INFO];
	put_blocks();
	size_of[INQ_DWARF_INFO] = least + (size_t)_i * 16;
	end_unit(start);
	ck_assert_uint_eq(function_at(0x1008), 0x1000);
	ck_assert_uint_eq(function_at(0x1a08), 0);
}
END_TEST

/* A unit that .debug_aranges lists is listed with all its addresses; others are asked themselves. */
START_TEST(listed)
{
	size_t first = begin_unit(0x1000, 0x1000);
	end_unit(first);
	size_t second = begin_unit(0x3000, 0x1000);
	end_unit(second);
	size_t third = begin_unit(0x5000, 0x1000);
	end_unit(third);
	put_listed(third, 0x5000, 0x10);
	put_listed(first, 0x1000, 0x10);
	const struct inq_dwarf_unit *unit = inq_dwarf_unit_at(dwarf, 0x3fff);
	ck_assert(unit && unit->offset == second);
	unit = inq_dwarf_unit_at(dwarf, 0x100f);
	ck_assert(unit && unit->offset == first);
	unit = inq_dwarf_unit_at(dwarf, 0x500f);
	ck_assert(unit && unit->offset == third);
	ck_assert_ptr_null(inq_dwarf_unit_at(dwarf, 0x1010));
	ck_assert_ptr_null(inq_dwarf_unit_at(dwarf, 0x5010));
	ck_assert_ptr_null(inq_dwarf_unit_at(dwarf, 0x4000));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dwarf functions");
	TCase *tcase = tcase_create("functions");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, functions);
	tcase_add_loop_test(tcase, cut, 0, 24);
	tcase_add_test(tcase, listed);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
