/* Exception tables of 32-bit Arm, written by hand by the Exception Handling ABI (ehabi32, IHI 0038): sections 6 and 7 for
 * the index and the tables, section 10.3 for the instructions, whose values are counted here. */
#include "lib/unwind/ehabi/run.h"

#include "tests/support/spaces.h"

enum { BASE = 0x10000, WORDS = 64, STACK = BASE + 0x80, SP = INQ_EHABI_SP, LR = INQ_EHABI_LR, PC = INQ_EHABI_PC };

static uint32_t words[WORDS];

static bool read_memory(void *data, uint64_t address, unsigned size, uint64_t *ret)
{
	(void)data;
	uint64_t index = (address - BASE) / 4;
	if (size != 4 || address % 4 || index >= WORDS)
		return false;
	*ret = words[index];
	return true;
}

static const struct inq_ehabi_memory memory = { read_memory, NULL };
static struct inq_ehabi_registers registers;

/* The stack's words are 1000, 1001, …; r0 is 0, r1 100, …; the link register 0x8004. */
static enum inq_ehabi_result run(const char *code, size_t size)
{
	registers.valid = 0x7fff;
	for (unsigned i = 0; i < INQ_EHABI_REGISTERS; i++)
		registers.values[i] = 100 * i;
	registers.values[SP] = STACK;
	registers.values[LR] = 0x8004;
	for (unsigned i = 0; i < WORDS; i++)
		words[i] = BASE + 4 * i < STACK ? 0 : 1000 + i - (STACK - BASE) / 4;
	return inq_ehabi_run((const uint8_t *)code, size, &memory, &registers);
}

static void check(unsigned index, uint64_t value)
{
	ck_assert_uint_eq(registers.valid >> index & 1, 1);
	ck_assert_uint_eq(registers.values[index], value);
}

/* How far each instruction alone moves the stack pointer; the return address stays in lr. */
static const struct moves {
	const char *code;
	uint8_t size;
	int distance;
} moves[] = {
	{ "\x00", 1, 4 },
	{ "\x3f", 1, 256 },
	{ "\x40", 1, -4 },
	{ "\x7f", 1, -256 },
	{ "\xb0", 1, 0 },
	{ "\xb0\x3f", 2, 0 },
	{ "", 0, 0 },
	{ "\xb2\x00", 2, 0x204 },
	{ "\xb2\x16", 2, 604 },
	{ "\xb2\x81\x01", 3, 0x408 },
	{ "\xb3\x82", 2, 3 * 8 + 4 },
	{ "\xb4", 1, 4 },
	{ "\xb5", 1, 0 },
	{ "\xb8", 1, 12 },
	{ "\xbf", 1, 68 },
	{ "\xc0", 1, 8 },
	{ "\xc5", 1, 48 },
	{ "\xc6\xa1", 2, 16 },
	{ "\xc7\x0f", 2, 16 },
	{ "\xc7\x08", 2, 4 },
	{ "\xc8\x0f", 2, 128 },
	{ "\xc9\x81", 2, 16 },
	{ "\xd0", 1, 8 },
	{ "\xd7", 1, 64 },
	{ "\x91", 1, 100 - STACK },
	{ "\x9b", 1, 1100 - STACK },
};

START_TEST(test_moves)
{
	const struct moves *row = &moves[_i];
	ck_assert_int_eq(run(row->code, row->size), INQ_EHABI_DONE);
	check(SP, (uint64_t)(STACK + row->distance));
	check(PC, 0x8004);
}
END_TEST

START_TEST(test_pops)
{
	ck_assert_int_eq(run("\xa8", 1), INQ_EHABI_DONE); /* r4, lr */
	check(4, 1000);
	check(LR, 1001);
	check(PC, 1001);
	check(SP, STACK + 8);
	ck_assert_int_eq(run("\xa3", 1), INQ_EHABI_DONE); /* r4-r7 */
	check(7, 1003);
	check(8, 800);
	check(PC, 0x8004);
	ck_assert_int_eq(run("\xb1\x09", 2), INQ_EHABI_DONE); /* r0, r3 */
	check(0, 1000);
	check(3, 1001);
	check(1, 100);
}
END_TEST

START_TEST(test_masks)
{
	ck_assert_int_eq(run("\x88\x81", 2), INQ_EHABI_DONE); /* r4, r11, pc */
	check(4, 1000);
	check(11, 1001);
	check(PC, 1002);
	check(SP, STACK + 12);
	ck_assert_int_eq(run("\x86\x00", 2), INQ_EHABI_DONE); /* sp, lr: the popped stack pointer counts */
	check(SP, 1000);
	check(PC, 1001);
}
END_TEST

/* GCC's function with a large frame: vsp += 604; pop {d8, d9}; pop {r4, r5, lr}; finish. */
START_TEST(test_whole_function)
{
	ck_assert_int_eq(run("\x04\xc9\x81\xa9\xb0", 5), INQ_EHABI_DONE);
	check(4, 1000 + (20 + 16) / 4);
	check(PC, 1000 + (20 + 16) / 4 + 2);
	check(SP, STACK + 20 + 16 + 12);
}
END_TEST

static const struct refusal {
	const char *code;
	uint8_t size, result;
} refusals[] = {
	{ "\x80\x00", 2, INQ_EHABI_REFUSED }, { "\x80", 1, INQ_EHABI_BAD },	     { "\x9d", 1, INQ_EHABI_BAD },
	{ "\x9f", 1, INQ_EHABI_BAD },	      { "\xb1\x00", 2, INQ_EHABI_BAD },	     { "\xb1\x10", 2, INQ_EHABI_BAD },
	{ "\xb6", 1, INQ_EHABI_BAD },	      { "\xb7", 1, INQ_EHABI_BAD },	     { "\xb2\x80", 2, INQ_EHABI_BAD },
	{ "\xc7\x10", 2, INQ_EHABI_BAD },     { "\xca", 1, INQ_EHABI_BAD },	     { "\xd8", 1, INQ_EHABI_BAD },
	{ "\xff", 1, INQ_EHABI_BAD },	      { "\x3f\xa0", 2, INQ_EHABI_NO_BYTES },
};

START_TEST(test_refusals)
{
	ck_assert_int_eq(run(refusals[_i].code, refusals[_i].size), refusals[_i].result);
}
END_TEST

/* Six functions at BASE + 0x100 …, one of each kind of entry; the tables stand at BASE + 0x40. */
static struct inq_ehabi_index begin_index(void)
{
	enum { FUNCTIONS = 6, TABLE = 0x40 };
	static const uint32_t second[FUNCTIONS] = { 0x80a8b0b0, TABLE, 1, TABLE + 12, TABLE + 28, 0x83b0b0b0 };
	static const uint32_t table[] = { 0x8101b216, 0xc981a9b0, 0,		 /* model 1, one more word */
					  0x8202aabb, 0xccddeeff, 0x01020304, 0, /* model 2, two more */
					  0x100,      0x01112233, 0x44556677 };	 /* a personality routine's, one more */
	memset(words, 0, sizeof words);
	for (uint32_t i = 0; i < FUNCTIONS; i++) {
		uint32_t place = BASE + 8 * i;
		bool far = second[i] != 1 && !(second[i] >> 31);
		words[2 * i] = (BASE + 0x100 + 0x100 * i - place) & 0x7fffffff;
		words[2 * i + 1] = far ? (BASE + second[i] - place - 4) & 0x7fffffff : second[i];
	}
	memcpy(words + TABLE / 4, table, sizeof table);
	return (struct inq_ehabi_index) { .address = BASE, .count = FUNCTIONS };
}

static const struct kind {
	unsigned function;
	bool found, cannot_unwind, generic;
	uint8_t size;
	const char *code;
} kinds[] = {
	{ 0, true, false, false, 3, "\xa8\xb0\xb0" },
	{ 1, true, false, false, 6, "\xb2\x16\xc9\x81\xa9\xb0" },
	{ 2, true, true, false, 0, "" },
	{ 3, true, false, false, 10, "\xaa\xbb\xcc\xdd\xee\xff\x01\x02\x03\x04" },
	{ 4, true, false, true, 7, "\x11\x22\x33\x44\x55\x66\x77" },
	{ 5, false, false, false, 0, "" }, /* there is no model 3 */
};

START_TEST(test_kinds_of_entries)
{
	const struct kind *row = &kinds[_i];
	struct inq_ehabi_index index = begin_index();
	uint64_t start = BASE + 0x100 + 0x100 * row->function;
	ck_assert_int_eq(inq_ehabi_find(&index, &memory, start + 0x20), row->found);
	if (!row->found)
		return;
	ck_assert_uint_eq(index.last.start, start);
	ck_assert_uint_eq(index.last.end, start + 0x100);
	ck_assert_int_eq(index.last.cannot_unwind, row->cannot_unwind);
	ck_assert_int_eq(index.last.generic, row->generic);
	ck_assert_uint_eq(index.last.size, row->size);
	ck_assert_mem_eq(index.last.code, row->code, row->size);
}
END_TEST

START_TEST(test_before_the_first_function)
{
	struct inq_ehabi_index index = begin_index();
	ck_assert(!inq_ehabi_find(&index, &memory, BASE + 0xff));
}
END_TEST

START_TEST(test_cut_index)
{
	struct inq_ehabi_index index = begin_index();
	index.count = 1 << 20;
	ck_assert(!inq_ehabi_find(&index, &memory, BASE + 0x120));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ehabi");
	TCase *tests = tcase_create("ehabi");
	tcase_add_loop_test(tests, test_moves, 0, sizeof moves / sizeof *moves);
	tcase_add_test(tests, test_pops);
	tcase_add_test(tests, test_masks);
	tcase_add_test(tests, test_whole_function);
	tcase_add_loop_test(tests, test_refusals, 0, sizeof refusals / sizeof *refusals);
	tcase_add_loop_test(tests, test_kinds_of_entries, 0, sizeof kinds / sizeof *kinds);
	tcase_add_test(tests, test_before_the_first_function);
	tcase_add_test(tests, test_cut_index);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
