/* Bytes → decoded operands → addresses by the registers → permitted or not. */
#include "lib/diagnose/instruction.h"

#include "lib/diagnose/registers.h"
#include "lib/io/provider.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_INSTRUCTION = 16, ARM_THUMB = 1 << 5 };
enum { EM_386 = 3, EM_ARM = 40, EM_X86_64 = 62, EM_AARCH64 = 183 };

const char *inq_instruction_module(const struct inq_space *space)
{
	switch (space->machine.elf) {
	case EM_386:
	case EM_X86_64:
		return "zydis";
	case EM_ARM:
	case EM_AARCH64:
		return "capstone";
	default:
		return NULL;
	}
}

bool inq_access_permitted(const struct inq_space *space, uint64_t address, unsigned access, bool *judged)
{
	const struct inq_mapping *mapping = inq_space_mapping_at(space, address);
	unsigned needs = (access & INQ_ACCESS_READ ? INQ_PERM_READ : 0) |
			 (access & INQ_ACCESS_WRITE ? INQ_PERM_WRITE : 0) |
			 (access & INQ_ACCESS_EXECUTE ? INQ_PERM_EXECUTE : 0);
	*judged = mapping ? mapping->permissions & INQ_PERM_KNOWN : inq_space_lists_all(space);
	return mapping && (mapping->permissions & needs) == needs;
}

bool inq_is_non_canonical(const struct inq_space *space, uint64_t address)
{
	uint64_t upper = address >> 47;
	return space->machine.elf == EM_X86_64 && space->machine.bits == 64 && upper != 0 && upper != 0x1ffff;
}

/* As many bytes as there are, up to the longest instruction. */
static size_t read_bytes(struct inq_space *space, uint64_t pc, const uint8_t **ret)
{
	for (size_t size = LONGEST_INSTRUCTION; size > 0; size--) {
		*ret = inq_space_peek(space, pc, size, NULL);
		if (*ret)
			return size;
	}
	return 0;
}

static bool is_thumb(const struct inq_space *space, const struct inq_registers *registers)
{
	uint64_t flags;
	return space->machine.elf == EM_ARM && inq_register_value(space->machine.arch, registers, "cpsr", &flags) &&
	       flags & ARM_THUMB;
}

/* ARM's pc reads as two instructions ahead, x86's as the next one: Arm ARM, "Use of the PC"; Intel SDM, "RIP-Relative
 * Addressing". */
static bool pc_relative(const struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
			const struct inq_decoded *decoded, const char *name, uint64_t *ret)
{
	if (strcmp(name, "rip") == 0 || strcmp(name, "eip") == 0) {
		*ret = pc + decoded->size;
		return true;
	}
	if (strcmp(name, "pc") != 0 || space->machine.elf != EM_ARM)
		return false;
	*ret = (pc + (is_thumb(space, registers) ? 4 : 8)) & ~UINT64_C(3);
	return true;
}

/* fs and gs: their bases are among the registers of x86-64, and unknown on i386. */
static bool add_segment(const struct inq_arch *arch, const struct inq_registers *registers, const char *segment,
			uint64_t *sum)
{
	char name[INQ_REGISTER_NAME + sizeof "_base"];
	uint64_t base;
	if (!*segment)
		return true;
	snprintf(name, sizeof name, "%s_base", segment);
	if (!inq_register_value(arch, registers, name, &base))
		return false;
	*sum += base;
	return true;
}

bool inq_operand_address(const struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
			 const struct inq_decoded *decoded, const struct inq_operand *operand, uint64_t *ret)
{
	const struct inq_arch *arch = space->machine.arch;
	uint64_t sum = (uint64_t)operand->displacement, value = 0;
	if (*operand->base && !pc_relative(space, registers, pc, decoded, operand->base, &value) &&
	    !inq_register_value(arch, registers, operand->base, &value))
		return false;
	sum += value;
	if (*operand->index) {
		if (!inq_register_value(arch, registers, operand->index, &value))
			return false;
		if (operand->index_signed && operand->index[0] == 'w')
			value = (uint64_t)(int64_t)(int32_t)value;
		sum += value * (uint64_t)(int64_t)operand->scale;
	}
	if (!add_segment(arch, registers, operand->segment, &sum))
		return false;
	*ret = space->machine.bits == 32 ? (uint32_t)sum : sum;
	return true;
}

const char *inq_operand_text(const struct inq_space *space, const struct inq_operand *operand)
{
	char index[32] = "", offset[24] = "";
	int64_t displacement = operand->displacement;
	const char *plus = *operand->base ? "+" : "";
	if (*operand->index && operand->scale != 1)
		snprintf(index, sizeof index, "%s%s*%d", plus, operand->index, operand->scale);
	else if (*operand->index)
		snprintf(index, sizeof index, "%s%s", plus, operand->index);
	plus = *operand->base || *operand->index ? "+" : "";
	if (displacement || !*plus)
		snprintf(offset, sizeof offset, "%s0x%" PRIx64, displacement < 0 ? "-" : plus,
			 displacement < 0 ? -(uint64_t)displacement : (uint64_t)displacement);
	return inq_arena_printf(space->ctx->arena, "%s%s%s%s%s", operand->segment, *operand->segment ? ":" : "",
				operand->base, index, offset);
}

static struct inq_access_info judge(const struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
				    const struct inq_decoded *decoded, const struct inq_operand *operand)
{
	struct inq_access_info access = { .access = operand->access,
					  .size = operand->size,
					  .operand = inq_operand_text(space, operand) };
	access.has_address = inq_operand_address(space, registers, pc, decoded, operand, &access.address);
	if (access.has_address)
		access.permitted = inq_access_permitted(space, access.address, access.access, &access.judged);
	return access;
}

/* The fetch itself: told only where the instruction cannot be there. */
static bool cannot_execute(const struct inq_space *space, uint64_t pc, struct inq_access_info *ret)
{
	*ret = (struct inq_access_info) {
		.access = INQ_ACCESS_EXECUTE, .has_address = true, .address = pc, .operand = "pc"
	};
	ret->permitted = inq_access_permitted(space, pc, INQ_ACCESS_EXECUTE, &ret->judged);
	return ret->judged && !ret->permitted;
}

bool inq_instruction_decode(struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
			    struct inq_instruction *ret)
{
	const char *module = inq_instruction_module(space);
	ret->info.size = read_bytes(space, pc, &ret->info.bytes);
	if (!module || !ret->info.size)
		return false;
	const struct inq_decode_ops *ops = inq_provider_open(module, INQ_PROVIDER_DECODE, &ret->info.undecoded);
	const struct inq_decode_code code = { .machine = space->machine.elf,
					      .bits = space->machine.bits,
					      .big = space->machine.big,
					      .thumb = is_thumb(space, registers),
					      .address = pc,
					      .bytes = ret->info.bytes,
					      .size = ret->info.size };
	return ops && ops->decode(&code, &ret->details) && ret->details.size <= ret->info.size;
}

static void add_accesses(struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
			 struct inq_instruction *ret, struct inq_access_info *accesses)
{
	for (size_t i = 0; i < ret->details.operand_count; i++) {
		const struct inq_operand *operand = &ret->details.operands[i];
		if (!operand->access)
			continue;
		ret->operand_of[ret->info.access_count] = (uint8_t)i;
		accesses[ret->info.access_count++] = judge(space, registers, pc, &ret->details, operand);
	}
}

enum inq_status inq_instruction_read(struct inq_space *space, const struct inq_registers *registers, uint64_t pc,
				     struct inq_instruction *ret)
{
	struct inq_access_info *accesses = inq_arena_array(space->ctx->arena, INQ_MOST_OPERANDS, sizeof *accesses);
	*ret = (struct inq_instruction) { 0 };
	if (!accesses)
		return inq_no_memory(space->ctx);
	ret->info.accesses = accesses;
	if (cannot_execute(space, pc, &accesses[0])) {
		ret->info.access_count = 1;
		return INQ_OK;
	}
	ret->decoded = inq_instruction_decode(space, registers, pc, ret);
	if (!ret->decoded)
		return INQ_OK;
	ret->info.size = ret->details.size;
	ret->info.text = inq_arena_copy(space->ctx->arena, ret->details.text, strlen(ret->details.text));
	add_accesses(space, registers, pc, ret, accesses);
	return ret->info.text ? INQ_OK : inq_no_memory(space->ctx);
}
