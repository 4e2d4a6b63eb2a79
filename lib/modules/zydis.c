/* Module: one instruction of x86 or x86-64 as text and operands, by Zydis (version 4). */
#include "lib/diagnose/decode_ops.h"
#include "lib/io/provider.h"

#include <Zydis/Zydis.h>
#include <inquest/report.h>
#include <stdio.h>
#include <string.h>

enum { ELF_386 = 3, ELF_X86_64 = 62 }; /* e_machine of the gABI */

struct instruction {
	ZydisDecodedInstruction itself;
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

static void copy_name(char to[static INQ_REGISTER_NAME], ZydisRegister reg)
{
	const char *name = reg == ZYDIS_REGISTER_NONE ? NULL : ZydisRegisterGetString(reg);
	snprintf(to, INQ_REGISTER_NAME, "%s", name ? name : "");
}

/* The tables have prefetches and the long nops as reads; they ask for no right to their address. */
static unsigned access_of(const struct instruction *from, const ZydisDecodedOperand *operand)
{
	ZydisInstructionCategory category = from->itself.meta.category;
	if (operand->mem.type == ZYDIS_MEMOP_TYPE_AGEN || category == ZYDIS_CATEGORY_WIDENOP ||
	    category == ZYDIS_CATEGORY_NOP || category == ZYDIS_CATEGORY_PREFETCH)
		return 0;
	return (operand->actions & ZYDIS_OPERAND_ACTION_MASK_READ ? INQ_ACCESS_READ : 0) |
	       (operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE ? INQ_ACCESS_WRITE : 0);
}

/* Intel SDM, volume 2, "Instruction Exception Specification": type 1 wants its operand aligned in every encoding; types 2 and 4 want
 * 16 bytes aligned in the encoding without VEX, but for the moves and string comparisons made for unaligned ones. */
static bool is_aligned(const struct instruction *from, const ZydisDecodedOperand *operand)
{
	static const ZydisMnemonic unaligned[] = { ZYDIS_MNEMONIC_MOVUPS,     ZYDIS_MNEMONIC_MOVUPD,
						   ZYDIS_MNEMONIC_MOVDQU,     ZYDIS_MNEMONIC_LDDQU,
						   ZYDIS_MNEMONIC_MASKMOVDQU, ZYDIS_MNEMONIC_PCMPESTRI,
						   ZYDIS_MNEMONIC_PCMPESTRM,  ZYDIS_MNEMONIC_PCMPISTRI,
						   ZYDIS_MNEMONIC_PCMPISTRM };
	switch ((int)from->itself.meta.exception_class) {
	case ZYDIS_EXCEPTION_CLASS_SSE1:
	case ZYDIS_EXCEPTION_CLASS_AVX1:
	case ZYDIS_EXCEPTION_CLASS_E1:
	case ZYDIS_EXCEPTION_CLASS_E1NF:
		return true;
	case ZYDIS_EXCEPTION_CLASS_SSE2:
	case ZYDIS_EXCEPTION_CLASS_SSE4:
		break;
	default:
		return from->itself.mnemonic == ZYDIS_MNEMONIC_CMPXCHG16B;
	}
	for (size_t i = 0; i < sizeof unaligned / sizeof *unaligned; i++)
		if (from->itself.mnemonic == unaligned[i])
			return false;
	return operand->size == 128;
}

/* The register is decremented before a push or call writes: the tables have the operand where it points afterwards. */
static int64_t displacement_of(const ZydisDecodedOperand *operand)
{
	bool stack = operand->mem.base == ZYDIS_REGISTER_RSP || operand->mem.base == ZYDIS_REGISTER_ESP ||
		     operand->mem.base == ZYDIS_REGISTER_SP;
	if (operand->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN && stack &&
	    operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
		return -(int64_t)(operand->size / 8);
	return operand->mem.disp.has_displacement ? operand->mem.disp.value : 0;
}

static void add_memory(const struct instruction *from, const ZydisDecodedOperand *operand, struct inq_decoded *ret)
{
	if (ret->operand_count == INQ_MOST_OPERANDS)
		return;
	struct inq_operand *to = &ret->operands[ret->operand_count++];
	ZydisRegister segment = operand->mem.segment;
	copy_name(to->base, operand->mem.base);
	copy_name(to->index, operand->mem.index);
	/* The other segments are flat in every process. */
	copy_name(to->segment,
		  segment == ZYDIS_REGISTER_FS || segment == ZYDIS_REGISTER_GS ? segment : ZYDIS_REGISTER_NONE);
	to->displacement = displacement_of(operand);
	to->scale = operand->mem.scale ? operand->mem.scale : 1;
	to->size = (uint16_t)(operand->size / 8);
	to->access = (uint8_t)access_of(from, operand);
	to->aligned = to->access && is_aligned(from, operand);
}

static enum inq_instruction_kind kind_of_flow(const ZydisDecodedInstruction *itself)
{
	if (itself->meta.category == ZYDIS_CATEGORY_CALL)
		return INQ_INSTRUCTION_CALL;
	if (itself->meta.category == ZYDIS_CATEGORY_RET)
		return INQ_INSTRUCTION_RETURN;
	return itself->meta.branch_type == ZYDIS_BRANCH_TYPE_NONE ? INQ_INSTRUCTION_OTHER : INQ_INSTRUCTION_JUMP;
}

static enum inq_instruction_kind kind_of(const ZydisDecodedInstruction *itself)
{
	switch ((int)itself->mnemonic) {
	case ZYDIS_MNEMONIC_DIV:
	case ZYDIS_MNEMONIC_IDIV:
		return INQ_INSTRUCTION_DIVIDE;
	case ZYDIS_MNEMONIC_UD0:
	case ZYDIS_MNEMONIC_UD1:
	case ZYDIS_MNEMONIC_UD2:
	case ZYDIS_MNEMONIC_INT3:
	case ZYDIS_MNEMONIC_INT1:
		return INQ_INSTRUCTION_TRAP;
	case ZYDIS_MNEMONIC_SYSCALL:
	case ZYDIS_MNEMONIC_SYSENTER:
	case ZYDIS_MNEMONIC_INT:
		return INQ_INSTRUCTION_SYSTEM_CALL;
	default:
		return kind_of_flow(itself);
	}
}

/* Extensions that not every processor has, by the names of /proc/cpuinfo. */
static const char *group_of(const ZydisDecodedInstruction *itself)
{
	static const struct {
		ZydisISAExt extension;
		const char *name;
	} rows[] = {
		{ ZYDIS_ISA_EXT_AVX512EVEX, "avx512" },
		{ ZYDIS_ISA_EXT_AVX512VEX, "avx512" },
		{ ZYDIS_ISA_EXT_AVX2, "avx2" },
		{ ZYDIS_ISA_EXT_AVX2GATHER, "avx2" },
		{ ZYDIS_ISA_EXT_AVX, "avx" },
		{ ZYDIS_ISA_EXT_AVXAES, "avx" },
		{ ZYDIS_ISA_EXT_AVX_VNNI, "avx_vnni" },
		{ ZYDIS_ISA_EXT_FMA, "fma" },
		{ ZYDIS_ISA_EXT_F16C, "f16c" },
		{ ZYDIS_ISA_EXT_BMI1, "bmi" },
		{ ZYDIS_ISA_EXT_BMI2, "bmi2" },
		{ ZYDIS_ISA_EXT_LZCNT, "lzcnt" },
		{ ZYDIS_ISA_EXT_MOVBE, "movbe" },
		{ ZYDIS_ISA_EXT_ADOX_ADCX, "adx" },
		{ ZYDIS_ISA_EXT_SSE3, "sse3" },
		{ ZYDIS_ISA_EXT_SSSE3, "ssse3" },
		{ ZYDIS_ISA_EXT_SSE4A, "sse4a" },
		{ ZYDIS_ISA_EXT_AES, "aes" },
		{ ZYDIS_ISA_EXT_PCLMULQDQ, "pclmulqdq" },
		{ ZYDIS_ISA_EXT_SHA, "sha" },
		{ ZYDIS_ISA_EXT_VAES, "vaes" },
		{ ZYDIS_ISA_EXT_VPCLMULQDQ, "vpclmulqdq" },
		{ ZYDIS_ISA_EXT_GFNI, "gfni" },
		{ ZYDIS_ISA_EXT_RDRAND, "rdrand" },
		{ ZYDIS_ISA_EXT_RDSEED, "rdseed" },
		{ ZYDIS_ISA_EXT_RTM, "rtm" },
		{ ZYDIS_ISA_EXT_FMA4, "fma4" },
		{ ZYDIS_ISA_EXT_XOP, "xop" },
		{ ZYDIS_ISA_EXT_TBM, "tbm" },
		{ ZYDIS_ISA_EXT_AMX_TILE, "amx" },
		{ ZYDIS_ISA_EXT_AMX_INT8, "amx" },
		{ ZYDIS_ISA_EXT_AMX_BF16, "amx" },
	};
	if (itself->meta.isa_ext == ZYDIS_ISA_EXT_SSE4)
		return itself->meta.isa_set == ZYDIS_ISA_SET_SSE4     ? "sse4.1"
		       : itself->meta.isa_set == ZYDIS_ISA_SET_POPCNT ? "popcnt"
								      : "sse4.2";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (itself->meta.isa_ext == rows[i].extension)
			return rows[i].name;
	return "";
}

static void put_details(const struct instruction *from, struct inq_decoded *ret)
{
	ret->kind = (uint8_t)kind_of(&from->itself);
	snprintf(ret->group, sizeof ret->group, "%s", group_of(&from->itself));
	for (unsigned i = 0; i < from->itself.operand_count; i++) {
		const ZydisDecodedOperand *operand = &from->operands[i];
		bool shown = operand->visibility == ZYDIS_OPERAND_VISIBILITY_EXPLICIT;
		if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY)
			add_memory(from, operand, ret);
		else if (operand->type != ZYDIS_OPERAND_TYPE_REGISTER || !shown)
			continue;
		else if (ret->kind == INQ_INSTRUCTION_DIVIDE)
			copy_name(ret->divisor, operand->reg.value);
		else if (ret->kind == INQ_INSTRUCTION_CALL || ret->kind == INQ_INSTRUCTION_JUMP)
			copy_name(ret->target, operand->reg.value);
	}
}

/* Zydis puts the size of a memory operand behind every mnemonic ("vmovapsz", "addssl"); assemblers want that of integer
 * instructions only, and have other letters for the x87's. */
static void drop_size(const ZydisDecodedInstruction *itself, char *text)
{
	const char *mnemonic = ZydisMnemonicGetString(itself->mnemonic);
	char *found = mnemonic ? strstr(text, mnemonic) : NULL;
	char *end = found ? found + strlen(mnemonic) : NULL;
	if (itself->meta.isa_ext == ZYDIS_ISA_EXT_BASE || itself->meta.isa_ext == ZYDIS_ISA_EXT_LONGMODE)
		return;
	if (end && *end && strchr("bwlqxyz", *end) && end[1] == ' ')
		memmove(end, end + 1, strlen(end));
}

/* In the syntax of gdb and objdump, AT&T's. */
static void put_text(const struct instruction *from, uint64_t address, struct inq_decoded *ret)
{
	ZydisFormatter formatter;
	ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_ATT);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_FORCE_RELATIVE_RIPREL, true);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, false);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE, ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED);
	ZydisFormatterSetProperty(&formatter, ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED);
	if (!ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&formatter, &from->itself, from->operands,
							  from->itself.operand_count_visible, ret->text,
							  sizeof ret->text, address, NULL)))
		snprintf(ret->text, sizeof ret->text, "%s", ZydisMnemonicGetString(from->itself.mnemonic));
	drop_size(&from->itself, ret->text);
}

static bool decode(const struct inq_decode_code *code, struct inq_decoded *ret)
{
	ZydisDecoder decoder;
	struct instruction instruction;
	bool wide = code->machine == ELF_X86_64;
	memset(ret, 0, sizeof *ret);
	if ((!wide && code->machine != ELF_386) ||
	    !ZYAN_SUCCESS(ZydisDecoderInit(&decoder, wide ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
					   wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32)) ||
	    !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code->bytes, code->size, &instruction.itself,
						 instruction.operands)))
		return false;
	ret->size = instruction.itself.length;
	put_details(&instruction, ret);
	put_text(&instruction, code->address, ret);
	return true;
}

static const struct inq_decode_ops ops = { decode };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_DECODE, "zydis", &ops };
