/* SIGILL, and traps that compilers put where a program must not come. */
#include "lib/diagnose/cause.h"

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	const struct inq_instruction *instruction = &fault->instruction;
	bool illegal = inq_fault_is(fault, "SIGILL"), trap = inq_fault_is(fault, "SIGTRAP");
	if ((!illegal && !trap) || !inq_fault_by_processor(crash->space, fault) || inq_case_bad_pc(crash))
		return false;
	ret->confidence = INQ_LIKELY;
	if (instruction->decoded && instruction->details.kind == INQ_INSTRUCTION_TRAP) {
		ret->id = "trap-instruction";
		ret->text = inq_case_text(crash,
					  "the program stopped itself by a trap (%s): a failed check, __builtin_trap, "
					  "or code that must not be reached",
					  instruction->info.text);
		ret->confidence = INQ_CERTAIN;
	} else if (trap) {
		ret->id = "trap-instruction";
		ret->text = "a breakpoint or trap instruction just before the pc: a failed check, or a debugger's "
			    "breakpoint";
	} else if (instruction->decoded && *instruction->details.group) {
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
