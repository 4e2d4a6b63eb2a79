/* Where errno is, by the code of __errno_location, as objdump showed it in C libraries of Debian: the addresses are objdump's. */
#include "lib/diagnose/last_error.h"
#include "tests/support/spaces.h"

#include <elf.h>
#include <string.h>

static const uint8_t glibc_x86_64[] = { 0x48, 0x8b, 0x05, 0x79, 0xb7, 0x1a, 0x00, 0x64, 0x48,
					0x03, 0x04, 0x25, 0,	0,    0,    0,	  0xc3 };
static const uint8_t musl_x86_64[] = { 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x83, 0xc0, 0x34, 0xc3 };
static const uint8_t glibc_aarch64[] = { 0xc0, 0x0b, 0x00, 0x90, 0x00, 0xe0, 0x46, 0xf9, 0x41, 0xd0,
					 0x3b, 0xd5, 0x20, 0x00, 0x00, 0x8b, 0xc0, 0x03, 0x5f, 0xd6 };

static bool ask(uint16_t machine, const uint8_t *code, size_t size, uint64_t function, struct inq_errno_place *ret)
{
	const struct inq_machine asked = { .elf = machine, .bits = 64 };
	const struct inq_view view = { .data = code, .size = size, .word = 8 };
	return inq_errno_place(&asked, &view, function, ret);
}

START_TEST(test_glibc)
{
	struct inq_errno_place place;
	ck_assert(ask(EM_X86_64, glibc_x86_64, sizeof glibc_x86_64, 0x27660, &place));
	ck_assert_uint_eq(place.slot, 0x1d2de0);
	ck_assert(ask(EM_AARCH64, glibc_aarch64, sizeof glibc_aarch64, 0x27c20, &place));
	ck_assert_uint_eq(place.slot, 0x19f000 + 3520);
}
END_TEST

START_TEST(test_musl)
{
	struct inq_errno_place place;
	ck_assert(ask(EM_X86_64, musl_x86_64, sizeof musl_x86_64, 0x4020a0, &place));
	ck_assert_uint_eq(place.slot, 0);
	ck_assert_uint_eq(place.distance, 0x34);
}
END_TEST

/* The marks are four bytes more, so the slot is as far from the instruction, and four bytes farther from the function. */
START_TEST(test_marks)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa }, bti[] = { 0x5f, 0x24, 0x03, 0xd5 };
	uint8_t code[4 + sizeof glibc_aarch64];
	struct inq_errno_place place;
	memcpy(code, endbr64, 4);
	memcpy(code + 4, glibc_x86_64, sizeof glibc_x86_64);
	ck_assert(ask(EM_X86_64, code, 4 + sizeof glibc_x86_64, 0x27660 - 4, &place));
	ck_assert_uint_eq(place.slot, 0x1d2de0);
	memcpy(code, bti, 4);
	memcpy(code + 4, glibc_aarch64, sizeof glibc_aarch64);
	ck_assert(ask(EM_AARCH64, code, sizeof code, 0x27c20 - 4, &place));
	ck_assert_uint_eq(place.slot, 0x19f000 + 3520);
}
END_TEST

START_TEST(test_other_code)
{
	struct inq_errno_place place;
	for (size_t size = 0; size < sizeof glibc_x86_64; size++)
		ck_assert(!ask(EM_X86_64, glibc_x86_64, size, 0x27660, &place));
	for (size_t size = 0; size < sizeof musl_x86_64; size++)
		ck_assert(!ask(EM_X86_64, musl_x86_64, size, 0x4020a0, &place));
	for (size_t size = 0; size < sizeof glibc_aarch64; size++)
		ck_assert(!ask(EM_AARCH64, glibc_aarch64, size, 0x27c20, &place));
	ck_assert(!ask(EM_RISCV, glibc_x86_64, sizeof glibc_x86_64, 0x27660, &place));
	ck_assert(!ask(EM_X86_64, glibc_aarch64, sizeof glibc_aarch64, 0x27660, &place));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("last error");
	TCase *tests = tcase_create("last error");
	tcase_add_test(tests, test_glibc);
	tcase_add_test(tests, test_musl);
	tcase_add_test(tests, test_marks);
	tcase_add_test(tests, test_other_code);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
