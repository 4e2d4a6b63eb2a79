/* A trap that compilers put where a program must not come, and no more is known. */
#include "lib/diagnose/cause.h"

enum { TRAP_TRACE = 2, TRAP_HWBKPT = 4 }; /* include/uapi/asm-generic/siginfo.h */

/* Not by an instruction, but by what a debugger tells the processor. */
static const char *by_debugging(const struct inq_case *crash)
{
	const struct inq_signal *signal = &crash->fault->signal;
	if (crash->space->os != INQ_OS_LINUX || !inq_fault_is(crash->fault, "SIGTRAP") || !signal->has_code)
		return NULL;
	if (signal->code == TRAP_TRACE)
		return "a single step: the processor was told to stop after each instruction, as a debugger does (on "
		       "x86 by "
		       "the trap flag)";
	return signal->code == TRAP_HWBKPT ? "a hardware breakpoint or watchpoint was hit, which something has set"
					   : NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_instruction *instruction = &crash->fault->instruction;
	const char *debugging = by_debugging(crash);
	if (!inq_case_trap(crash))
		return false;
	if (debugging) {
		ret->id = "debug-trap";
		ret->text = debugging;
		ret->confidence = INQ_CERTAIN;
		inq_find_evidence(crash, ret, "the signal's code says so");
		return true;
	}
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
