/* An address that no process can have: what is in the register is no pointer. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const char *text = inq_case_address_text(crash, crash->fault->address);
	uint64_t address = crash->fault->address;
	if (!inq_case_memory_fault(crash) || !inq_is_non_canonical(crash->space, address) || inq_case_bad_pc(crash))
		return false;
	const char *registers = inq_case_registers_text(crash);
	ret->text = inq_case_text(crash, "a damaged pointer: 0x%" PRIx64 " is no address (not canonical)", address);
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret,
			  "the kernel tells no address for such a fault; the instruction computes this one");
	if (registers)
		inq_find_evidence(crash, ret, "%s: %s", inq_case_access_text(crash), registers);
	if (text)
		inq_find_evidence(crash, ret, "its bytes are the text \"%s\": a string was written over a pointer",
				  text);
	return true;
}

const struct inq_cause inq_cause_non_canonical = { .id = "non-canonical-address", .fallback = true, .find = find };
