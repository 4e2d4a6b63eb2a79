/* A trap that compilers put where a program must not come, and no more is known. */
#include "lib/diagnose/cause.h"

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_instruction *instruction = &crash->fault->instruction;
	if (!inq_case_trap(crash))
		return false;
	if (instruction->decoded && instruction->details.kind == INQ_INSTRUCTION_TRAP) {
		ret->text = inq_case_text(crash,
					  "the program stopped itself by a trap (%s): a failed check, __builtin_trap, "
					  "or code that must not be reached",
					  instruction->info.text);
		ret->confidence = INQ_CERTAIN;
	} else {
		ret->text = "a breakpoint or trap instruction just before the pc: a failed check, or a debugger's "
			    "breakpoint";
		ret->confidence = INQ_LIKELY;
	}
	if (instruction->info.text)
		inq_find_evidence(crash, ret, "the instruction is %s", instruction->info.text);
	return true;
}

const struct inq_cause inq_cause_plain_trap = { .id = "trap-instruction", .fallback = true, .find = find };
