/* Call-frame information, written by hand by DWARF 5, section 7.24, and the LSB's "Exception Frames"; the rows that must
 * come out are arithmetic. */
#include "lib/unwind/cfi/known.h"

#include "tests/support/spaces.h"

#include <stdlib.h>

enum { RBX = 1, RBP = 6, RSP = 7, R12 = 12, RIP = 16 };

static struct inq_dwarf_map map;

static void set_up(void)
{
	inq_dwarf_map_init(&map, inq_arch_by_name("x86_64"));
}

static void tear_down(void)
{
}

/* A function at 0x1000 of 0x100 bytes: CFA rsp+8, rip at CFA-8, then `program`; code align 1, data align -8. */
static bool row_at(const uint8_t *program, size_t size, uint64_t address, struct inq_cfi_row *ret)
{
	static const uint8_t first[] = { 0x0c, 7, 8, 0x90, 1 };
	const struct inq_view start = { .data = first, .size = sizeof first, .word = 8 };
	const struct inq_view own = { .data = program, .size = size, .word = 8 };
	const struct inq_cfi_fde fde = {
		.cie = { .code_align = 1, .data_align = -8, .return_column = 16, .program = start },
		.start = 0x1000,
		.end = 0x1100,
		.program = own
	};
	return inq_cfi_run(&fde, address, &map, ret);
}

static const struct inq_cfi_rule *rule_of(const struct inq_cfi_row *row, uint8_t target)
{
	for (size_t i = 0; i < row->count; i++)
		if (row->rules[i].target == target)
			return &row->rules[i];
	return NULL;
}

/* push %rbp; mov %rsp,%rbp; …; pop %rbp (remembered and restored around it) */
static const uint8_t usual[] = {
	0x41, 0x0e, 16,	  0x86, 2, /* advance 1; def_cfa_offset 16; rbp at CFA-16 */
	0x43, 0x0d, 6,		   /* advance 3; def_cfa_register rbp */
	0x02, 0x20, 0x0a,	   /* advance1 32; remember */
	0x0c, 7,    8,	  0xc6,	   /* def_cfa rsp+8; restore rbp */
	0x41, 0x0b		   /* advance 1; restore_state */
};

static void check_row(uint64_t address, uint8_t base, int64_t offset, int64_t rbp)
{
	struct inq_cfi_row row;
	ck_assert(row_at(usual, sizeof usual, address, &row));
	ck_assert_int_eq(row.cfa.how, INQ_CFI_REGISTER);
	ck_assert_uint_eq(row.cfa.source, base);
	ck_assert_int_eq(row.cfa.offset, offset);
	ck_assert_uint_eq(row.return_index, RIP);
	ck_assert_int_eq(rule_of(&row, RIP)->offset, -8);
	if (rbp)
		ck_assert_int_eq(rule_of(&row, RBP)->offset, rbp);
	else
		ck_assert_ptr_null(rule_of(&row, RBP));
}

START_TEST(test_usual_function)
{
	check_row(0x1000, RSP, 8, 0);
	check_row(0x1001, RSP, 16, -16);
	check_row(0x1003, RSP, 16, -16);
	check_row(0x1004, RBP, 16, -16);
	check_row(0x1023, RBP, 16, -16);
	check_row(0x1024, RSP, 8, 0);
	check_row(0x1025, RBP, 16, -16);
}
END_TEST

START_TEST(test_every_rule)
{
	static const uint8_t program[] = {
		0x05, 3,  4,		 /* offset_extended rbx, 4 → CFA-32 */
		0x07, 12,		 /* undefined r12 */
		0x08, 13,		 /* same_value r13 */
		0x09, 14, 0,		 /* register r14 in rax */
		0x11, 15, 0x7f,		 /* offset_extended_sf r15, -1 → CFA+8 */
		0x14, 6,  2,		 /* val_offset rbp, 2 → CFA-16 */
		0x10, 1,  2,	0x77, 0, /* expression rdx: breg7 0 */
		0x16, 2,  1,	0x35,	 /* val_expression rcx: lit5 */
		0x2f, 4,  3,		 /* negative_offset_extended rsi, 3 → CFA+24 */
		0x2e, 16,		 /* args_size */
		0x05, 17, 9		 /* a vector register: left out */
	};
	struct inq_cfi_row row;
	ck_assert(row_at(program, sizeof program, 0x1000, &row));
	ck_assert_int_eq(rule_of(&row, RBX)->offset, -32);
	ck_assert_int_eq(rule_of(&row, R12)->how, INQ_CFI_UNDEFINED);
	ck_assert_int_eq(rule_of(&row, 13)->how, INQ_CFI_SAME);
	ck_assert_int_eq(rule_of(&row, 14)->how, INQ_CFI_REGISTER);
	ck_assert_uint_eq(rule_of(&row, 14)->source, 0);
	ck_assert_int_eq(rule_of(&row, 15)->offset, 8);
	ck_assert_int_eq(rule_of(&row, RBP)->how, INQ_CFI_VALUE_OFFSET);
	ck_assert_int_eq(rule_of(&row, RBP)->offset, -16);
	ck_assert_int_eq(rule_of(&row, 3)->how, INQ_CFI_EXPRESSION);
	ck_assert_uint_eq(rule_of(&row, 3)->size, 2);
	ck_assert_int_eq(rule_of(&row, 2)->how, INQ_CFI_VALUE_EXPRESSION);
	ck_assert_uint_eq(rule_of(&row, 2)->expression[0], 0x35);
	ck_assert_int_eq(rule_of(&row, 4)->offset, 24);
	ck_assert_uint_eq(row.count, 10);
}
END_TEST

struct broken {
	uint8_t size, code[4];
};

static const struct broken broken[] = {
	{ 1, { 0x0b } },       /* restore_state without remember */
	{ 2, { 0x0e, 0x80 } }, /* a number without an end */
	{ 1, { 0x3f } },       /* no such instruction */
	{ 2, { 0x0d, 17 } },   /* a CFA in a vector register */
	{ 3, { 0x0f, 9, 0 } }  /* an expression that is cut off */
};

START_TEST(test_broken_programs)
{
	struct inq_cfi_row row;
	ck_assert(!row_at(broken[_i].code, broken[_i].size, 0x1000, &row));
}
END_TEST

START_TEST(test_remembering_is_bounded)
{
	uint8_t program[64];
	struct inq_cfi_row row;
	memset(program, 0x0a, sizeof program);
	ck_assert(!row_at(program, sizeof program, 0x1000, &row));
}
END_TEST

/* .eh_frame at 0x2000: a CIE "zR" with pcrel|sdata4 addresses, FDEs of [0x1000,0x1010) and [0x1020,0x1028), the end. */
static const uint8_t eh_frame[] = {
	/* 0x2000 */ 16,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	1,
	'z',
	'R',
	0,
	1,
	0x78,
	16,
	1,
	0x1b,
	0x0c,
	7,
	8,
	/* 0x2014 */ 13,
	0,
	0,
	0,
	0x18,
	0,
	0,
	0,
	0xe4,
	0xef,
	0xff,
	0xff,
	0x10,
	0,
	0,
	0,
	0,
	/* 0x2025 */ 15,
	0,
	0,
	0,
	0x29,
	0,
	0,
	0,
	0xf3,
	0xef,
	0xff,
	0xff,
	0x08,
	0,
	0,
	0,
	0,
	0x0e,
	32,
	/* 0x2038 */ 0,
	0,
	0,
	0
};

static struct inq_cfi_section eh_section(void)
{
	return (struct inq_cfi_section) { .bytes = { .data = eh_frame, .size = sizeof eh_frame, .word = 8 },
					  .address = 0x2000 };
}

START_TEST(test_entries)
{
	struct inq_cfi_section section = eh_section();
	struct inq_cfi_cie cie;
	struct inq_cfi_fde fde;
	ck_assert(inq_cfi_cie_at(&section, 0, &cie));
	ck_assert_int_eq(cie.data_align, -8);
	ck_assert_uint_eq(cie.return_column, 16);
	ck_assert_uint_eq(cie.program.size, 3);
	ck_assert(!cie.signal_frame);
	ck_assert(inq_cfi_fde_at(&section, 0x14, &fde));
	ck_assert_uint_eq(fde.start, 0x1000);
	ck_assert_uint_eq(fde.end, 0x1010);
	ck_assert(inq_cfi_fde_at(&section, 0x25, &fde));
	ck_assert_uint_eq(fde.start, 0x1020);
	ck_assert_uint_eq(fde.end, 0x1028);
	ck_assert_uint_eq(fde.program.size, 2);
	ck_assert(!inq_cfi_fde_at(&section, 0, &fde));
	ck_assert(!inq_cfi_fde_at(&section, 0x38, &fde));
	ck_assert(!inq_cfi_fde_at(&section, 0x1000, &fde));
}
END_TEST

static void check_finds(struct inq_ctx *ctx, struct inq_cfi_table *table)
{
	struct inq_cfi_fde fde;
	ck_assert(inq_cfi_find(ctx, table, 0x1000, &fde) && fde.start == 0x1000);
	ck_assert(inq_cfi_find(ctx, table, 0x100f, &fde) && fde.start == 0x1000);
	ck_assert(!inq_cfi_find(ctx, table, 0x1010, &fde));
	ck_assert(!inq_cfi_find(ctx, table, 0xfff, &fde));
	ck_assert(inq_cfi_find(ctx, table, 0x1027, &fde) && fde.start == 0x1020);
	ck_assert(!inq_cfi_find(ctx, table, 0x1028, &fde));
}

START_TEST(test_index_without_table)
{
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_cfi_table table = { .frames = { { .section = eh_section() } } };
	check_finds(&ctx, &table);
	ck_assert_uint_eq(table.frames[0].index.count, 2);
	inq_cfi_table_release(&table);
	inq_arena_destroy(ctx.arena);
}
END_TEST

START_TEST(test_search_table)
{
	/* .eh_frame_hdr at 0x3000: frame pointer pcrel|sdata4, count udata4, table datarel|sdata4 */
	static const uint8_t header[] = { 1,	0x1b, 0x03, 0x3b, 0xfc, 0xef, 0xff, 0xff, 2,	0,
					  0,	0,    0x00, 0xe0, 0xff, 0xff, 0x14, 0xf0, 0xff, 0xff,
					  0x20, 0xe0, 0xff, 0xff, 0x25, 0xf0, 0xff, 0xff };
	const struct inq_view view = { .data = header, .size = sizeof header, .word = 8 };
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_cfi_table table = { .frames = { { .section = eh_section() } } };
	ck_assert_uint_eq(inq_cfi_read_header(&table, &view, 0x3000), 0x2000);
	ck_assert_uint_eq(table.search.size, 16);
	table.frames[0].section.data_base = 0x3000;
	check_finds(&ctx, &table);
	ck_assert(!table.frames[0].indexed);
	inq_cfi_table_release(&table);
	inq_arena_destroy(ctx.arena);
}
END_TEST

START_TEST(test_debug_frame)
{
	/* version 4: address size 8, no segments; then the FDE of [0x5000, 0x5040) */
	static const uint8_t bytes[] = { 12, 0, 0,  0, 0xff, 0xff, 0xff, 0xff, 4, 0, 8, 0,    1, 0x78,
					 16, 0, 20, 0, 0,    0,	   0,	 0,    0, 0, 0, 0x50, 0, 0,
					 0,  0, 0,  0, 0x40, 0,	   0,	 0,    0, 0, 0, 0 };
	struct inq_ctx ctx = { .arena = inq_arena_create() };
	struct inq_cfi_table table = { 0 };
	struct inq_cfi_fde fde;
	table.frames[1].section =
		(struct inq_cfi_section) { .bytes = { .data = bytes, .size = sizeof bytes, .word = 8 }, .debug = true };
	ck_assert(inq_cfi_find(&ctx, &table, 0x503f, &fde));
	ck_assert_uint_eq(fde.start, 0x5000);
	ck_assert_uint_eq(fde.end, 0x5040);
	ck_assert(!inq_cfi_find(&ctx, &table, 0x5040, &fde));
	inq_cfi_table_release(&table);
	inq_arena_destroy(ctx.arena);
}
END_TEST

/* Rows that are kept for the next incident: those that were put in, as many as fit, and only of a file. */
START_TEST(test_known_rows)
{
	enum { MANY = 5000, AT_LEAST = 100, AT_MOST = 1024 };
	struct inq_cfi_known *known = calloc(1, sizeof *known);
	struct inq_cfi_row row = { .count = 1 };
	unsigned found = 0;
	ck_assert_ptr_nonnull(known);
	inq_cfi_known_keep(known, 0x1000, &row);
	ck_assert_ptr_null(inq_cfi_known_row(known, 0x1000)); /* of memory */
	known->of_file = true;
	ck_assert_ptr_null(inq_cfi_known_row(known, 0));
	for (uint64_t i = 0; i < MANY; i++) {
		row.cfa.offset = (int64_t)(i * i);
		inq_cfi_known_keep(known, 7 * i, &row);
		const struct inq_cfi_row *kept = inq_cfi_known_row(known, 7 * i);
		ck_assert(!kept || kept->cfa.offset == row.cfa.offset);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		const struct inq_cfi_row *kept = inq_cfi_known_row(known, 7 * i);
		ck_assert(!kept || kept->cfa.offset == (int64_t)(i * i));
		found += kept != NULL;
	}
	ck_assert_uint_ge(found, AT_LEAST);
	ck_assert_uint_le(found, AT_MOST);
	known->of_file = false;
	inq_cfi_known_close(known);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cfi");
	TCase *tests = tcase_create("cfi");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, test_usual_function);
	tcase_add_test(tests, test_every_rule);
	tcase_add_loop_test(tests, test_broken_programs, 0, sizeof broken / sizeof *broken);
	tcase_add_test(tests, test_remembering_is_bounded);
	tcase_add_test(tests, test_entries);
	tcase_add_test(tests, test_index_without_table);
	tcase_add_test(tests, test_search_table);
	tcase_add_test(tests, test_debug_frame);
	tcase_add_test(tests, test_known_rows);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
