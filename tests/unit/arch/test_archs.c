/* The rows of processors: whole in themselves, found by machine, with the numbers of the ABIs. */
#include "lib/arch/arch.h"

#include "tests/support/spaces.h"

#include <string.h>

static const char *const all[] = {
	"x86_64", "i386", "aarch64", "arm", "riscv64", "ppc64", "ppc", "s390x", "s390", "sparcv9", "sparc", "mips",
};

enum { ARCHS = sizeof all / sizeof *all };

START_TEST(rows_are_whole)
{
	const struct inq_arch *arch = inq_arch_by_name(all[_i]);
	ck_assert_ptr_nonnull(arch);
	ck_assert_uint_le(arch->register_count, INQ_MAX_REGISTERS);
	ck_assert_uint_lt(arch->pc, arch->register_count);
	ck_assert_uint_lt(arch->sp, arch->register_count);
	ck_assert_uint_lt(arch->fp, arch->register_count);
	ck_assert(arch->lr == INQ_NO_REGISTER || arch->lr < arch->register_count);
	ck_assert(arch->thread_pointer == INQ_NO_REGISTER || arch->thread_pointer < arch->register_count);
	for (uint8_t i = 0; i < arch->register_count; i++) {
		const struct inq_arch_register *one = &arch->registers[i];
		ck_assert_uint_eq(inq_arch_register_index(arch, one->name), i);
		for (uint8_t k = 0; k < i; k++)
			ck_assert_msg(one->dwarf == -1 || one->dwarf != arch->registers[k].dwarf,
				      "%s and %s are both %d", one->name, arch->registers[k].name, one->dwarf);
	}
}
END_TEST

START_TEST(dwarf_numbers)
{
	/* From the ABI documents that each file names; also what `readelf --debug-dump=frames` prints as rN. */
	static const struct {
		const char *arch, *name;
		int dwarf;
	} facts[] = {
		{ "x86_64", "rip", 16 }, { "x86_64", "rsp", 7 }, { "x86_64", "rdi", 5 },  { "i386", "eip", 8 },
		{ "i386", "esp", 4 },	 { "i386", "ecx", 1 },	 { "aarch64", "sp", 31 }, { "aarch64", "x30", 30 },
		{ "arm", "lr", 14 },	 { "riscv64", "ra", 1 }, { "riscv64", "s2", 18 }, { "riscv64", "t3", 28 },
		{ "ppc64", "lr", 65 },	 { "ppc64", "r1", 1 },	 { "s390x", "pswa", 65 }, { "s390x", "a0", 48 },
		{ "sparcv9", "i7", 31 }, { "sparc", "o6", 14 },	 { "mips", "r31", 31 },	  { "mips", "lo", 65 },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const struct inq_arch *arch = inq_arch_by_name(facts[i].arch);
		uint8_t index = inq_arch_register_index(arch, facts[i].name);
		ck_assert_msg(index != INQ_NO_REGISTER, "%s has no %s", facts[i].arch, facts[i].name);
		ck_assert_int_eq(arch->registers[index].dwarf, facts[i].dwarf);
	}
}
END_TEST

static void expect_role(const char *name, uint8_t index, const char *expected)
{
	const struct inq_arch *arch = inq_arch_by_name(name);
	ck_assert_str_eq(arch->registers[index].name, expected);
}

START_TEST(roles)
{
	expect_role("x86_64", inq_arch_by_name("x86_64")->sp, "rsp");
	expect_role("aarch64", inq_arch_by_name("aarch64")->fp, "x29");
	expect_role("aarch64", inq_arch_by_name("aarch64")->lr, "x30");
	expect_role("riscv64", inq_arch_by_name("riscv64")->fp, "s0");
	expect_role("ppc64", inq_arch_by_name("ppc64")->sp, "r1");
	expect_role("ppc64", inq_arch_by_name("ppc64")->lr, "lr");
	/* "ELF Handling For Thread-Local Storage", and the ABIs of AArch64, RISC-V and Power */
	expect_role("x86_64", inq_arch_by_name("x86_64")->thread_pointer, "fs_base");
	expect_role("aarch64", inq_arch_by_name("aarch64")->thread_pointer, "tpidr");
	expect_role("riscv64", inq_arch_by_name("riscv64")->thread_pointer, "tp");
	expect_role("ppc64", inq_arch_by_name("ppc64")->thread_pointer, "r13");
	expect_role("s390x", inq_arch_by_name("s390x")->pc, "pswa");
	expect_role("s390x", inq_arch_by_name("s390x")->sp, "r15");
	expect_role("sparc", inq_arch_by_name("sparc")->sp, "o6");
	expect_role("mips", inq_arch_by_name("mips")->sp, "r29");
}
END_TEST

START_TEST(machines)
{
	/* Numbers: the registry of e_machine values in the gABI; names: uname -m. */
	static const struct {
		uint16_t machine;
		unsigned bits;
		bool big;
		const char *name, *arch;
	} facts[] = {
		{ 62, 64, false, "x86_64", "x86_64" },
		{ 62, 32, false, "x32", "x86_64" },
		{ 3, 32, false, "i386", "i386" },
		{ 183, 64, false, "aarch64", "aarch64" },
		{ 183, 64, true, "aarch64_be", "aarch64" },
		{ 40, 32, false, "arm", "arm" },
		{ 243, 64, false, "riscv64", "riscv64" },
		{ 243, 32, false, "riscv32", NULL },
		{ 21, 64, false, "ppc64le", "ppc64" },
		{ 21, 64, true, "ppc64", "ppc64" },
		{ 20, 32, true, "ppc", "ppc" },
		{ 22, 64, true, "s390x", "s390x" },
		{ 22, 32, true, "s390", "s390" },
		{ 43, 64, true, "sparcv9", "sparcv9" },
		{ 2, 32, true, "sparc", "sparc" },
		{ 8, 32, true, "mips", "mips" },
		{ 8, 64, false, "mips64el", "mips" },
		{ 4, 32, true, "m68k", NULL },
		{ 15, 32, true, "hppa", NULL },
		{ 0x9026, 64, false, "alpha", NULL },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const struct inq_arch *arch = inq_arch_find(facts[i].machine, facts[i].bits, facts[i].big);
		ck_assert_str_eq(inq_machine_name(facts[i].machine, facts[i].bits, facts[i].big), facts[i].name);
		ck_assert_pstr_eq(arch ? arch->name : NULL, facts[i].arch);
	}
	ck_assert_str_eq(inq_machine_name(258, 64, false), "loongarch64");
	ck_assert_ptr_null(inq_machine_name(60000, 64, false));
	ck_assert_ptr_null(inq_arch_find(60000, 64, false));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("arch");
	TCase *tcase = tcase_create("arch");
	tcase_add_loop_test(tcase, rows_are_whole, 0, ARCHS);
	tcase_add_test(tcase, dwarf_numbers);
	tcase_add_test(tcase, roles);
	tcase_add_test(tcase, machines);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
