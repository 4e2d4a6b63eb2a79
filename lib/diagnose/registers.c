/* Registers by name. x86: Intel SDM, volume 1, "General-Purpose Registers in 64-Bit Mode"; AArch64: Arm ARM, "Registers in
 * AArch64 state"; Arm: AAPCS32, "Core registers". */
#include "lib/diagnose/registers.h"

#include <string.h>

enum { EM_ARM = 40, EM_X86_64 = 62, EM_AARCH64 = 183 };

struct part {
	uint16_t machine;
	const char *name, *whole;
	uint8_t bytes;
};

static const struct part parts[] = {
	{ EM_X86_64, "eax", "rax", 4 },	 { EM_X86_64, "ebx", "rbx", 4 },  { EM_X86_64, "ecx", "rcx", 4 },
	{ EM_X86_64, "edx", "rdx", 4 },	 { EM_X86_64, "esi", "rsi", 4 },  { EM_X86_64, "edi", "rdi", 4 },
	{ EM_X86_64, "ebp", "rbp", 4 },	 { EM_X86_64, "esp", "rsp", 4 },  { EM_X86_64, "r8d", "r8", 4 },
	{ EM_X86_64, "r9d", "r9", 4 },	 { EM_X86_64, "r10d", "r10", 4 }, { EM_X86_64, "r11d", "r11", 4 },
	{ EM_X86_64, "r12d", "r12", 4 }, { EM_X86_64, "r13d", "r13", 4 }, { EM_X86_64, "r14d", "r14", 4 },
	{ EM_X86_64, "r15d", "r15", 4 }, { EM_X86_64, "eip", "rip", 4 },  { EM_X86_64, "ax", "rax", 2 },
	{ EM_X86_64, "bx", "rbx", 2 },	 { EM_X86_64, "cx", "rcx", 2 },	  { EM_X86_64, "dx", "rdx", 2 },
	{ EM_X86_64, "si", "rsi", 2 },	 { EM_X86_64, "di", "rdi", 2 },	  { EM_X86_64, "al", "rax", 1 },
	{ EM_X86_64, "bl", "rbx", 1 },	 { EM_X86_64, "cl", "rcx", 1 },	  { EM_X86_64, "dl", "rdx", 1 },
	{ EM_X86_64, "sil", "rsi", 1 },	 { EM_X86_64, "dil", "rdi", 1 },  { EM_X86_64, "bpl", "rbp", 1 },
	{ EM_AARCH64, "fp", "x29", 8 },	 { EM_AARCH64, "lr", "x30", 8 },  { EM_AARCH64, "wsp", "sp", 4 },
	{ EM_ARM, "sb", "r9", 4 },	 { EM_ARM, "sl", "r10", 4 },	  { EM_ARM, "fp", "r11", 4 },
	{ EM_ARM, "ip", "r12", 4 },
};

static const struct part *find_part(const struct inq_arch *arch, const char *name)
{
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].machine == arch->machine && strcmp(parts[i].name, name) == 0)
			return &parts[i];
	return NULL;
}

static bool whole_value(const struct inq_arch *arch, const struct inq_registers *registers, const char *name,
			uint64_t *ret)
{
	uint8_t index = inq_arch_register_index(arch, name);
	if (index == INQ_NO_REGISTER || !(registers->valid >> index & 1))
		return false;
	*ret = registers->values[index];
	return true;
}

/* "w3" is the lower half of "x3"; the zero registers have no slot. */
static bool aarch64_value(const struct inq_arch *arch, const struct inq_registers *registers, const char *name,
			  uint64_t *ret)
{
	char whole[8] = "x";
	if (strcmp(name, "xzr") == 0 || strcmp(name, "wzr") == 0) {
		*ret = 0;
		return true;
	}
	if (arch->machine != EM_AARCH64 || name[0] != 'w' || strlen(name) >= sizeof whole)
		return false;
	strcpy(whole + 1, name + 1);
	if (!whole_value(arch, registers, whole, ret))
		return false;
	*ret = (uint32_t)*ret;
	return true;
}

bool inq_register_value(const struct inq_arch *arch, const struct inq_registers *registers, const char *name,
			uint64_t *ret)
{
	if (!arch)
		return false;
	if (whole_value(arch, registers, name, ret))
		return true;
	const struct part *part = find_part(arch, name);
	if (!part)
		return aarch64_value(arch, registers, name, ret);
	if (!whole_value(arch, registers, part->whole, ret))
		return false;
	if (part->bytes < 8)
		*ret &= (UINT64_C(1) << part->bytes * 8) - 1;
	return true;
}

const char *inq_register_whole(const struct inq_arch *arch, const char *name)
{
	const struct part *part = arch ? find_part(arch, name) : NULL;
	return part ? part->whole : name;
}
