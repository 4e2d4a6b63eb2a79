/* Nothing is mapped at the address, and nothing better is known of it. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t address = crash->fault->address;
	if (!inq_case_memory_fault(crash) || inq_space_mapping_at(crash->space, address) ||
	    inq_is_non_canonical(crash->space, address) || !inq_space_lists_all(crash->space))
		return false;
	const char *registers = inq_case_registers_text(crash), *same = inq_case_register_with(crash, address);
	const char *text = inq_case_address_text(crash, address);
	ret->text = inq_case_text(crash, "a wild pointer: nothing is mapped at 0x%" PRIx64, address);
	ret->confidence = registers || same ? INQ_LIKELY : INQ_POSSIBLE;
	if (registers)
		inq_find_evidence(crash, ret, "%s: %s", inq_case_access_text(crash), registers);
	else if (same)
		inq_find_evidence(crash, ret, "%s holds the fault address exactly", same);
	if (text)
		inq_find_evidence(crash, ret, "its bytes are the text \"%s\": a string was taken for a pointer", text);
	inq_find_evidence(crash, ret, "it is not near null, and holds none of the known fill patterns");
	return true;
}

const struct inq_cause inq_cause_wild_pointer = { .id = "wild-pointer", .fallback = true, .find = find };
