/* Names of machines by their e_machine number, also of those that have no row in archs.def: as `uname -m` writes them.
 * Numbers: gABI, "ELF Header", and the registry of e_machine values; 0x9026 is what Linux on Alpha has always used. */
#include "lib/arch/arch.h"

struct machine_name {
	uint16_t machine;
	uint8_t bits;	/* 0: any */
	uint8_t endian; /* as in struct inq_arch */
	const char *name;
};

/* clang-format off */
static const struct machine_name names[] = {
	{ 2, 0, 0, "sparc" },
	{ 3, 0, 0, "i386" },
	{ 4, 0, 0, "m68k" },
	{ 8, 64, 1, "mips64el" },
	{ 8, 64, 2, "mips64" },
	{ 8, 32, 1, "mipsel" },
	{ 8, 32, 2, "mips" },
	{ 15, 0, 0, "hppa" },
	{ 18, 0, 0, "sparc" }, /* EM_SPARC32PLUS: 32-bit code that uses v9 instructions */
	{ 20, 0, 0, "ppc" },
	{ 21, 0, 1, "ppc64le" },
	{ 21, 0, 2, "ppc64" },
	{ 22, 64, 0, "s390x" },
	{ 22, 32, 0, "s390" },
	{ 40, 0, 0, "arm" },
	{ 42, 0, 0, "sh4" },
	{ 43, 0, 0, "sparcv9" },
	{ 50, 0, 0, "ia64" },
	{ 62, 64, 0, "x86_64" },
	{ 62, 32, 0, "x32" },
	{ 92, 0, 0, "openrisc" },
	{ 93, 0, 0, "arc" },
	{ 94, 0, 0, "xtensa" },
	{ 164, 0, 0, "hexagon" },
	{ 183, 0, 1, "aarch64" },
	{ 183, 0, 2, "aarch64_be" },
	{ 189, 0, 0, "microblaze" },
	{ 195, 0, 0, "arcv2" },
	{ 243, 64, 0, "riscv64" },
	{ 243, 32, 0, "riscv32" },
	{ 247, 0, 0, "bpf" },
	{ 252, 0, 0, "csky" },
	{ 258, 64, 0, "loongarch64" },
	{ 258, 32, 0, "loongarch32" },
	{ 0x9026, 0, 0, "alpha" },
};
/* clang-format on */

const char *inq_machine_name(uint16_t machine, unsigned bits, bool big)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct machine_name *row = &names[i];
		bool fits = row->machine == machine && (!row->bits || row->bits == bits);
		if (fits && (!row->endian || row->endian == (big ? 2 : 1)))
			return row->name;
	}
	return NULL;
}
