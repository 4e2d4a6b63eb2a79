/* An access that needs an aligned address got another one. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

enum { BUS_ADRALN = 1, SI_KERNEL = 0x80 };

static bool by_code(const struct inq_fault *fault)
{
	return inq_fault_is(fault, "SIGBUS") && fault->signal.has_code && fault->signal.code == BUS_ADRALN;
}

/* x86's aligned vector moves fault without an address. */
static const struct inq_access_info *by_instruction(const struct inq_fault *fault)
{
	const struct inq_instruction *instruction = &fault->instruction;
	if (!inq_fault_is(fault, "SIGSEGV") || fault->signal.code != SI_KERNEL)
		return NULL;
	for (size_t i = 0; i < instruction->info.access_count; i++) {
		const struct inq_access_info *access = &instruction->info.accesses[i];
		const struct inq_operand *operand = &instruction->details.operands[instruction->operand_of[i]];
		if (operand->aligned && access->has_address && access->size && access->address % access->size)
			return access;
	}
	return NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	const struct inq_access_info *access = by_instruction(fault);
	if (!access && !by_code(fault))
		return false;
	uint64_t address = access ? access->address : fault->address;
	ret->text = access || fault->has_address ? inq_case_text(crash, "a misaligned address: 0x%" PRIx64, address)
						 : "a misaligned address";
	ret->confidence = INQ_CERTAIN;
	if (access)
		inq_find_evidence(
			crash, ret,
			"%s needs a multiple of %u at %s; often a stack that is not aligned to 16 bytes at a call",
			fault->instruction.info.text, access->size, access->operand);
	else
		inq_find_evidence(crash, ret, "the system says so: BUS_ADRALN");
	return true;
}

const struct inq_cause inq_cause_misaligned = { .id = "misaligned-address", .find = find };
