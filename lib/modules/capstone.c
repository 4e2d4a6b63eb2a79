/* Module: one instruction as text and operands, by Capstone (version 4 and later). */
#include "lib/diagnose/decode_ops.h"
#include "lib/io/provider.h"

#include <capstone/capstone.h>
#include <inquest/report.h>
#include <stdio.h>
#include <string.h>

enum { ELF_386 = 3, ELF_ARM = 40, ELF_X86_64 = 62, ELF_AARCH64 = 183 }; /* e_machine of the gABI */

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void copy_name(char to[static INQ_REGISTER_NAME], csh handle, unsigned reg)
{
	const char *name = reg ? cs_reg_name(handle, reg) : NULL;
	snprintf(to, INQ_REGISTER_NAME, "%s", name ? name : "");
}

static struct inq_operand *add_operand(struct inq_decoded *ret)
{
	static const struct inq_operand none = { .scale = 1 };
	if (ret->operand_count == INQ_MOST_OPERANDS)
		return NULL;
	struct inq_operand *operand = &ret->operands[ret->operand_count++];
	*operand = none;
	return operand;
}

/* "fs:rax+rcx*8+0x10": the same words on every processor. */
static void spell(struct inq_operand *operand)
{
	char index[32] = "", offset[24] = "";
	int64_t displacement = operand->displacement;
	if (*operand->index && operand->scale != 1)
		snprintf(index, sizeof index, "%s%s*%d", *operand->base ? "+" : "", operand->index, operand->scale);
	else if (*operand->index)
		snprintf(index, sizeof index, "%s%s", *operand->base ? "+" : "", operand->index);
	if (displacement || (!*operand->base && !*operand->index))
		snprintf(offset, sizeof offset, "%s0x%llx",
			 displacement < 0		     ? "-"
			 : *operand->base || *operand->index ? "+"
							     : "",
			 displacement < 0 ? -(unsigned long long)displacement : (unsigned long long)displacement);
	snprintf(operand->text, sizeof operand->text, "%s%s%s%s%s", operand->segment, *operand->segment ? ":" : "",
		 operand->base, index, offset);
}

/* A push, pop, call or return: the stack is an operand that the text does not show. */
static void add_stack(struct inq_decoded *ret, const char *sp, int64_t displacement, unsigned size, unsigned access)
{
	struct inq_operand *operand = add_operand(ret);
	if (!operand)
		return;
	snprintf(operand->base, sizeof operand->base, "%s", sp);
	operand->displacement = displacement;
	operand->size = (uint8_t)size;
	operand->access = (uint8_t)access;
	spell(operand);
}

static unsigned access_of(uint8_t capstone)
{
	return (capstone & CS_AC_READ ? INQ_ACCESS_READ : 0) | (capstone & CS_AC_WRITE ? INQ_ACCESS_WRITE : 0);
}

/* Capstone's tables leave the access of some vector and x87 instructions out: the first operand is the destination. */
static unsigned x86_access(const cs_insn *insn, unsigned i)
{
	const cs_x86 *x86 = &insn->detail->x86;
	unsigned access = access_of(x86->operands[i].access);
	if (insn->id == X86_INS_LEA || insn->id == X86_INS_NOP || starts(insn->mnemonic, "prefetch"))
		return 0;
	if (access)
		return access;
	bool stores = starts(insn->mnemonic, "mov") || starts(insn->mnemonic, "vmov") ||
		      starts(insn->mnemonic, "fst") || starts(insn->mnemonic, "fist");
	return stores && i == 0 ? INQ_ACCESS_WRITE : INQ_ACCESS_READ;
}

/* Intel SDM, volume 2: these raise #GP when their memory operand is not aligned. */
static bool x86_needs_alignment(const char *mnemonic)
{
	static const char *const names[] = { "movaps",	"movapd",  "movdqa",  "movntps", "movntpd",
					     "movntdq", "vmovaps", "vmovapd", "vmovdqa", "vmovntps" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(mnemonic, names[i]) == 0)
			return true;
	return false;
}

static void x86_memory(csh handle, const cs_insn *insn, unsigned i, struct inq_decoded *ret)
{
	const cs_x86_op *from = &insn->detail->x86.operands[i];
	struct inq_operand *operand = add_operand(ret);
	if (!operand)
		return;
	copy_name(operand->base, handle, from->mem.base);
	copy_name(operand->index, handle, from->mem.index);
	bool flat = from->mem.segment != X86_REG_FS && from->mem.segment != X86_REG_GS;
	copy_name(operand->segment, handle, flat ? 0 : from->mem.segment);
	operand->displacement = from->mem.disp;
	operand->scale = from->mem.scale;
	operand->size = from->size;
	operand->access = (uint8_t)x86_access(insn, i);
	operand->aligned = x86_needs_alignment(insn->mnemonic);
	spell(operand);
}

static void x86_stack(const cs_insn *insn, unsigned bits, struct inq_decoded *ret)
{
	unsigned word = bits / 8;
	const char *sp = bits == 64 ? "rsp" : "esp", *fp = bits == 64 ? "rbp" : "ebp";
	if (insn->id == X86_INS_PUSH || insn->id == X86_INS_CALL)
		add_stack(ret, sp, -(int64_t)word, word, INQ_ACCESS_WRITE);
	else if (insn->id == X86_INS_POP || insn->id == X86_INS_RET)
		add_stack(ret, sp, 0, word, INQ_ACCESS_READ);
	else if (insn->id == X86_INS_LEAVE)
		add_stack(ret, fp, 0, word, INQ_ACCESS_READ);
}

static enum inq_instruction_kind x86_kind(csh handle, const cs_insn *insn)
{
	switch (insn->id) {
	case X86_INS_DIV:
	case X86_INS_IDIV:
		return INQ_INSTRUCTION_DIVIDE;
	case X86_INS_UD0:
	case X86_INS_UD2:
	case X86_INS_INT3:
	case X86_INS_INT1:
		return INQ_INSTRUCTION_TRAP;
	case X86_INS_SYSCALL:
	case X86_INS_SYSENTER:
	case X86_INS_INT:
		return INQ_INSTRUCTION_SYSTEM_CALL;
	default:
		break;
	}
	if (cs_insn_group(handle, insn, CS_GRP_CALL))
		return INQ_INSTRUCTION_CALL;
	if (cs_insn_group(handle, insn, CS_GRP_RET))
		return INQ_INSTRUCTION_RETURN;
	return cs_insn_group(handle, insn, CS_GRP_JUMP) ? INQ_INSTRUCTION_JUMP : INQ_INSTRUCTION_OTHER;
}

/* Extensions that not every processor has. */
static const char *x86_group(csh handle, const cs_insn *insn)
{
	static const struct {
		unsigned group;
		const char *name;
	} groups[] = {
		{ X86_GRP_AVX512, "avx512" }, { X86_GRP_CDI, "avx512" },   { X86_GRP_DQI, "avx512" },
		{ X86_GRP_BWI, "avx512" },    { X86_GRP_AVX2, "avx2" },	   { X86_GRP_FMA, "fma" },
		{ X86_GRP_AVX, "avx" },	      { X86_GRP_BMI2, "bmi2" },	   { X86_GRP_BMI, "bmi" },
		{ X86_GRP_SSE42, "sse4.2" },  { X86_GRP_SSE41, "sse4.1" }, { X86_GRP_SSSE3, "ssse3" },
		{ X86_GRP_SHA, "sha" },	      { X86_GRP_AES, "aes" },	   { X86_GRP_RTM, "rtm" },
		{ X86_GRP_FMA4, "fma4" },     { X86_GRP_XOP, "xop" },	   { X86_GRP_SSE3, "sse3" },
	};
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (cs_insn_group(handle, insn, (unsigned)groups[i].group))
			return groups[i].name;
	return "";
}

static void x86_details(csh handle, const cs_insn *insn, unsigned bits, struct inq_decoded *ret)
{
	const cs_x86 *x86 = &insn->detail->x86;
	ret->kind = (uint8_t)x86_kind(handle, insn);
	snprintf(ret->group, sizeof ret->group, "%s", x86_group(handle, insn));
	for (unsigned i = 0; i < x86->op_count; i++) {
		bool last = i + 1 == x86->op_count, is_register = x86->operands[i].type == X86_OP_REG;
		if (x86->operands[i].type == X86_OP_MEM)
			x86_memory(handle, insn, i, ret);
		else if (is_register && last && ret->kind == INQ_INSTRUCTION_DIVIDE)
			copy_name(ret->divisor, handle, x86->operands[i].reg);
		else if (is_register && (ret->kind == INQ_INSTRUCTION_CALL || ret->kind == INQ_INSTRUCTION_JUMP))
			copy_name(ret->target, handle, x86->operands[i].reg);
	}
	x86_stack(insn, bits, ret);
}

/* ARM's mnemonics tell what they do to memory: ld… reads, st… writes, atomic operations do both. */
static unsigned arm_access(const char *mnemonic)
{
	const char *name = *mnemonic == 'v' ? mnemonic + 1 : mnemonic;
	static const char *const atomic[] = { "swp", "cas", "ldadd", "ldclr", "ldeor", "ldset", "ldsm", "ldum" };
	for (size_t i = 0; i < sizeof atomic / sizeof *atomic; i++)
		if (starts(name, atomic[i]))
			return INQ_ACCESS_READ | INQ_ACCESS_WRITE;
	if (starts(name, "st") || starts(name, "push"))
		return INQ_ACCESS_WRITE;
	return starts(name, "ld") || starts(name, "pop") || starts(name, "tb") ? INQ_ACCESS_READ : 0;
}

/* ldrb, ldrsh, ldursw …; else by the register that is loaded or stored. */
static unsigned arm_size(const char *mnemonic, const char *reg)
{
	static const struct {
		char letter;
		uint8_t size;
	} registers[] = { { 'w', 4 }, { 'x', 8 }, { 'b', 1 },  { 'h', 2 },
			  { 's', 4 }, { 'd', 8 }, { 'q', 16 }, { 'r', 4 } };
	size_t length = strlen(mnemonic);
	char last = length > 3 ? mnemonic[length - 1] : '\0';
	if (last == 'b' || last == 'h')
		return last == 'b' ? 1 : 2;
	if (last == 'w' && length > 4 && mnemonic[length - 2] == 's')
		return 4;
	for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
		if (*reg == registers[i].letter)
			return registers[i].size;
	return 0;
}

static void aarch64_memory(csh handle, const cs_insn *insn, const cs_arm64_op *from, struct inq_decoded *ret)
{
	struct inq_operand *operand = add_operand(ret);
	char first[INQ_REGISTER_NAME] = "";
	if (!operand)
		return;
	if (insn->detail->arm64.operands[0].type == ARM64_OP_REG)
		copy_name(first, handle, insn->detail->arm64.operands[0].reg);
	copy_name(operand->base, handle, from->mem.base);
	copy_name(operand->index, handle, from->mem.index);
	operand->displacement = from->mem.disp;
	operand->scale = from->shift.value < 8 ? 1 << from->shift.value : 1;
	operand->index_signed = from->ext == ARM64_EXT_SXTW || from->ext == ARM64_EXT_SXTX;
	operand->access = (uint8_t)arm_access(insn->mnemonic);
	operand->size = (uint8_t)arm_size(insn->mnemonic, first);
	bool pair = starts(insn->mnemonic, "ldp") || starts(insn->mnemonic, "stp");
	operand->size = (uint8_t)(pair ? operand->size * 2 : operand->size);
	spell(operand);
}

static void aarch64_details(csh handle, const cs_insn *insn, struct inq_decoded *ret)
{
	const cs_arm64 *arm64 = &insn->detail->arm64;
	if (insn->id == ARM64_INS_BRK)
		ret->kind = INQ_INSTRUCTION_TRAP;
	else if (insn->id == ARM64_INS_SVC)
		ret->kind = INQ_INSTRUCTION_SYSTEM_CALL;
	else if (insn->id == ARM64_INS_BL || insn->id == ARM64_INS_BLR)
		ret->kind = INQ_INSTRUCTION_CALL;
	else if (insn->id == ARM64_INS_RET)
		ret->kind = INQ_INSTRUCTION_RETURN;
	else if (cs_insn_group(handle, insn, CS_GRP_JUMP))
		ret->kind = INQ_INSTRUCTION_JUMP;
	for (unsigned i = 0; i < arm64->op_count; i++) {
		if (arm64->operands[i].type == ARM64_OP_MEM)
			aarch64_memory(handle, insn, &arm64->operands[i], ret);
		else if (arm64->operands[i].type == ARM64_OP_REG && ret->kind != INQ_INSTRUCTION_OTHER)
			copy_name(ret->target, handle, arm64->operands[i].reg);
	}
}

static void arm_memory(csh handle, const cs_insn *insn, const cs_arm_op *from, struct inq_decoded *ret)
{
	struct inq_operand *operand = add_operand(ret);
	char first[INQ_REGISTER_NAME] = "";
	if (!operand)
		return;
	if (insn->detail->arm.operands[0].type == ARM_OP_REG)
		copy_name(first, handle, (unsigned)insn->detail->arm.operands[0].reg);
	copy_name(operand->base, handle, from->mem.base);
	copy_name(operand->index, handle, from->mem.index);
	operand->displacement = from->mem.disp;
	operand->scale = (from->shift.type == ARM_SFT_LSL && from->shift.value < 8 ? 1 << from->shift.value : 1) *
			 (from->subtracted ? -1 : 1);
	operand->access = (uint8_t)arm_access(insn->mnemonic);
	operand->size = (uint8_t)arm_size(insn->mnemonic, first);
	spell(operand);
}

/* push, pop, ldm and stm name a base and a list of registers. */
static void arm_block(csh handle, const cs_insn *insn, struct inq_decoded *ret)
{
	char base[INQ_REGISTER_NAME] = "";
	if (insn->id == ARM_INS_PUSH)
		add_stack(ret, "sp", -4 * (int64_t)insn->detail->arm.op_count, 4, INQ_ACCESS_WRITE);
	else if (insn->id == ARM_INS_POP)
		add_stack(ret, "sp", 0, 4, INQ_ACCESS_READ);
	if ((insn->id != ARM_INS_LDM && insn->id != ARM_INS_STM) || insn->detail->arm.operands[0].type != ARM_OP_REG)
		return;
	copy_name(base, handle, (unsigned)insn->detail->arm.operands[0].reg);
	add_stack(ret, base, 0, 4, arm_access(insn->mnemonic));
}

static void arm_details(csh handle, const cs_insn *insn, struct inq_decoded *ret)
{
	const cs_arm *arm = &insn->detail->arm;
	if (insn->id == ARM_INS_UDF || insn->id == ARM_INS_BKPT || insn->id == ARM_INS_TRAP)
		ret->kind = INQ_INSTRUCTION_TRAP;
	else if (insn->id == ARM_INS_SVC)
		ret->kind = INQ_INSTRUCTION_SYSTEM_CALL;
	else if (insn->id == ARM_INS_BL || insn->id == ARM_INS_BLX)
		ret->kind = INQ_INSTRUCTION_CALL;
	else if (cs_insn_group(handle, insn, CS_GRP_JUMP))
		ret->kind = INQ_INSTRUCTION_JUMP;
	for (unsigned i = 0; i < arm->op_count; i++) {
		if (arm->operands[i].type == ARM_OP_MEM)
			arm_memory(handle, insn, &arm->operands[i], ret);
		else if (arm->operands[i].type == ARM_OP_REG && ret->kind != INQ_INSTRUCTION_OTHER)
			copy_name(ret->target, handle, (unsigned)arm->operands[i].reg);
	}
	arm_block(handle, insn, ret);
}

static bool choose(const struct inq_decode_code *code, cs_arch *arch, cs_mode *mode)
{
	*mode = code->big ? CS_MODE_BIG_ENDIAN : CS_MODE_LITTLE_ENDIAN;
	switch (code->machine) {
	case ELF_386:
	case ELF_X86_64:
		*arch = CS_ARCH_X86;
		*mode = code->machine == ELF_X86_64 ? CS_MODE_64 : CS_MODE_32;
		return true;
	case ELF_AARCH64:
		*arch = CS_ARCH_ARM64;
		return true;
	case ELF_ARM:
		*arch = CS_ARCH_ARM;
		*mode |= code->thumb ? CS_MODE_THUMB : CS_MODE_ARM;
		return true;
	default:
		return false;
	}
}

static void put_text(const cs_insn *insn, struct inq_decoded *ret)
{
	snprintf(ret->text, sizeof ret->text, "%s%s%.60s", insn->mnemonic, *insn->op_str ? " " : "", insn->op_str);
}

/* The text of x86 is in the syntax of gdb and objdump, AT&T's; the operands are taken in Intel's order. */
static void put_x86_text(csh handle, const struct inq_decode_code *code, struct inq_decoded *ret)
{
	cs_insn *insn;
	if (cs_option(handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT) != CS_ERR_OK ||
	    cs_disasm(handle, code->bytes, code->size, code->address, 1, &insn) != 1)
		return;
	put_text(insn, ret);
	cs_free(insn, 1);
}

static bool decode(const struct inq_decode_code *code, struct inq_decoded *ret)
{
	cs_arch arch;
	cs_mode mode;
	csh handle;
	cs_insn *insn;
	memset(ret, 0, sizeof *ret);
	if (!choose(code, &arch, &mode) || cs_open(arch, mode, &handle) != CS_ERR_OK)
		return false;
	cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
	if (cs_disasm(handle, code->bytes, code->size, code->address, 1, &insn) != 1) {
		cs_close(&handle);
		return false;
	}
	ret->size = (uint8_t)insn->size;
	put_text(insn, ret);
	if (arch == CS_ARCH_X86)
		x86_details(handle, insn, code->machine == ELF_X86_64 ? 64 : 32, ret);
	else if (arch == CS_ARCH_ARM64)
		aarch64_details(handle, insn, ret);
	else
		arm_details(handle, insn, ret);
	cs_free(insn, 1);
	if (arch == CS_ARCH_X86)
		put_x86_text(handle, code, ret);
	cs_close(&handle);
	return true;
}

static const struct inq_decode_ops ops = { decode };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_DECODE, "capstone", &ops };
