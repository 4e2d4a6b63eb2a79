/* DWARF expressions, written by hand by DWARF 5, section 7.7.1; the expected values are arithmetic. */
#include "lib/unwind/cfi/expression.h"

#include "tests/support/spaces.h"

/* Memory holds its own address plus 1 from 0x1000 to 0x2000; register n is 0x100 * n, up to 7. */
static bool read_memory(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	(void)data;
	*ret = size == 8 ? address + 1 : (address + 1) & ((UINT64_C(1) << size * 8) - 1);
	return address >= 0x1000 && address < 0x2000;
}

static bool read_register(void *data, uint64_t number, uint64_t *ret)
{
	(void)data;
	*ret = 0x100 * number;
	return number < 8;
}

static const struct inq_expression_target target = { .read = read_memory, .get = read_register };

static enum inq_evaluated run(const uint8_t *code, size_t size, uint8_t word, const uint64_t *cfa, uint64_t *ret)
{
	const struct inq_view view = { .data = code, .size = size, .word = word };
	return inq_evaluate(&view, cfa, &target, ret);
}

struct sample {
	uint64_t expected;
	uint8_t word, size;
	uint8_t code[12];
};

static const struct sample samples[] = {
	{ 5, 8, 1, { 0x35 } },				      /* lit5 */
	{ 0xff, 8, 2, { 0x08, 0xff } },			      /* const1u */
	{ UINT64_MAX, 8, 2, { 0x09, 0xff } },		      /* const1s */
	{ 0x1234, 8, 3, { 0x0a, 0x34, 0x12 } },		      /* const2u */
	{ 0x80, 8, 3, { 0x10, 0x80, 0x01 } },		      /* constu */
	{ UINT64_MAX - 127, 8, 3, { 0x11, 0x80, 0x7f } },     /* consts -128 */
	{ UINT32_MAX, 4, 2, { 0x09, 0xff } },		      /* a word of 32 bits */
	{ 0x708, 8, 2, { 0x77, 0x08 } },		      /* breg7 8 */
	{ 0x1f8, 8, 3, { 0x92, 0x02, 0x78 } },		      /* bregx 2, -8 */
	{ 0x1001, 8, 4, { 0x0a, 0x00, 0x10, 0x06 } },	      /* const2u 0x1000; deref */
	{ 0x01, 8, 5, { 0x0a, 0x00, 0x10, 0x94, 0x01 } },     /* deref_size 1 */
	{ 9, 8, 3, { 0x34, 0x35, 0x22 } },		      /* 4 + 5 */
	{ UINT64_MAX, 8, 3, { 0x34, 0x35, 0x1c } },	      /* 4 - 5 */
	{ 20, 8, 3, { 0x34, 0x35, 0x1e } },		      /* 4 * 5 */
	{ UINT64_MAX - 1, 8, 4, { 0x09, 0xfc, 0x32, 0x1b } }, /* -4 / 2 */
	{ 1, 8, 3, { 0x35, 0x34, 0x1d } },		      /* 5 mod 4 */
	{ 0x50, 8, 3, { 0x35, 0x34, 0x24 } },		      /* 5 << 4 */
	{ UINT64_MAX, 8, 4, { 0x09, 0xfc, 0x34, 0x26 } },     /* -4 >> 4, with its sign */
	{ 1, 8, 3, { 0x34, 0x35, 0x2d } },		      /* 4 < 5 */
	{ 0, 8, 3, { 0x34, 0x35, 0x2a } },		      /* 4 >= 5 */
	{ 4, 8, 3, { 0x34, 0x35, 0x16 } },		      /* 4 5 swap */
	{ 4, 8, 3, { 0x34, 0x35, 0x14 } },		      /* 4 5 over */
	{ 4, 8, 3, { 0x34, 0x35, 0x13 } },		      /* 4 5 drop */
	{ 4, 8, 4, { 0x34, 0x35, 0x15, 0x01 } },	      /* 4 5 pick 1 */
	{ 5, 8, 4, { 0x34, 0x35, 0x36, 0x17 } },	      /* 4 5 6 rot: the second comes to the top */
	{ 7, 8, 6, { 0x37, 0x31, 0x28, 0x01, 0x00, 0x38 } },  /* 7; if 1 jump over lit8 */
	{ 8, 8, 6, { 0x37, 0x30, 0x28, 0x01, 0x00, 0x38 } },  /* 7; if 0 jump: not */
	{ 0x0f, 8, 4, { 0x09, 0xf0, 0x20, 0x96 } },	      /* not -16; nop */
	/* x86-64's PLT: breg7(rsp)+8 + ((breg16 & 15) >= 11) << 3, with the register that is known taken for rip: 0x700 */
	{ 0x708, 8, 11, { 0x77, 0x08, 0x77, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22 } },
};

START_TEST(test_values)
{
	const struct sample *sample = &samples[_i];
	uint64_t value = 0;
	ck_assert_int_eq(run(sample->code, sample->size, sample->word, NULL, &value), INQ_EVALUATED);
	ck_assert_uint_eq(value, sample->expected);
}
END_TEST

START_TEST(test_cfa_is_pushed)
{
	static const uint8_t code[] = { 0x23, 0x08 }; /* plus_uconst 8 */
	uint64_t cfa = 0x7000, value = 0;
	ck_assert_int_eq(run(code, sizeof code, 8, &cfa, &value), INQ_EVALUATED);
	ck_assert_uint_eq(value, 0x7008);
	ck_assert_int_eq(run(code, sizeof code, 8, NULL, &value), INQ_NO_VALUE);
}
END_TEST

struct failure {
	enum inq_evaluated expected;
	uint8_t size;
	uint8_t code[6];
};

static const struct failure failures[] = {
	{ INQ_NO_VALUE, 0, { 0 } },			      /* nothing on the stack */
	{ INQ_NO_VALUE, 1, { 0x22 } },			      /* plus without operands */
	{ INQ_NO_VALUE, 1, { 0x0a } },			      /* an operand that is cut off */
	{ INQ_NO_VALUE, 1, { 0xff } },			      /* no such operation */
	{ INQ_NO_VALUE, 3, { 0x35, 0x30, 0x1b } },	      /* 5 / 0 */
	{ INQ_NO_VALUE, 3, { 0x35, 0x30, 0x1d } },	      /* 5 mod 0 */
	{ INQ_NO_VALUE, 2, { 0x78, 0x00 } },		      /* a register whose value is not known */
	{ INQ_NO_VALUE, 3, { 0x2f, 0xfd, 0xff } },	      /* jumps to itself for ever */
	{ INQ_NO_VALUE, 3, { 0x2f, 0xf0, 0xff } },	      /* jumps before the beginning */
	{ INQ_NO_VALUE, 4, { 0x31, 0x2f, 0xfc, 0xff } },      /* pushes for ever */
	{ INQ_NO_BYTES, 4, { 0x0a, 0x00, 0x30, 0x06 } },      /* memory that is not there */
	{ INQ_NO_VALUE, 5, { 0x0a, 0x00, 0x10, 0x94, 0x03 } } /* an integer of 3 bytes */
};

START_TEST(test_failures)
{
	const struct failure *failure = &failures[_i];
	uint64_t value = 42;
	ck_assert_int_eq(run(failure->code, failure->size, 8, NULL, &value), failure->expected);
	ck_assert_uint_eq(value, 42);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("expression");
	TCase *tests = tcase_create("expression");
	tcase_add_loop_test(tests, test_values, 0, sizeof samples / sizeof *samples);
	tcase_add_test(tests, test_cfa_is_pushed);
	tcase_add_loop_test(tests, test_failures, 0, sizeof failures / sizeof *failures);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
