/* Types as C writes them, paths of members, values: by a source made by hand, so that broken types can be had, too. What is
 * expected was written by the rules of C, and the layout is that of the x86-64 ABI. */
#include "tests/support/spaces.h"

#include "lib/types/value.h"

enum {
	INT = 1,
	CHAR,
	STRING, /* const char * */
	CONST_CHAR,
	FUNCTION, /* int (const char *, ...) */
	HANDLER,  /* pointer to it */
	HANDLERS, /* [3] */
	NODE,	  /* struct node */
	NODE_POINTER,
	NODES, /* struct node *[2][4] */
	NODES_INNER,
	EITHER,	 /* union */
	LOOP,	 /* a typedef of itself */
	ENDLESS, /* an array of itself */
	COLOUR,
	CONST_POINTER,
	POINTER_TO_ARRAY,
	TEXT, /* char[8] */
	UNSIGNED,
	PLAIN /* a type without a name */
};

static struct inq_type_unit unit;

static struct inq_type_ref ref(uint64_t at)
{
	return (struct inq_type_ref) { at ? &unit : NULL, at };
}

static const struct inq_type *get(uint64_t at)
{
	return inq_type_get(&unit, ref(at));
}

static void set_node(struct inq_type *ret)
{
	static struct inq_member members[6];
	members[0] = (struct inq_member) { .name = "key", .type = ref(INT), .offset = 0 };
	members[1] = (struct inq_member) { .name = "next", .type = ref(NODE_POINTER), .offset = 8 };
	members[2] = (struct inq_member) { .name = "either", .type = ref(EITHER), .offset = 16 };
	members[3] = (struct inq_member) { .name = "low", .type = ref(INT), .offset = 24, .bit_size = 3 };
	members[4] =
		(struct inq_member) { .name = "high", .type = ref(INT), .offset = 24, .bit_start = 3, .bit_size = 5 };
	members[5] = (struct inq_member) { .name = "text", .type = ref(TEXT), .offset = 28 };
	*ret = (struct inq_type) { .unit = ret->unit,
				   .kind = INQ_TYPE_STRUCT,
				   .name = "node",
				   .size = 40,
				   .members = members,
				   .member_count = 6 };
}

static void set_either(struct inq_type *ret)
{
	static struct inq_member members[2];
	members[0] = (struct inq_member) { .name = "number", .type = ref(INT) };
	members[1] = (struct inq_member) { .name = "pointer", .type = ref(STRING) };
	ret->kind = INQ_TYPE_UNION;
	ret->size = 8;
	ret->members = members;
	ret->member_count = 2;
}

static void set_function(struct inq_type *ret)
{
	static struct inq_member parameter;
	parameter.type = ref(STRING);
	ret->kind = INQ_TYPE_FUNCTION;
	ret->target = ref(INT);
	ret->members = &parameter;
	ret->member_count = 1;
	ret->variadic = true;
}

static void set_simple(struct inq_type *ret, uint8_t kind, const char *name, uint64_t size, bool is_signed)
{
	ret->kind = kind;
	ret->name = name;
	ret->size = size;
	ret->is_signed = is_signed;
}

static void set_reference(struct inq_type *ret, uint8_t kind, uint64_t target, uint64_t count)
{
	ret->kind = kind;
	ret->target = ref(target);
	ret->count = count;
	ret->size = kind == INQ_TYPE_POINTER ? 8 : INQ_UNKNOWN;
}

static bool describe(void *state, struct inq_type_ref asked, struct inq_type *ret)
{
	static const struct inq_enumerator colours[] = { { "RED", 0 }, { "BLUE", -2 } };
	static const struct row {
		uint8_t kind;
		uint64_t target, count;
	} rows[] = {
		[STRING] = { INQ_TYPE_POINTER, CONST_CHAR, INQ_UNKNOWN },
		[CONST_CHAR] = { INQ_TYPE_CONST, CHAR, INQ_UNKNOWN },
		[HANDLER] = { INQ_TYPE_POINTER, FUNCTION, INQ_UNKNOWN },
		[HANDLERS] = { INQ_TYPE_ARRAY, HANDLER, 3 },
		[NODE_POINTER] = { INQ_TYPE_POINTER, NODE, INQ_UNKNOWN },
		[NODES] = { INQ_TYPE_ARRAY, NODES_INNER, 2 },
		[NODES_INNER] = { INQ_TYPE_ARRAY, NODE_POINTER, 4 },
		[LOOP] = { INQ_TYPE_TYPEDEF, LOOP, INQ_UNKNOWN },
		[ENDLESS] = { INQ_TYPE_ARRAY, ENDLESS, 2 },
		[CONST_POINTER] = { INQ_TYPE_CONST, NODE_POINTER, INQ_UNKNOWN },
		[POINTER_TO_ARRAY] = { INQ_TYPE_POINTER, NODES_INNER, INQ_UNKNOWN },
		[TEXT] = { INQ_TYPE_ARRAY, CHAR, 8 },
	};
	(void)state;
	if (asked.at < sizeof rows / sizeof *rows && rows[asked.at].kind)
		set_reference(ret, rows[asked.at].kind, rows[asked.at].target, rows[asked.at].count);
	else if (asked.at == INT)
		set_simple(ret, INQ_TYPE_SIGNED, "int", 4, true);
	else if (asked.at == UNSIGNED)
		set_simple(ret, INQ_TYPE_UNSIGNED, "unsigned", 4, false);
	else if (asked.at == CHAR)
		set_simple(ret, INQ_TYPE_CHAR, "char", 1, true);
	else if (asked.at == NODE)
		set_node(ret);
	else if (asked.at == EITHER)
		set_either(ret);
	else if (asked.at == FUNCTION)
		set_function(ret);
	else if (asked.at == COLOUR)
		*ret = (struct inq_type) { .unit = ret->unit,
					   .kind = INQ_TYPE_ENUM,
					   .name = "colour",
					   .size = 4,
					   .is_signed = true,
					   .enumerators = colours,
					   .enumerator_count = 2 };
	else
		return false;
	return true;
}

static const struct inq_type_source source = { .name = "made", .describe = describe };
static struct test_space made;
static struct inq_space *space;
static uint8_t bytes[4096];

static void begin(void)
{
	memset(bytes, 0, sizeof bytes);
	test_space_begin(&made, "made", bytes, sizeof bytes);
	struct inq_mapping row = inq_mapping_unknown();
	row.start = 0x10000;
	row.end = 0x11000;
	row.data_offset = 0;
	row.data_size = sizeof bytes;
	row.permissions = INQ_PERM_KNOWN | INQ_PERM_READ;
	ck_assert_int_eq(inq_build_mapping(&made.builder, &row), INQ_OK);
	space = test_space_seal(&made);
	space->machine = (struct inq_machine) { .elf = 62, .bits = 64, .endian_known = true };
	unit = (struct inq_type_unit) { .source = &source, .space = space, .asked = true };
}

static void end(void)
{
	inq_type_unit_close(&unit);
	inq_space_destroy(space);
	test_space_end(&made);
}

static void check_text(struct inq_str *str, const char *expected)
{
	ck_assert_str_eq(str->text ? str->text : "", expected);
	inq_str_release(str);
}

START_TEST(types_are_written_as_in_c)
{
	static const struct {
		uint64_t at;
		const char *name, *text;
	} cases[] = {
		{ INT, NULL, "int" },
		{ 0, NULL, "void" },
		{ STRING, NULL, "const char *" },
		{ STRING, "name", "const char *name" },
		{ FUNCTION, NULL, "int (const char *, ...)" },
		{ HANDLER, "handler", "int (*handler)(const char *, ...)" },
		{ HANDLERS, NULL, "int (*[3])(const char *, ...)" },
		{ NODES, "table", "struct node *table[2][4]" },
		{ POINTER_TO_ARRAY, NULL, "struct node *(*)[4]" },
		{ CONST_POINTER, NULL, "struct node *const" },
		{ CONST_POINTER, "p", "struct node *const p" },
		{ COLOUR, NULL, "enum colour" },
		{ EITHER, NULL, "union {...}" },
		{ PLAIN, NULL, "?" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct inq_str str = { 0 };
		inq_type_declare(&str, get(cases[i].at), cases[i].name);
		check_text(&str, cases[i].text);
	}
}
END_TEST

static void check_path(uint64_t at, uint64_t offset, uint64_t size, const char *path, uint64_t left, const char *type)
{
	struct inq_str str = { 0 }, name = { 0 };
	uint64_t rest;
	inq_type_declare(&name, inq_type_path(&str, get(at), offset, size, &rest), NULL);
	check_text(&str, path);
	check_text(&name, type);
	ck_assert_uint_eq(rest, left);
}

START_TEST(paths_lead_to_members)
{
	check_path(NODE, 0, INQ_UNKNOWN, "", 0, "struct node");
	check_path(NODE, 0, 4, ".key", 0, "int");
	check_path(NODE, 2, INQ_UNKNOWN, ".key", 2, "int");
	check_path(NODE, 6, INQ_UNKNOWN, "", 6, "struct node"); /* padding */
	check_path(NODE, 8, INQ_UNKNOWN, ".next", 0, "struct node *");
	check_path(NODE, 18, INQ_UNKNOWN, ".either", 2, "union {...}"); /* which of its members is not known */
	check_path(NODE, 24, INQ_UNKNOWN, "", 24, "struct node");	/* several share the byte */
	check_path(NODE, 30, INQ_UNKNOWN, ".text[2]", 0, "char");
	check_path(NODES, 40, INQ_UNKNOWN, "[1][1]", 0, "struct node *");
	check_path(NODES, 63, INQ_UNKNOWN, "[1][3]", 7, "struct node *");
	check_path(NODES, 64, INQ_UNKNOWN, "", 64, "struct node *[2][4]"); /* past its end */
}
END_TEST

/* What no compiler writes must end. */
START_TEST(circular_types_end)
{
	struct inq_str str = { 0 };
	uint64_t rest;
	ck_assert_int_eq(inq_type_plain(get(LOOP))->kind, INQ_TYPE_UNKNOWN);
	ck_assert_uint_eq(inq_type_size(get(LOOP)), INQ_UNKNOWN);
	ck_assert_uint_eq(inq_type_size(get(ENDLESS)), INQ_UNKNOWN);
	inq_type_declare(&str, get(ENDLESS), NULL);
	inq_type_declare(&str, get(LOOP), NULL);
	inq_type_path(&str, get(ENDLESS), 12, INQ_UNKNOWN, &rest);
	ck_assert_uint_lt(str.length, 4096);
	inq_str_release(&str);
}
END_TEST

static void check_value(uint64_t at, uint64_t address, const char *expected)
{
	struct inq_str str = { 0 };
	const struct inq_value value = { .type = get(at), .in_memory = true, .address = address };
	ck_assert_int_eq(inq_value_print(space, &value, false, &str), expected != NULL);
	check_text(&str, expected ? expected : "");
}

static void put(size_t at, uint64_t number, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[at + i] = (uint8_t)(number >> 8 * i);
}

START_TEST(values_are_printed)
{
	put(0, (uint32_t)-7, 4);
	check_value(INT, 0x10000, "-7");
	check_value(UNSIGNED, 0x10000, "4294967289");
	put(4, (uint32_t)-2, 4);
	check_value(COLOUR, 0x10004, "BLUE");
	check_value(COLOUR, 0x10000, "-7");
	put(8, 0x10100, 8);
	memcpy(bytes + 0x100, "a \"b\"\n\x01\xc3\xa9\xff", 11);
	check_value(STRING, 0x10008, "0x10100 \"a \\\"b\\\"\\n\\001é\\377\"");
	check_value(STRING, 0x10010, "0x0");
	put(8, 0x20000, 8);
	check_value(STRING, 0x10008, "0x20000"); /* leads nowhere */
	memset(bytes + 0x100, 'x', 70);
	put(8, 0x10100, 8);
	char expected[100] = "0x10100 \"";
	memset(expected + 9, 'x', 64);
	strcpy(expected + 73, "\"…");
	check_value(STRING, 0x10008, expected);
	check_value(INT, 0x20000, NULL);
	check_value(INT, 0x10fff, NULL);
	check_value(LOOP, 0x10000, NULL);
	check_value(ENDLESS, 0x10000, NULL);
}
END_TEST

START_TEST(structures_are_printed_one_level_deep)
{
	put(0x200, 3, 4);
	put(0x208, 0x10300, 8);
	put(0x218, 0x8d, 4); /* low 5 in three bits: −3; high 0x11 in five: −15 */
	memcpy(bytes + 0x21c, "12345678", 8);
	check_value(NODE, 0x10200,
		    "{key = 3, next = 0x10300, either = {…}, low = -3, high = -15, text = \"12345678\"}");
	check_value(NODES, 0x10200, "{{…}, {…}}");
	check_value(TEXT, 0x1021c, "\"12345678\"");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("types");
	TCase *tests = tcase_create("types");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, types_are_written_as_in_c);
	tcase_add_test(tests, paths_lead_to_members);
	tcase_add_test(tests, circular_types_end);
	tcase_add_test(tests, values_are_printed);
	tcase_add_test(tests, structures_are_printed_one_level_deep);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
