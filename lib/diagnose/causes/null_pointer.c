/* A null pointer, or one near it: a member of a null structure, an element of a null array, a small negative number. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/heap_damage.h"
#include "lib/diagnose/pointer_origin.h"
#include "lib/diagnose/registers.h"

#include <inttypes.h>

enum { FIRST_PAGE = 4096, NEAR_NULL = 1 << 16 };

/* The register that a pointer was in is 0, so that the rest of the address is an offset. */
static bool base_is_null(const struct inq_case *crash, const struct inq_operand *operand)
{
	uint64_t base;
	return operand && *operand->base &&
	       inq_register_value(crash->space->machine.arch, &crash->fault->registers, operand->base, &base) &&
	       base == 0;
}

/* −1 … −4095 are error codes where a pointer was wanted: MAP_FAILED, ERR_PTR. */
static bool is_negative(const struct inq_space *space, uint64_t address)
{
	uint64_t top = space->machine.bits == 32 ? UINT32_MAX : UINT64_MAX;
	return address > top - FIRST_PAGE;
}

static void add_registers(const struct inq_case *crash, struct inq_finding *ret)
{
	const char *registers = inq_case_registers_text(crash);
	const char *same = inq_case_register_with(crash, crash->fault->address);
	inq_find_evidence(crash, ret, "the fault address is 0x%" PRIx64, crash->fault->address);
	if (registers)
		inq_find_evidence(crash, ret, "%s: %s", inq_case_access_text(crash), registers);
	else if (same && crash->fault->address)
		inq_find_evidence(crash, ret, "%s holds it exactly", same);
}

static const char *verb_of(unsigned access)
{
	return access == INQ_ACCESS_READ ? "reads" : access == INQ_ACCESS_WRITE ? "writes" : "uses";
}

/* With types: which member of what, and which variable was null. */
static void name_member(const struct inq_case *crash, const struct inq_operand *operand, struct inq_finding *ret)
{
	struct inq_pointer_use use;
	const char *reg = inq_register_whole(crash->space->machine.arch, operand->base);
	uint64_t offset = crash->fault->address;
	if (!inq_pointer_at_fault(crash->space, crash->fault, reg, offset, operand->size, &use))
		return;
	if (use.member)
		ret->text = inq_case_text(crash, "null pointer: %s member `%s` (offset 0x%" PRIx64 ") of a null `%s *`",
					  verb_of(inq_fault_access(crash->fault)), use.member, offset, use.target);
	else
		ret->text = inq_case_text(crash, "null pointer: %s at offset 0x%" PRIx64 " of a null `%s *`",
					  verb_of(inq_fault_access(crash->fault)), offset, use.target);
	inq_find_evidence(crash, ret, "by the types known, %s held `%s`, a `%s *` that is null", reg, use.name,
			  use.target);
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t address = crash->fault->address;
	const struct inq_operand *operand = inq_fault_operand(crash->fault);
	if (!inq_case_memory_fault(crash) || inq_case_bad_pc(crash))
		return false;
	bool null_base = base_is_null(crash, operand), indexed = operand && *operand->index;
	ret->confidence = INQ_LIKELY;
	if (is_negative(crash->space, address)) {
		ret->id = "near-null";
		ret->text = inq_case_text(
			crash,
			"a small negative number (%" PRId64 ") was used as a pointer: an error code, or MAP_FAILED",
			crash->space->machine.bits == 32 ? (int32_t)(uint32_t)address : (int64_t)address);
	} else if (null_base && indexed) {
		ret->id = "near-null";
		ret->text = inq_case_text(crash, "an element of a null array, at offset 0x%" PRIx64, address);
	} else if (address < FIRST_PAGE) {
		/* The allocator's own pointers are null where it was given a bad one. */
		ret->confidence = null_base && !inq_is_in_allocator(crash) ? INQ_CERTAIN : INQ_LIKELY;
		ret->text =
			address ? inq_case_text(crash, "null pointer: its member at offset 0x%" PRIx64 " was accessed",
						address)
				: "null pointer";
	} else if (address < NEAR_NULL || null_base) {
		ret->id = "near-null";
		ret->text = inq_case_text(
			crash, "near null: offset 0x%" PRIx64 " of a null pointer, or a small number used as one",
			address);
	} else {
		return false;
	}
	add_registers(crash, ret);
	if (null_base && !indexed && ret->confidence == INQ_CERTAIN)
		name_member(crash, operand, ret);
	return true;
}

const struct inq_cause inq_cause_null_pointer = { .id = "null-pointer", .find = find };
