/* SIGILL by an instruction that the processor does not know, has switched off or lacks. */
#include "lib/diagnose/cause.h"

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_instruction *instruction = &crash->fault->instruction;
	if (!inq_fault_is(crash->fault, "SIGILL") || !inq_fault_by_processor(crash->space, crash->fault) ||
	    inq_case_bad_pc(crash) || inq_case_trap(crash))
		return false;
	ret->confidence = INQ_LIKELY;
	if (instruction->decoded && *instruction->details.group) {
		ret->id = "missing-cpu-feature";
		ret->text = inq_case_text(
			crash,
			"an instruction of the %s extension, which this processor does not have or has switched off",
			instruction->details.group);
	} else {
		ret->text = "an instruction that the processor does not know: damaged code, a jump to the wrong place, "
			    "or an extension that it lacks";
		ret->confidence = INQ_POSSIBLE;
	}
	if (instruction->info.text)
		inq_find_evidence(crash, ret, "the instruction is %s", instruction->info.text);
	return true;
}

const struct inq_cause inq_cause_illegal_instruction = { .id = "illegal-instruction", .find = find };
