/* Every form of DWARF 2 to 5, written by hand: what it means, and that exactly its bytes are passed over. The bytes follow
 * DWARF 5, 7.5.6 and 7.6; those of GNU the descriptions that lib/dwarf/constants.h names. */
#include "lib/dwarf/constants.h"
#include "lib/dwarf/dwarf.h"
#include "tests/support/spaces.h"

#include <string.h>

enum { MOST = 512, AT_WANTED = AT_CONST_VALUE, MARK = 0x5a };

static struct inq_view sections[INQ_DWARF_SECTION_COUNT];
static struct inq_dwarf *dwarf, *other;

static bool get_bytes(void *data, enum inq_dwarf_section section, uint64_t end, struct inq_view *ret, uint64_t *whole)
{
	(void)data;
	(void)end;
	*ret = sections[section];
	*whole = ret->size;
	return ret->size > 0;
}

static struct inq_dwarf *get_other(void *data)
{
	(void)data;
	return other;
}

static void set_up(void)
{
	memset(sections, 0, sizeof sections);
	const struct inq_dwarf_input input = { .bytes = get_bytes, .alternate = get_other };
	dwarf = inq_dwarf_create(&input, 8, false);
	other = inq_dwarf_create(&input, 8, false);
	ck_assert(dwarf && other);
}

static void tear_down(void)
{
	inq_dwarf_destroy(dwarf);
	inq_dwarf_destroy(other);
}

static void set_section(enum inq_dwarf_section section, const void *bytes, size_t size)
{
	sections[section] = (struct inq_view) { .data = bytes, .size = size };
}

struct form_case {
	uint8_t version;
	uint16_t form;
	const char *bytes;
	size_t size;
	enum inq_dwarf_class class;
	uint64_t number; /* of numbers, addresses, references: offset of the entry */
	const char *string;
};

#define BYTES(string) string, sizeof(string) - 1

/* A unit's header has 11 bytes up to version 4, 12 in version 5: there the root entry stands. */
static const struct form_case cases[] = {
	{ 5, FORM_ADDR, BYTES("\1\2\3\4\5\6\7\10"), INQ_DWARF_ADDRESS, 0x0807060504030201, NULL },
	{ 5, FORM_BLOCK1, BYTES("\2ab"), INQ_DWARF_BLOCK, 2, NULL },
	{ 5, FORM_BLOCK2, BYTES("\2\0ab"), INQ_DWARF_BLOCK, 2, NULL },
	{ 5, FORM_BLOCK4, BYTES("\2\0\0\0ab"), INQ_DWARF_BLOCK, 2, NULL },
	{ 5, FORM_BLOCK, BYTES("\202\0ab"), INQ_DWARF_BLOCK, 2, NULL },
	{ 4, FORM_EXPRLOC, BYTES("\1\x9c"), INQ_DWARF_EXPRESSION, 1, NULL },
	{ 5, FORM_DATA1, BYTES("\xff"), INQ_DWARF_NUMBER, 255, NULL },
	{ 5, FORM_DATA2, BYTES("\xfe\xff"), INQ_DWARF_NUMBER, 65534, NULL },
	{ 5, FORM_DATA4, BYTES("\1\0\0\x80"), INQ_DWARF_NUMBER, 0x80000001, NULL },
	{ 5, FORM_DATA8, BYTES("\1\0\0\0\0\0\0\x80"), INQ_DWARF_NUMBER, 0x8000000000000001, NULL },
	{ 5, FORM_DATA16, BYTES("0123456789abcdef"), INQ_DWARF_BLOCK, 16, NULL },
	{ 5, FORM_UDATA, BYTES("\345\216\46"), INQ_DWARF_NUMBER, 624485, NULL }, /* the standard's own example */
	{ 5, FORM_SDATA, BYTES("\177"), INQ_DWARF_SIGNED, UINT64_MAX, NULL },
	{ 5, FORM_IMPLICIT_CONST, BYTES(""), INQ_DWARF_SIGNED, 77, NULL },
	{ 5, FORM_FLAG, BYTES("\1"), INQ_DWARF_FLAG, 1, NULL },
	{ 5, FORM_FLAG_PRESENT, BYTES(""), INQ_DWARF_FLAG, 1, NULL },
	{ 5, FORM_SEC_OFFSET, BYTES("\1\2\0\0"), INQ_DWARF_OFFSET, 0x201, NULL },
	{ 5, FORM_STRING, BYTES("here\0"), INQ_DWARF_STRING, 0, "here" },
	{ 5, FORM_STRP, BYTES("\4\0\0\0"), INQ_DWARF_STRING_OFFSET, 0, "two" },
	{ 5, FORM_LINE_STRP, BYTES("\5\0\0\0"), INQ_DWARF_STRING_LINE, 0, "two" },
	{ 5, FORM_STRP_SUP, BYTES("\0\0\0\0"), INQ_DWARF_STRING_OTHER, 0, "one" },
	{ 4, FORM_GNU_STRP_ALT, BYTES("\4\0\0\0"), INQ_DWARF_STRING_OTHER, 0, "two" },
	{ 5, FORM_STRX, BYTES("\1"), INQ_DWARF_STRING_INDEX, 0, "two" },
	{ 5, FORM_STRX1, BYTES("\1"), INQ_DWARF_STRING_INDEX, 0, "two" },
	{ 5, FORM_STRX2, BYTES("\1\0"), INQ_DWARF_STRING_INDEX, 0, "two" },
	{ 5, FORM_STRX3, BYTES("\1\0\0"), INQ_DWARF_STRING_INDEX, 0, "two" },
	{ 5, FORM_STRX4, BYTES("\1\0\0\0"), INQ_DWARF_STRING_INDEX, 0, "two" },
	{ 5, FORM_ADDRX, BYTES("\1"), INQ_DWARF_ADDRESS_INDEX, 0x2000, NULL },
	{ 5, FORM_ADDRX1, BYTES("\1"), INQ_DWARF_ADDRESS_INDEX, 0x2000, NULL },
	{ 5, FORM_ADDRX2, BYTES("\1\0"), INQ_DWARF_ADDRESS_INDEX, 0x2000, NULL },
	{ 5, FORM_ADDRX3, BYTES("\1\0\0"), INQ_DWARF_ADDRESS_INDEX, 0x2000, NULL },
	{ 5, FORM_ADDRX4, BYTES("\1\0\0\0"), INQ_DWARF_ADDRESS_INDEX, 0x2000, NULL },
	{ 5, FORM_REF1, BYTES("\14"), INQ_DWARF_REFERENCE, 12, NULL },
	{ 5, FORM_REF2, BYTES("\14\0"), INQ_DWARF_REFERENCE, 12, NULL },
	{ 5, FORM_REF4, BYTES("\14\0\0\0"), INQ_DWARF_REFERENCE, 12, NULL },
	{ 5, FORM_REF8, BYTES("\14\0\0\0\0\0\0\0"), INQ_DWARF_REFERENCE, 12, NULL },
	{ 5, FORM_REF_UDATA, BYTES("\14"), INQ_DWARF_REFERENCE, 12, NULL },
	{ 5, FORM_REF_ADDR, BYTES("\14\0\0\0"), INQ_DWARF_REFERENCE_INFO, 12, NULL },
	{ 2, FORM_REF_ADDR, BYTES("\13\0\0\0\0\0\0\0"), INQ_DWARF_REFERENCE_INFO, 11, NULL },
	{ 5, FORM_REF_SUP4, BYTES("\14\0\0\0"), INQ_DWARF_REFERENCE_OTHER, 12, NULL },
	{ 5, FORM_REF_SUP8, BYTES("\14\0\0\0\0\0\0\0"), INQ_DWARF_REFERENCE_OTHER, 12, NULL },
	{ 4, FORM_GNU_REF_ALT, BYTES("\13\0\0\0"), INQ_DWARF_REFERENCE_OTHER, 11, NULL },
	{ 5, FORM_REF_SIG8, BYTES("\1\0\0\0\0\0\0\0"), INQ_DWARF_REFERENCE_TYPE, INQ_DWARF_NONE, NULL },
	{ 5, FORM_LOCLISTX, BYTES("\3"), INQ_DWARF_LIST_INDEX, 3, NULL },
	{ 5, FORM_RNGLISTX, BYTES("\3"), INQ_DWARF_LIST_INDEX, 3, NULL },
	{ 5, FORM_INDIRECT, BYTES("\13\7"), INQ_DWARF_NUMBER, 7, NULL }, /* DW_FORM_data1 */
};

static size_t put(uint8_t *bytes, size_t at, const void *more, size_t size)
{
	memcpy(bytes + at, more, size);
	return at + size;
}

/* An attribute's number or form, as LEB128 of up to 14 bits. */
static size_t put_uleb(uint8_t *bytes, size_t at, unsigned value)
{
	const uint8_t encoded[] = { (uint8_t)(value & 0x7f) | 0x80, (uint8_t)(value >> 7) };
	return put(bytes, at, encoded, 2);
}

static void make_unit(const struct form_case *c)
{
	static uint8_t abbrev[MOST], info[MOST];
	size_t at = put(abbrev, 0, "\1\21\0", 3); /* code 1, DW_TAG_compile_unit, no children */
	at = put_uleb(abbrev, at, AT_WANTED);
	at = put_uleb(abbrev, at, c->form);
	if (c->form == FORM_IMPLICIT_CONST)
		at = put(abbrev, at, "\315\0", 2); /* 77 */
	at = put(abbrev, at, "\13\13\0\0\0", 5);   /* DW_AT_byte_size as DW_FORM_data1: the mark; the end */
	set_section(INQ_DWARF_ABBREV, abbrev, at);
	at = c->version == 5 ? put(info, 4, "\5\0\1\10\0\0\0\0", 8) : put(info, 4, "\4\0\0\0\0\0\10", 7);
	info[4] = c->version;
	at = put(info, at, "\1", 1);
	at = put(info, at, c->bytes, c->size);
	info[at++] = MARK;
	put(info, 0, (const uint8_t[]) { (uint8_t)(at - 4), 0, 0, 0 }, 4);
	set_section(INQ_DWARF_INFO, info, at);
}

static void check_meaning(const struct form_case *c, const struct inq_dwarf_value *value)
{
	struct inq_dwarf_entry entry;
	uint64_t number = INQ_DWARF_NONE;
	switch ((int)c->class) {
	case INQ_DWARF_ADDRESS:
	case INQ_DWARF_ADDRESS_INDEX:
		ck_assert(inq_dwarf_value_address(value, &number));
		break;
	case INQ_DWARF_BLOCK:
	case INQ_DWARF_EXPRESSION:
		number = value->bytes.size;
		break;
	case INQ_DWARF_REFERENCE:
	case INQ_DWARF_REFERENCE_INFO:
	case INQ_DWARF_REFERENCE_OTHER:
	case INQ_DWARF_REFERENCE_TYPE:
		if (inq_dwarf_value_entry(value, &entry))
			number = entry.offset;
		break;
	default:
		number = value->number;
	}
	if (c->string)
		ck_assert_str_eq(inq_dwarf_value_string(value), c->string);
	else
		ck_assert_uint_eq(number, c->number);
}

START_TEST(every_form)
{
	const struct form_case *c = &cases[_i];
	struct inq_dwarf_entry root;
	struct inq_dwarf_value value;
	uint64_t mark;
	make_unit(c);
	set_section(INQ_DWARF_STR, "one\0two", 8);
	set_section(INQ_DWARF_LINE_STR, "zero\0two", 9);
	set_section(INQ_DWARF_STR_OFFSETS, "\14\0\0\0\5\0\0\0\0\0\0\0\4\0\0\0", 16);
	set_section(INQ_DWARF_ADDR, "\24\0\0\0\5\0\10\0\0\x10\0\0\0\0\0\0\0\x20\0\0\0\0\0\0", 24);
	struct inq_dwarf_unit *unit = inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, 0);
	ck_assert(unit && inq_dwarf_root(unit, &root));
	unit->str_offsets_base = 8; /* what DW_AT_str_offsets_base would say */
	ck_assert(inq_dwarf_attribute(&root, AT_WANTED, &value));
	ck_assert_int_eq(value.class, c->class);
	check_meaning(c, &value);
	ck_assert(inq_dwarf_number(&root, AT_BYTE_SIZE, &mark));
	ck_assert_uint_eq(mark, MARK);
}
END_TEST

/* One byte less, down to none: it is said to be broken, and nothing behind it is read. */
START_TEST(cut_short)
{
	struct form_case c = cases[_i];
	struct inq_dwarf_entry root;
	uint64_t mark;
	make_unit(&c);
	uint8_t *copy = inq_alloc(sections[INQ_DWARF_INFO].size);
	ck_assert_ptr_nonnull(copy);
	size_t size = sections[INQ_DWARF_INFO].size - 1;
	memcpy(copy, sections[INQ_DWARF_INFO].data, size);
	copy[0]--;
	uint8_t *exact = inq_realloc(copy, size); /* so that the sanitizer sees a read too far */
	ck_assert_ptr_nonnull(exact);
	set_section(INQ_DWARF_INFO, exact, size);
	struct inq_dwarf_unit *unit = inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, 0);
	ck_assert(unit && inq_dwarf_root(unit, &root));
	ck_assert(!inq_dwarf_number(&root, AT_BYTE_SIZE, &mark));
	free(exact);
}
END_TEST

START_TEST(signs)
{
	static const struct {
		uint16_t form;
		const char *bytes;
		size_t size;
		int64_t expected;
	} numbers[] = {
		{ FORM_DATA1, BYTES("\xff"), -1 },
		{ FORM_DATA2, BYTES("\0\x80"), -32768 },
		{ FORM_DATA4, BYTES("\xfe\xff\xff\xff"), -2 },
		{ FORM_DATA8, BYTES("\xff\xff\xff\xff\xff\xff\xff\x7f"), INT64_MAX },
		{ FORM_SDATA, BYTES("\200\177"), -128 },
		{ FORM_UDATA, BYTES("\200\1"), 128 },
	};
	struct inq_dwarf_entry root;
	int64_t number;
	const struct form_case c = {
		5, numbers[_i].form, numbers[_i].bytes, numbers[_i].size, INQ_DWARF_NUMBER, 0, NULL
	};
	make_unit(&c);
	struct inq_dwarf_unit *unit = inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, 0);
	ck_assert(unit && inq_dwarf_root(unit, &root) && inq_dwarf_signed(&root, AT_WANTED, &number));
	ck_assert_int_eq(number, numbers[_i].expected);
}
END_TEST

/* Entries that refer to themselves or to each other: there is an end, and no name. */
START_TEST(loops)
{
	static const uint8_t abbrev[] = "\1\21\1\0\0"	    /* a unit with children */
					"\2\56\0\61\21\0\0" /* DW_TAG_subprogram: its origin, as ref1 */
					"\0";
	static const uint8_t info[] = "\17\0\0\0\4\0\0\0\0\0\10"
				      "\1\2\14\2\14\2\20\0"; /* entries at 12 (of itself), 14 (of 12), 16 (of itself) */
	struct inq_dwarf_entry root, entry;
	unsigned count = 0;
	set_section(INQ_DWARF_ABBREV, abbrev, sizeof abbrev);
	set_section(INQ_DWARF_INFO, info, sizeof info - 1);
	struct inq_dwarf_unit *unit = inq_dwarf_unit_open(dwarf, INQ_DWARF_INFO, 0);
	ck_assert(unit && inq_dwarf_root(unit, &root));
	for (bool ok = inq_dwarf_child(&root, &entry); ok; ok = inq_dwarf_sibling(&entry, &entry), count++)
		ck_assert(!inq_dwarf_name(&entry) && !inq_dwarf_linkage_name(&entry));
	ck_assert_uint_eq(count, 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dwarf forms");
	TCase *tcase = tcase_create("forms");
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, every_form, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(tcase, cut_short, 0, sizeof cases / sizeof *cases);
	tcase_add_loop_test(tcase, signs, 0, 6);
	tcase_add_test(tcase, loops);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
