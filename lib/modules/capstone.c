/* Module: one instruction of Arm or AArch64 as text and operands, by Capstone (version 4 and later). */
#include "lib/diagnose/decode_ops.h"
#include "lib/io/provider.h"

#include <capstone/capstone.h>
#include <inquest/report.h>
#include <stdio.h>
#include <string.h>

enum { ELF_ARM = 40, ELF_AARCH64 = 183 }; /* e_machine of the gABI */

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

/* A push, pop or block transfer: the text does not show its operand as memory. */
static void add_stack(struct inq_decoded *ret, const char *sp, int64_t displacement, unsigned size, unsigned access)
{
	struct inq_operand *operand = add_operand(ret);
	if (!operand)
		return;
	snprintf(operand->base, sizeof operand->base, "%s", sp);
	operand->displacement = displacement;
	operand->size = (uint16_t)size;
	operand->access = (uint8_t)access;
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
	operand->size = (uint16_t)arm_size(insn->mnemonic, first);
	bool pair = starts(insn->mnemonic, "ldp") || starts(insn->mnemonic, "stp");
	operand->size = (uint16_t)(pair ? operand->size * 2 : operand->size);
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
	operand->size = (uint16_t)arm_size(insn->mnemonic, first);
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
	snprintf(ret->text, sizeof ret->text, "%s%s%.60s", insn->mnemonic, *insn->op_str ? " " : "", insn->op_str);
	if (arch == CS_ARCH_ARM64)
		aarch64_details(handle, insn, ret);
	else
		arm_details(handle, insn, ret);
	cs_free(insn, 1);
	cs_close(&handle);
	return true;
}

static const struct inq_decode_ops ops = { decode };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_DECODE, "capstone", &ops };
