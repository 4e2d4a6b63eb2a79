/* Instructions by the bytes that assemblers give for them (as printed by objdump), with registers chosen so that the
 * addresses can be added up by hand. */
#include "lib/diagnose/instruction.h"

#include "tests/support/spaces.h"

#include <string.h>

enum { X86_64 = 62, I386 = 3, AARCH64 = 183, ARM = 40, PPC64 = 21 };
enum { TEXT = 0x10000, DATA = 0x20000, RODATA = 0x30000, PAGE = 0x1000 };

struct value {
	const char *name;
	uint64_t value;
};

struct sample {
	uint16_t machine;
	const char *text; /* a part of it */
	uint8_t size;
	uint8_t bytes[9];
	struct value registers[3];
	unsigned access;
	uint64_t address;
	unsigned bytes_accessed;
	bool permitted;
};

enum { R = INQ_ACCESS_READ, W = INQ_ACCESS_WRITE };

static const struct sample samples[] = {
	{ X86_64, "(%rdi), %eax", 2, { 0x03, 0x07 }, { { "rdi", 0x123456789000 } }, R, 0x123456789000, 4, false },
	{ X86_64,
	  "0x10(%rax,%rcx,8)",
	  5,
	  { 0x48, 0x8b, 0x54, 0xc8, 0x10 },
	  { { "rax", DATA }, { "rcx", 3 } },
	  R,
	  DATA + 0x28,
	  8,
	  true },
	{ X86_64, "(%rax)", 3, { 0x48, 0x89, 0x10 }, { { "rax", RODATA } }, W, RODATA, 8, false },
	{ X86_64, "-0x8(%rbp)", 4, { 0xc6, 0x45, 0xf8, 0x01 }, { { "rbp", DATA + 16 } }, W, DATA + 8, 1, true },
	{ X86_64,
	  "%fs:0x28",
	  9,
	  { 0x64, 0x48, 0x8b, 0x04, 0x25, 0x28 },
	  { { "fs_base", DATA } },
	  R,
	  DATA + 0x28,
	  8,
	  true },
	{ X86_64, "push", 1, { 0x55 }, { { "rsp", DATA } }, W, DATA - 8, 8, false },
	{ X86_64, "ret", 1, { 0xc3 }, { { "rsp", DATA } }, R, DATA, 8, true },
	{ X86_64, "(%rip)", 7, { 0x48, 0x8b, 0x05, 0xf9, 0xff, 0x00, 0x00 }, { { "rip", TEXT } }, R, DATA, 8, true },
	{ I386, "(%eax)", 2, { 0x8b, 0x10 }, { { "eax", 0x18 } }, R, 0x18, 4, false },
	{ I386,
	  "0x4(%ebx,%esi,4)",
	  4,
	  { 0x89, 0x4c, 0xb3, 0x04 },
	  { { "ebx", DATA }, { "esi", 2 } },
	  W,
	  DATA + 12,
	  4,
	  true },
	{ AARCH64, "ldr", 4, { 0x20, 0x00, 0x40, 0xf9 }, { { "x1", 0x10 } }, R, 0x10, 8, false },
	{ AARCH64, "strb", 4, { 0x20, 0x04, 0x00, 0x39 }, { { "x1", RODATA } }, W, RODATA + 1, 1, false },
	{ AARCH64, "ldr", 4, { 0x20, 0x78, 0x62, 0xf8 }, { { "x1", DATA }, { "x2", 4 } }, R, DATA + 32, 8, true },
	{ AARCH64, "ldp", 4, { 0xfd, 0x7b, 0xc1, 0xa8 }, { { "sp", DATA } }, R, DATA, 16, true },
	{ ARM, "ldr", 4, { 0x04, 0x00, 0x91, 0xe5 }, { { "r1", 0 } }, R, 4, 4, false },
	{ ARM, "strb", 4, { 0x02, 0x00, 0xc1, 0xe7 }, { { "r1", DATA }, { "r2", 5 } }, W, DATA + 5, 1, true },
};

static struct test_space test;
static struct inq_space *space;
static struct inq_registers registers;
static uint8_t memory[PAGE];

static void build(uint16_t machine, const uint8_t *bytes, size_t size)
{
	struct inq_mapping text = inq_mapping_unknown();
	memcpy(memory, bytes, size);
	test_space_begin(&test, "made", memory, sizeof memory);
	inq_build_os(&test.builder, INQ_OS_LINUX);
	inq_build_machine(&test.builder, machine, machine == I386 || machine == ARM ? 32 : 64, machine == PPC64);
	text.start = TEXT;
	text.end = TEXT + PAGE;
	text.permissions = INQ_PERM_KNOWN | INQ_PERM_READ | INQ_PERM_EXECUTE;
	text.data_offset = 0;
	text.data_size = size;
	ck_assert_int_eq(inq_build_mapping(&test.builder, &text), INQ_OK);
	test_space_row(&test, DATA, DATA + PAGE, "rw-p", NULL);
	test_space_row(&test, RODATA, RODATA + PAGE, "r--p", NULL);
	space = test_space_seal(&test);
	memset(&registers, 0, sizeof registers);
}

static void set(const char *name, uint64_t value)
{
	uint8_t index = inq_arch_register_index(space->machine.arch, name);
	ck_assert_uint_ne(index, INQ_NO_REGISTER);
	registers.values[index] = value;
	registers.valid |= UINT64_C(1) << index;
}

static void done(void)
{
	inq_space_destroy(space);
	test_space_end(&test);
}

START_TEST(operands)
{
	const struct sample *sample = &samples[_i];
	struct inq_instruction instruction;
	build(sample->machine, sample->bytes, sizeof sample->bytes);
	for (size_t i = 0; i < 3 && sample->registers[i].name; i++)
		set(sample->registers[i].name, sample->registers[i].value);
	ck_assert_int_eq(inq_instruction_read(space, &registers, TEXT, &instruction), INQ_OK);
	ck_assert_msg(instruction.decoded, "%s",
		      instruction.info.undecoded ? instruction.info.undecoded : "not decoded");
	ck_assert_msg(strstr(instruction.info.text, sample->text) != NULL, "%s", instruction.info.text);
	ck_assert_uint_eq(instruction.info.size, sample->size);
	ck_assert_uint_eq(instruction.info.access_count, 1);
	const struct inq_access_info *access = &instruction.info.accesses[0];
	ck_assert_uint_eq(access->access, sample->access);
	ck_assert(access->has_address);
	ck_assert_uint_eq(access->address, sample->address);
	ck_assert_uint_eq(access->size, sample->bytes_accessed);
	ck_assert(access->judged);
	ck_assert_int_eq(access->permitted, sample->permitted);
	done();
}
END_TEST

/* What is not known is left out: a register without a value, a machine without a decoder, a page that was not dumped. */
START_TEST(unknown)
{
	static const uint8_t load[] = { 0x03, 0x07 };
	struct inq_instruction instruction;
	build(X86_64, load, sizeof load);
	ck_assert_int_eq(inq_instruction_read(space, &registers, TEXT, &instruction), INQ_OK);
	ck_assert_uint_eq(instruction.info.size, 2);
	ck_assert_uint_eq(instruction.info.access_count, 1);
	ck_assert(!instruction.info.accesses[0].has_address);
	ck_assert_int_eq(inq_instruction_read(space, &registers, TEXT + 0x800, &instruction), INQ_OK);
	ck_assert_uint_eq(instruction.info.size, 0);
	ck_assert_ptr_null(instruction.info.text);
	done();
	build(PPC64, load, sizeof load);
	ck_assert_int_eq(inq_instruction_read(space, &registers, TEXT, &instruction), INQ_OK);
	ck_assert_uint_eq(instruction.info.size, 2);
	ck_assert_ptr_null(instruction.info.text);
	done();
}
END_TEST

START_TEST(not_executable)
{
	static const uint64_t places[] = { 0, DATA, 0x7fffdead0000 };
	static const uint8_t nothing[1];
	struct inq_instruction instruction;
	build(X86_64, nothing, sizeof nothing);
	ck_assert_int_eq(inq_instruction_read(space, &registers, places[_i], &instruction), INQ_OK);
	ck_assert_uint_eq(instruction.info.access_count, 1);
	ck_assert_uint_eq(instruction.info.accesses[0].access, INQ_ACCESS_EXECUTE);
	ck_assert_uint_eq(instruction.info.accesses[0].address, places[_i]);
	ck_assert(!instruction.info.accesses[0].permitted);
	done();
}
END_TEST

START_TEST(kinds)
{
	static const struct {
		uint8_t bytes[4];
		enum inq_instruction_kind kind;
	} rows[] = {
		{ { 0x0f, 0x0b }, INQ_INSTRUCTION_TRAP },
		{ { 0xcc }, INQ_INSTRUCTION_TRAP },
		{ { 0xff, 0xd0 }, INQ_INSTRUCTION_CALL },
		{ { 0xff, 0xe0 }, INQ_INSTRUCTION_JUMP },
		{ { 0xc3 }, INQ_INSTRUCTION_RETURN },
		{ { 0xf7, 0xf9 }, INQ_INSTRUCTION_DIVIDE },
		{ { 0x0f, 0x05 }, INQ_INSTRUCTION_SYSTEM_CALL },
		{ { 0x90 }, INQ_INSTRUCTION_OTHER },
	};
	struct inq_instruction instruction;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		build(X86_64, rows[i].bytes, sizeof rows[i].bytes);
		ck_assert_int_eq(inq_instruction_read(space, &registers, TEXT, &instruction), INQ_OK);
		ck_assert_uint_eq(instruction.details.kind, rows[i].kind);
		done();
	}
}
END_TEST

START_TEST(canonical)
{
	static const uint8_t nothing[1];
	build(X86_64, nothing, sizeof nothing);
	ck_assert(!inq_is_non_canonical(space, 0x00007fffffffffff));
	ck_assert(inq_is_non_canonical(space, 0x0000800000000000));
	ck_assert(inq_is_non_canonical(space, 0x4141414141414141));
	ck_assert(inq_is_non_canonical(space, 0xffff7fffffffffff));
	ck_assert(!inq_is_non_canonical(space, 0xffff800000000000));
	done();
	build(AARCH64, nothing, sizeof nothing);
	ck_assert(!inq_is_non_canonical(space, 0x4141414141414141));
	done();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("instruction");
	TCase *tcase = tcase_create("instruction");
	tcase_add_loop_test(tcase, operands, 0, sizeof samples / sizeof *samples);
	tcase_add_test(tcase, unknown);
	tcase_add_loop_test(tcase, not_executable, 0, 3);
	tcase_add_test(tcase, kinds);
	tcase_add_test(tcase, canonical);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
