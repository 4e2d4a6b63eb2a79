/* SIGFPE: x86 has one exception for a division by zero and for a quotient that does not fit; the divisor tells which. */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/registers.h"

#include <inttypes.h>

enum { FPE_INTDIV = 1 };

/* si_code of Linux, include/uapi/asm-generic/siginfo.h. */
static const char *what_happened(const struct inq_case *crash)
{
	enum { FLTDIV = 3, FLTOVF, FLTUND, FLTRES, FLTINV };
	static const char *const names[] = { [FLTDIV] = "a floating-point division by zero",
					     [FLTOVF] = "a floating-point overflow",
					     [FLTUND] = "a floating-point underflow",
					     [FLTRES] = "an inexact floating-point result",
					     [FLTINV] = "an invalid floating-point operation (NaN)" };
	int code = crash->fault->signal.code;
	bool known =
		crash->space->os == INQ_OS_LINUX && crash->fault->signal.has_code && code >= FLTDIV && code <= FLTINV;
	return known ? names[code] : "an arithmetic error";
}

static bool divisor_in_memory(const struct inq_case *crash, uint64_t *ret)
{
	const struct inq_instruction_info *instruction = &crash->fault->instruction.info;
	if (!instruction->access_count || !instruction->accesses[0].has_address)
		return false;
	return inq_space_integer(crash->space, instruction->accesses[0].address, instruction->accesses[0].size, ret);
}

static bool divisor(const struct inq_case *crash, uint64_t *ret)
{
	const struct inq_instruction *instruction = &crash->fault->instruction;
	if (!instruction->decoded || instruction->details.kind != INQ_INSTRUCTION_DIVIDE)
		return false;
	if (*instruction->details.divisor)
		return inq_register_value(crash->space->machine.arch, &crash->fault->registers,
					  instruction->details.divisor, ret);
	return divisor_in_memory(crash, ret);
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t value;
	const struct inq_fault *fault = crash->fault;
	if (!inq_fault_is(fault, "SIGFPE") || !inq_fault_by_processor(crash->space, fault))
		return false;
	bool known = divisor(crash, &value);
	ret->confidence = known ? INQ_CERTAIN : INQ_LIKELY;
	if (known && value) {
		ret->id = "division-overflow";
		ret->text = "integer division whose quotient does not fit (as the smallest number divided by -1)";
	} else if (known || (fault->signal.has_code && fault->signal.code == FPE_INTDIV)) {
		ret->text = "integer division by zero";
	} else {
		ret->id = "arithmetic";
		ret->text = inq_case_text(crash,
					  "%s, which the program asked to be told of (such errors "
					  "do not end a program by default)",
					  what_happened(crash));
	}
	if (known)
		inq_find_evidence(crash, ret, "%s: the divisor is 0x%" PRIx64, fault->instruction.info.text, value);
	return true;
}

const struct inq_cause inq_cause_arithmetic = { .id = "division-by-zero", .find = find };
