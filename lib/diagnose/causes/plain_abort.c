/* abort(), and no more is known. */
#include "lib/diagnose/cause.h"

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	if (!inq_fault_self_sent(crash->space, fault))
		return false;
	if (!inq_fault_is(fault, "SIGABRT"))
		ret->id = "raised";
	ret->text = inq_fault_is(fault, "SIGABRT") ? "the program called abort(): a check of its own failed"
						   : inq_case_text(crash, "the program raised %s itself",
								   fault->name ? fault->name : "the signal");
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the process sent the signal to itself, and left no message that is known here");
	return true;
}

const struct inq_cause inq_cause_plain_abort = { .id = "abort", .fallback = true, .find = find };
